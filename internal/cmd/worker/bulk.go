package worker

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/onboarding"
)

const bulkUsage = `Usage: worker bulk OPERATION [flags] USER...
       worker bulk OPERATION [flags] -file FILE
       worker bulk list
       worker bulk show ID [-items] [-status STATUS]
       worker bulk cancel ID

Hands one thing that is to be done to many users to the running workers, follows it,
and prints what became of it. OPERATION is reset, retry-failed, rebuild-inputs or
delete; "worker users -h" says what each does. That command does the same without
workers, one user after the other, and can try it first (-dry-run).

  list     the newest operations with their counts
  show     one operation; with -items what became of each user, those of one STATUS
           (waiting, queued, done, unchanged, missing, failed, cancelled) if named
  cancel   end an operation; what is done stays done

Flags:
  -file FILE   the users, one id on each line, - for stdin
  -detach      print the operation's id and return; otherwise an interruption does the
               same, and the operation goes on
  -yes         really delete

The last line is

  bulk: id=ID operation=reset status=completed users=N done=N unchanged=N missing=N failed=N cancelled=N

The exit code is 1 if a user failed.
`

// bulkOptions is the command line of bulk.
type bulkOptions struct {
	words               []string
	file, status        string
	detach, yes, listed bool
}

// bulkKinds are the operations by their names on the command line.
var bulkKinds = map[string]bulk.Kind{
	"reset": bulk.Reset, "retry-failed": bulk.RetryFailed,
	"rebuild-inputs": bulk.RebuildInputs, "delete": bulk.Delete,
}

// Bulk runs "worker bulk".
func Bulk(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	opts, err := parseBulk(args)
	if err != nil {
		return usage(err, bulkUsage, stdout, stderr)
	}
	cfg, err := config.LoadMigration(config.Options{})
	if err != nil {
		return err
	}
	operations, closePool, err := bulk.Open(ctx, string(cfg.DatabaseURL), prometheus.NewRegistry())
	if err != nil {
		return err
	}
	defer closePool()
	switch opts.words[0] {
	case "list":
		return listBulk(ctx, operations, stdout)
	case "show":
		return showBulk(ctx, operations, opts, stdout)
	case "cancel":
		operation, err := operations.Cancel(ctx, uuid.MustParse(opts.words[1]))
		return printBulk(operation, err, stdout)
	}
	return startBulk(ctx, operations, opts, stdout, stderr)
}

func parseBulk(args []string) (bulkOptions, error) {
	opts := bulkOptions{}
	flags := flag.NewFlagSet("bulk", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&opts.file, "file", "", "")
	flags.StringVar(&opts.status, "status", "", "")
	flags.BoolVar(&opts.detach, "detach", false, "")
	flags.BoolVar(&opts.yes, "yes", false, "")
	flags.BoolVar(&opts.listed, "items", false, "")
	var err error
	if opts.words, err = parseMixed(flags, args); err != nil {
		return opts, err
	}
	return opts, opts.check()
}

func (o bulkOptions) check() error {
	if len(o.words) == 0 {
		return errors.New("name an operation: reset, retry-failed, rebuild-inputs or delete; or list, show or cancel")
	}
	switch name := o.words[0]; name {
	case "list":
		if len(o.words) > 1 {
			return fmt.Errorf("worker bulk list takes no argument %q", o.words[1])
		}
		return nil
	case "show", "cancel":
		if len(o.words) != 2 {
			return fmt.Errorf("worker bulk %s takes the id of one operation", name)
		}
		if _, err := uuid.Parse(o.words[1]); err != nil {
			return fmt.Errorf("%q is no id of an operation", o.words[1])
		}
		return nil
	default:
		return usersOptions{operation: name, file: o.file, users: o.words[1:], yes: o.yes}.check()
	}
}

