package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

const help = `Usage: deploy check [flags]

Checks compose.yaml, the chart, the units, the proxy's block, the monitoring and the workflows, starts the programs as each
of the first three says and walks a user through. The exit code is 1 if something fails.

  -short          walk through compose.yaml only
  -users N        take N more users through compose.yaml, and print what they cost
  -tree FOLDER    the project (.)
  -programs DIR   the folder of the programs api and worker (.bin)
  -stamp VERSION  the version that the programs must report
  -logs DIR       where the programs' logs go (.data/deploy)
`

// leastGrace is how long a stopping program must be given: SHUTDOWN_GRACE and 15 s.
const leastGrace = 35 * time.Second

// The ways to deploy that a user is walked through.
var forms = []string{"compose", "chart", "systemd"}

// options are the flags.
type options struct {
	tree, programs, stamp, logs string
	short                       bool
	users                       int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	log.SetOutput(io.Discard) // Helm tells each time that it follows the link to the alerts
	err := dispatch(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "deploy:", err)
		os.Exit(1)
	}
}

// dispatch runs a command. "contain" and "world" are what check starts itself as.
func dispatch(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		args = []string{""}
	}
	if args[0] == "contain" {
		return contain(os.Stdin)
	}
	o := options{}
	flags := flag.NewFlagSet("deploy", flag.ContinueOnError)
	flags.Usage = func() { _, _ = fmt.Fprint(os.Stderr, help) }
	flags.BoolVar(&o.short, "short", false, "")
	flags.IntVar(&o.users, "users", 0, "")
	flags.StringVar(&o.tree, "tree", ".", "")
	flags.StringVar(&o.programs, "programs", ".bin", "")
	flags.StringVar(&o.stamp, "stamp", "dev", "")
	flags.StringVar(&o.logs, "logs", ".data/deploy", "")
	if err := flags.Parse(args[1:]); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return errors.New("wrong command line, see deploy check -h")
	}
	for _, path := range []*string{&o.tree, &o.programs, &o.logs} {
		var err error
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	form := strings.TrimPrefix(args[0], "world-")
	switch {
	case args[0] == "check":
		return check(ctx, o, out)
	case slices.Contains(forms, form):
		return walkForm(ctx, o, form, out)
	}
	_, _ = fmt.Fprint(os.Stderr, help)
	return errors.New("name a command: deploy check")
}

// check does everything and prints the last line.
func check(ctx context.Context, o options, out io.Writer) error {
	r := &report{out: out}
	for _, of := range []func(context.Context, options, *report){
		checkStamp, checkImage, checkCompose, checkChart, checkUnits, checkProxy, checkMonitoring, checkWorkflows, checkRelease,
		checkSnapshot,
	} {
		of(ctx, o, r)
	}
	walked := forms
	if o.short {
		walked = forms[:1]
	}
	for _, form := range walked {
		began := time.Now()
		err := inWorld(ctx, o, form, out)
		if err == nil {
			r.walked = append(r.walked, form)
		}
		r.add(fmt.Sprintf("walk through %s (%.0f s)", form, time.Since(began).Seconds()), err)
	}
	_, _ = fmt.Fprintf(out, "deploy: manifests=%d charts=%d units=%d workflows=%d failed=%d walked=%s\n",
		r.manifests, r.charts, r.units, r.workflows, r.failed, strings.Join(r.walked, ","))
	if r.failed > 0 {
		return fmt.Errorf("%d checks failed", r.failed)
	}
	return nil
}

// report collects what was checked.
type report struct {
	out                                 io.Writer
	manifests, charts, units, workflows int
	failed                              int
	walked                              []string
}

// add prints and counts a result.
func (r *report) add(what string, err error) {
	if err == nil {
		_, _ = fmt.Fprintln(r.out, "ok      ", what)
		return
	}
	r.failed++
	_, _ = fmt.Fprintf(r.out, "FAILED   %s: %s\n", what, strings.ReplaceAll(err.Error(), "\n", "\n         "))
}
