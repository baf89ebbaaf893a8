package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
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
	submit, err := flow.NewSubmitter(db.App, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
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
	c.exec("update submissions set status = 'failed', failure_code = 'page_empty', finished_at = now() where user_id = any ($1)", users)
	c.exec("update onboarding_steps set status = 'failed', failure_code = 'page_empty' where step = 2 and user_id = any ($1)", users)
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
	code = Exit(Users(c.t.Context(), args, &out, &diagnostics), &diagnostics)
	return code, out.String(), diagnostics.String()
}

func TestUsersReset(t *testing.T) {
	c := newCrowd(t)
	c.started("ann", "bob")
	require.NoError(t, c.submit.Skip(t.Context(), "cid", onboarding.StepProviders))

	code, stdout, stderr := c.run("reset", "ann", "nobody", "-dry-run", "ann")
	assert.Zero(t, code, stderr)
	assert.Equal(t, "ann\twould be done\nnobody\tnot found\nusers: operation=reset users=2 done=1 unchanged=0 missing=1 failed=0\n", stdout)
	assert.Equal(t, "Dry run: nothing was changed; done is what would have been.\n", stderr)
	assert.Equal(t, 2, c.running())

	list := filepath.Join(t.TempDir(), "users.txt")
	require.NoError(t, os.WriteFile(list, []byte("\ufeff# those who asked\r\n\r\n  ann\r\nnobody\nbob\nann\n\ncid"), 0o600))
	code, stdout, stderr = c.run("reset", "-file", list)
	assert.Zero(t, code, stderr)
	assert.Empty(t, stderr)
	assert.Equal(t, "ann\tdone\nnobody\tnot found\nbob\tdone\ncid\tdone\n"+
		"users: operation=reset users=4 done=3 unchanged=0 missing=1 failed=0\n", stdout)
	assert.Zero(t, c.running())
	assert.Equal(t, 3, c.count("select count(*) from onboarding_sessions"), "nobody is not made a user")
	assert.Equal(t, 3, c.count("select count(*) from audit_log where actor = 'operator'"))

	code, stdout, _ = c.run("reset", "ann", "bob")
	assert.Zero(t, code)
	assert.Equal(t, "ann\tnothing to do\nbob\tnothing to do\nusers: operation=reset users=2 done=0 unchanged=2 missing=0 failed=0\n", stdout)
}

func TestUsersRetryFailed(t *testing.T) {
	c := newCrowd(t)
	c.failed("ann", "bob", "cid")
	c.exec("delete from submissions where user_id = 'bob'") // nobody knows what bob submitted

	code, stdout, stderr := c.run("retry-failed", "ann", "bob", "cid")
	assert.Equal(t, 1, code)
	assert.Equal(t, "1 user could not be changed\n", stderr)
	assert.Equal(t, "ann\tdone\nbob\tnothing_to_retry\ncid\tdone\n"+
		"users: operation=retry-failed users=3 done=2 unchanged=0 missing=0 failed=1\n", stdout)
	assert.Equal(t, 2, c.running())
}

func TestUsersRebuildInputs(t *testing.T) {
	c := newCrowd(t)
	c.started("ann")
	c.exec("insert into personalization_inputs (session_id, user_id) select id, user_id from onboarding_sessions")
	code, stdout, _ := c.run("rebuild-inputs", "ann")
	assert.Zero(t, code)
	assert.Equal(t, "ann\tdone\nusers: operation=rebuild-inputs users=1 done=1 unchanged=0 missing=0 failed=0\n", stdout)
	assert.Equal(t, 1, c.count("select count(*) from river_job where kind = 'personalization_inputs' and queue = 'bulk'"))
}

func TestUsersDelete(t *testing.T) {
	c := newCrowd(t)
	c.started("ann", "bob")
	code, stdout, stderr := c.run("delete", "ann")
	assert.Equal(t, 2, code)
	assert.Empty(t, stdout)
	assert.Contains(t, stderr, "it needs -yes")
	assert.Equal(t, 2, c.running())

	code, stdout, _ = c.run("delete", "ann", "-dry-run")
	assert.Zero(t, code)
	assert.Contains(t, stdout, "ann\twould be done\n")
	assert.Equal(t, 2, c.count("select count(*) from onboarding_sessions"))

	code, stdout, _ = c.run("delete", "-yes", "ann")
	assert.Zero(t, code)
	assert.Equal(t, "ann\tdone\nusers: operation=delete users=1 done=1 unchanged=0 missing=0 failed=0\n", stdout)
	assert.Zero(t, c.count("select count(*) from submissions where user_id = 'ann'"))
	assert.Equal(t, 1, c.count("select count(*) from onboarding_sessions where user_id = 'bob'"))
}

