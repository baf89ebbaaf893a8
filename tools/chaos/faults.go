package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

var errAllBusy = errors.New("another fault is active on each of them")

// database injects a fault between the processes and their database.
func (in *injector) database(ctx context.Context, a action, h *happening) error {
	all := append(append([]*slot{}, in.apis...), in.workers...)
	switch a.kind {
	case restartFast:
		h.target, h.database = "postgres", true
		return in.restart(context.WithoutCancel(ctx), syscall.SIGINT)
	case restartImmediate:
		h.target, h.database = "postgres", true
		return in.restart(context.WithoutCancel(ctx), syscall.SIGQUIT)
	case terminate:
		return in.terminate(ctx, h)
	case cut:
		return in.cut(ctx, h, a.long, all[a.pick%uint64(len(all)):][:1])
	case cutAll:
		return in.cut(ctx, h, a.long, all)
	case slow:
		return in.slow(ctx, h, a.long, all[:1+a.pick%uint64(len(all))])
	case dropListen:
		return in.dropListen(ctx, h, a.long)
	case fillPool:
		return in.fill(ctx, h, a.long)
	}
	return fmt.Errorf("there is no fault %s", a.kind)
}

// terminate ends all connections of the processes.
func (in *injector) terminate(ctx context.Context, h *happening) error {
	var ended int
	err := in.owner(ctx, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = $1",
			loginName).Scan(&ended)
	})
	if err != nil {
		return err
	}
	h.target, h.note, h.database = "all connections", fmt.Sprintf("%d ended", ended), true
	return nil
}

// cut disconnects some processes from the database for a while.
func (in *injector) cut(ctx context.Context, h *happening, long time.Duration, slots []*slot) error {
	for _, s := range slots {
		in.proxies.cut(s.name)
		h.slots = append(h.slots, s.name)
	}
	h.target = strings.Join(h.slots, " ")
	_ = wait(ctx, long)
	var errs []error
	for _, s := range slots {
		errs = append(errs, in.proxies.mend(s.name))
	}
	return errors.Join(errs...)
}

// slowBy delays each response of the database: noticeably, but within a heartbeat.
const slowBy = 150 * time.Millisecond

func (in *injector) slow(ctx context.Context, h *happening, long time.Duration, slots []*slot) error {
	var names []string
	for _, s := range slots {
		if err := in.proxies.delay(s.name, slowBy); err != nil {
			return err
		}
		names = append(names, s.name)
	}
	h.target = strings.Join(names, " ")
	_ = wait(ctx, long)
	var errs []error
	for _, s := range slots {
		errs = append(errs, in.proxies.hurry(context.WithoutCancel(ctx), s.name))
	}
	return errors.Join(errs...)
}

// dropListen ends every connection that listens, again and again.
func (in *injector) dropListen(ctx context.Context, h *happening, long time.Duration) error {
	ended := 0
	for until := time.Now().Add(long); time.Now().Before(until) && ctx.Err() == nil; _ = wait(ctx, 300*time.Millisecond) {
		err := in.owner(ctx, func(conn *pgx.Conn) error {
			var n int
			err := conn.QueryRow(ctx, `select count(pg_terminate_backend(pid)) from pg_stat_activity
				where usename = $1 and query ~* '^\s*(--[^\n]*\n\s*)*listen '`, loginName).Scan(&n)
			ended += n
			return err
		})
		if err != nil {
			return err
		}
		h.target = "listeners"
	}
	h.note = fmt.Sprintf("%d ended", ended)
	return nil
}

// fill opens every connection that is left and ends those of the processes, so that they
// find none.
func (in *injector) fill(ctx context.Context, h *happening, long time.Duration) error {
	var conns []*pgx.Conn
	defer func() {
		for _, conn := range conns {
			_ = conn.Close(context.WithoutCancel(ctx))
		}
	}()
	full := func() error {
		for range 250 {
			conn, err := pgx.Connect(ctx, in.cluster.LoginURL(in.cluster.Address()))
			if err != nil {
				return nil //nolint:nilerr // the limit is reached
			}
			conns = append(conns, conn)
		}
		return errors.New("the login has no connection limit")
	}
	if err := full(); err != nil {
		return err
	}
	h.target, h.database = "connections", true
	// End half of those in use, and open them before the processes do.
	err := in.owner(ctx, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `select pg_terminate_backend(pid) from pg_stat_activity
			where usename = $1 and application_name like 'onboarding%' and pid % 2 = 0`, loginName)
		return err
	})
	if err == nil {
		err = full()
	}
	h.note = fmt.Sprintf("%d taken", len(conns))
	_ = wait(ctx, long)
	return err
}

// owner calls do with a connection of the superuser, through the socket.
func (s *system) owner(ctx context.Context, do func(*pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.cluster.OwnerURL())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return do(conn)
}

// exec executes statements as the superuser.
func (s *system) exec(ctx context.Context, statements string) error {
	return s.owner(ctx, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, statements)
		return err
	})
}
