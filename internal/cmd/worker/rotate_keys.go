package worker

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/seal"
)

const rotateKeysUsage = `Usage: worker rotate-keys [-batch N] [-dry-run]

Seals every stored API key that is not sealed by the primary key of the ring anew
with that. It may be interrupted and run again, and run more than once at a time. A
key that its user changes meanwhile is skipped. The exit code is 1 if a key could not
be opened; it stays as it is.

Every process must have the ring with the new primary key before: see "worker keys -h".

Flags:
  -batch N   API keys that are read at once (default 100, at most 10000)
  -dry-run   only try to open them, and count
`

const maxRotateBatch = 10000

// RotateKeys runs "worker rotate-keys".
func RotateKeys(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("rotate-keys", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	batch := flags.Int("batch", 100, "")
	dryRun := flags.Bool("dry-run", false, "")
	err := flags.Parse(args)
	switch {
	case err != nil:
	case flags.NArg() > 0:
		err = fmt.Errorf("worker rotate-keys takes no argument %q", flags.Arg(0))
	case *batch < 1 || *batch > maxRotateBatch:
		err = fmt.Errorf("-batch must be between 1 and %d", maxRotateBatch)
	}
	if err != nil {
		return usage(err, rotateKeysUsage, stdout, stderr)
	}
	cfg, err := config.LoadWorker(config.Options{})
	if err != nil {
		return err
	}
	return rotateKeys(ctx, cfg, rotation{batch: int32(*batch), dryRun: *dryRun}, stdout, stderr) //nolint:gosec // at most maxRotateBatch
}

func rotateKeys(ctx context.Context, cfg config.Worker, r rotation, stdout, stderr io.Writer) (err error) {
	r.ring, err = openRing(ctx, cfg.Seal, false)
	if err != nil {
		return err
	}
	pool, err := openSystem(ctx, cfg.DatabaseURL, "rotate-keys")
	if err != nil {
		return err
	}
	defer pool.Close()
	r.queries = system.New(pool)
	total, err := r.queries.CountKeysToReseal(ctx, r.ring.PrimaryPrefix())
	if err != nil {
		return fmt.Errorf("count the API keys to seal anew: %w", err)
	}
	bar := newCountBar(stderr, total, "sealing API keys")
	r.handled = bar.add
	err = r.run(ctx)
	bar.end()
	r.report(stdout, stderr)
	switch failed := r.unknown + r.notAuthentic; {
	case err != nil && ctx.Err() != nil:
		return errors.New("interrupted; run it again to go on")
	case err != nil:
		return err
	case failed > 0:
		return fmt.Errorf("%s could not be opened and stayed as before", plural(failed, "API key"))
	}
	return nil
}

// systemPool is what the commands need of a pool.
type systemPool interface {
	system.DBTX

	Close()
}

// openSystem opens a pool that sees the rows of all users, for a schema that this
// build can use.
func openSystem(ctx context.Context, database config.Secret, name string) (systemPool, error) {
	pool, err := postgres.OpenPool(ctx, postgres.PoolConfig{
		URL: database.Reveal(), Name: "worker " + name, Role: postgres.RoleSystem, MaxConns: 1, Registry: prometheus.NewRegistry(),
	})
	if err != nil {
		return nil, err
	}
	if err := postgres.Ready(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// rotation seals API keys anew, one statement each: whatever interrupts it, each key
// is sealed by the old key or by the new.
type rotation struct {
	queries *system.Queries
	ring    *seal.Ring
	batch   int32
	dryRun  bool
	// handled is called after each API key.
	handled func()

	resealed, skipped, unknown, notAuthentic int
}

// run goes through all API keys once, in the order of the table's primary key, so
// that those that can't be opened don't come again.
func (r *rotation) run(ctx context.Context) error {
	after := system.ListKeysToResealParams{AfterSessionID: uuid.Nil, Prefix: r.ring.PrimaryPrefix(), MaxRows: r.batch}
	for {
		rows, err := r.queries.ListKeysToReseal(ctx, after)
		if err != nil {
			return fmt.Errorf("list API keys: %w", err)
		}
		for _, row := range rows {
			if err := r.reseal(ctx, row); err != nil {
				return err
			}
			r.handled()
		}
		if len(rows) < int(r.batch) {
			return nil
		}
		last := rows[len(rows)-1]
		after.AfterSessionID, after.AfterProvider = last.SessionID, string(last.Provider)
	}
}

func (r *rotation) reseal(ctx context.Context, row system.ListKeysToResealRow) error {
	key, err := r.ring.Open(row.Sealed, row.UserID, string(row.Provider))
	if err != nil {
		r.fail(err)
		return nil
	}
	defer clear(key)
	if r.dryRun {
		r.resealed++
		return nil
	}
	sealed, err := r.ring.Seal(key, row.UserID, string(row.Provider))
	if err != nil {
		return err
	}
	n, err := r.queries.ResealKey(ctx, system.ResealKeyParams{
		Sealed: sealed, SessionID: row.SessionID, Provider: row.Provider, Old: row.Sealed,
	})
	switch {
	case err != nil:
		return fmt.Errorf("store an API key that was sealed anew: %w", err)
	case n == 0: // its user changed or removed it, or another run was first
		r.skipped++
	default:
		r.resealed++
	}
	return nil
}

// fail counts an API key that could not be opened.
func (r *rotation) fail(err error) {
	if errors.Is(err, seal.ErrUnknownKey) {
		r.unknown++
	} else {
		r.notAuthentic++
	}
}

func (r *rotation) report(stdout, stderr io.Writer) {
	if r.unknown > 0 {
		_, _ = fmt.Fprintf(stderr, "%s sealed by a key that is not in the ring.\n", are(r.unknown, "API key"))
	}
	if r.notAuthentic > 0 {
		_, _ = fmt.Fprintf(stderr, "%s not what was sealed for its user and provider.\n", are(r.notAuthentic, "API key"))
	}
	if r.dryRun {
		_, _ = fmt.Fprintln(stderr, "Dry run: nothing was changed; resealed is what would have been.")
	}
	_, _ = fmt.Fprintf(stdout, "rotate-keys: resealed=%d skipped=%d failed=%d\n", r.resealed, r.skipped, r.unknown+r.notAuthentic)
}
