package localpg

import (
	"cmp"
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
	// DataDir is the folder that the server's files live under, in a subfolder named
	// postgres (data folder, socket, log). It is made if it is missing. Where the
	// server's user can't enter it, a folder under /var/tmp stands in, and the log says
	// so. A Throwaway server does not use it.
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

// Server is a running PostgreSQL.
type Server struct {
	url    string
	folder string
	log    *slog.Logger
	stop   sync.Once
	leash  *Leash
	lock   *os.File // nil for a throw-away server
}

// Start brings up the server of cfg and returns when it takes connections. It fails
// while another process runs the server of the same DataDir. ctx bounds the start
// only. The server ends with Stop, or with this process.
//
// The errors are sentences for the person at the keyboard: they name the command
// to run or the folder in question.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	return start(ctx, cfg, installed())
}

func start(ctx context.Context, cfg Config, where search) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startBudget)
	defer cancel()
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	run := startPersistent
	if cfg.Throwaway {
		run = startThrowaway
	}
	s, err := run(ctx, cfg, where)
	if err != nil {
		return nil, fmt.Errorf("start local PostgreSQL: %w", err)
	}
	return s, nil
}

func startPersistent(ctx context.Context, cfg Config, where search) (*Server, error) {
	if cfg.DataDir == "" {
		return nil, errors.New("no data folder is given")
	}
	h, err := settle(ctx, cfg.DataDir, cfg.Log)
	if err != nil {
		return nil, err
	}
	lock, err := h.lock(h.lockFile())
	if err != nil {
		return nil, err
	}
	s, err := h.serveLocked(ctx, cfg, where)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	s.lock = lock
	return s, nil
}

// serveLocked starts the server with programs that fit the data folder.
func (h home) serveLocked(ctx context.Context, cfg Config, where search) (*Server, error) {
	if err := h.awaitNoServer(ctx); err != nil {
		return nil, err
	}
	major, err := h.clusterMajor()
	if err != nil {
		return nil, err
	}
	p, err := where.find(ctx, h, cfg.Log, major)
	if err != nil {
		return nil, err
	}
	return h.serve(ctx, cfg, p, major == 0)
}

// startThrowaway makes the temporary folder last, so that a process which dies
// while it looks for programs leaves none.
func startThrowaway(ctx context.Context, cfg Config, where search) (*Server, error) {
	who, err := serverAccount()
	if err != nil {
		return nil, err
	}
	p, err := where.find(ctx, home{account: who}, cfg.Log, 0)
	if err != nil {
		return nil, err
	}
	h, err := temporaryHome(ctx, who)
	if err != nil {
		return nil, err
	}
	s, err := h.serve(ctx, cfg, p, true)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(h.root))
	}
	return s, nil
}

// serve starts the server, on an empty data folder if fresh is set.
func (h home) serve(ctx context.Context, cfg Config, p programs, fresh bool) (*Server, error) {
	if fresh {
		if err := h.initialise(ctx, p, cfg); err != nil {
			return nil, err
		}
	}
	port := cmp.Or(cfg.Port, socketPort)
	leash, err := h.launch(ctx, p, cfg, port)
	if err != nil {
		return nil, err
	}
	cfg.Log.InfoContext(ctx, "local postgres started", "version", p.version, "programs", p.dir, "data", h.cluster())
	query := url.Values{"host": {h.socketDir()}, "port": {strconv.Itoa(port)}, "sslmode": {"disable"}}
	// libpq takes a plus sign for what it is.
	address := "postgres://postgres@/postgres?" + strings.ReplaceAll(query.Encode(), "+", "%20")
	return &Server{url: address, folder: h.root, log: cfg.Log, leash: leash}, nil
}

// URL is the connection URL of the database postgres as the superuser postgres,
// through the unix socket. pgx and libpq read it.
func (s *Server) URL() string { return s.url }

// Folder is the folder that the server's data folder and log are in: under the
// DataDir, or under the folder in /var/tmp that stands in for it.
func (s *Server) Folder() string { return s.folder }

// Done is closed when the server has ended, wanted or not.
func (s *Server) Done() <-chan struct{} { return s.leash.Done() }

// Stop ends the server with a fast shutdown that disconnects its clients, and waits
// for it. A throw-away server is gone with its files. The second call does nothing.
func (s *Server) Stop() {
	s.stop.Do(func() {
		if err := s.leash.Stop(); err != nil {
			s.log.Error("local postgres stop", "error", err)
		}
		if s.lock != nil {
			_ = s.lock.Close()
		}
	})
}
