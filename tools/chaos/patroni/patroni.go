// Package patroni runs a replicated PostgreSQL on this machine: three servers under Patroni with strict
// synchronous replication, etcd, and HAProxy, which leads to the primary. Its nodes can be killed, stopped and
// cut off.
//
// What others see of a node, its server and its agent's REST interface, and what it sees of etcd, are proxies:
// a node is cut off by proxies through which nothing passes. etcd is a single member, since the failover of
// PostgreSQL is tested, not that of etcd. There is no watchdog.
package patroni

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/alwrity/onboarding/internal/localpg"
)

// size is the number of nodes: with two, the loss of one would stop all commits.
const size = 3

// startTime bounds the start of all.
const startTime = 90 * time.Second

// Config says where a cluster is run.
type Config struct {
	// Logs is the folder of the logs of all programs.
	Logs string
	// Database is created, and Login with the right to connect to it.
	Database, Login string
	// Asynchronous acknowledges what no replica has yet: a defect, which a run has to notice.
	Asynchronous bool
}

// Cluster is a running cluster.
type Cluster struct {
	Nodes []*Node

	cfg      Config
	folder   string // of the data, which goes with the cluster
	password string // of all roles
	toxic    *toxiproxy.ApiServer
	etcd     *program
	etcdPort int
	front    *program // HAProxy
	port     int      // where it leads to the primary
	as       *syscall.Credential
}

// Start starts a cluster with an empty database and waits until it commits. It ends with Stop.
func Start(ctx context.Context, cfg Config) (_ *Cluster, err error) {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	c := &Cluster{
		cfg: cfg, password: secret(),
		toxic: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop()),
	}
	defer func() {
		if err != nil {
			c.Stop()
		}
	}()
	for _, step := range []func(context.Context) error{c.makeFolder, c.startEtcd, c.startNodes, c.startFront} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("start the cluster: %w", err)
		}
	}
	if _, err := c.AwaitHealthy(ctx); err != nil {
		return nil, fmt.Errorf("start the cluster: %w", err)
	}
	return c, c.createDatabase(ctx)
}

func secret() string {
	bytes := make([]byte, 16)
	_, _ = rand.Read(bytes) // it never fails
	return hex.EncodeToString(bytes)
}

// makeFolder makes the folder of the data: under /var/tmp, which the server's user can enter.
func (c *Cluster) makeFolder(context.Context) (err error) {
	if c.as, err = localpg.Credential(); err != nil {
		return err
	}
	if c.folder, err = os.MkdirTemp("/var/tmp", "onboarding-patroni-"); err != nil {
		return err
	}
	return c.own(c.folder)
}

// own hands a file or folder to the server's user.
func (c *Cluster) own(path string) error {
	if c.as == nil {
		return nil
	}
	return os.Lchown(path, int(c.as.Uid), int(c.as.Gid))
}

// write writes a file of settings, which only the server's user reads.
func (c *Cluster) write(path, text string) error {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	return c.own(path)
}

func (c *Cluster) startEtcd(ctx context.Context) (err error) {
	var peer int
	if c.etcdPort, err = FreePort(ctx); err != nil {
		return err
	}
	if peer, err = FreePort(ctx); err != nil {
		return err
	}
	c.etcd, err = c.launch("etcd", "etcd", "--name=etcd", "--data-dir="+filepath.Join(c.folder, "etcd"),
		"--listen-client-urls=http://"+local(c.etcdPort), "--advertise-client-urls=http://"+local(c.etcdPort),
		"--listen-peer-urls=http://"+local(peer), "--initial-advertise-peer-urls=http://"+local(peer),
		"--initial-cluster=etcd=http://"+local(peer), "--enable-v2", "--logger=zap", "--log-level=warn")
	return err
}

