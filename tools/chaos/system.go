package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/tools/chaos/patroni"
)

// shutdownGrace is what the processes give to running work when they are ended.
const shutdownGrace = 4 * time.Second

// system is the system under test.
type system struct {
	folder        string
	cluster       server
	proxies       *proxies
	sites         *websites
	models        *providers
	issuer        *auth.DevIssuer
	apis, workers []*slot
	// restart ends a single server with a signal and starts it again.
	restart func(context.Context, syscall.Signal) error
}

// server is the PostgreSQL of a system, or a cluster of them.
type server interface {
	// OwnerURL is the superuser's, LoginURL the processes' through a proxy of Address.
	OwnerURL() string
	LoginURL(address string) string
	Address() string
	Stop()
}

// shape is the size and the settings of a system.
type shape struct {
	cluster         server // nil for one server
	folder          string // for data and logs
	programs        string // of api and worker
	older           string // the programs of every other worker, "" for the same
	former          bool   // older is the release before: it migrates first and is every other api too
	apis, workers   int
	slots           int
	slowest         time.Duration
	settings        map[string]string
	beforeProcesses string // SQL, executed between the migration and the first process
}

// startSystem starts everything and waits until it is ready.
func startSystem(ctx context.Context, s shape) (_ *system, err error) {
	sys := &system{folder: s.folder, proxies: newProxies(), cluster: s.cluster}
	defer func() {
		if err != nil {
			sys.stop()
		}
	}()
	if sys.cluster == nil {
		single, err := startCluster(ctx, filepath.Dir(s.folder), slog.New(slog.DiscardHandler))
		if err != nil {
			return nil, err
		}
		sys.cluster, sys.restart = single, single.restart
	}
	if sys.sites, err = startWebsites(ctx, s.slowest); err != nil {
		return nil, err
	}
	if sys.models, err = startProviders(s.slowest); err != nil {
		return nil, err
	}
	if sys.issuer, err = auth.OpenDevIssuer(s.folder); err != nil {
		return nil, err
	}
	if err = sys.migrate(ctx, s); err != nil {
		return nil, err
	}
	for i := range s.apis {
		slot, err := sys.newSlot(ctx, s, "api", i+1)
		if err != nil {
			return nil, err
		}
		sys.apis = append(sys.apis, slot)
	}
	for i := range s.workers {
		slot, err := sys.newSlot(ctx, s, "worker", i+1)
		if err != nil {
			return nil, err
		}
		sys.workers = append(sys.workers, slot)
	}
	for _, slot := range append(append([]*slot{}, sys.apis...), sys.workers...) {
		if err := errors.Join(slot.start(), slot.awaitReady(ctx, time.Minute)); err != nil {
			return nil, err
		}
	}
	return sys, nil
}

// databaseConns is DATABASE_CONNS of each process: few, because all processes share the
// machine's cores and must reconnect after each fault.
const databaseConns = 4

// migrate creates the schema and limits the connections.
func (sys *system) migrate(ctx context.Context, s shape) error {
	releases := []string{s.programs}
	if s.former {
		releases = []string{s.older, s.programs}
	}
	for _, programs := range releases {
		cmd := exec.CommandContext(ctx, filepath.Join(programs, "worker"), //nolint:gosec // a program of this project
			"migrate")
		cmd.Env = environment(map[string]string{
			"DEPLOY_ENV": "local", "DATA_DIR": s.folder, "DATABASE_URL": sys.cluster.LoginURL(sys.cluster.Address()),
			"MIGRATE_DATABASE_URL": sys.cluster.OwnerURL(),
		})
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("migrate: %w: %s", err, out)
		}
	}
	if err := sys.exec(ctx, auditSQL); err != nil {
		return fmt.Errorf("install the history: %w", err)
	}
	// Hardly more than the processes need, so that all of them are soon taken.
	limit := postgres.Fleet{APIs: s.apis, Workers: s.workers, DatabaseConns: databaseConns}.Connections() + 5
	if err := sys.exec(ctx, fmt.Sprintf("alter role %s connection limit %d", loginName, limit)); err != nil {
		return fmt.Errorf("limit the connections: %w", err)
	}
	if s.beforeProcesses == "" {
		return nil
	}
	return sys.exec(ctx, s.beforeProcesses)
}

func (sys *system) newSlot(ctx context.Context, s shape, program string, number int) (*slot, error) {
	name := program + "-" + strconv.Itoa(number)
	database, err := sys.proxies.add(name, sys.cluster.Address())
	if err != nil {
		return nil, err
	}
	httpPort, err := patroni.FreePort(ctx)
	if err != nil {
		return nil, err
	}
	metricsPort, err := patroni.FreePort(ctx)
	if err != nil {
		return nil, err
	}
	on := func(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
	programs := s.programs
	if s.older != "" && (s.former || program == "worker") && number%2 == 0 {
		programs = s.older
	}
	sl := &slot{name: name, program: program, path: filepath.Join(programs, program), folder: s.folder, http: on(httpPort)}
	sl.environ = map[string]string{
		"DEPLOY_ENV": "local", "DATA_DIR": s.folder, "ENV_FILE": filepath.Join(s.folder, name+".env"),
		"DATABASE_URL": sys.cluster.LoginURL(database), "MIGRATE_DATABASE_URL": "",
		"DATABASE_CONNS": strconv.Itoa(databaseConns),
		"METRICS_ADDR":   on(metricsPort), "HTTP_ADDR": on(httpPort), "FETCH_ALLOW_PREFIXES": "127.0.0.0/8",
		"SHUTDOWN_GRACE": shutdownGrace.String(), "DRAIN_DELAY": "200ms", "DOCTOR_REPAIR": "false",
		"INTERACTIVE_SLOTS": strconv.Itoa(s.slots), "NETWORK_SLOTS": strconv.Itoa(s.slots),
		// All users are on this machine.
		"ADDRESS_WRITES_PER_SECOND": "0", "ADDRESS_READS_PER_SECOND": "0",
	}
	if program == "worker" {
		sl.http = on(metricsPort)
		maps.Copy(sl.environ, sys.models.urls())
	}
	maps.Copy(sl.environ, s.settings)
	return sl, nil
}

// addresses are where the APIs answer.
func (sys *system) addresses() []string {
	var all []string
	for _, s := range sys.apis {
		all = append(all, "http://"+s.http)
	}
	return all
}

// stop ends everything, the last first.
func (sys *system) stop() {
	for _, s := range append(append([]*slot{}, sys.workers...), sys.apis...) {
		if i := s.running(); i != nil {
			_ = i.leash.Stop()
		}
	}
	if sys.models != nil {
		sys.models.stop()
	}
	if sys.sites != nil {
		sys.sites.stop()
	}
	sys.proxies.stop()
	if sys.cluster != nil {
		sys.cluster.Stop()
	}
}

// emptyFolder makes the folder of a run and removes the logs of the former.
func emptyFolder(folder string) error {
	if err := os.MkdirAll(folder,
		0o755); err != nil { //nolint:gosec // the database server's user must be able to pass through
		return err
	}
	old, err := filepath.Glob(filepath.Join(folder, "*.log*"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}
