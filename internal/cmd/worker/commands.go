package worker

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/internal/postgres"
)

// Main runs a command line of the worker and returns the exit code of the program.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := cli.Group(&cobra.Command{
		Use:   "worker COMMAND",
		Short: "The background work of the onboarding, and the tools of its operators.",
	},
		// Commands run in the context that cobra hands them.
		runCommand(), migrateCommand(), maintainCommand(), checkCommand(), doctorCommand(), //nolint:contextcheck // see above
		reportCommand(), bulkCommand(), deadCommand(), analyzeCommand(), voiceCommand(), //nolint:contextcheck // see above
		keysCommand(), rotateKeysCommand(), fingerprintCommand(), importCommand(), //nolint:contextcheck // see above
		cli.HealthCommand(config.WorkerMetricsPort, config.APIMetricsPort), //nolint:contextcheck // see above
		webhooksCommand(), //nolint:contextcheck // see above
	)
	return cli.Run(ctx, root, args, stdin, stdout, stderr)
}

// runner runs a command.
type runner = func(*cobra.Command, []string) error

// withSettings returns a runner that loads the settings and calls do.
func withSettings[T any](load func(config.Options) (T, error), do func(*cobra.Command, T) error) runner {
	return func(c *cobra.Command, _ []string) error {
		cfg, err := load(config.Options{})
		if err != nil {
			return err
		}
		return do(c, cfg)
	}
}

// database is what a command on the database works with.
type database struct {
	changer *flow.Changer
	all     *postgres.Pool // sees all users
}

// withoutRing is withSettings for commands that need no key ring.
func withoutRing(do func(*cobra.Command, config.Worker) error) runner {
	return withSettings(config.LoadMigration, do)
}

// onDatabase returns a runner that opens the database under a name and calls do.
func onDatabase(name string, do func(*cobra.Command, database) error) runner {
	return withoutRing(func(c *cobra.Command, cfg config.Worker) error {
		log := ops.NewLogger(c.ErrOrStderr(), cfg.LogLevel, name)
		changer, all, closePools, err := flow.Open(c.Context(), postgres.NewServer(cfg.Server()), name, 1, log)
		if err != nil {
			return err
		}
		defer closePools()
		return do(c, database{changer, all})
	})
}
