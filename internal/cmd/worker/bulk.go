package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/worker/table"
	"github.com/alwrity/onboarding/internal/onboarding"
)

func bulkCommand() *cobra.Command {
	return cli.Group(&cobra.Command{
		Use: "bulk COMMAND", Aliases: []string{"users"}, Short: "have the workers reset, retry, rebuild or delete many users",
		Long: `Hands one operation on many users to the running workers, follows it, and prints its
outcome: reset, retry-failed, rebuild-inputs or delete. Each user is changed in a
transaction of its own. The last line is

  bulk: id=ID operation=reset status=completed users=N done=N unchanged=N missing=N failed=N cancelled=N

The exit code is 1 if a user failed.

Flags of the operations: -file FILE, -detach, -dry-run, and -yes of delete; of show:
-items and -status STATUS.`,
	},
		operationCommand("reset", "make all steps pending again and cancel running work", bulk.Reset,
			"What the steps stored stays readable and counts for nothing; API keys stay."),
		operationCommand("retry-failed", "submit the last input of every failed step again", bulk.RetryFailed, ""),
		operationCommand("rebuild-inputs", "build the personalization inputs again", bulk.RebuildInputs, ""),
		operationCommand("delete", "delete everything that is stored of the users", bulk.Delete,
			"API keys are deleted too, and running work is cancelled. It can't be undone, so it needs -yes."),
		bulkListCommand(), bulkShowCommand(), bulkCancelCommand(),
	)
}

// withBulk returns what runs a command on the bulk operations of the database.
func withBulk(do func(*cobra.Command, *bulk.Operations) error) runner {
	return onDatabase("bulk", func(c *cobra.Command, db database) error {
		err := do(c, &bulk.Operations{Pool: db.all})
		if errors.Is(err, onboarding.ErrNotFound) {
			err = errors.New("there is no operation of that id; worker bulk list shows them")
		}
		return err
	})
}

// operationOptions is the command line of an operation.
type operationOptions struct {
	kind                bulk.Kind
	users               []string
	file                string
	detach, dryRun, yes bool
}

func operationCommand(name, short string, kind bulk.Kind, long string) *cobra.Command {
	opts := operationOptions{kind: kind}
	c := &cobra.Command{
		Use: name + " USER... | -file FILE", Short: short, Long: strings.ToUpper(short[:1]) + short[1:] + ". " + long,
		Args: func(_ *cobra.Command, args []string) error { return opts.parse(args) },
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if opts.file != "" {
				if opts.users, err = readUsers(c.Context(), opts.file, c.InOrStdin()); err != nil {
					return err
				}
			}
			if opts.dryRun {
				return onDatabase("bulk", func(c *cobra.Command, db database) error {
					return tryOperation(c.Context(), db.changer, opts, c.OutOrStdout(), c.ErrOrStderr())
				})(c, nil)
			}
			return withBulk(func(c *cobra.Command, operations *bulk.Operations) error {
				return startOperation(c.Context(), operations, opts, c.OutOrStdout(), c.ErrOrStderr())
			})(c, nil)
		},
	}
	c.Flags().StringVar(&opts.file, "file", "",
		"read the users from `FILE`, - for stdin: one id on each line, without blank lines, repeated ids and comments (#)")
	c.Flags().BoolVar(&opts.detach, "detach", false,
		"print the operation's id and return, as an interruption does otherwise; the operation goes on")
	c.Flags().BoolVar(&opts.dryRun, "dry-run", false,
		"change nothing and need no worker: try each user, roll back and print a line")
	if kind == bulk.Delete {
		c.Flags().BoolVar(&opts.yes, "yes", false, "really delete")
	}
	return c
}

func (o *operationOptions) parse(args []string) error {
	for _, id := range args {
		if err := checkUserID(id); err != nil {
			return fmt.Errorf("%q %w", id, err)
		}
	}
	o.users = unique(slices.Clone(args))
	switch {
	case o.file == "" && len(args) == 0:
		return errors.New("name the users, or a file of them with -file")
	case o.file != "" && len(args) > 0:
		return errors.New("name the users or a file of them, not both")
	case o.kind == bulk.Delete && !o.yes && !o.dryRun:
		return errors.New("delete can't be undone: it needs -yes, or -dry-run to see what it would do")
	}
	return nil
}

// startOperation creates an operation and follows it.
func startOperation(
	ctx context.Context, operations *bulk.Operations, opts operationOptions, stdout, stderr io.Writer,
) error {
	operation, err := operations.Create(ctx, bulk.Request{Kind: opts.kind, Actor: "operator", UserIDs: opts.users})
	if err != nil {
		return err
	}
	if !opts.detach {
		bar := newProgress(stderr, int(operation.Total), "changing users")
		operation, err = followBulk(ctx, operations, operation, bar)
		bar.end()
	}
	if err != nil {
		return err
	}
	return printBulk(operation, stdout)
}

// followEvery is how often a command reads the progress of an operation.
const followEvery = 200 * time.Millisecond

