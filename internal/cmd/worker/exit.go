package worker

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// ErrUsage says that the command line is wrong; what is wrong stands on stderr
// already.
var ErrUsage = errors.New("wrong command line")

// Exit returns the exit code for what a subcommand returned, after it has
// written the one sentence on stderr that tells the user what happened: 0 for no
// error, 2 for a wrong command line, 1 for the rest.
func Exit(err error, stderr io.Writer) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, ErrUsage):
		return 2
	}
	_, _ = fmt.Fprintln(stderr, Sentence(err))
	return 1
}

// Sentence returns what to tell a person about err: the sentence of the failure,
// input error or rate limit in it, else its text.
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

// usage ends a subcommand whose command line was not understood: with the help
// alone when it was asked for, else with what is wrong and where the help is.
func usage(err error, help string, stdout, stderr io.Writer) error {
	if errors.Is(err, flag.ErrHelp) {
		_, err = io.WriteString(stdout, help)
		return err
	}
	_, _ = fmt.Fprintf(stderr, "%v.\n\n%s", err, help)
	return ErrUsage
}

// parseWords reads the command line of a subcommand that has no flags but -h and
// takes at most limit words.
func parseWords(name string, args []string, limit int) (words []string, err error) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > limit {
		return nil, fmt.Errorf("worker %s takes no argument %q", name, flags.Arg(limit))
	}
	return flags.Args(), nil
}
