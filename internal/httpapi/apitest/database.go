package apitest

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres"
)

// Exec runs a statement that sees every user.
func (f *Fixture) Exec(sql string, args ...any) {
	f.T.Helper()
	_, err := f.DB.System.Exec(f.T.Context(), sql, args...)
	require.NoError(f.T, err)
}

// Count returns what a query that counts returns.
func (f *Fixture) Count(sql string, args ...any) (n int) {
	f.T.Helper()
	require.NoError(f.T, f.DB.System.QueryRow(f.T.Context(), sql, args...).Scan(&n))
	return n
}

// ExecAs writes as a user: the system role may not write everything.
func (f *Fixture) ExecAs(user, sql string, args ...any) {
	f.T.Helper()
	require.NoError(f.T, postgres.InTx(f.T.Context(), f.DB.App, user, func(tx pgx.Tx, _ *postgres.Queries) error {
		_, err := tx.Exec(f.T.Context(), sql, args...)
		return err
	}))
}

// RequireNowhere searches texts and every table for a secret.
func (f *Fixture) RequireNowhere(secret string, texts ...string) {
	f.T.Helper()
	for _, text := range texts {
		require.NotContains(f.T, text, secret)
	}
	owner, err := pgx.Connect(f.T.Context(), f.DB.URL)
	require.NoError(f.T, err)
	defer func() { _ = owner.Close(context.Background()) }()
	var stored int
	require.NoError(f.T, owner.QueryRow(f.T.Context(), "select count(*) from api_keys").Scan(&stored))
	require.NotZero(f.T, stored, "the owner sees every row")
	rows, err := owner.Query(f.T.Context(),
		"select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'")
	require.NoError(f.T, err)
	var tables []string
	for rows.Next() {
		var name string
		require.NoError(f.T, rows.Scan(&name))
		tables = append(tables, name)
	}
	require.NoError(f.T, rows.Err())
	require.Greater(f.T, len(tables), 15)
	for _, table := range tables {
		var found int
		query := fmt.Sprintf(
			"select count(*) from %q x where x::text like $1 or encode(convert_to(x::text, 'UTF8'), 'escape') like $1", table,
		)
		require.NoError(f.T, owner.QueryRow(f.T.Context(), query, "%"+secret+"%").Scan(&found))
		require.Zero(f.T, found, "the key stands in %s", table)
		hexed := fmt.Sprintf("%%%x%%", secret)
		require.NoError(f.T, owner.QueryRow(f.T.Context(), query, hexed).Scan(&found))
		require.Zero(f.T, found, "the key stands in %s, in bytes", table)
	}
}

// Eventually waits until a query counts as many.
func (f *Fixture) Eventually(want int, sql string, args ...any) {
	f.T.Helper()
	require.Eventually(f.T, func() bool { return f.Count(sql, args...) == want }, 30*time.Second, 20*time.Millisecond)
}
