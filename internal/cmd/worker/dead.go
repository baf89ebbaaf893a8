package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/worker/table"
	"github.com/alwrity/onboarding/internal/onboarding"
)

func deadCommand() *cobra.Command {
	return cli.Group(&cobra.Command{
		Use: "dead COMMAND", Short: "list jobs that failed for good, and replay them",
		Long: `Dead jobs failed for a reason that their users can't fix: out of attempts, out of
recoveries, out of time, or broken. They are kept for 90 days and named by the submission
that failed.

Flags of list and replay that choose dead jobs: -kind, -code, -user, -since, -unreplayed;
of list also -limit, of replay -all and -dry-run.

Replay prints a line for each: the id, a tab, the outcome, a tab, and the new submission
or the reason. The last line is

  dead: replayed=N already_replayed=N refused=N`,
	}, deadListCommand(), deadShowCommand(), deadReplayCommand())
}

// withDead returns what runs a command on the dead jobs of the database. With dryRun, replays
// are rolled back.
func withDead(dryRun *bool, do func(*cobra.Command, *bulk.DeadJobs) error) runner {
	return onDatabase("dead", func(c *cobra.Command, db database) error {
		return do(c, &bulk.DeadJobs{All: db.all, Changer: db.changer, DryRun: *dryRun})
	})
}

// addFilter adds the flags that choose dead jobs.
func addFilter(c *cobra.Command, filter *bulk.DeadFilter) {
	c.Flags().StringVar((*string)(&filter.Kind), "kind", "", "of this `KIND` of work, website_analysis for example")
	c.Flags().Func("code", "that failed with this `CODE`, worker_lost for example", func(code string) error {
		filter.Code = onboarding.FailureCode(code)
		if !filter.Code.Dead() {
			return fmt.Errorf("no dead job has the code %q", code)
		}
		return nil
	})
	c.Flags().StringVar(&filter.UserID, "user", "", "of this `USER`")
	c.Flags().Func("since", "that died within this `WINDOW`: 24h, 7d", func(s string) error {
		window, err := parseWindow(s)
		filter.Since = time.Now().Add(-window)
		return err
	})
	c.Flags().BoolVar(&filter.Unreplayed, "unreplayed", false, "that were not replayed; replay leaves those out anyway")
}

func deadListCommand() *cobra.Command {
	var (
		filter bulk.DeadFilter
		limit  int
	)
	c := &cobra.Command{
		Use: "list", Short: "list dead jobs, the newest first",
		Args: cobra.MatchAll(cli.NoArgs, func(*cobra.Command, []string) error {
			if limit < 1 || limit > 10_000 {
				return errors.New("-limit must be between 1 and 10000")
			}
			return nil
		}),
		RunE: withDead(new(bool), func(c *cobra.Command, dead *bulk.DeadJobs) error {
			return listDead(c, dead, filter, limit)
		}),
	}
	addFilter(c, &filter)
	c.Flags().IntVar(&limit, "limit", 50, "list at most `N`")
	return table.WithJSON(c)
}

func deadShowCommand() *cobra.Command {
	var id uuid.UUID
	return table.WithJSON(&cobra.Command{
		Use: "show ID", Short: "show one dead job", Args: oneID(&id, "a dead job"),
		RunE: withDead(new(bool), func(c *cobra.Command, dead *bulk.DeadJobs) error {
			return showDead(c, dead, id)
		}),
	})
}

// replayOptions chooses what to replay: ids, or all that the filter chooses.
type replayOptions struct {
	ids         []uuid.UUID
	filter      bulk.DeadFilter
	all, dryRun bool
}

func deadReplayCommand() *cobra.Command {
	opts := replayOptions{}
	c := &cobra.Command{
		Use: "replay ID... | -all", Short: "submit again what was submitted then, in the bulk queue",
		Long: `Submits again what was submitted then, in the bulk queue; each dead job once, however often
it is replayed. One is refused if something newer was submitted in its place or its step
was reset (moved_on), if its input is not stored any more (nothing_to_retry), or if its
user is gone (user_gone). The exit code is 1 if one was refused. It may be interrupted and
run again.`,
		RunE: withDead(&opts.dryRun, func(c *cobra.Command, dead *bulk.DeadJobs) error {
			if opts.dryRun {
				_, _ = fmt.Fprintln(c.ErrOrStderr(), "Dry run: nothing is changed; replayed is what would have been.")
			}
			return replayDead(c.Context(), dead, opts, c.OutOrStdout())
		}),
	}
	c.Args = func(_ *cobra.Command, args []string) (err error) {
		switch {
		case len(args) == 0 && !opts.all:
			return errors.New("name dead jobs, or replay all that a filter chooses with -all")
		case len(args) > 0 && (opts.all || opts.filter != bulk.DeadFilter{}):
			return errors.New("name dead jobs or a filter, not both")
		}
		opts.ids, err = parseAll(args, idOf("a dead job"))
		return err
	}
	addFilter(c, &opts.filter)
	c.Flags().BoolVar(&opts.all, "all", false, "replay all that the filter chooses")
	c.Flags().BoolVar(&opts.dryRun, "dry-run", false, "change nothing; what would be done is tried and rolled back")
	return c
}

