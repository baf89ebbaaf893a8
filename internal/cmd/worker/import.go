package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the image has no zones

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/worker/table"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/legacy"
	former "github.com/alwrity/onboarding/internal/legacy/store"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/privatefile"
)

// importOptions is the command line of an import.
type importOptions struct {
	from            []string
	users, report   string
	zone            *time.Location
	batch, parallel int
	dryRun          bool
}

const (
	maxImportBatch    = 10_000
	maxImportParallel = 64
)

func importCommand() *cobra.Command {
	o := importOptions{batch: 500, parallel: 8}
	c := &cobra.Command{
		Use: "import -from STORE...", Short: "take over the users of ALwrity's former back end",
		Long: `Takes over what ALwrity's former back end has stored: API keys, which are sealed on the way, website
analyses, research preferences, personas, descriptions of businesses and integrations. What fails
today's checks is kept for prefill, or refused, with the reason. What users have here already stays.

Each user is one transaction: the command may be interrupted and run again, and changes nothing the
second time. No events are written; builds of the inputs go to the bulk queue. docs/switch-over.md has
the whole procedure and what becomes of every column.

A store is
  postgres://USER:PASSWORD@HOST/DB  the shared database (PGPASSWORD keeps the password off this line)
  FILE, sqlite:///FILE              the shared database in SQLite
  FOLDER                            of workspace_… folders, or of .onboarding_progress….json files

The last line is

  import: stores=N users=N rows=N imported=N present=N refused=N lost=N users_per_s=N

The exit code is 1 if a user could not be taken over, or a row is lost; 0 although rows were refused.`,
		Example: `  worker import -from postgres://alwrity@db/alwrity -dry-run
  worker import -from /srv/alwrity/workspace -users clerk-ids.txt -report import.json`,
		Args: cobra.MatchAll(cli.NoArgs, func(*cobra.Command, []string) error { return o.check() }),
		RunE: withSettings(config.LoadWorker, func(c *cobra.Command, cfg config.Worker) error {
			return runImport(c, cfg, o)
		}),
	}
	c.Flags().StringArrayVar(&o.from, "from", nil, "take over from `STORE`; may be repeated")
	c.Flags().StringVar(&o.users, "users", "",
		"read ids of users from `FILE`, - for stdin; rows under hashed ids and names of files are matched over them, "+
			"over those of the store and those here")
	c.Flags().StringVar(&o.report, "report", "", "write what became of the rows to `FILE`, as JSON")
	c.Flags().Func("zone",
		"the time `ZONE` of the former server, Europe/Berlin for example; without it, times that name none are unknown",
		func(name string) (err error) {
			o.zone, err = time.LoadLocation(name)
			return err
		})
	c.Flags().IntVar(&o.batch, "batch", o.batch, "read `N` users at a time, at most 10000")
	c.Flags().IntVar(&o.parallel, "parallel", o.parallel, "write `N` users at a time, a connection each, at most 64")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "roll every user back, and print what can't come or is prefill only")
	return c
}

func (o *importOptions) check() error {
	switch {
	case len(o.from) == 0:
		return errors.New("name what to take over with -from")
	case o.batch < 1 || o.batch > maxImportBatch:
		return fmt.Errorf("-batch must be between 1 and %d", maxImportBatch)
	case o.parallel < 1 || o.parallel > maxImportParallel:
		return fmt.Errorf("-parallel must be between 1 and %d", maxImportParallel)
	}
	return nil
}

// importReport is the file of -report.
type importReport struct {
	Users int `json:"users"`
	legacy.Table
	Lost   int              `json:"lost"`
	Stores []*legacy.Report `json:"stores"`
}

func runImport(c *cobra.Command, cfg config.Worker, o importOptions) error {
	ctx, stderr := c.Context(), c.ErrOrStderr()
	ring, err := openRing(ctx, cfg.Seal, nil)
	if err != nil {
		return err
	}
	var known []string
	if o.users != "" {
		if known, err = readUsers(ctx, o.users, c.InOrStdin()); err != nil {
			return err
		}
	}
	log := ops.NewLogger(stderr, cfg.LogLevel, "import")
	changer, all, closePools, err := flow.Open(ctx, postgres.NewServer(cfg.Server()), "worker import", o.parallel, log)
	if err != nil {
		return err
	}
	defer closePools()
	job := &legacy.Import{
		Mapper:   legacy.Mapper{Keys: ring, WithoutBrand: !cfg.BrandColumns, Zone: o.zone},
		Takeover: &flow.Takeover{Changer: changer, DryRun: o.dryRun},
		Parallel: o.parallel,
	}
	var reports []*legacy.Report
	for _, from := range o.from {
		report, importErr := importStore(ctx, job, all, from, known, o, stderr)
		if report != nil {
			reports = append(reports, report)
			printStore(report, o.dryRun, c.OutOrStdout())
		}
		if err = importErr; err != nil {
			break
		}
	}
	return errors.Join(err, endImport(reports, o, c.OutOrStdout(), stderr))
}

