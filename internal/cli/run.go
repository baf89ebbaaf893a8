package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/ops"
)

// Run executes the command of root that args name and returns the exit code of the
// program: 0, 1 if the command failed, 2 if the command line is wrong. The latter is
// known before the command runs. What is wrong goes to stderr.
func Run(ctx context.Context, root *cobra.Command, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	withoutCoreDumps()
	root.AddCommand(versionCommand())
	root.SetArgs(dashes(args))
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetHelpFunc(printHelp)
	root.SetFlagErrorFunc(flagError)
	running := false
	root.PersistentPreRun = func(*cobra.Command, []string) { running = true }
	command, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return 0
	case running:
		_, _ = fmt.Fprintln(stderr, Sentence(err))
		return 1
	}
	_, _ = fmt.Fprintf(stderr, "%v.\nRun `%s -h` for help.\n", err, command.CommandPath())
	return 2
}

// dashes returns args with two dashes before long flags and one before short ones, so
// that -text and --o are understood as well.
func dashes(args []string) []string {
	args = slices.Clone(args)
	for i, arg := range args {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch count := len(arg) - len(strings.TrimLeft(arg, "-")); {
		case arg == "--":
			return args
		case count == 1 && len(name) > 1 && name[0] >= 'a' && name[0] <= 'z':
			args[i] = "-" + arg
		case count == 2 && len(name) == 1:
			args[i] = arg[1:]
		}
	}
	if len(args) == 1 && args[0] == "--version" {
		return []string{"version"}
	}
	return args
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "print the version of the program", Args: NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(c.OutOrStdout(), ops.Version())
			return err
		},
	}
}

// Sentence returns what to tell a person about err: the sentence of the failure, input
// error or rate limit in it, else its text.
func Sentence(err error) string {
	var (
		failure *onboarding.Failure
		input   *onboarding.InputError
		limited *onboarding.RateLimitError
	)
	switch {
	case errors.As(err, &failure):
		return failure.Sentence()
	case errors.As(err, &input):
		return input.Reason
	case errors.As(err, &limited):
		return (&onboarding.Failure{Code: onboarding.FailureSiteRateLimited, Subject: limited.Subject}).Sentence()
	}
	return err.Error()
}
