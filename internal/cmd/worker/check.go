package worker

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/alwrity/onboarding/internal/config"
)

const checkUsage = `Usage: worker check [-json]

Verifies a deployment from this machine: settings, database, roles, schema, partitions,
indexes, notifications, clock, connections, key ring, the issuer's keys, and what can be
reached outside. It changes nothing. Give it the settings of the workers, and of the api
AUTH_ISSUER and AUTH_JWKS_URL.

  -json   one JSON document on stdout; the last line goes to stderr then

Each line is ok, warn (works, but look at it), fail, or skip (something before it failed);
where there is something to do, it says what. The last line is

  check: ok=N warn=N fail=N skip=N

The exit code is 1 if something failed.
`

// errUnfit says that a check failed.
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
	// Do says what to do, "" if there is nothing.
	Do string `json:"do,omitempty"`
}

// findings collects in the order in which people look.
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

// skip notes checks that need something that is not there.
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

// Check runs "worker check".
func Check(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	asJSON := flags.Bool("json", false, "")
	err := flags.Parse(args)
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("worker check takes no argument %q", flags.Arg(0))
	}
	if err != nil {
		return usage(err, checkUsage, stdout, stderr)
	}
	all := checkDeployment(ctx, config.Options{})
	last := stdout
	if *asJSON {
		last, err = stderr, writeJSON(stdout, all)
	} else {
		err = writeFindings(stdout, all)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(last, "check: ok=%d warn=%d fail=%d skip=%d\n",
		all.count(resultOK), all.count(resultWarn), all.count(resultFail), all.count(resultSkip))
	if err == nil && all.count(resultFail) > 0 {
		err = errUnfit
	}
	return err
}

// checkDeployment runs all checks. None of them ends it.
func checkDeployment(ctx context.Context, o config.Options) findings {
	var all findings
	cfg, err := config.LoadCheck(o)
	checkSettings(&all, cfg, err, o)
	for _, group := range []func(context.Context, *findings, config.Check){checkDatabase, checkKeys, checkIssuer, checkOutbound} {
		bounded, cancel := context.WithTimeout(ctx, checkTimeout)
		group(bounded, &all, cfg)
		cancel()
	}
	return all
}

func checkSettings(all *findings, cfg config.Check, err error, o config.Options) {
	var wrong *config.Error
	if errors.As(err, &wrong) {
		for _, sentence := range wrong.Sentences {
			all.fail("settings", sentence, "see the table of settings in docs/operations.md")
		}
		return
	}
	var set int
	for _, setting := range config.Describe(cfg, o) {
		if setting.Source != config.SourceDefault {
			set++
		}
	}
	all.ok("settings", "%s, %d set, the rest by default", cfg.Deploy, set)
}

func writeFindings(w io.Writer, all findings) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "CHECK\tRESULT\tFOUND")
	for _, f := range all {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", f.Check, f.Result, f.Found)
		if f.Do != "" {
			_, _ = fmt.Fprintf(table, "\t\t→ %s\n", f.Do)
		}
	}
	return table.Flush()
}