// startBulk creates an operation and follows it.
func startBulk(ctx context.Context, operations *bulk.Operations, opts bulkOptions, stdout, stderr io.Writer) error {
	var list idList
	for _, id := range opts.words[1:] {
		if err := list.add(id); err != nil {
			return fmt.Errorf("%q %w", id, err)
		}
	}
	users := list.ids
	if opts.file != "" {
		var err error
		if users, err = readUsers(ctx, opts.file, os.Stdin); err != nil {
			return err
		}
	}
	operation, err := operations.Create(ctx, bulk.Request{Kind: bulkKinds[opts.words[0]], Actor: "operator", UserIDs: users})
	if err != nil {
		return bulkError(err)
	}
	if !opts.detach {
		bar := newCountBar(stderr, int64(operation.Total), "changing users")
		operation, err = followBulk(ctx, operations, operation, bar)
		bar.end()
	}
	return printBulk(operation, err, stdout)
}

// followEvery is how often a command looks how far an operation is.
const followEvery = 200 * time.Millisecond

// followBulk waits until the operation has ended or ctx ends.
func followBulk(ctx context.Context, operations *bulk.Operations, operation bulk.Operation, bar countBar) (bulk.Operation, error) {
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for shown := 0; operation.Status == bulk.Running; {
		select {
		case <-ctx.Done():
			return operation, nil
		case <-ticker.C:
		}
		now, err := operations.Get(ctx, operation.ID)
		if ctx.Err() != nil {
			return operation, nil
		}
		if err != nil {
			return operation, err
		}
		for operation = now; shown < operation.Total-operation.Waiting-operation.Queued; shown++ {
			bar.add()
		}
	}
	return operation, nil
}

// printBulk prints the line of an operation.
func printBulk(o bulk.Operation, err error, stdout io.Writer) error {
	if err != nil {
		return bulkError(err)
	}
	_, err = fmt.Fprintf(stdout, "bulk: id=%s operation=%s status=%s users=%d done=%d unchanged=%d missing=%d failed=%d cancelled=%d\n",
		o.ID, o.Kind, o.Status, o.Total, o.Done, o.Unchanged, o.Missing, o.Failed, o.Cancelled)
	if err == nil && o.Failed > 0 {
		err = fmt.Errorf("%s could not be changed; worker bulk show %s -items -status failed lists them", plural(o.Failed, "user"), o.ID)
	}
	return err
}

// bulkError says what a person can do about an error.
func bulkError(err error) error {
	var input *onboarding.InputError
	switch {
	case errors.Is(err, onboarding.ErrNotFound):
		return errors.New("there is no operation of that id; worker bulk list shows them")
	case errors.As(err, &input):
		return errors.New(input.Reason)
	}
	return err
}

// listedOperations is how many operations a list shows.
const listedOperations = 50

func listBulk(ctx context.Context, operations *bulk.Operations, stdout io.Writer) error {
	listed, err := operations.List(ctx, listedOperations)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ID\tOPERATION\tSTATUS\tBEGAN\tUSERS\tDONE\tUNCHANGED\tMISSING\tFAILED\tCANCELLED\tLEFT")
	for _, o := range listed {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", o.ID, o.Kind, o.Status, o.CreatedAt.UTC().Format(time.RFC3339),
			o.Total, o.Done, o.Unchanged, o.Missing, o.Failed, o.Cancelled, o.Waiting+o.Queued)
	}
	return table.Flush()
}

// bulkPage is how many items are read at a time.
const bulkPage = 1000

func showBulk(ctx context.Context, operations *bulk.Operations, opts bulkOptions, stdout io.Writer) error {
	id := uuid.MustParse(opts.words[1])
	operation, err := operations.Get(ctx, id)
	if err != nil {
		return bulkError(err)
	}
	for after := 0; opts.listed || opts.status != ""; {
		items, err := operations.Items(ctx, id, opts.status, after, bulkPage)
		if err != nil {
			return err
		}
		for _, item := range items {
			word := item.Status
			if item.Code != "" {
				word += " " + item.Code
			}
			if _, err := fmt.Fprintf(stdout, "%s\t%s\n", clean(item.UserID), word); err != nil {
				return fmt.Errorf("write the items: %w", err)
			}
			after = item.Position
		}
		if len(items) < bulkPage {
			break
		}
	}
	return printBulk(operation, nil, stdout)
}
