package suite

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/localpg"
)

// Server is a throw-away PostgreSQL that is reached by TCP, with a password.
type Server struct {
	// URL is the owner's connection string.
	URL string
	// User, Password and Address (host:port) are its parts.
	User, Password, Address string

	server *localpg.Server
}

// Start starts a server. Stop must be called.
func Start(ctx context.Context) (*Server, error) {
	address, err := child.FreeAddress(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	s := &Server{Password: rand.Text(), Address: address}
	if s.server, err = localpg.Start(ctx, localpg.Config{Throwaway: true, Port: number}); err != nil {
		return nil, err
	}
	if err := s.setPassword(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// Exec runs a statement as the owner, unless it is empty.
func (s *Server) Exec(ctx context.Context, statement string) error {
	if statement == "" {
		return nil
	}
	conn, err := pgx.Connect(ctx, s.URL)
	if err != nil {
		return fmt.Errorf("connect to the server: %w", err)
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

// Stop ends the server.
func (s *Server) Stop() { s.server.Stop() }

func (s *Server) setPassword(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.server.URL())
	if err != nil {
		return fmt.Errorf("connect to the server: %w", err)
	}
	defer conn.Close(ctx)
	config := conn.Config()
	s.User = config.User
	_, err = conn.Exec(ctx, fmt.Sprintf("alter role %s password '%s'", pgx.Identifier{s.User}.Sanitize(), s.Password))
	if err != nil {
		return fmt.Errorf("set the owner's password: %w", err)
	}
	s.URL = (&url.URL{
		Scheme: "postgres", User: url.UserPassword(s.User, s.Password), Host: s.Address, Path: "/" + config.Database,
		RawQuery: "sslmode=disable",
	}).String()
	return nil
}

// Through returns the owner's connection string by way of another address.
func (s *Server) Through(address string) string { return strings.Replace(s.URL, s.Address, address, 1) }
