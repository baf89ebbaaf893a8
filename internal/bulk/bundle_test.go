package bulk

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// bundle is a test and its database.
type bundle struct {
	t  *testing.T
	db pgtest.Database
}

func setup(t *testing.T) *bundle {
	t.Helper()
	return &bundle{t: t, db: pgtest.New(t)}
}

func (b *bundle) exec(sql string, args ...any) {
	b.t.Helper()
	_, err := b.db.System.Exec(b.t.Context(), sql, args...)
	require.NoError(b.t, err, sql)
}

func one[T any](b *bundle, sql string, args ...any) T {
	b.t.Helper()
	var value T
	require.NoError(b.t, b.db.System.QueryRow(b.t.Context(), sql, args...).Scan(&value), sql)
	return value
}
