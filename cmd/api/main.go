// Command api serves the HTTP API of the onboarding.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/ops"
)

const help = `Usage: api [COMMAND] [arguments]

Commands:
  run       serve the API until it is stopped (also without a command)
  openapi   print the description of the API: OpenAPI 3.1 in JSON
  token     print a token of the development issuer
  version   print the version

"api COMMAND -h" tells more about a command.
`

// errUsage says that the command line is wrong and that the user has been told.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := run(ctx, os.Args[1:], config.Options{}, os.Stdout, os.Stderr)
	stop()
	os.Exit(exitCode(err, os.Stderr))
}

func run(ctx context.Context, args []string, o config.Options, stdout, stderr io.Writer) error {
	name := "run"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	} else if len(args) > 0 {
		name, args = "help", args[:1]
	}
	switch name {
	case "run":
		return serveCommand(ctx, args, o, stdout, stderr)
	case "openapi":
		return openAPICommand(args, stdout, stderr)
	case "token":
		return tokenCommand(args, o, stdout, stderr)
	case "version":
		_, err := fmt.Fprintln(stdout, ops.Version())
		return err
	case "help":
		if len(args) == 0 || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
			_, err := io.WriteString(stdout, help)
			return err
		}
		name = args[0]
	}
	_, _ = fmt.Fprintf(stderr, "Unknown command %q.\n\n%s", name, help)
	return errUsage
}

// parse reads the flags of a command that takes no other arguments. The error
// flag.ErrHelp stands for -h, which has been answered on stdout.
func parse(flags *flag.FlagSet, args []string, stdout, stderr io.Writer) error {
	var told strings.Builder
	flags.SetOutput(&told)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, _ = io.WriteString(stdout, told.String())
		return err
	case err == nil && flags.NArg() > 0:
		_, _ = fmt.Fprintf(stderr, "api %s takes no argument %q.\n", flags.Name(), flags.Arg(0))
		return errUsage
	case err != nil:
		_, _ = io.WriteString(stderr, told.String())
		return errUsage
	}
	return nil
}

// exitCode is 0 for success and help, 2 for a wrong command line, else 1.
func exitCode(err error, stderr io.Writer) int {
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	_, _ = fmt.Fprintf(stderr, "api: %v\n", err)
	return 1
}
