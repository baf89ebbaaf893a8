package postgres_test

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// byUser finds the tables whose rows a statement looks up by user_id first.
var byUser = regexp.MustCompile(`(delete )?(?:from|update) (\w+)(?: \w)?\s[^;]*?where (?:\w\.)?user_id = @user_id`)

// What serves every request must not read the rows of all users: each table that is
// looked up by its user has an index for that.
func TestUsersAreFoundByIndex(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	files, err := filepath.Glob("app/*.sql")
	require.NoError(t, err)
	found := 0
	for _, file := range files {
		statements, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, statement := range byUser.FindAllStringSubmatch(strings.ReplaceAll(string(statements), "union all", ";"), -1) {
			if statement[1] != "" { // what is deleted with an account is rare
				continue
			}
			found++
			var indexed bool
			require.NoError(t, db.System.QueryRow(t.Context(), `select exists (
				select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
				where i.indrelid = to_regclass($1) and a.attname = 'user_id')`, statement[2]).Scan(&indexed))
			assert.True(t, indexed, "%s of %s has no index that begins with user_id", statement[2], file)
		}
	}
	assert.Greater(t, found, 10, "the statements are recognised")
}

var argument = regexp.MustCompile(`@\w+`)

// The rows of jobs are many: what looks for some of them has an index made for it.
func TestJobsAreFoundByIndex(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	explains := func(name, statement, index string) {
		t.Helper()
		tx, err := db.System.Begin(t.Context())
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), "set local enable_seqscan = off")
		require.NoError(t, err)
		rows, err := tx.Query(t.Context(), "explain "+statement)
		require.NoError(t, err)
		plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		assert.Contains(t, strings.Join(plan, "\n"), index, "the plan of %s", name)
		require.NoError(t, tx.Rollback(t.Context()))
	}
	for _, s := range []struct{ file, name, index, argument string }{
		{"system/system_recovery.sql", "ListLostJobs", "river_job_running", ""},
		{"app/endings.sql", "EndSubmissions", "submissions_id_user_id_key", "null"},
	} {
		text, err := os.ReadFile(s.file)
		require.NoError(t, err)
		_, statement, ok := strings.Cut(string(text), "-- name: "+s.name+" ")
		require.True(t, ok, "%s has no statement %s", s.file, s.name)
		_, statement, _ = strings.Cut(statement, "\n")
		statement, _, _ = strings.Cut(statement, ";")
		explains(s.name, argument.ReplaceAllString(statement, cmp.Or(s.argument, "'1'")), s.index)
	}
	variables := strings.NewReplacer("(jobs, began)", "(null::bigint[], null::timestamptz[])", "(own)", "(null::bigint[])",
		"last_attempt", "1", "began", "now()", "= job ", "= 1 ", "reason", "''")
	for _, f := range []struct{ name, verb, index string }{
		{"complete_jobs", "update", "river_job_pkey"},
		{"forget_own_jobs", "array(select", "submissions_session"},
		{"forget_own_jobs", "delete", "river_job_pkey"},
		{"forget_own_jobs", "update", "river_job_pkey"},
	} {
		body := pgtest.One[string](t, db, "select prosrc from pg_proc where proname = $1", f.name)
		_, statement, ok := strings.Cut(body, f.verb)
		require.True(t, ok, "%s has no statement %s", f.name, f.verb)
		statement, _, _ = strings.Cut(f.verb+statement, ";")
		if array, ok := strings.CutPrefix(statement, "array("); ok {
			statement = strings.TrimSuffix(array, ")")
		}
		explains(f.name, variables.Replace(statement), f.index)
	}
}
