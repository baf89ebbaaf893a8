package worker

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/internal/postgres"
)

const usersUsage = `Usage: worker users OPERATION [flags] USER...
       worker users OPERATION [flags] -file FILE

Does one thing to many users, each in a transaction of its own, without workers and
one after the other; for many thousands see "worker bulk". OPERATION is

  reset            make all steps pending again and cancel running work; what the
                   steps stored stays readable and counts for nothing, API keys stay
  retry-failed     submit the last input of every failed step again
  rebuild-inputs   build the personalization inputs again
  delete           delete everything that is stored of the user, API keys too, and
                   cancel running work; needs -yes

Flags:
  -file FILE   the users, one id on each line, - for stdin; blank lines and lines that
               begin with # are left out, of an id that comes twice one is taken
  -dry-run     change nothing; what would be done is tried and rolled back
  -yes         really delete

Each user gets a line on stdout: the id, a tab, and "done", "nothing to do", "not found"
or why it failed. The last line is

  users: operation=reset users=N done=N unchanged=N missing=N failed=N

It may be interrupted and run again: what is done stays done. It stops by itself when
the database can't be used. The exit code is 1 if a user failed or it was stopped.
`

// operation changes one user.
type operation func(o *flow.Operator, ctx context.Context, userID string) (flow.Outcome, error)

var operations = map[string]operation{
	"reset":          (*flow.Operator).Reset,
	"retry-failed":   (*flow.Operator).RetryFailed,
	"rebuild-inputs": (*flow.Operator).RebuildInputs,
	"delete":         (*flow.Operator).DeleteAccount,
}

// usersOptions is the command line of users.
type usersOptions struct {
	operation   string
	file        string
	users       []string
	dryRun, yes bool
}

// Users runs "worker users".
func Users(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	opts, err := parseUsers(args)
	if err != nil {
		return usage(err, usersUsage, stdout, stderr)
	}
	cfg, err := config.LoadMigration(config.Options{})
	if err != nil {
		return err
	}
	if opts.file != "" {
		if opts.users, err = readUsers(ctx, opts.file, os.Stdin); err != nil {
			return err
		}
	}
	log := ops.NewLogger(stderr, cfg.LogLevel, "users")
	operator, closePool, err := flow.OpenOperator(ctx, string(cfg.DatabaseURL), opts.dryRun, prometheus.NewRegistry(), log)
	if err != nil {
		return err
	}
	defer closePool()
	do := operations[opts.operation]
	run := usersRun{
		opts: opts, bar: newCountBar(stderr, int64(len(opts.users)), "changing users"), stdout: stdout, log: log,
		do: func(ctx context.Context, userID string) (flow.Outcome, error) { return do(operator, ctx, userID) },
	}
	err = run.all(ctx)
	run.bar.end()
	return run.report(err, stderr)
}

// parseMixed returns the arguments. Flags may stand on both sides of them: a -dry-run
// at the end must not be taken for a user.
func parseMixed(flags *flag.FlagSet, args []string) (words []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return words, nil
		}
		words, args = append(words, flags.Arg(0)), flags.Args()[1:]
	}
}

// parseUsers reads the command line.
func parseUsers(args []string) (usersOptions, error) {
	opts := usersOptions{}
	flags := flag.NewFlagSet("users", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&opts.file, "file", "", "")
	flags.BoolVar(&opts.dryRun, "dry-run", false, "")
	flags.BoolVar(&opts.yes, "yes", false, "")
	words, err := parseMixed(flags, args)
	if err != nil {
		return opts, err
	}
	if len(words) == 0 {
		return opts, errors.New("name an operation: reset, retry-failed, rebuild-inputs or delete")
	}
	opts.operation = words[0]
	var list idList
	for _, id := range words[1:] {
		if err := list.add(id); err != nil {
			return opts, fmt.Errorf("%q %w", id, err)
		}
	}
	opts.users = list.ids
	return opts, opts.check()
}

func (o usersOptions) check() error {
	_, known := operations[o.operation]
	switch {
	case !known:
		return fmt.Errorf("there is no operation %q", o.operation)
	case o.file == "" && len(o.users) == 0:
		return errors.New("name the users, or a file of them with -file")
	case o.file != "" && len(o.users) > 0:
		return errors.New("name the users or a file of them, not both")
	case o.operation == "delete" && !o.yes && !o.dryRun:
		return errors.New("delete can't be undone: it needs -yes, or -dry-run to see what it would do")
	}
	return nil
}

// usersRun does one operation to one user after the other.
type usersRun struct {
	opts   usersOptions
	do     func(ctx context.Context, userID string) (flow.Outcome, error)
	bar    countBar
	stdout io.Writer
	log    *slog.Logger

	done, unchanged, missing, failed int
}

var errInterrupted = errors.New("interrupted")

// all stops before the next user when ctx ends, and after one for whom the database
// could not be used.
func (r *usersRun) all(ctx context.Context) error {
	for _, userID := range r.opts.users {
		if ctx.Err() != nil {
			return errInterrupted
		}
		outcome, err := r.do(ctx, userID)
		word := r.count(ctx, outcome, err)
		r.bar.clear()
		if _, err := fmt.Fprintf(r.stdout, "%s\t%s\n", clean(userID), word); err != nil {
			return fmt.Errorf("write the outcome: %w", err)
		}
		r.bar.add()
		if postgres.Unavailable(err) {
			return errors.New("the database can't be used")
		}
	}
	return nil
}

// count counts an outcome and returns the word for it.
func (r *usersRun) count(ctx context.Context, outcome flow.Outcome, err error) string {
	switch {
	case err != nil:
		r.failed++
		return r.class(ctx, err)
	case outcome == flow.OutcomeMissing:
		r.missing++
		return "not found"
	case outcome == flow.OutcomeUnchanged:
		r.unchanged++
		return "nothing to do"
	}
	r.done++
	if r.opts.dryRun {
		return "would be done"
	}
	return "done"
}

// class names an error; what its name does not tell is logged.
func (r *usersRun) class(ctx context.Context, err error) string {
	var conflict *onboarding.ConflictError
	switch {
	case errors.As(err, &conflict):
		return conflict.Code
	case errors.Is(err, flow.ErrBusy):
		return "busy"
	}
	r.log.ErrorContext(ctx, "user not changed", "error", err)
	if postgres.Unavailable(err) {
		return "database_unavailable"
	}
	return "internal_error"
}

// report writes the last line and returns what the exit code goes by.
func (r *usersRun) report(stopped error, stderr io.Writer) error {
	if r.opts.dryRun {
		_, _ = fmt.Fprintln(stderr, "Dry run: nothing was changed; done is what would have been.")
	}
	total, handled := len(r.opts.users), r.done+r.unchanged+r.missing+r.failed
	_, err := fmt.Fprintf(r.stdout, "users: operation=%s users=%d done=%d unchanged=%d missing=%d failed=%d\n",
		r.opts.operation, total, r.done, r.unchanged, r.missing, r.failed)
	switch {
	case stopped != nil:
		return fmt.Errorf("%w after %d of %s; what is done stays done, run it again to go on", stopped, handled, plural(total, "user"))
	case err != nil:
		return err
	case r.failed > 0:
		return fmt.Errorf("%s could not be changed", plural(r.failed, "user"))
	}
	return nil
}