func listDead(c *cobra.Command, dead *bulk.DeadJobs, filter bulk.DeadFilter, limit int) error {
	found, err := dead.List(c.Context(), filter, nil, limit)
	if err != nil {
		return err
	}
	rows := [][]any{{"ID", "DIED", "KIND", "STEP", "CODE", "ATTEMPTS", "RECOVERIES", "USER", "REPLAYED AS"}}
	for i := range found {
		j := &found[i]
		rows = append(rows, []any{
			j.ID, j.DiedAt.UTC().Format(time.RFC3339), j.Kind, orDash(j.Step), j.Code,
			j.Attempts, j.Recoveries, clean(j.UserID), orDash(j.ReplayedAs),
		})
	}
	return table.Print(c, rows)
}

func showDead(c *cobra.Command, dead *bulk.DeadJobs, id uuid.UUID) error {
	j, err := dead.Get(c.Context(), id)
	if err != nil {
		return deadError(id, err)
	}
	return table.PrintPairs(c, [][]any{
		{"id", j.ID},
		{"user", clean(j.UserID)},
		{"kind", j.Kind},
		{"step", orDash(j.Step)},
		{"died", j.DiedAt.UTC().Format(time.RFC3339)},
		{"code", j.Code},
		{"reason", onboarding.FailureCodes()[j.Code]},
		{"attempts", j.Attempts},
		{"recoveries", j.Recoveries},
		{"job_id in the logs", j.JobID},
		{"replayed as", orDash(j.ReplayedAs)},
	})
}

// orDash returns what a table shows for v: a dash for nil.
func orDash[T any](v *T) any {
	if v == nil {
		return table.NoValue
	}
	return *v
}

// deadError returns err, or a sentence where there is no such dead job.
func deadError(id uuid.UUID, err error) error {
	if errors.Is(err, onboarding.ErrNotFound) {
		return fmt.Errorf("there is no dead job %s; worker dead list shows them", id)
	}
	return err
}

// replayDead replays dead jobs and prints the outcome of each.
func replayDead(ctx context.Context, dead *bulk.DeadJobs, opts replayOptions, stdout io.Writer) error {
	counts := map[bulk.ReplayOutcome]int{}
	print := func(r bulk.Replay) error {
		counts[r.Outcome]++
		what := r.ReplayedAs.String()
		if r.Outcome == bulk.ReplayRefused {
			what = r.Code
		}
		_, err := fmt.Fprintf(stdout, "%s\t%s\t%s\n", r.ID, r.Outcome, what)
		if err != nil {
			return fmt.Errorf("write the outcome: %w", err)
		}
		return nil
	}
	err := replayEach(ctx, dead, opts, print)
	_, printErr := fmt.Fprintf(stdout, "dead: replayed=%d already_replayed=%d refused=%d\n",
		counts[bulk.Replayed], counts[bulk.AlreadyReplayed], counts[bulk.ReplayRefused])
	switch {
	case err != nil && ctx.Err() != nil:
		return errInterrupted
	case err != nil:
		return err
	case printErr != nil:
		return fmt.Errorf("write the counts: %w", printErr)
	case counts[bulk.ReplayRefused] > 0:
		return fmt.Errorf("%s could not be replayed", plural(counts[bulk.ReplayRefused], "dead job"))
	}
	return nil
}

// deadActor is the actor in the audit log.
const deadActor = "operator"

func replayEach(ctx context.Context, dead *bulk.DeadJobs, opts replayOptions, each func(bulk.Replay) error) error {
	if opts.all {
		return dead.ReplayAll(ctx, deadActor, opts.filter, nil, each)
	}
	for _, id := range opts.ids {
		replay, err := dead.Replay(ctx, deadActor, id)
		if err == nil {
			err = each(replay)
		}
		if err != nil {
			return deadError(id, err)
		}
	}
	return nil
}
