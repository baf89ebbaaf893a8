// Command bench measures the running system: each subcommand starts what it measures
// on a throw-away database, prints one line for each figure, and fails if a figure
// misses its goal. It must not touch a database that is in use.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
)

// errMissed says that a figure misses its goal; the lines say which.
var errMissed = errors.New("a goal is missed")

// commands are the subcommands by name.
var commands = map[string]func(ctx context.Context, args []string, stdout io.Writer) error{
	"analytics": runAnalytics,
	"fairness":  runFairness,
	"polite":    runPolite,
	"stream":    runStream,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	if len(args) == 0 || commands[args[0]] == nil {
		return errors.New("say what to measure: bench analytics, bench stream, bench polite or bench fairness")
	}
	return commands[args[0]](ctx, args[1:], stdout)
}
