// Command bench measures the running system: each subcommand starts what it measures
// on a throw-away database, prints one line for each figure, and fails if a figure
// misses its goal. It must not touch a database that is in use.
package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/localpg"
	"github.com/alwrity/onboarding/migrations"
)

// errMissed says that a figure misses its goal; the lines say which.
var errMissed = errors.New("a goal is missed")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	root := cli.Group(&cobra.Command{Use: "bench COMMAND", Short: "measure the running system on a throw-away database"},
		analyticsCommand(),
		command("fairness", "how little bulk work holds up users, and one operation the others", runFairness),
		hostileCommand(),
		peersCommand(),
		pollPeerCommand(),
		command("polite", "how often a server with a hidden rate limit answers 429", runPolite),
		simulateCommand(),
		command("stream", "how soon changes reach open streams, and what these cost in memory", runStream),
	)
	code := cli.Run(ctx, root, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// measurement measures on a migrated database, prints the figures, and reports whether
// they meet their goals.
type measurement func(ctx context.Context, databaseURL string, stdout io.Writer) (met bool, err error)

// command returns a subcommand that measures on a database that is removed afterwards. It
// fails with errMissed unless the goals are met.
func command(name, short string, measure measurement) *cobra.Command {
	c := &cobra.Command{Use: name, Short: "measure " + short, Args: cli.NoArgs}
	c.RunE = func(*cobra.Command, []string) error {
		server, err := localpg.Start(c.Context(), localpg.Config{Throwaway: true})
		if err != nil {
			return err
		}
		defer server.Stop()
		schema := migrations.Config{URL: server.URL(), Log: slog.New(slog.DiscardHandler)}
		if err := migrations.Up(c.Context(), schema); err != nil {
			return err
		}
		met, err := measure(c.Context(), server.URL(), c.OutOrStdout())
		if err == nil && !met {
			err = errMissed
		}
		return err
	}
	return c
}
