// Command dev runs the whole system on one machine: a local PostgreSQL unless
// DATABASE_URL names one, the migrations, the api, a worker and a website to
// analyse.
//
// It is a tool for people who work on the project. It starts the same programs
// that production runs, as child processes that end when it ends, and calls
// them by HTTP only. Nothing of production may depend on it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := cli.Run(ctx, command(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func command() *cobra.Command {
	return cli.Group(&cobra.Command{
		Use: "dev COMMAND", Short: "run the whole system on one machine",
		Long: `Runs the whole system on one machine.

Environment:
  DATABASE_URL   PostgreSQL to use; when it is empty, a private one is started
  DATA_DIR       folder for the database, the logs and the results (.data)`,
	},
		siteCommand("demo",
			"start everything, walk one user through the six steps, print the results, stop everything", runDemo),
		siteCommand("demo-llm",
			"demo with API keys, against servers that speak the wire formats of OpenAI and Anthropic", runDemoLLM),
		siteCommand("run", "start everything and keep it running until Ctrl-C", runAll),
		demoOpsCommand(), attachCommand(), opsCommand(),
	)
}

// siteCommand returns a command that analyses a website in a folder.
func siteCommand(name, short string, do func(c *cobra.Command, site string) error) *cobra.Command {
	site := ""
	c := &cobra.Command{Use: name, Short: short, Args: cli.NoArgs}
	c.RunE = func(*cobra.Command, []string) error { return do(c, site) }
	c.Flags().StringVar(&site, "site", "", "serve the HTML files of this `FOLDER` in place of the sample site")
	return c
}
