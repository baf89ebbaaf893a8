package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/postgres"
)

// isolation says how often somebody looked for rows of others, and how often there were some.
type isolation struct{ tries, leaks int }

// look is what is seen of users' rows, under whose name and on which server connection.
type look struct {
	rows       int
	user, role string
	pid        uint32
}

const lookSQL = `select (select count(*) from onboarding_sessions) + (select count(*) from onboarding_steps)
		+ (select count(*) from submissions) + (select count(*) from step_events) + (select count(*) from api_keys),
	coalesce(current_setting('app.user_id', true), '') || coalesce(current_setting('app.user_ids', true), ''),
	current_user::text, pg_backend_pid()`

// searcher runs transactions of all kinds on shared server connections, and looks between them.
type searcher struct {
	*stage

	mu sync.Mutex
	isolation
	// served are the server connections that have served a user.
	served map[uint32]bool
	// after counts the looks on such connections.
	after int
}

// isolate looks for users' rows so many times, between transactions of users that commit, fail, roll back or are cut
// off.
func (s *stage) isolate(ctx context.Context, tries int, stdout io.Writer) (isolation, error) {
	r := &searcher{stage: s, served: map[uint32]bool{}}
	group, ctx := errgroup.WithContext(ctx)
	for worker := range appClients {
		random := rand.New(rand.NewPCG(1, uint64(worker))) //nolint:gosec // a seed, so that it can be repeated
		group.Go(func() error {
			for r.more(tries) {
				if err := r.act(ctx, random); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := group.Wait()
	if err == nil {
		err = r.findsPlanted(context.WithoutCancel(ctx))
	}
	_, _ = fmt.Fprintf(stdout,
		"isolation: %d clients on %d server connections; %d of %d looks came after a user's transaction there\n",
		appClients, len(r.served), r.after, r.tries)
	if err == nil && r.after < r.tries*8/10 {
		err = errors.New("the server connections were not shared")
	}
	return r.isolation, err
}

func (r *searcher) more(tries int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tries < tries
}

// act makes one transaction, half of them a look.
func (r *searcher) act(ctx context.Context, random *rand.Rand) error {
	name := user(random.IntN(users))
	switch random.IntN(10) {
	case 0: // one round trip of its own
		session, err := postgres.Session(ctx, r.app, name)
		if err == nil && session.UserID != name {
			r.leaked()
		}
		return err
	case 1:
		return postgres.InTx(ctx, r.app, name, func(tx pgx.Tx, _ *postgres.Queries) error {
			return r.sees(ctx, tx, 1)
		})
	case 2:
		both := []string{user(1), user(2)}
		return postgres.InTxOfUsers(ctx, r.app, both, func(tx pgx.Tx, _ *postgres.Queries) error {
			return r.sees(ctx, tx, 2)
		})
	case 3: // it fails
		err := postgres.InTx(ctx, r.app, name, func(tx pgx.Tx, _ *postgres.Queries) error {
			_, err := tx.Exec(ctx, "select 1 / 0")
			return err
		})
		if !postgres.HasState(err, "22012") {
			return fmt.Errorf("a division by zero: %w", err)
		}
		return nil
	case 4: // its client goes away, with which the server connection ends: seldom
		if random.IntN(50) > 0 {
			return r.look(ctx, true)
		}
		short, cancel := context.WithTimeout(ctx, time.Duration(random.IntN(2000))*time.Microsecond)
		defer cancel()
		_ = postgres.InTx(short, r.app, name, func(tx pgx.Tx, _ *postgres.Queries) error {
			_, err := tx.Exec(short, "select pg_sleep(0.002)")
			return err
		})
		return ctx.Err()
	case 5:
		var all int
		err := r.system.QueryRow(ctx, "select count(*) from onboarding_sessions").Scan(&all)
		if err == nil && all != users {
			err = fmt.Errorf("the system role sees %d of %d sessions", all, users)
		}
		return err
	default:
		return r.look(ctx, random.IntN(2) == 0)
	}
}

// sees wants so many sessions in a user's transaction, and notes its server connection.
func (r *searcher) sees(ctx context.Context, tx pgx.Tx, want int) error {
	var sessions int
	var pid uint32
	err := tx.QueryRow(ctx, "select count(*), pg_backend_pid() from onboarding_sessions").Scan(&sessions, &pid)
	if err != nil {
		return err
	}
	if sessions != want {
		r.leaked()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.served[pid] = true
	return nil
}

func (r *searcher) leaked() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leaks++
}

// look looks without naming a user, within a transaction or without one.
func (r *searcher) look(ctx context.Context, within bool) error {
	seen, err := r.see(ctx, within)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries++
	if r.served[seen.pid] {
		r.after++
	}
	if seen.rows != 0 || seen.user != "" || seen.role != postgres.Logins()[0].Name {
		r.leaks++
	}
	return nil
}

func (r *searcher) see(ctx context.Context, within bool) (seen look, err error) {
	read := func(row pgx.Row) error { return row.Scan(&seen.rows, &seen.user, &seen.role, &seen.pid) }
	if !within {
		return seen, read(r.app.QueryRow(ctx, lookSQL))
	}
	return seen, pgx.BeginFunc(ctx, r.app, func(tx pgx.Tx) error { return read(tx.QueryRow(ctx, lookSQL)) })
}

// findsPlanted makes sure that a user who stays on a server connection would be found.
func (r *searcher) findsPlanted(ctx context.Context) error {
	if _, err := r.app.Exec(ctx, "select set_config('app.user_id', $1, false)", user(0)); err != nil {
		return err
	}
	for range 1000 {
		seen, err := r.see(ctx, false)
		if err != nil {
			return err
		}
		if seen.rows > 0 && seen.user == user(0) {
			_, err := r.app.Exec(ctx, "select pg_terminate_backend($1)", seen.pid)
			if postgres.Unavailable(err) {
				err = nil
			}
			return err
		}
	}
	return errors.New("a user who was left on a server connection was not found")
}
