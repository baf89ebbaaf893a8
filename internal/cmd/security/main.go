// Command security runs the tests that attack the system, and adds up what they tried and what they reached.
//
// A test file belongs to them if it logs a line "security-count: name=value ...", with the names of the figures
// below. All tests of the file are run.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/suite"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	list := false
	root := &cobra.Command{
		Use: "security", Short: "run the tests that attack the system, and add up what they reached", Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return run(c.Context(), list, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	root.Flags().BoolVar(&list, "list", false, "print the names of the tests as a regular expression, and run nothing")
	code := cli.Run(ctx, root, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, list bool, stdout, stderr io.Writer) error {
	attacks, err := discover(os.DirFS("."))
	if err != nil {
		return err
	}
	if list {
		_, err := fmt.Fprintln(stdout, attacks.pattern())
		return err
	}
	found := figures{}
	tests := suite.Tests{Packages: attacks.packages(), Pattern: attacks.pattern(), Output: found.add}
	counts, failed := tests.Run(ctx, stdout, stderr)
	if counts.Failed > 0 {
		failed = fmt.Errorf("%d tests failed", counts.Failed)
	}
	if _, err := fmt.Fprintln(stdout, found.line()); err != nil {
		return err
	}
	if missed := found.missed(); len(missed) > 0 {
		return errors.Join(failed, errors.New("missed: "+strings.Join(missed, ", ")))
	}
	return failed
}
