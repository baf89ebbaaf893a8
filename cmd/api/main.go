// Command api serves the HTTP API of the onboarding.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := run(ctx, os.Args[1:], config.Options{}, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes a command line and returns the exit code of the program.
func run(ctx context.Context, args []string, o config.Options, stdout, stderr io.Writer) int {
	serveCommand := serveCommand(o) //nolint:contextcheck // a command runs in the context that cobra hands it
	root := cli.Group(&cobra.Command{
		Use: "api [COMMAND]", Short: "The HTTP API of the onboarding. Without a command it runs.", RunE: serveCommand.RunE,
	}, serveCommand, openAPICommand(), tokenCommand(o),
		cli.HealthCommand(config.APIMetricsPort, config.WorkerMetricsPort), //nolint:contextcheck // the same
	)
	return cli.Run(ctx, root, args, nil, stdout, stderr)
}
