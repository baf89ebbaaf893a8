// Command pooler runs the tests that use a database through a PgBouncer in transaction mode, tries to see users' rows
// on server connections that serve all of them, and measures what the pooler costs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/suite"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	packages, tries := "", 20000
	root := &cobra.Command{
		Use: "pooler", Short: "run tests through PgBouncer, and look for others' rows behind it", Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return run(c.Context(), packages, tries, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	root.Flags().StringVar(&packages, "packages", "", "run the tests of these `PACKAGES` only, separated by commas")
	root.Flags().IntVar(&tries, "tries", tries, "how often to look for rows without naming a user")
	code := cli.Run(ctx, root, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// exempt are tests that are not about programs behind a pooler, each with its reason.
var exempt = map[string]string{ //nolint:gosec // no credentials
	"TestNoStatementReachesAnothersRows":        "it looks at the rows as the owner, by a change of role",
	"TestARoleThatBypassesRowSecurityIsRefused": "its role has no login; this command tries such logins itself",
	"TestCrashBetweenEveryTwoStatements":        "it ends the server process that a connection began with",
	"TestAServerThatTakesNoWritesIsAway":        "a server connection that the pooler keeps has the former setting",
	"TestBackfillUnderForce":                    "migrations need a session, and its owner has no password",
	"TestJudgedValuesAreConverted":              "migrations need a session, and its owner has no password",
	"TestTheProgramsLoginMayAssumeTheRoles":     "it is about a login without a pooler",
	"TestOneTraceFromTheSubmissionToTheCommit":  "descriptions of statements are batches of their own",
	"TestRestoreOfABackup":                      "it starts servers of its own",
	"TestInstallAsDocumented":                   "it installs a server of its own",
	"TestCheckCommand":                          "it is about a deployment without a pooler",
	"TestCheckBehindAPooler":                    "it is about a deployment that does not say that there is one",
	"TestCheckFindsWhatIsWrong":                 "it is about a deployment without a pooler",
	"TestCheckOfASoundDeployment":               "it is about a deployment without a pooler",
	"TestCheckWarnsOfWeakSetUps":                "it is about a deployment without a pooler",
}

// suiteConns is how many connections of a login to a database the tests may hold at once: some keep transactions open
// while others go on.
const suiteConns = 20

// figures are those of the last line.
type figures struct {
	suite.Counts
	isolation

	cost float64
}

func run(ctx context.Context, names string, tries int, stdout, stderr io.Writer) error {
	packages, err := suite.Packages(ctx, names)
	if err != nil {
		return err
	}
	f, err := measure(ctx, packages, tries, stdout, stderr)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stdout, "pooler: tests=%d failed=%d isolation_tries=%d leaks=%d cost=%.2f\n",
		f.Passed+f.Failed, f.Failed, f.tries, f.leaks, f.cost)
	if f.Failed > 0 || f.leaks > 0 || f.Passed == 0 || f.tries < tries {
		return errors.New("a figure misses")
	}
	return nil
}

func measure(ctx context.Context, packages []string, tries int, stdout, stderr io.Writer) (f figures, err error) {
	server, err := suite.Start(ctx)
	if err != nil {
		return f, err
	}
	defer server.Stop()
	stage, err := newStage(ctx, server)
	if err != nil {
		return f, err
	}
	defer stage.close()
	if err := refuses(ctx, server, stage, stdout); err != nil {
		return f, err
	}
	if f.isolation, err = stage.isolate(ctx, tries, stdout); err != nil {
		return f, err
	}
	if f.cost, err = stage.measureCost(ctx, stdout); err != nil {
		return f, err
	}
	bouncer, err := startBouncer(ctx, server, suiteConns, "")
	if err != nil {
		return f, err
	}
	defer bouncer.stop()
	tests := suite.Tests{Packages: packages, Exempt: exempt, Environment: map[string]string{
		"TEST_DATABASE_URL": server.URL, "TEST_DATABASE_THROUGH": bouncer.address, "DATABASE_POOLER": "transaction",
	}}
	f.Counts, err = tests.Run(ctx, stdout, stderr)
	return f, err
}
