package worker

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/ops"
)

const deadUsage = `Usage: worker dead list [filter] [-limit N]
       worker dead show ID
       worker dead replay ID... [-dry-run]
       worker dead replay -all [filter] [-dry-run]

Dead jobs are the work that failed although nothing that its user changes mends it: out of
attempts, out of recoveries, out of time, or broken. They are kept for 90 days and named
by the submission that failed.

  list     the newest first
  show     one of them
  replay   submit what was submitted then again, in the bulk queue; each once, however
           often it is asked for. One is refused if something newer was submitted in its
           place or its step was reset (moved_on), if its input is not stored any more
           (nothing_to_retry), or if its user is gone (user_gone)

Filter:
  -kind KIND     of this kind of work, website_analysis for example
  -code CODE     that failed with this code, worker_lost for example
  -user USER     of this user
  -since 24h     that died within that time; 7d as well
  -unreplayed    that were not replayed (replay leaves those out anyway)

Flags:
  -limit N    how many to list (50)
  -all        replay all that the filter chooses
  -dry-run    change nothing; what would be done is tried and rolled back

Each replay gets a line: the id, a tab, the outcome, and for one that took place a tab and
the new submission. The last line is

  dead: replayed=N already_replayed=N refused=N

The exit code is 1 if one was refused. It may be interrupted and run again.
`

// deadOptions is the command line of dead.
type deadOptions struct {
	words       []string
	filter      bulk.DeadFilter
	limit       int
	all, dryRun bool
}

// Dead runs "worker dead".
func Dead(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	opts, err := parseDead(args)
	if err != nil {
		return usage(err, deadUsage, stdout, stderr)
	}
	cfg, err := config.LoadMigration(config.Options{})
	if err != nil {
		return err
	}
	log := ops.NewLogger(stderr, cfg.LogLevel, "dead")
	dead, closePools, err := bulk.OpenDeadJobs(ctx, string(cfg.DatabaseURL), opts.dryRun, prometheus.NewRegistry(), log)
	if err != nil {
		return err
	}
	defer closePools()
	switch opts.words[0] {
	case "list":
		return listDead(ctx, dead, opts, stdout)
	case "show":
		return showDead(ctx, dead, uuid.MustParse(opts.words[1]), stdout)
	}
	if opts.dryRun {
		_, _ = fmt.Fprintln(stderr, "Dry run: nothing is changed; replayed is what would have been.")
	}
	return replayDead(ctx, dead, opts, stdout)
}

func parseDead(args []string) (deadOptions, error) {
	opts := deadOptions{}
	var since, kind, code string
	flags := flag.NewFlagSet("dead", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&kind, "kind", "", "")
	flags.StringVar(&code, "code", "", "")
	flags.StringVar(&opts.filter.UserID, "user", "", "")
	flags.StringVar(&since, "since", "", "")
	flags.BoolVar(&opts.filter.Unreplayed, "unreplayed", false, "")
	flags.IntVar(&opts.limit, "limit", 50, "")
	flags.BoolVar(&opts.all, "all", false, "")
	flags.BoolVar(&opts.dryRun, "dry-run", false, "")
	var err error
	if opts.words, err = parseMixed(flags, args); err != nil {
		return opts, err
	}
	opts.filter.Kind, opts.filter.Code = onboarding.Kind(kind), onboarding.FailureCode(code)
	if since != "" {
		window, err := parseWindow(since)
		if err != nil {
			return opts, err
		}
		opts.filter.Since = time.Now().Add(-window)
	}
	return opts, opts.check()
}

func (o deadOptions) check() error {
	if len(o.words) == 0 {
		return errors.New("name a command: list, show or replay")
	}
	filtered := o.filter != bulk.DeadFilter{}
	name, ids := o.words[0], o.words[1:]
	for _, id := range ids {
		if _, err := uuid.Parse(id); err != nil {
			return fmt.Errorf("%q is no id of a dead job", id)
		}
	}
	switch {
	case name != "list" && name != "show" && name != "replay":
		return fmt.Errorf("there is no command %q", name)
	case o.filter.Code != "" && !o.filter.Code.Dead():
		return fmt.Errorf("no dead job has the code %q", o.filter.Code)
	case name == "list" && (len(ids) > 0 || o.limit < 1 || o.limit > 10_000):
		return errors.New("worker dead list takes a filter and -limit, between 1 and 10000")
	case name == "show" && (len(ids) != 1 || filtered):
		return errors.New("worker dead show takes the id of one dead job")
	case name == "replay" && len(ids) == 0 && !o.all:
		return errors.New("name dead jobs, or replay all that a filter chooses with -all")
	case name == "replay" && len(ids) > 0 && (o.all || filtered):
		return errors.New("name dead jobs or a filter, not both")
	case name != "replay" && (o.all || o.dryRun):
		return fmt.Errorf("worker dead %s takes neither -all nor -dry-run", name)
	}
	return nil
}

func listDead(ctx context.Context, dead *bulk.DeadJobs, opts deadOptions, stdout io.Writer) error {
	found, err := dead.List(ctx, opts.filter, nil, opts.limit)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ID\tDIED\tKIND\tSTEP\tCODE\tATTEMPTS\tRECOVERIES\tUSER\tREPLAYED AS")
	for i := range found {
		j := found[i]
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\n", j.ID, j.DiedAt.UTC().Format(time.RFC3339), j.Kind, stepOf(j), j.Code,
			j.Attempts, j.Recoveries, clean(j.UserID), replayedAs(j.ReplayedAs))
	}
	return table.Flush()
}

func showDead(ctx context.Context, dead *bulk.DeadJobs, id uuid.UUID, stdout io.Writer) error {
	j, err := dead.Get(ctx, id)
	if err != nil {
		return deadError(id, err)
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	for _, line := range [][2]any{
		{"id", j.ID},
		{"user", clean(j.UserID)},
		{"kind", j.Kind},
		{"step", stepOf(j)},
		{"died", j.DiedAt.UTC().Format(time.RFC3339)},
		{"code", j.Code},
		{"reason", onboarding.FailureCodes()[j.Code]},
		{"attempts", j.Attempts},
		{"recoveries", j.Recoveries},
		{"job_id in the logs", j.JobID},
		{"replayed as", replayedAs(j.ReplayedAs)},
	} {
		_, _ = fmt.Fprintf(table, "%s\t%v\n", line[0], line[1])
	}
	return table.Flush()
}

func stepOf(j bulk.DeadJob) string {
	if j.Step == 0 {
		return "-"
	}
	return fmt.Sprint(j.Step)
}

func replayedAs(id uuid.UUID) string {
	if id == uuid.Nil {
		return "-"
	}
	return id.String()
}

// deadError says what a person can do about an error.
func deadError(id uuid.UUID, err error) error {
	if errors.Is(err, onboarding.ErrNotFound) {
		return fmt.Errorf("there is no dead job %s; worker dead list shows them", id)
	}
	return err
}

// replayDead replays what is named or chosen, and prints what became of each.
func replayDead(ctx context.Context, dead *bulk.DeadJobs, opts deadOptions, stdout io.Writer) error {
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

// deadActor stands in the audit log for whoever ran the command.
const deadActor = "operator"

func replayEach(ctx context.Context, dead *bulk.DeadJobs, opts deadOptions, each func(bulk.Replay) error) error {
	if opts.all {
		return dead.ReplayAll(ctx, deadActor, opts.filter, nil, each)
	}
	for _, word := range opts.words[1:] {
		id := uuid.MustParse(word)
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