// startNodes starts all: the first to reach etcd makes the database, the others copy it.
func (c *Cluster) startNodes(ctx context.Context) error {
	for i := range size {
		n, err := c.newNode(ctx, "node"+strconv.Itoa(i+1))
		if err != nil {
			return err
		}
		c.Nodes = append(c.Nodes, n)
		if n.agent, err = c.launch(n.Name, "patroni", n.settings()); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) startFront(ctx context.Context) (err error) {
	if c.port, err = FreePort(ctx); err != nil {
		return err
	}
	path := filepath.Join(c.folder, "haproxy.cfg")
	text, err := render(haproxyConfig, map[string]any{"Port": c.port, "Nodes": c.Nodes})
	if err != nil {
		return err
	}
	if err := c.write(path, text); err != nil {
		return err
	}
	c.front, err = c.launch("haproxy", "haproxy", "-db", "-f", path)
	return err
}

func (c *Cluster) createDatabase(ctx context.Context) error {
	primary, err := c.Primary(ctx)
	if err != nil {
		return err
	}
	return primary.Do(ctx, "postgres", func(conn *pgx.Conn) error {
		for _, statement := range []string{
			"create role " + c.cfg.Login + " login password '" + c.password + "'", "create database " + c.cfg.Database,
		} {
			if _, err := conn.Exec(ctx, statement); err != nil {
				return fmt.Errorf("make the database: %w", err)
			}
		}
		return nil
	})
}

// Address is where HAProxy leads to the primary.
func (c *Cluster) Address() string { return local(c.port) }

// OwnerURL is the superuser's, at whichever node is the primary.
func (c *Cluster) OwnerURL() string { return c.connection("postgres", c.Address()) }

// LoginURL is that of Login, through a proxy of HAProxy.
func (c *Cluster) LoginURL(address string) string { return c.connection(c.cfg.Login, address) }

// ReplicaURL is that of Login at a replica, or at the primary if there is none.
func (c *Cluster) ReplicaURL() string {
	var outside []string
	for _, n := range c.Nodes {
		outside = append(outside, n.Outside)
	}
	return c.connection(c.cfg.Login, strings.Join(outside, ",")) + "&target_session_attrs=prefer-standby"
}

func (c *Cluster) connection(user, address string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(user, c.password), Host: address, Path: c.cfg.Database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Stop ends all programs and removes the data. Nodes that are stopped or cut off are continued first.
func (c *Cluster) Stop() {
	var group sync.WaitGroup
	for _, n := range c.Nodes {
		n.Mend()
		group.Go(n.end)
	}
	group.Wait()
	for _, p := range []*program{c.front, c.etcd} {
		p.end()
	}
	_ = c.toxic.Collection.Clear()
	if c.folder != "" {
		_ = os.RemoveAll(c.folder)
	}
}

// errUnhealthy is returned with what is missing.
var errUnhealthy = errors.New("the cluster is not complete")

// AwaitHealthy waits until one node is the primary, all others replicate from it and one of them may become the
// next primary. It returns the primary.
func (c *Cluster) AwaitHealthy(ctx context.Context) (*Node, error) {
	var missing error
	for {
		n, err := c.healthy(ctx)
		switch {
		case err == nil:
			return n, nil
		case missing == nil || ctx.Err() == nil:
			missing = err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w (the logs are in %s)", missing, c.cfg.Logs)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (c *Cluster) healthy(ctx context.Context) (*Node, error) {
	primary, err := c.Primary(ctx)
	if err != nil {
		return nil, err
	}
	var streaming int
	err = primary.Do(ctx, "postgres", func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `select count(*) from pg_stat_replication
			where state = 'streaming' and application_name like 'node%'`).Scan(&streaming)
	})
	switch {
	case err != nil:
	case c.cfg.Asynchronous && streaming > 0: // another may have got what its primary has not, and not find back
	case streaming < size-1:
		err = fmt.Errorf("%w: %s has %d replicas", errUnhealthy, primary.Name, streaming)
	default:
		err = primary.successor(ctx)
	}
	return primary, err
}

// Primary returns the only node that takes writes.
func (c *Cluster) Primary(ctx context.Context) (*Node, error) {
	var primary *Node
	for _, n := range c.Nodes {
		if !n.Writes(ctx) {
			continue
		}
		if primary != nil {
			return nil, fmt.Errorf("%w: %s and %s both take writes", errUnhealthy, primary.Name, n.Name)
		}
		primary = n
	}
	if primary == nil {
		return nil, fmt.Errorf("%w: no node takes writes", errUnhealthy)
	}
	return primary, nil
}

// programs finds PostgreSQL's: Debian's package keeps them apart from each other and out of the path.
func programs() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/15/bin/pg_rewind") // the pattern is well-formed
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	path, err := exec.LookPath("pg_rewind")
	return cmp.Or(filepath.Dir(path), "."), err
}

func local(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// FreePort returns a port of loopback that is free.
func FreePort(ctx context.Context) (int, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	address, _ := listener.Addr().(*net.TCPAddr)
	return address.Port, listener.Close()
}
