package worker

import (
	"context"
	"fmt"
	"io"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/migrations"
)

const maintainUsage = `Usage: worker maintain

Makes the partitions of the step events for the next 24 months, drops those of former
months that KEEP_STEP_EVENTS_DAYS has emptied, and rebuilds the indexes of the tables
that change most. Run it once a week, at a quiet hour: requests
and jobs go on, and it may take some minutes on a large database. It may be stopped and
run again at any time.

The connection is MIGRATE_DATABASE_URL, or else DATABASE_URL. Its login owns the tables.
`

// Maintain runs "worker maintain".
func Maintain(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if _, err := parseWords("maintain", args, 0); err != nil {
		return usage(err, maintainUsage, stdout, stderr)
	}
	cfg, err := config.LoadMigration(config.Options{})
	if err != nil {
		return err
	}
	return migrations.Maintain(ctx, string(cfg.MigrationURL()), func(did string) {
		_, _ = fmt.Fprintln(stdout, "maintain: "+did)
	})
}