// importStore takes over one store.
func importStore(
	ctx context.Context, job *legacy.Import, all *postgres.Pool, from string, known []string, o importOptions,
	stderr io.Writer,
) (*legacy.Report, error) {
	here, err := userIDs(ctx, all)
	if err != nil {
		return nil, err
	}
	opened, err := former.Open(ctx, from, former.Options{Batch: o.batch, Known: unique(append(here, known...))})
	if err != nil {
		return nil, err
	}
	bar := newProgress(stderr, opened.Users(), "taking over users")
	job.Store, job.From, job.Source = opened, from, opened.Kind()
	job.Handled = func() { bar.add(opened.Users()) }
	report, err := job.Run(ctx)
	bar.end()
	if err != nil && ctx.Err() != nil {
		err = errors.New("interrupted; run it again to go on")
	}
	return report, errors.Join(err, opened.Close())
}

// userIDs returns the ids of the users here.
func userIDs(ctx context.Context, all *postgres.Pool) (ids []string, err error) {
	const page = 10_000
	for after := ""; ; {
		rows, err := system.New(all).ListUserIDs(ctx, system.ListUserIDsParams{After: after, MaxRows: page})
		if err != nil {
			return nil, fmt.Errorf("list the users: %w", err)
		}
		if ids = append(ids, rows...); len(rows) < page {
			return ids, nil
		}
		after = rows[len(rows)-1]
	}
}

// printStore prints the counts of a store, and in a dry run the rows that can't come or are for prefill only.
func printStore(r *legacy.Report, dryRun bool, stdout io.Writer) {
	_, _ = fmt.Fprintf(stdout, "%s: %s\n", r.Kind, clean(r.From))
	rows := [][]any{{"TABLE", "SOURCE", "IMPORTED", "PRESENT", "REFUSED", "PREFILL", "REASONS"}}
	for _, t := range r.Tables {
		var reasons []string
		for _, code := range slices.Sorted(maps.Keys(t.Reasons)) {
			reasons = append(reasons, fmt.Sprintf("%s=%d", code, t.Reasons[code]))
		}
		rows = append(rows, []any{
			t.Table, t.Source, t.Imported, t.Present, t.Refused, t.Prefill, strings.Join(reasons, " "),
		})
	}
	_ = table.Write(stdout, rows)
	if len(r.UnknownColumns) > 0 {
		_, _ = fmt.Fprintf(stdout, "columns that nobody has decided about: %s\n", strings.Join(r.UnknownColumns, ", "))
	}
	if !dryRun {
		return
	}
	for _, row := range r.Rows {
		_, _ = fmt.Fprintf(stdout, "%s\t%s\t%s\t%s\t%s\n",
			row.Outcome, row.Table, clean(row.User+row.Where), row.Code, row.Reason)
	}
}

// endImport writes the report and prints the last line. It fails if a user failed or a row is lost.
func endImport(reports []*legacy.Report, o importOptions, stdout, stderr io.Writer) error {
	sum := importReport{Stores: reports}
	sum.Table.Table, sum.Reasons = "all", map[string]int{}
	var seconds float64
	failed, complete := 0, len(reports) == len(o.from)
	for _, r := range reports {
		total := r.Total()
		sum.Users += r.Users.All()
		sum.Source += total.Source
		sum.Imported += total.Imported
		sum.Present += total.Present
		sum.Refused += total.Refused
		sum.Prefill += total.Prefill
		for _, t := range r.Tables {
			for code, n := range t.Reasons {
				sum.Reasons[code] += n
			}
		}
		failed += r.Users.Failed
		seconds += r.Seconds
		complete = complete && r.Complete
		if r.Complete {
			sum.Lost += r.Lost
		}
	}
	var err error
	if o.report != "" {
		var document bytes.Buffer
		if err = table.WriteJSON(&document, sum); err == nil {
			err = privatefile.Replace(o.report, document.Bytes())
		}
	}
	if o.dryRun {
		_, _ = fmt.Fprintln(stderr, "Dry run: nothing was changed; imported is what would have been.")
	}
	_, _ = fmt.Fprintf(stdout,
		"import: stores=%d users=%d rows=%d imported=%d present=%d refused=%d lost=%d users_per_s=%.0f\n",
		len(reports), sum.Users, sum.Source, sum.Imported, sum.Present, sum.Refused, sum.Lost,
		float64(sum.Users)/max(seconds, 0.001))
	switch {
	case err != nil:
		return err
	case failed > 0:
		return fmt.Errorf("%s could not be taken over: run it again", plural(failed, "user"))
	case complete && sum.Lost != 0:
		return fmt.Errorf("%s lost: neither imported nor present nor refused", are(sum.Lost, "row"))
	}
	return nil
}
