package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/localpg"
)

// login is a role of the database server with its database.
type login struct {
	name, password, database string
	super                    bool // as the image of PostgreSQL makes POSTGRES_USER
	owner                    bool // owns the database and may create roles
}

// loginOf reads a connection URL.
func loginOf(address string) (login, string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return login{}, "", fmt.Errorf("a database address: %w", err)
	}
	password, _ := u.User.Password()
	return login{name: u.User.Username(), password: password, database: strings.TrimPrefix(u.Path, "/")}, u.Hostname(), nil
}

// startDatabase starts a PostgreSQL with these logins. It answers at the host's name, and on 127.0.0.1.
func (w *world) startDatabase(ctx context.Context, host string, logins ...login) error {
	server, err := localpg.Start(ctx, localpg.Config{Throwaway: true, Port: 5432})
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, server.Stop)
	w.server = server.URL()
	conn, err := pgx.Connect(ctx, server.URL())
	if err != nil {
		return err
	}
	var errs []error
	do := func(format string, values ...any) {
		_, err := conn.Exec(ctx, fmt.Sprintf(format, values...))
		errs = append(errs, err)
	}
	for _, l := range logins {
		right := ""
		if l.super {
			right = "superuser"
		} else if l.owner {
			right = "createrole"
		}
		do(`create role %s login %s password '%s'`, pgx.Identifier{l.name}.Sanitize(), right, l.password)
	}
	for _, l := range logins {
		if l.super || l.owner {
			do(`create database %s owner %s`, pgx.Identifier{l.database}.Sanitize(), pgx.Identifier{l.name}.Sanitize())
		}
	}
	if err := errors.Join(append(errs, conn.Close(ctx))...); err != nil {
		return err
	}
	if host == "127.0.0.1" {
		return nil
	}
	w.hosts[host] = []string{gateway}
	return forward(ctx, gateway+":5432", "127.0.0.1:5432")
}

// startProduction starts a PostgreSQL with the logins of the programs' and of the owner's addresses.
func (w *world) startProduction(ctx context.Context, programs, owner string) error {
	program, host, err := loginOf(programs)
	if err != nil {
		return err
	}
	maker, _, err := loginOf(owner)
	if err != nil {
		return err
	}
	maker.owner = true
	return w.startDatabase(ctx, host, program, maker)
}
