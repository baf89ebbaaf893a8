package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alwrity/onboarding/internal/cli"
)

const help = `Usage: dev COMMAND [flags]

Commands:
  demo [-site FOLDER]      start everything, walk one user through the six
                           steps, print what came out and stop everything
  demo-llm [-site FOLDER]  the same with API keys stored, against servers that
                           speak the wire formats of OpenAI and Anthropic
  run [-site FOLDER]       start everything and keep it running until Ctrl-C
  demo-ops [-for 1h] [-users 4]
                           start everything with a Prometheus, and a Grafana
                           if one is installed, under the load of users; prints
                           the addresses and a token of an operator
  attach [-users A,B] [-dir FOLDER]
                           for programs: the same on free ports with model
                           and search servers; prints addresses, tokens of
                           these users and API keys as a line of JSON, and
                           stops when its standard input ends
  ops                      start everything with a Prometheus, touch all of it,
                           and check that every series which a dashboard or an
                           alert names is there

-site serves a folder of HTML files in place of the sample site.

Environment:
  DATABASE_URL   PostgreSQL to use; when it is empty, a private one is started
  DATA_DIR       folder for the database, the logs and the results (.data)

The exit code is 0 when all went well, 1 when something failed, 2 when the
command line is wrong.
`

// errUsage says that the command line is wrong.
var errUsage = errors.New("wrong command line")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case err == nil:
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		_, _ = fmt.Fprintln(os.Stderr, cli.Sentence(err))
		os.Exit(1)
	}
}

// run dispatches to the command that args name.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		_, _ = io.WriteString(stderr, help)
		return errUsage
	}
	switch args[0] {
	case "demo":
		return runDemo(ctx, args[1:], stdout, stderr)
	case "demo-llm":
		return runDemoLLM(ctx, args[1:], stdout, stderr)
	case "run":
		return runAll(ctx, args[1:], stdout, stderr)
	case "attach":
		return runAttach(ctx, args[1:], os.Stdin, stdout, stderr)
	case "demo-ops":
		return runDemoOps(ctx, args[1:], stdout, stderr)
	case "ops":
		return runOps(ctx, args[1:], stdout, stderr)
	case "-h", "-help", "--help", "help":
		_, err := io.WriteString(stdout, help)
		return err
	}
	_, _ = fmt.Fprintf(stderr, "there is no command %q.\n\n%s", args[0], help)
	return errUsage
}

// parseSite reads the command line of demo and run: the folder to serve, "" for
// the sample site. It returns false when only the help was asked for.
func parseSite(name string, args []string, stdout, stderr io.Writer) (site string, goOn bool, err error) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&site, "site", "", "")
	err = flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, err = io.WriteString(stdout, help)
		return "", false, err
	case err == nil && flags.NArg() == 0:
		return site, true, nil
	case err == nil:
		err = fmt.Errorf("%s takes no argument %q", name, flags.Arg(0))
	}
	_, _ = fmt.Fprintf(stderr, "%v.\n\n%s", err, help)
	return "", false, errUsage
}
