package postgres_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

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
	files, err := filepath.Glob("queries/*.sql")
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
