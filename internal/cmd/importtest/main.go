// Command importtest makes the four stores of the former back end, imports them with the program worker, reads every
// value back through the program api, imports again, and prints one line. It fails if a count or the time misses.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/legacy/legacytest"
	"github.com/alwrity/onboarding/internal/localpg"
	"github.com/alwrity/onboarding/migrations"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	users := 10_000
	root := &cobra.Command{
		Use: "importtest", Short: "import the stores of the former back end and read every value back", Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return run(c.Context(), users, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	root.Flags().IntVar(&users, "users", users, "how many users the four stores have together")
	code := cli.Run(ctx, root, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// test is everything that runs.
type test struct {
	folder, programs, database string
	environ                    map[string]string
	stores                     []legacytest.Store
	progress                   io.Writer
	// outputs are what the programs have printed, logged and reported.
	outputs []string
}

func run(ctx context.Context, users int, stdout, stderr io.Writer) error {
	t := &test{progress: stderr}
	var err error
	if t.programs, err = child.Programs(); err != nil {
		return err
	}
	if t.folder, err = os.MkdirTemp("", "import-test-"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(t.folder) }()
	server, err := localpg.Start(ctx, localpg.Config{Throwaway: true})
	if err != nil {
		return err
	}
	defer server.Stop()
	if err := t.prepare(ctx, server.URL(), users); err != nil {
		return err
	}
	api, err := t.startAPI(ctx)
	if err != nil {
		return err
	}
	result, err := t.measure(ctx, api)
	if stopErr := api.Stop(); err == nil {
		err = stopErr
	}
	if err != nil {
		return err
	}
	return result.print(stdout)
}

// prepare makes the databases, the stores and the key ring.
func (t *test) prepare(ctx context.Context, server string, users int) error {
	t.say("making the stores of %d users", users)
	var err error
	if t.database, err = legacytest.CreateDatabase(ctx, server, "onboarding"); err != nil {
		return err
	}
	schema := migrations.Config{URL: t.database, Log: slog.New(slog.DiscardHandler)}
	if err := migrations.Up(ctx, schema); err != nil {
		return err
	}
	former, err := legacytest.CreateDatabase(ctx, server, "former")
	if err != nil {
		return err
	}
	if t.stores, err = legacytest.Stores(ctx, t.folder, former, max(users/4, 1)); err != nil {
		return err
	}
	ids := []string{}
	for _, s := range t.stores {
		ids = append(ids, s.Known()...)
	}
	if err := os.WriteFile(filepath.Join(t.folder, "ids"), []byte(strings.Join(ids, "\n")), 0o600); err != nil {
		return err
	}
	t.environ = map[string]string{
		"DEPLOY_ENV": "local", "DATA_DIR": t.folder, "DATABASE_URL": t.database, "MIGRATE_DATABASE_URL": "",
		"SEAL_KEYS_FILE": filepath.Join(t.folder, "ring.json"), "ENV_FILE": "", "LOG_LEVEL": "debug", "DRAIN_DELAY": "0s",
		"USER_READS_PER_SECOND": "0", "ADDRESS_READS_PER_SECOND": "0",
	}
	return t.worker(ctx, "keys", "keys", "create", t.environ["SEAL_KEYS_FILE"])
}

func (t *test) say(format string, args ...any) {
	_, _ = fmt.Fprintf(t.progress, "import-test: "+format+"\n", args...)
}

// worker runs a command of the program worker and keeps what it prints.
func (t *test) worker(ctx context.Context, name string, args ...string) error {
	path := filepath.Join(t.folder, name+".log")
	p, err := child.Start("worker "+name, filepath.Join(t.programs, "worker"), args, child.Environment(t.environ), path)
	if err != nil {
		return err
	}
	err = p.Wait(ctx)
	said, readErr := os.ReadFile(path)
	t.outputs = append(t.outputs, string(said))
	if err != nil {
		_, _ = t.progress.Write(said)
	}
	return errors.Join(err, readErr)
}

// importAll imports all stores, and returns the report and the time it took.
func (t *test) importAll(ctx context.Context, name string) (report, time.Duration, error) {
	path := filepath.Join(t.folder, name+".json")
	args := []string{"import", "-users", filepath.Join(t.folder, "ids"), "-report", path}
	for _, s := range t.stores {
		args = append(args, "-from", s.From)
	}
	began := time.Now()
	if err := t.worker(ctx, name, args...); err != nil {
		return report{}, 0, err
	}
	took := time.Since(began)
	raw, err := os.ReadFile(path)
	if err != nil {
		return report{}, 0, err
	}
	t.outputs = append(t.outputs, string(raw))
	r, err := readReport(raw)
	return r, took, err
}
