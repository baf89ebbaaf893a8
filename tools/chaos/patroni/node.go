package patroni

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/jackc/pgx/v5"
)

// Node is a server with its agent.
type Node struct {
	Name string
	// Server and Agent are where they listen, Outside and AgentOutside the proxies that all others use. Etcd is
	// the proxy that the agent uses.
	Server, Outside, Agent, AgentOutside, Etcd string
	// Folder has the settings and the socket, Data the database, Bin PostgreSQL's programs.
	Folder, Data, Bin string
	Password          string
	Synchronous       bool

	agent   *program
	proxies []*toxiproxy.Proxy
}

func (c *Cluster) newNode(ctx context.Context, name string) (*Node, error) {
	n := &Node{Name: name, Folder: filepath.Join(c.folder, name), Password: c.password, Synchronous: !c.cfg.Asynchronous}
	n.Data = filepath.Join(n.Folder, "data")
	var err error
	if n.Bin, err = programs(); err != nil {
		return nil, errors.New("PostgreSQL 15 is not installed: run `scripts/need patroni`")
	}
	for _, end := range []struct {
		name            string
		inside, outside *string
	}{{"server", &n.Server, &n.Outside}, {"agent", &n.Agent, &n.AgentOutside}, {"etcd", new(string), &n.Etcd}} {
		port := c.etcdPort
		if end.name != "etcd" {
			if port, err = FreePort(ctx); err != nil {
				return nil, err
			}
		}
		*end.inside = local(port)
		proxy := toxiproxy.NewProxy(c.toxic, name+"-"+end.name, "127.0.0.1:0", *end.inside)
		if err := c.toxic.Collection.Add(proxy, true); err != nil {
			return nil, fmt.Errorf("start a proxy of %s: %w", name, err)
		}
		n.proxies, *end.outside = append(n.proxies, proxy), proxy.Listen
	}
	if err := os.Mkdir(n.Folder, 0o700); err != nil {
		return nil, err
	}
	text, err := render(nodeConfig, n)
	if err != nil {
		return nil, err
	}
	return n, errors.Join(c.own(n.Folder), c.write(n.settings(), text))
}

func (n *Node) settings() string { return filepath.Join(n.Folder, "patroni.yml") }

// AgentPort is the port of AgentOutside.
func (n *Node) AgentPort() string {
	_, port, _ := net.SplitHostPort(n.AgentOutside)
	return port
}

// askTime bounds a question to a node, which may be stopped.
const askTime = time.Second

// Do calls do with a connection of the superuser to the node itself, past all proxies.
func (n *Node) Do(ctx context.Context, database string, do func(*pgx.Conn) error) error {
	_, port, err := net.SplitHostPort(n.Server)
	if err != nil {
		return err
	}
	connecting, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	conn, err := pgx.Connect(connecting,
		fmt.Sprintf("host=%s port=%s user=postgres dbname=%s sslmode=disable", n.Folder, port, database))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return do(conn)
}

// Writes reports whether the node takes writes now: it is not a replica.
func (n *Node) Writes(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	replica := true
	err := n.Do(ctx, "postgres", func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "select pg_is_in_recovery()").Scan(&replica)
	})
	return err == nil && !replica
}

// successor returns an error unless etcd names a synchronous replica, as the agent says: only that one may become
// the next primary. It is named a little later than PostgreSQL has one.
func (n *Node) successor(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.Agent+"/cluster", http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	var cluster struct{ Members []struct{ Role string } }
	if err := json.NewDecoder(response.Body).Decode(&cluster); err != nil {
		return fmt.Errorf("ask the agent of %s: %w", n.Name, err)
	}
	for _, member := range cluster.Members {
		if member.Role == "sync_standby" {
			return nil
		}
	}
	return fmt.Errorf("%w: no replica may become the primary", errUnhealthy)
}

// server returns the processes of PostgreSQL, the first to start first.
func (n *Node) server() ([]int, error) {
	text, err := os.ReadFile(filepath.Join(n.Data, "postmaster.pid"))
	if err != nil {
		return nil, fmt.Errorf("find the server of %s: %w", n.Name, err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		return nil, fmt.Errorf("find the server of %s: its pid file says %q", n.Name, first)
	}
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil || !strings.HasPrefix(string(name), "postgres") {
		return nil, fmt.Errorf("the server of %s has ended", n.Name)
	}
	return append([]int{pid}, children(pid)...), nil
}

// SignalServer signals all processes of PostgreSQL.
func (n *Node) SignalServer(signal syscall.Signal) error {
	pids, err := n.server()
	for _, pid := range pids {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("signal the server of %s: %w", n.Name, err)
		}
	}
	return err
}

// SignalAgent signals Patroni alone.
func (n *Node) SignalAgent(signal syscall.Signal) error { return syscall.Kill(n.agent.pid, signal) }

// directions of a proxy.
var directions = []string{"upstream", "downstream"}

// CutOff lets nothing pass between the node and all others, etcd included. Connections stay open, as they do
// when a network fails.
func (n *Node) CutOff() error {
	for _, proxy := range n.proxies {
		for _, direction := range directions {
			_, err := proxy.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(
				`{"name":%q,"type":"timeout","stream":%q,"attributes":{"timeout":0}}`, direction, direction)))
			if err != nil {
				return fmt.Errorf("cut off %s: %w", n.Name, err)
			}
		}
	}
	return nil
}

// Mend undoes CutOff and stops of server and agent.
func (n *Node) Mend() {
	for _, proxy := range n.proxies {
		for _, direction := range directions {
			_ = proxy.Toxics.RemoveToxic(context.Background(), direction) // it may not be there
		}
	}
	_ = n.SignalServer(syscall.SIGCONT) // it may have ended
	if n.agent != nil {
		_ = n.SignalAgent(syscall.SIGCONT)
	}
}

// end ends the agent, which ends the server; a server that is left is killed.
func (n *Node) end() {
	n.agent.end()
	_ = n.SignalServer(syscall.SIGKILL)
}
