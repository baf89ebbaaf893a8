package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	_ "embed"

	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/localpg"
	"github.com/alwrity/onboarding/tools/chaos/patroni"
)

// databaseName is the database, which each run creates.
const databaseName = "chaos"

// loginName is the login of the processes. Unlike the driver's superuser it is subject to
// row-level security and to a connection limit.
const loginName = "onboarding_chaos"

// auditSQL creates the history of jobs and submissions that the checker reads.
//
//go:embed audit.sql
var auditSQL string

// cluster is the PostgreSQL server of a run. Processes reach it over TCP through proxies,
// the driver and the checker through the socket.
type cluster struct {
	cfg      localpg.Config
	password string

	mu     sync.Mutex
	server *localpg.Server
}

// startCluster starts the server and creates an empty database.
func startCluster(ctx context.Context, folder string, log *slog.Logger) (*cluster, error) {
	port, err := patroni.FreePort(ctx)
	if err != nil {
		return nil, err
	}
	secret := make([]byte, 16)
	_, _ = rand.Read(secret) // it never fails
	c := &cluster{cfg: localpg.Config{DataDir: folder, Port: port, Log: log}, password: hex.EncodeToString(secret)}
	if c.server, err = localpg.Start(ctx, c.cfg); err != nil {
		return nil, err
	}
	if err := c.createDatabase(ctx); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

func (c *cluster) createDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.server.URL())
	if err != nil {
		return fmt.Errorf("connect to the new server: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, statement := range []string{
		"drop database if exists " + databaseName + " with (force)",
		"drop role if exists " + loginName,
		"create role " + loginName + " login password '" + c.password + "'",
		"create database " + databaseName,
		// A run kills processes, never the machine: the next server finds what this one has
		// written to files, flushed or not.
		"alter system set fsync = off",
		"alter system set full_page_writes = off",
		"select pg_reload_conf()",
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("make the database: %w", err)
		}
	}
	return nil
}

// OwnerURL is the superuser's, through the socket.
func (c *cluster) OwnerURL() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Replace(c.server.URL(), "/postgres?", "/"+databaseName+"?", 1)
}

// LoginURL is the processes', through the proxy at that address.
func (c *cluster) LoginURL(address string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(loginName, c.password), Host: address, Path: databaseName,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Address is where the server itself listens.
func (c *cluster) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(c.cfg.Port)) }

// restart ends the server with a signal, INT for a fast and QUIT for an immediate
// shutdown, and starts it again. It returns when the server accepts connections.
func (c *cluster) restart(ctx context.Context, signal syscall.Signal) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, err := os.ReadFile(filepath.Join(c.server.Folder(), "cluster", "postmaster.pid"))
	if err != nil {
		return fmt.Errorf("find the server: %w", err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		return fmt.Errorf("find the server: its pid file says %q", first)
	}
	if err := syscall.Kill(pid, signal); err != nil {
		return fmt.Errorf("end the server: %w", err)
	}
	select {
	case <-c.server.Done():
	case <-time.After(30 * time.Second):
		return errors.New("the server did not end within 30 s")
	}
	c.server.Stop() // frees its folder
	c.server, err = localpg.Start(ctx, c.cfg)
	return err
}

// Stop ends the server.
func (c *cluster) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server.Stop()
}
