package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

const (
	costBlocks = 31
	// costCalls is how many reads and how many transactions a block has.
	costCalls = 40
)

// measureCost returns how many times as long the same calls take through the pooler as without it: the ratio of the
// medians of blocks, which take turns.
func (s *stage) measureCost(ctx context.Context, stdout io.Writer) (float64, error) {
	var took [2][]time.Duration
	for block := range costBlocks + 1 {
		for i, pool := range []*postgres.Pool{s.direct, s.app} {
			began := time.Now()
			if err := calls(ctx, pool); err != nil {
				return 0, err
			}
			if block > 0 { // the first one connects and describes
				took[i] = append(took[i], time.Since(began))
			}
		}
	}
	middle := func(all []time.Duration) time.Duration {
		return slices.Sorted(slices.Values(all))[len(all)/2] / costCalls
	}
	direct, pooled := middle(took[0]), middle(took[1])
	_, _ = fmt.Fprintf(stdout, "cost: a read and a transaction take %s direct, %s through the pooler\n",
		direct.Round(time.Microsecond), pooled.Round(time.Microsecond))
	return float64(pooled) / float64(direct), nil
}

// calls reads a session and changes it in a transaction, as requests do.
func calls(ctx context.Context, pool *postgres.Pool) error {
	for i := range costCalls {
		name := user(i % users)
		if _, err := postgres.Session(ctx, pool, name); err != nil {
			return err
		}
		if _, _, err := postgres.SessionMark(ctx, pool, name, []onboarding.StepNumber{1}); err != nil {
			return err
		}
		err := postgres.InTx(ctx, pool, name, func(_ pgx.Tx, q *postgres.Queries) error {
			_, err := q.LockSession(ctx, name)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
