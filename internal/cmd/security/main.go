// Command security runs the tests that attack the system, and adds up what they tried and what they reached.
//
// A test file belongs to them if it logs a line "security-count: name=value ...", with the names of the figures
// below. All tests of the file are run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	switch err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "security:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("security", flag.ContinueOnError)
	flags.SetOutput(stderr)
	list := flags.Bool("list", false, "print the names of the tests as a regular expression, and run nothing")
	if err := flags.Parse(args); err != nil {
		return err
	}
	suite, err := discover(os.DirFS("."))
	if err != nil {
		return err
	}
	if *list {
		_, err := fmt.Fprintln(stdout, suite.pattern())
		return err
	}
	found := figures{}
	failed := suite.run(ctx, found, stdout, stderr)
	if _, err := fmt.Fprintln(stdout, found.line()); err != nil {
		return err
	}
	if missed := found.missed(); len(missed) > 0 {
		return errors.Join(failed, errors.New("missed: "+strings.Join(missed, ", ")))
	}
	return failed
}
