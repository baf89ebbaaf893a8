package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/worker/table"
	"github.com/alwrity/onboarding/internal/config"
)

// errUnfit reports that a check failed.
var errUnfit = errors.New("the deployment has faults; see the lines that say fail")

// The results of a check.
const (
	resultOK   = "ok"
	resultWarn = "warn"
	resultFail = "fail"
	resultSkip = "skip"
)

// checkTimeout bounds each group of checks.
const checkTimeout = 15 * time.Second

// finding is what one check found.
type finding struct {
	Check  string `json:"check"`
	Result string `json:"result"`
	Found  string `json:"found"`
	// Do is what to do about it, "" for nothing.
	Do string `json:"do,omitempty"`
}

// findings are in the order in which people look.
type findings []finding

func (f *findings) ok(check, format string, args ...any) {
	*f = append(*f, finding{Check: check, Result: resultOK, Found: fmt.Sprintf(format, args...)})
}

func (f *findings) warn(check, found, do string) {
	*f = append(*f, finding{check, resultWarn, found, do})
}

func (f *findings) fail(check, found, do string) {
	*f = append(*f, finding{check, resultFail, found, do})
}

// either adds bad if isBad, else ok.
func (f *findings) either(isBad bool, bad finding, ok string) {
	if !isBad {
		bad = finding{Check: bad.Check, Result: resultOK, Found: ok}
	}
	*f = append(*f, bad)
}

// grade adds a failure, or a warning, or else neither.
func (f *findings) grade(fails, warns bool, check, found, do string) {
	switch {
	case fails:
		f.fail(check, found, do)
	case warns:
		f.warn(check, found, do)
	default:
		f.ok(check, "%s", found)
	}
}

// skip adds checks that lack something they need.
func (f *findings) skip(why string, checks ...string) {
	for _, check := range checks {
		*f = append(*f, finding{Check: check, Result: resultSkip, Found: why})
	}
}

func (f *findings) count(result string) (n int) {
	for _, one := range *f {
		if one.Result == result {
			n++
		}
	}
	return n
}

func checkCommand() *cobra.Command {
	asJSON := false
	c := &cobra.Command{
		Use: "check", Short: "verify a deployment, and print what to do about what is wrong", Args: cli.NoArgs,
		Long: `Verifies a deployment from this machine: settings, database, roles, schema, partitions,
indexes, notifications, clock, connections, key ring, the issuer's keys, and what can be
reached outside. It changes nothing. Give it the settings of the workers, and of the api
AUTH_ISSUER and AUTH_JWKS_URL.

Each line is ok, warn (works, but look at it), fail, or skip (something before it failed);
where there is something to do, it says what. The last line is

  check: ok=N warn=N fail=N skip=N

The exit code is 1 if something failed.`,
		RunE: func(c *cobra.Command, _ []string) error {
			bar := newProgress(c.ErrOrStderr(), checkGroups, "checking")
			all := checkDeployment(c.Context(), config.Options{}, func() { bar.add(checkGroups) })
			bar.end()
			return all.print(c, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON document on stdout; the last line goes to stderr then")
	return c
}

// print writes the findings and the counts. It returns errUnfit if a check failed.
func (f *findings) print(c *cobra.Command, asJSON bool) error {
	last, err := writeDocument(c, asJSON, f, func(stdout io.Writer) error { return table.Write(stdout, f.rows()) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(last, "check: ok=%d warn=%d fail=%d skip=%d\n",
		f.count(resultOK), f.count(resultWarn), f.count(resultFail), f.count(resultSkip))
	if err == nil && f.count(resultFail) > 0 {
		err = errUnfit
	}
	return err
}

// checkGroups is how many groups of checks there are besides the settings.
const checkGroups = 5

// checkDeployment runs all checks, whatever each finds, and calls done after each group.
func checkDeployment(ctx context.Context, o config.Options, done func()) findings {
	var all findings
	cfg, err := config.LoadCheck(o)
	checkSettings(&all, cfg, err, o)
	for _, group := range [checkGroups]func(
		context.Context, *findings, config.Check,
	){checkDatabase, checkKeys, checkIssuer, checkOutbound, checkWebhooks} {
		bounded, cancel := context.WithTimeout(ctx, checkTimeout)
		group(bounded, &all, cfg)
		cancel()
		done()
	}
	return all
}

func checkSettings(all *findings, cfg config.Check, err error, o config.Options) {
	var wrong *config.Error
	if errors.As(err, &wrong) {
		for _, sentence := range wrong.Sentences {
			all.fail("settings", sentence, "see deploy/systemd/settings.example")
		}
		return
	}
	set := 0
	for _, setting := range config.Describe(cfg, o) {
		if setting.Source != config.SourceDefault {
			set++
		}
	}
	all.ok("settings", "%s, %d set, the rest by default", cfg.Deploy, set)
}

// rows returns the table of the findings.
func (f *findings) rows() [][]any {
	rows := [][]any{{"CHECK", "RESULT", "FOUND"}}
	for _, one := range *f {
		rows = append(rows, []any{one.Check, one.Result, one.Found})
		if one.Do != "" {
			rows = append(rows, []any{"", "", "→ " + one.Do})
		}
	}
	return rows
}
