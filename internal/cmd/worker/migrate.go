package worker

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/migrations"
)

const migrateUsage = `Usage: worker migrate [up | status]

  up       bring the database to this program's schema (default); any number of
           processes may do it at once, and a second call changes nothing
  status   list the migrations and when each was applied

The connection is MIGRATE_DATABASE_URL, or else DATABASE_URL. Its login owns the
tables and needs CREATEROLE; the login of DATABASE_URL is made a member of the two
roles that the programs assume.
`

// Migrate runs "worker migrate".
func Migrate(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	words, err := parseWords("migrate", args, 1)
	if err != nil {
		return usage(err, migrateUsage, stdout, stderr)
	}
	do := migrateUp
	switch {
	case len(words) == 0 || words[0] == "up":
	case words[0] == "status":
		do = migrateStatus
	default:
		return usage(fmt.Errorf("worker migrate takes no argument %q", words[0]), migrateUsage, stdout, stderr)
	}
	cfg, err := config.LoadMigration(config.Options{})
	if err != nil {
		return err
	}
	return do(ctx, cfg, stdout)
}

func migrateUp(ctx context.Context, cfg config.Worker, stdout io.Writer) error {
	err := migrations.Up(ctx, migrations.Config{
		URL: string(cfg.MigrationURL()), ProgramURL: string(cfg.DatabaseURL), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "migrate: the schema is at version %d\n", postgres.SchemaVersion)
	return err
}

func migrateStatus(ctx context.Context, cfg config.Worker, stdout io.Writer) error {
	list, err := migrations.List(ctx, string(cfg.MigrationURL()))
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "VERSION\tNAME\tAPPLIED")
	for _, m := range list {
		applied := "pending"
		if !m.AppliedAt.IsZero() {
			applied = m.AppliedAt.Format("2006-01-02 15:04:05 MST")
		}
		_, _ = fmt.Fprintf(table, "%d\t%s\t%s\n", m.Version, m.Name, applied)
	}
	return table.Flush()
}