// interrupting runs an operation that is interrupted while user is being changed.
func (c crowd) interrupting(user string, opts usersOptions) (stdout string, err error) {
	c.t.Helper()
	operator, closePool, err := flow.OpenOperator(c.t.Context(), c.db.URL, false, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	require.NoError(c.t, err)
	defer closePool()
	ctx, interrupt := context.WithCancel(c.t.Context())
	defer interrupt()
	var out bytes.Buffer
	run := usersRun{opts: opts, stdout: &out, log: slog.New(slog.DiscardHandler), do: func(ctx context.Context, userID string) (flow.Outcome, error) {
		if userID == user {
			interrupt()
		}
		return operations[opts.operation](operator, ctx, userID)
	}}
	err = run.report(run.all(ctx), &out)
	return out.String(), err
}

// What is done stays done and is said, also of the user who was being changed.
func TestUsersIsInterruptedAndGoesOn(t *testing.T) {
	c := newCrowd(t)
	c.started("ann", "bob", "cid", "dan")
	stdout, err := c.interrupting("bob", usersOptions{operation: "reset", users: []string{"ann", "bob", "cid", "dan"}})
	require.EqualError(t, err, "interrupted after 2 of 4 users; what is done stays done, run it again to go on")
	assert.Equal(t, "ann\tdone\nbob\tdone\nusers: operation=reset users=4 done=2 unchanged=0 missing=0 failed=0\n", stdout)
	assert.Equal(t, 2, c.running())

	code, stdout, _ := c.run("reset", "ann", "bob", "cid", "dan")
	assert.Zero(t, code)
	assert.Contains(t, stdout, "users=4 done=2 unchanged=2")
	assert.Zero(t, c.running())
}

// A database that can't be used stops the run at once instead of failing every user.
func TestUsersStopsWithoutADatabase(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	opts := usersOptions{operation: "reset", users: []string{"ann", "bob", "cid"}}
	run := usersRun{opts: opts, stdout: &out, log: slog.New(slog.DiscardHandler), do: func(_ context.Context, userID string) (flow.Outcome, error) {
		switch userID {
		case "ann":
			return flow.OutcomeDone, nil
		case "bob":
			return "", fmt.Errorf("onboarding.reset: %w", &pgconn.PgError{Code: "57P01", Message: "terminating connection"})
		}
		panic("it goes on")
	}}
	err := run.report(run.all(t.Context()), &out)
	require.EqualError(t, err, "the database can't be used after 2 of 3 users; what is done stays done, run it again to go on")
	assert.Equal(t, "ann\tdone\nbob\tdatabase_unavailable\nusers: operation=reset users=3 done=1 unchanged=0 missing=0 failed=1\n", out.String())
}

// A user whom something else holds, or who meets a bug, does not stop the others.
func TestUsersNamesWhatFailed(t *testing.T) {
	t.Parallel()
	var out, logged bytes.Buffer
	opts := usersOptions{operation: "reset", users: []string{"ann", "bob", "cid"}}
	failures := map[string]error{"ann": fmt.Errorf("onboarding.reset: %w", flow.ErrBusy), "bob": errors.New("a bug")}
	run := usersRun{opts: opts, stdout: &out, log: slog.New(slog.NewTextHandler(&logged, nil)), do: func(_ context.Context, userID string) (flow.Outcome, error) {
		return flow.OutcomeDone, failures[userID]
	}}
	require.EqualError(t, run.report(run.all(t.Context()), &out), "2 users could not be changed")
	assert.Equal(t, "ann\tbusy\nbob\tinternal_error\ncid\tdone\nusers: operation=reset users=3 done=1 unchanged=0 missing=0 failed=2\n", out.String())
	assert.Contains(t, logged.String(), "a bug")
	assert.NotContains(t, logged.String(), "bob")
}

func TestUsersCommandLine(t *testing.T) {
	t.Parallel()
	for says, args := range map[string][]string{
		"name an operation":                {},
		`no operation "explode"`:           {"explode", "ann"},
		"name the users, or a file":        {"reset"},
		"not both":                         {"reset", "-file", "x", "ann"},
		"-nope":                            {"reset", "ann", "-nope"},
		"can't be undone":                  {"delete", "ann"},
		`"a\nb" is no user id`:             {"reset", "a\nb"},
		`"" is no user id`:                 {"reset", ""},
		"is no user id: it must have 1 to": {"reset", strings.Repeat("x", 256)},
	} {
		var out, diagnostics bytes.Buffer
		assert.Equal(t, 2, Exit(Users(t.Context(), args, &out, &diagnostics), &diagnostics), args)
		assert.Empty(t, out.String())
		assert.Contains(t, diagnostics.String(), says)
	}
	var out, diagnostics bytes.Buffer
	require.NoError(t, Users(t.Context(), []string{"-h"}, &out, &diagnostics))
	assert.Contains(t, out.String(), "Usage: worker users")
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
