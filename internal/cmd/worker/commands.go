package worker

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
)

// Main runs a command line of the worker and returns the exit code of the program.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := cli.Group(&cobra.Command{
		Use:   "worker COMMAND",
		Short: "The background work of the onboarding, and the tools of its operators.",
	},
		runCommand(), migrateCommand(), maintainCommand(), checkCommand(), doctorCommand(), reportCommand(), bulkCommand(),
		deadCommand(), analyzeCommand(), keysCommand(), rotateKeysCommand(), fingerprintCommand(),
	)
	return cli.Run(ctx, root, args, stdin, stdout, stderr)
}
