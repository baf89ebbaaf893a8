package worker

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/migrations"
)

func maintainCommand() *cobra.Command {
	return &cobra.Command{
		Use: "maintain", Short: "create future partitions and rebuild indexes; once a week", Args: cli.NoArgs,
		Long: `Creates the partitions of the step events for the next 24 months, drops those of past
months that KEEP_STEP_EVENTS_DAYS has emptied, and rebuilds the indexes of the tables
that change most. Run it once a week, at a quiet hour: requests and jobs go on, and it
may take some minutes on a large database. It may be stopped and run again at any time.

The connection is MIGRATE_DATABASE_URL, or else DATABASE_URL. Its login owns the tables.`,
		RunE: withoutRing(func(c *cobra.Command, cfg config.Worker) error {
			url, err := migrationURL(cfg)
			if err != nil {
				return err
			}
			return migrations.Maintain(c.Context(), url, func(did string) {
				_, _ = fmt.Fprintln(c.OutOrStdout(), "maintain: "+did)
			})
		}),
	}
}