// followBulk waits until the operation ends or ctx does.
func followBulk(
	ctx context.Context, operations *bulk.Operations, operation bulk.Operation, bar progress,
) (bulk.Operation, error) {
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for shown := int64(0); operation.Status == bulk.Running; {
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
			bar.add(int(operation.Total))
		}
	}
	return operation, nil
}

// printBulk prints the line of an operation. It fails if a user failed.
func printBulk(o bulk.Operation, stdout io.Writer) error {
	_, err := fmt.Fprintf(stdout, "bulk: id=%s operation=%s status=%s users=%d done=%d unchanged=%d missing=%d "+
		"failed=%d cancelled=%d\n",
		o.ID, o.Kind, o.Status, o.Total, o.Done, o.Unchanged, o.Missing, o.Failed, o.Cancelled)
	if err == nil && o.Failed > 0 {
		users := plural(int(o.Failed), "user")
		err = fmt.Errorf("%s could not be changed; worker bulk show %s -items -status failed lists them", users, o.ID)
	}
	return err
}

// listedOperations is how many operations a list shows.
const listedOperations = 50

func bulkListCommand() *cobra.Command {
	return table.WithJSON(&cobra.Command{
		Use: "list", Short: "list the newest operations with their counts", Args: cli.NoArgs,
		RunE: withBulk(func(c *cobra.Command, operations *bulk.Operations) error {
			listed, err := operations.List(c.Context(), listedOperations)
			if err != nil {
				return err
			}
			rows := [][]any{{
				"ID", "OPERATION", "STATUS", "BEGAN", "USERS", "DONE", "UNCHANGED", "MISSING", "FAILED",
				"CANCELLED", "LEFT",
			}}
			for _, o := range listed {
				rows = append(rows, []any{
					o.ID, o.Kind, o.Status, o.CreatedAt.UTC().Format(time.RFC3339),
					o.Total, o.Done, o.Unchanged, o.Missing, o.Failed, o.Cancelled, o.Waiting + o.Queued,
				})
			}
			return table.Print(c, rows)
		}),
	})
}

func bulkCancelCommand() *cobra.Command {
	var id uuid.UUID
	return &cobra.Command{
		Use: "cancel ID", Short: "end an operation; what is done stays done", Args: oneID(&id, "an operation"),
		RunE: withBulk(func(c *cobra.Command, operations *bulk.Operations) error {
			operation, err := operations.Cancel(c.Context(), id)
			if err != nil {
				return err
			}
			return printBulk(operation, c.OutOrStdout())
		}),
	}
}

func bulkShowCommand() *cobra.Command {
	var (
		id     uuid.UUID
		items  bool
		status string
	)
	c := &cobra.Command{
		Use: "show ID", Short: "show one operation, and the outcome of each user", Args: oneID(&id, "an operation"),
		RunE: withBulk(func(c *cobra.Command, operations *bulk.Operations) error {
			operation, err := operations.Get(c.Context(), id)
			if err == nil && (items || status != "") {
				err = printItems(c.Context(), operations, id, status, c.OutOrStdout())
			}
			if err != nil {
				return err
			}
			return printBulk(operation, c.OutOrStdout())
		}),
	}
	c.Flags().BoolVar(&items, "items", false, "a line for each user")
	c.Flags().StringVar(&status, "status", "",
		"only users of this `STATUS`: waiting, queued, done, unchanged, missing, failed, cancelled")
	return c
}

// oneID accepts the id of one thing, "an operation" for example, and stores it.
func oneID(id *uuid.UUID, thing string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) (err error) {
		if len(args) != 1 {
			_, noun, _ := strings.Cut(thing, " ")
			return fmt.Errorf("%s takes the id of one %s", c.CommandPath(), noun)
		}
		*id, err = idOf(thing)(args[0])
		return err
	}
}

// idOf returns what parses the id of a thing.
func idOf(thing string) func(string) (uuid.UUID, error) {
	return func(arg string) (uuid.UUID, error) {
		id, err := uuid.Parse(arg)
		if err != nil {
			err = fmt.Errorf("%q is no id of %s", arg, thing)
		}
		return id, err
	}
}

// parseAll parses every argument, or returns the first error.
func parseAll[T any](args []string, parse func(string) (T, error)) ([]T, error) {
	parsed := make([]T, len(args))
	for i, arg := range args {
		var err error
		if parsed[i], err = parse(arg); err != nil {
			return nil, err
		}
	}
	return parsed, nil
}

// bulkPage is how many items are read at a time.
const bulkPage = 1000

// printItems prints the outcome of each user.
func printItems(ctx context.Context, operations *bulk.Operations, id uuid.UUID, status string, stdout io.Writer) error {
	for after := 0; ; {
		items, err := operations.Items(ctx, id, status, after, bulkPage)
		if err != nil {
			return err
		}
		for _, item := range items {
			word := item.Status
			if item.Code != nil {
				word += " " + *item.Code
			}
			if _, err := fmt.Fprintf(stdout, "%s\t%s\n", clean(item.UserID), word); err != nil {
				return fmt.Errorf("write the items: %w", err)
			}
			after = int(item.Position)
		}
		if len(items) < bulkPage {
			return nil
		}
	}
}
