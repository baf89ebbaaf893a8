package worker

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// crowd is a database with users, changed as the API changes them.
type crowd struct {
	t      *testing.T
	db     pgtest.Database
	submit *flow.Submitter
}

func newCrowd(t *testing.T) crowd {
	t.Helper()
	db := pgtest.New(t)
	submit, err := flow.NewSubmitter(db.App, db.System, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Setenv("DATABASE_URL", db.URL)
	return crowd{t: t, db: db, submit: submit}
}

// started makes users whose website is being analysed.
func (c crowd) started(users ...string) {
	c.t.Helper()
	for _, user := range users {
		_, err := c.submit.SubmitWebsite(c.t.Context(), user, onboarding.WebsiteInput{Website: "example.com"})
		require.NoError(c.t, err)
	}
}

// failed makes users whose website could not be analysed.
func (c crowd) failed(users ...string) {
	c.t.Helper()
	c.started(users...)
	c.exec("update submissions set status = 'failed', failure_code = 'page_empty', finished_at = now() where "+
		"user_id = any ($1)", users)
	c.exec("update onboarding_steps set status = 'failed', failure_code = 'page_empty' where step = 2 "+
		"and user_id = any ($1)", users)
}

func (c crowd) exec(sql string, args ...any) {
	c.t.Helper()
	_, err := c.db.System.Exec(c.t.Context(), sql, args...)
	require.NoError(c.t, err, sql)
}

func (c crowd) count(sql string) int {
	c.t.Helper()
	var n int
	require.NoError(c.t, c.db.System.QueryRow(c.t.Context(), sql).Scan(&n))
	return n
}

func (c crowd) running() int {
	c.t.Helper()
	return c.count("select count(*) from onboarding_steps where status = 'in_progress'")
}

func (c crowd) run(args ...string) (code int, stdout, stderr string) {
	c.t.Helper()
	var out, diagnostics bytes.Buffer
	code = Main(c.t.Context(), args, strings.NewReader("ann\nbob\n"), &out, &diagnostics)
	return code, out.String(), diagnostics.String()
}

func TestBulkDryRun(t *testing.T) {
	c := newCrowd(t)
	c.started("ann", "bob")
	require.NoError(t, c.submit.Skip(t.Context(), "cid", onboarding.StepProviders))
	const said = "Dry run: nothing was changed; done is what would have been.\n"

	code, stdout, stderr := c.run("bulk", "reset", "ann", "nobody", "-dry-run", "ann")
	assert.Zero(t, code, stderr)
	assert.Equal(t,
		"ann\tdone\nnobody\tmissing\nbulk: operation=reset dry_run=true users=2 done=1 unchanged=0 missing=1 failed=0\n",
		stdout)
	assert.Equal(t, said, stderr)

	list := filepath.Join(t.TempDir(), "users.txt")
	require.NoError(t,
		os.WriteFile(list, []byte("\ufeff# those who asked\r\n\r\n  ann\r\nnobody\nbob\nann\n\ncid"), 0o600))
	_, stdout, _ = c.run("bulk", "delete", "-file", list, "-dry-run")
	assert.Equal(t, "ann\tdone\nnobody\tmissing\nbob\tdone\ncid\tdone\n"+
		"bulk: operation=delete dry_run=true users=4 done=3 unchanged=0 missing=1 failed=0\n", stdout)
	_, stdout, _ = c.run("bulk", "rebuild-inputs", "-file", "-", "-dry-run")
	assert.Contains(t, stdout, "users=2 done=0 unchanged=2 missing=0 failed=0\n", "standard input")
	assert.Equal(t, 2, c.running())
	assert.Equal(t, 3, c.count("select count(*) from onboarding_sessions"), "nobody is not made a user")
	assert.Zero(t, c.count("select count(*) from audit_log"))
}

// A user who can't be changed does not stop the others.
func TestBulkDryRunNamesWhatFails(t *testing.T) {
	c := newCrowd(t)
	c.failed("ann", "bob", "cid")
	c.exec("delete from submissions where user_id = 'bob'") // what bob submitted is not known
	code, stdout, stderr := c.run("users", "retry-failed", "ann", "bob", "cid", "-dry-run")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "1 user could not be changed\n")
	assert.Equal(t, "ann\tdone\nbob\tfailed nothing_to_retry\ncid\tdone\n"+
		"bulk: operation=retry_failed dry_run=true users=3 done=2 unchanged=0 missing=0 failed=1\n", stdout)
	assert.Zero(t, c.running())
}

func TestParseIDs(t *testing.T) {
	t.Parallel()
	ids, err := parseIDs(strings.NewReader("b\n#c\na # b\n\n b \n"))
	require.NoError(t, err)
	assert.Equal(t, []string{"b", "a # b"}, ids, "only whole lines are comments")
	for name, text := range map[string]string{
		"too long": "ann\n" + strings.Repeat("ä", 256), "longer than a buffer": "ann\n" + strings.Repeat("x", 1<<17),
		"control character": "ann\na\x00b", "no UTF-8": "ann\n\xff",
	} {
		_, err := parseIDs(strings.NewReader(text))
		require.ErrorContains(t, err, "line 2 of the users is no user id", name)
	}
	_, err = parseIDs(strings.NewReader("ann\n" + strings.Repeat("ä", 255)))
	require.NoError(t, err)
	_, err = readUsers(t.Context(), filepath.Join(t.TempDir(), "none"), nil)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// Ctrl-C ends it also while it waits for somebody to type.
func TestReadingStdinIsInterrupted(t *testing.T) {
	t.Parallel()
	silent, writer, err := os.Pipe()
	require.NoError(t, err)
	defer writer.Close()
	ctx, interrupt := context.WithCancelCause(t.Context())
	interrupt(errors.New("Ctrl-C"))
	_, err = readUsers(ctx, "-", silent)
	require.EqualError(t, err, "interrupted; nothing was done")

	ids, err := readUsers(t.Context(), "-", strings.NewReader("ann\nbob\n"))
	require.NoError(t, err)
	assert.Equal(t, []string{"ann", "bob"}, ids)
}
