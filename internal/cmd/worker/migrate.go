package worker

import (
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/migrations"
)

func migrateCommand() *cobra.Command {
	parent := &cobra.Command{
		Use: "migrate", Short: "bring the database to the schema of this program", RunE: withoutRing(migrateUp),
		Long: `Brings the database to the schema of this program, as ` + "`worker migrate up`" + ` does.

The connection is MIGRATE_DATABASE_URL, or else DATABASE_URL. Its login owns the
tables and needs CREATEROLE; the login of DATABASE_URL is made a member of the two
roles that the programs assume.`,
	}
	return cli.Group(parent,
		&cobra.Command{
			Use: "up", Short: "bring the database to the schema of this program (default)",
			Args: cli.NoArgs, RunE: withoutRing(migrateUp),
			Long: `Brings the database to the schema of this program. Any number of processes may do it at
once, and a second call changes nothing.`,
		},
		&cobra.Command{
			Use: "finish", Short: "end the support of the release before, once none of its programs runs",
			Args: cli.NoArgs, RunE: withoutRing(migrateFinish),
			Long: `Takes away what a migration has left for the programs of the release before: privileges of
the role that serves users, and users' ids in the args of jobs. Requests and jobs go on. Run it when
every process is of this release; the release before can't run afterwards. A new database needs
none, and a second call changes nothing.`,
		},
		&cobra.Command{
			Use: "status", Short: "list the migrations and when each was applied",
			Args: cli.NoArgs, RunE: withoutRing(migrateStatus),
		})
}

func migrateUp(c *cobra.Command, cfg config.Worker) error {
	err := migrations.Up(c.Context(), migrations.Config{
		URL: string(cfg.MigrationURL()), ProgramURL: string(cfg.DatabaseURL), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "migrate: the schema is at version %d\n", postgres.SchemaVersion)
	return err
}

func migrateFinish(c *cobra.Command, cfg config.Worker) error {
	if err := migrations.Finish(c.Context(), string(cfg.MigrationURL())); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.OutOrStdout(), "migrate: finished: the release before can't run any more")
	return err
}

func migrateStatus(c *cobra.Command, cfg config.Worker) error {
	list, err := migrations.List(c.Context(), string(cfg.MigrationURL()))
	if err != nil {
		return err
	}
	rows := [][]any{{"VERSION", "NAME", "APPLIED"}}
	for _, m := range list {
		applied := "pending"
		if !m.AppliedAt.IsZero() {
			applied = m.AppliedAt.Format("2006-01-02 15:04:05 MST")
		}
		rows = append(rows, []any{m.Version, m.Name, applied})
	}
	return writeTable(c.OutOrStdout(), rows)
}
