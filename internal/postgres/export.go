package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/postgres/app"
)

// Export hands on everything that is stored of userID, one row at a time in one
// snapshot: the table and the row as a JSON object, those of a table together. It
// holds one row in memory, and a connection until the last one is handed on. An error
// of emit ends it.
func Export(
	ctx context.Context, pool *pgxpool.Pool, userID string, emit func(table string, row json.RawMessage) error,
) error {
	rows, err := boundConn{conn: pool, before: []statement{{setUser, []any{userID}}}}.Query(ctx, app.ExportRows, userID)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var row app.ExportRowsRow
		if err := rows.Scan(&row.Section, &row.Document); err != nil {
			return fmt.Errorf("export: %w", err)
		}
		if err := emit(row.Section, row.Document); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}
