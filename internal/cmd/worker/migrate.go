package worker

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/worker/table"
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
		table.WithJSON(&cobra.Command{
			Use: "status", Short: "list the migrations and when each was applied",
			Args: cli.NoArgs, RunE: withoutRing(migrateStatus),
		}))
}

// migrationURL returns the owner's connection string, which can't lead to a pooler in transaction mode: migrations hold
// a lock of their session.
func migrationURL(cfg config.Worker) (string, error) {
	url := cfg.MigrationURL().Reveal()
	if url == "" {
		return "", errors.New("set MIGRATE_DATABASE_URL to the owner's address past the pooler: migrations need a session")
	}
	return url, nil
}

func migrateUp(c *cobra.Command, cfg config.Worker) error {
	url, err := migrationURL(cfg)
	if err != nil {
		return err
	}
	up := migrations.Config{URL: url, ProgramURL: string(cfg.DatabaseURL), Log: slog.New(slog.DiscardHandler)}
	if cfg.Pooled() {
		for _, login := range postgres.Logins() {
			up.Logins = append(up.Logins, migrations.Login(login))
		}
	}
	err = showWaiting(c.ErrOrStderr(), "migrating", func() error { return migrations.Up(c.Context(), up) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "migrate: the schema is at version %d\n", postgres.SchemaVersion)
	return err
}

func migrateFinish(c *cobra.Command, cfg config.Worker) error {
	url, err := migrationURL(cfg)
	if err == nil {
		err = showWaiting(c.ErrOrStderr(), "finishing", func() error { return migrations.Finish(c.Context(), url) })
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.OutOrStdout(), "migrate: finished: the release before can't run any more")
	return err
}

func migrateStatus(c *cobra.Command, cfg config.Worker) error {
	url, err := migrationURL(cfg)
	if err != nil {
		return err
	}
	list, err := migrations.List(c.Context(), url)
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
	return table.Print(c, rows)
}
