// Command events shows that events reach those who build on them: it starts an api, workers and three receivers of
// webhooks on a throw-away database, lets users change their onboardings, kills workers, and counts what arrives. One
// receiver answers 30 % with 500 or too late and refuses some events for ever, one is down for a while.
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
)

// options are the sizes of a run.
type options struct {
	events int
	down   time.Duration
	kills  int
	limit  time.Duration
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	o := options{}
	root := &cobra.Command{
		Use: "events", Short: "count what reaches receivers of webhooks while workers are killed", Args: cli.NoArgs,
		Long: `Prints its progress and, last, a line of counts:

  events: events=N receivers=3 delivered=N duplicates=N out_of_order=0 lost=0 kills=N parked=N

delivered counts each event at each receiver once. The exit code is 1 if an event was lost, came out of order or was
not signed, or a change has no event.`,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeoutCause(c.Context(), o.limit, errors.New("not all events arrived in time"))
			defer cancel()
			return run(ctx, o, c.OutOrStdout())
		},
	}
	root.Flags().IntVar(&o.events, "events", 10_000, "how many `EVENTS` are told")
	root.Flags().DurationVar(&o.down, "down", time.Minute, "how long one receiver is down")
	root.Flags().IntVar(&o.kills, "kills", 6, "how often a worker is killed")
	root.Flags().DurationVar(&o.limit, "limit", 5*time.Minute, "how long all may take")
	code := cli.Run(ctx, root, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// progress prints a line.
func progress(stdout io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(stdout, time.Now().Format("15:04:05 ")+format+"\n", args...)
}
