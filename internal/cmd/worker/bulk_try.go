package worker

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// tryOperation tries an operation on one user after the other, rolls each back, and
// prints the outcomes. It stops when ctx ends or the database fails.
func tryOperation(ctx context.Context, changer *flow.Changer, opts operationOptions, stdout, stderr io.Writer) error {
	operator := changer.Operator("operator")
	operator.DryRun = true
	bar := newProgress(stderr, len(opts.users), "trying users")
	defer bar.end()
	counts := map[flow.Outcome]int{}
	for _, user := range opts.users {
		if ctx.Err() != nil {
			return errInterrupted
		}
		outcome, err := bulk.Kinds[opts.kind](operator, ctx, user)
		word := string(outcome)
		var conflict *onboarding.ConflictError
		switch {
		case errors.As(err, &conflict):
			outcome, word = tryFailed, "failed "+conflict.Code
		case errors.Is(err, flow.ErrBusy):
			outcome, word = tryFailed, "failed busy"
		case err != nil:
			return err
		}
		counts[outcome]++
		bar.clear()
		if _, err := fmt.Fprintf(stdout, "%s\t%s\n", clean(user), word); err != nil {
			return fmt.Errorf("write the outcome: %w", err)
		}
		bar.add(len(opts.users))
	}
	_, _ = fmt.Fprintln(stderr, "Dry run: nothing was changed; done is what would have been.")
	_, err := fmt.Fprintf(stdout, "bulk: operation=%s dry_run=true users=%d done=%d unchanged=%d missing=%d "+
		"failed=%d\n", opts.kind, len(opts.users),
		counts[flow.OutcomeDone], counts[flow.OutcomeUnchanged], counts[flow.OutcomeMissing], counts[tryFailed])
	if err == nil && counts[tryFailed] > 0 {
		err = fmt.Errorf("%s could not be changed", plural(counts[tryFailed], "user"))
	}
	return err
}

// tryFailed is the outcome of a user who could not be changed.
const tryFailed flow.Outcome = "failed"

// errInterrupted reports that a signal stopped the command.
var errInterrupted = errors.New("interrupted")
