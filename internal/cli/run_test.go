package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestSentence(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"The website a.example redirects to an address that can't be read. Enter the address " +
			"of a public website.": fmt.Errorf("crawl: %w",
			&onboarding.Failure{
				Code: onboarding.FailureRedirectForbidden, Subject: "a.example",
				Err: errors.New("secret cause"),
			}),
		"Enter something.": &onboarding.InputError{Field: "website", Reason: "Enter something."},
		"The website a.example is limiting requests. Try again in a few minutes.": &onboarding.RateLimitError{
			Subject: "a.example",
		},
		"disk full": errors.New("disk full"),
	} {
		assert.Equal(t, want, Sentence(err))
	}
}

// run executes a command line of a program with a command "report" and a group "bulk".
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var since string
	report := &cobra.Command{
		Use: "report", Short: "print how far users come",
		Args: NoArgs, RunE: func(c *cobra.Command, _ []string) error {
			if since == "never" {
				return errors.New("there is nothing to report")
			}
			_, err := fmt.Fprintln(c.OutOrStdout(), "since", since)
			return err
		},
	}
	report.Flags().StringVarP(&since, "since", "s", "30d", "`WINDOW` before now")
	reset := &cobra.Command{
		Use: "reset USER...", Args: Args(1, 2, "name the users"),
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	root := Group(&cobra.Command{Use: "program COMMAND", Short: "A program."}, report,
		Group(&cobra.Command{Use: "bulk"}, reset))
	var out, diagnostics bytes.Buffer
	code = Run(context.Background(), root, args, nil, &out, &diagnostics)
	return code, out.String(), diagnostics.String()
}

func TestFlagsHaveOneDashOrTwo(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"report", "-since", "7d"},
		{"report", "--since=7d"},
		{"report", "-since=7d"},
		{"report", "-s", "7d"},
		{"report", "--s", "7d"},
		{"report", "--s=7d"},
	} {
		code, stdout, _ := run(t, args...)
		assert.Zero(t, code, args)
		assert.Equal(t, "since 7d\n", stdout, args)
	}
	code, _, _ := run(t, "bulk", "reset", "--", "-ann")
	assert.Zero(t, code, "after -- nothing is a flag")
}

func TestExitCodesAndMessages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args   []string
		code   int
		stderr string
	}{
		{[]string{"report", "-since", "never"}, 1, "there is nothing to report\n"},
		{
			[]string{"repotr"},
			2,
			"unknown command \"repotr\" for \"program\" (did you mean report?).\nRun `program -h` for help.\n",
		},
		{
			[]string{"bulk", "rset"},
			2,
			"unknown command \"rset\" for \"program bulk\" (did you mean reset?).\nRun `program bulk -h` for help.\n",
		},
		{[]string{"bulk"}, 2, "name a command: reset.\nRun `program bulk -h` for help.\n"},
		{[]string{"bulk", "reset"}, 2, "name the users.\nRun `program bulk reset -h` for help.\n"},
		{
			[]string{"bulk", "reset", "a", "b", "c"},
			2, "program bulk reset takes no argument \"c\".\nRun `program bulk reset -h` for help.\n",
		},
		{
			[]string{"report", "-sinec", "7d"},
			2, "unknown flag: --sinec (did you mean --since?).\nRun `program report -h` for help.\n",
		},
		{[]string{"report", "-since"}, 2, "flag needs an argument: --since.\nRun `program report -h` for help.\n"},
	} {
		code, stdout, stderr := run(t, test.args...)
		assert.Equal(t, test.code, code, test.args)
		assert.Empty(t, stdout)
		assert.Equal(t, test.stderr, stderr)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	code, stdout, _ := run(t)
	assert.Zero(t, code)
	assert.Regexp(t,
		`(?s)^Usage: program COMMAND.*\nA program.\n\nCommands:\n.*  report +print how far users come\n`, stdout)
	_, stdout, _ = run(t, "help", "report")
	assert.Regexp(t,
		`(?s)^Usage: program report \[flags\]\n\nprint how far users come\n\nFlags.*-s, --since WINDOW +WINDOW before now \(default "30d"\)`, stdout)
}

func TestVersionAndCompletion(t *testing.T) {
	t.Parallel()
	_, version, _ := run(t, "version")
	assert.NotEmpty(t, version)
	_, stdout, _ := run(t, "--version")
	assert.Equal(t, version, stdout)
	for _, shell := range []string{"bash", "zsh", "fish"} {
		code, script, stderr := run(t, "completion", shell)
		assert.Zero(t, code, stderr)
		assert.Contains(t, script, "program")
	}
	_, stdout, _ = run(t, "__complete", "report", "-si")
	assert.Contains(t, stdout, "--since")
	_, stdout, _ = run(t, "__complete", "bulk", "re")
	assert.Contains(t, stdout, "reset")
}
