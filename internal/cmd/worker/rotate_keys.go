package worker

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/seal"
)

const maxRotateBatch = 10000

func rotateKeysCommand() *cobra.Command {
	batch, dryRun := 100, false
	c := &cobra.Command{
		Use: "rotate-keys", Short: "seal the stored API keys with the primary key of the ring",
		Long: `Seals every stored API key that is sealed by another key than the primary one of the
ring again, with the primary key. It may be interrupted and run again, and run more than
once at a time. A key that its user changes meanwhile is skipped. The exit code is 1 if a
key could not be opened; it stays as it is.

Give every process the ring with the new primary key first: see ` + "`worker keys -h`.",
		Args: cobra.MatchAll(cli.NoArgs, func(*cobra.Command, []string) error {
			if batch < 1 || batch > maxRotateBatch {
				return fmt.Errorf("-batch must be between 1 and %d", maxRotateBatch)
			}
			return nil
		}),
		RunE: withSettings(config.LoadWorker, func(c *cobra.Command, cfg config.Worker) error {
			r := rotation{batch: int32(batch), dryRun: dryRun} //nolint:gosec // at most maxRotateBatch
			return rotateKeys(c.Context(), cfg, r, c.OutOrStdout(), c.ErrOrStderr())
		}),
	}
	c.Flags().IntVar(&batch, "batch", batch, "read `N` API keys at once, at most 10000")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only try to open them, and count")
	return c
}

func rotateKeys(ctx context.Context, cfg config.Worker, r rotation, stdout, stderr io.Writer) (err error) {
	if r.ring, err = openRing(ctx, cfg.Seal, nil); err != nil {
		return err
	}
	pool, err := openSystem(ctx, cfg.Database, "rotate-keys")
	if err != nil {
		return err
	}
	defer pool.Close()
	r.queries = system.New(pool)
	total, err := r.queries.CountKeysToReseal(ctx, r.ring.PrimaryPrefix())
	if err != nil {
		return fmt.Errorf("count the API keys to seal: %w", err)
	}
	bar := newProgress(stderr, int(total), "sealing API keys")
	r.handled = func() { bar.add(int(total)) }
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

// rotation seals API keys again, one statement each: whatever interrupts it, each of
// them is sealed by the old key or by the new one.
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
// that those that can't be opened are not read again.
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
	switch {
	case errors.Is(err, seal.ErrUnknownKey):
		r.unknown++
		return nil
	case err != nil:
		r.notAuthentic++
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
		return fmt.Errorf("store a sealed API key: %w", err)
	case n == 0: // its user changed or removed it, or another run was first
		r.skipped++
	default:
		r.resealed++
	}
	return nil
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
	_, _ = fmt.Fprintf(stdout, "rotate-keys: resealed=%d skipped=%d failed=%d\n", r.resealed, r.skipped, r.unknown+
		r.notAuthentic)
}
