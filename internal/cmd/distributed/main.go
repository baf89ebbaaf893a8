// Command distributed runs the tests that use a database through a proxy that behaves as a distributed engine does, and
// makes sure that a load has each of its effects once. With YUGABYTE_URL it does so on that server, without the proxy.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/suite"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	o := options{}
	root := &cobra.Command{
		Use: "distributed", Short: "run tests through a proxy that behaves as a distributed engine", Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return run(c.Context(), o, c.OutOrStdout(), c.ErrOrStderr()) },
	}
	root.Flags().StringVar(&o.packages, "packages", "", "run the tests of these `PACKAGES` only, separated by commas")
	root.Flags().Uint64Var(&o.seed, "seed", 1, "what fails is drawn from this")
	root.Flags().IntVar(&o.users, "users", 200, "users of the load whose effects are counted")
	root.Flags().DurationVar(&o.delay, "delay", time.Millisecond, "mean delay of a message")
	code := cli.Run(ctx, root, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options are those of the command line.
type options struct {
	packages string
	seed     uint64
	users    int
	delay    time.Duration
}

func run(ctx context.Context, o options, stdout, stderr io.Writer) error {
	f, err := measure(ctx, o, stdout, stderr)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stdout, "distributed: tests=%d failed=%d injected_40001=%d doubled=%d lost=%d\n",
		f.Passed+f.Failed, f.Failed, f.injected, f.doubled, f.lost)
	if f.Failed > 0 || f.Passed == 0 || f.doubled > 0 || f.lost > 0 || f.injected == 0 && os.Getenv(yugabyte) == "" {
		return errors.New("a figure misses")
	}
	return nil
}

// yugabyte names the variable with the address of a real one, whose user may create databases and roles.
const yugabyte = "YUGABYTE_URL"

// figures are those of the last line.
type figures struct {
	suite.Counts
	effects

	injected int64
}

// The shares of statements and commits that fail: in the tests so few that five tries are enough whatever the seed, in
// the load many.
const (
	testMiddle, testCommit = 0.01, 0.02
	loadMiddle, loadCommit = 0.015, 0.03
)

// exempt are tests that a server without LISTEN, or one that is far away, can't pass, each with its reason.
var exempt = map[string]string{
	"TestAnnouncedChangesAreHeard":              "it needs LISTEN",
	"TestABurstOfOneSessionIsFewAnnouncements":  "it needs LISTEN",
	"TestNonsenseOnTheChannelIsIgnored":         "it needs LISTEN",
	"TestACutListenerConnectsAgainAndDoubtsAll": "it needs LISTEN",
}

func measure(ctx context.Context, o options, stdout, stderr io.Writer) (f figures, err error) {
	packages, err := suite.Packages(ctx, o.packages)
	if err != nil {
		return f, err
	}
	tests := suite.Tests{Packages: packages, Exempt: exempt}
	if url := os.Getenv(yugabyte); url != "" {
		tests.Environment = map[string]string{"TEST_DATABASE_URL": url}
		if f.effects, err = load(ctx, url, url, o.users); err == nil {
			f.Counts, err = tests.Run(ctx, stdout, stderr)
		}
		return f, err
	}
	server, err := suite.Start(ctx)
	if err != nil {
		return f, err
	}
	defer server.Stop()
	many, err := startProxy(ctx, server.Address, o.seed, o.delay, loadMiddle, loadCommit)
	if err != nil {
		return f, err
	}
	defer many.stop()
	if f.effects, err = load(ctx, server.URL, server.Through(many.address), o.users); err != nil {
		return f, err
	}
	_, _ = fmt.Fprintf(stdout,
		"load: %d users, %d transactions ended by 40001, %d statements of River, %d LISTEN refused\n",
		o.users, many.injected.Load(), many.river.Load(), many.refused.Load())
	few, err := startProxy(ctx, server.Address, o.seed, o.delay, testMiddle, testCommit)
	if err != nil {
		return f, err
	}
	defer few.stop()
	tests.Environment = map[string]string{"TEST_DATABASE_URL": server.URL, "TEST_DATABASE_THROUGH": few.address}
	f.Counts, err = tests.Run(ctx, stdout, stderr)
	f.injected = many.injected.Load() + few.injected.Load() + many.river.Load() + few.river.Load()
	return f, err
}
