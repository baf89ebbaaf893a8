package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

const help = `Usage: chaos run [flags]
       chaos selftest [flags]
       chaos rolling [flags]
       chaos failover [flags]

run breaks a running system and checks the result; the last line is the summary,
and the exit code is 1 when something was lost, doubled, contradictory,
stuck or stolen. Without -duration also when too little was done.

selftest runs it against programs with one defect each: it has to notice every one.

rolling restarts every process, one after the other, behind a proxy that follows
/readyz, for a minute or -duration, with workers of two releases on a schema that is
ahead of both. The exit code is 1 when a request or a step failed.

failover kills, stops and cuts off the primaries of a replicated PostgreSQL, one after
the other, and checks that everything goes on at the next one and nothing is lost.

  -duration 9m    how long faults are injected
  -seed N         decides the faults and their times; random by default
  -users 130      how many users onboard at a time
  -data FOLDER    where data, logs and report.txt go (.data/chaos)
  -programs DIR   the folder of the programs api and worker (.bin)
  -rounds 20      failover: how many primaries fail
  -asynchronous   failover: without synchronous replication; the exit code is 1 unless a loss is noticed
  -former DIR     rolling: the programs of the release before, which make the schema first
                  and are every other process
`

var errUsage = errors.New("wrong command line")

// errViolated says that the last line reports a broken promise.
var errViolated = errors.New("a promise was broken")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := dispatch(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		_, _ = fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o := options{habits: usualHabits, lanes: lanes, out: stdout, settle: 15 * time.Second}
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.DurationVar(&o.duration, "duration", 0, "")
	flags.Uint64Var(&o.seed, "seed", 0, "")
	flags.IntVar(&o.users, "users", 130, "")
	flags.StringVar(&o.folder, "data", ".data/chaos", "")
	flags.StringVar(&o.programs, "programs", ".bin", "")
	flags.StringVar(&o.former, "former", "", "")
	flags.IntVar(&o.rounds, "rounds", failoverRounds, "")
	flags.BoolVar(&o.asynchronous, "asynchronous", false, "")
	if len(args) == 0 || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" || args[0] == "help" {
		_, err := io.WriteString(stdout, help)
		return err
	}
	err := flags.Parse(args[1:])
	if errors.Is(err, flag.ErrHelp) {
		_, err := io.WriteString(stdout, help)
		return err
	}
	if err == nil && (flags.NArg() > 0 || o.users < 1 || o.duration < 0 || o.rounds < 1) {
		err = errors.New("there are no such arguments")
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "%v\n\n%s", err, help)
		return errUsage
	}
	if o.seed == 0 {
		o.seed = rand.Uint64N(1_000_000) + 1 //nolint:gosec // a number to repeat the run
	}
	for _, path := range []*string{&o.folder, &o.programs, &o.former} {
		if *path == "" {
			continue
		}
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	switch args[0] {
	case "run":
		return runOnce(ctx, o)
	case "selftest":
		return selftest(ctx, o)
	case "rolling":
		return rolling(ctx, o)
	case "failover":
		return runFailover(ctx, o)
	}
	_, _ = fmt.Fprintf(stderr, "there is no command %q\n\n%s", args[0], help)
	return errUsage
}

// defaultDuration is the duration of the run whose minima are checked.
const defaultDuration = 9 * time.Minute

func runOnce(ctx context.Context, o options) error {
	usual := o.duration == 0
	if usual {
		o.duration = defaultDuration
	}
	_, _ = fmt.Fprintf(o.out, "chaos: seed=%d duration=%s users=%d (SEED=%d repeats what is done)\n", o.seed, o.duration,
		o.users, o.seed)
	res, err := runChaos(ctx, o)
	if err != nil {
		return err
	}
	for _, f := range res.record.findings {
		_, _ = fmt.Fprintf(o.out, "%s: %s\n", f.class, f.what)
	}
	_, _ = fmt.Fprintln(o.out, "chaos: the report is", res.report)
	_, _ = fmt.Fprintln(o.out, res.line())
	if res.violations() > 0 {
		return errViolated
	}
	if missed := res.minima(); usual && len(missed) > 0 {
		return fmt.Errorf("too little was done or it was too slow: %v", missed)
	}
	return nil
}
