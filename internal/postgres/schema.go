package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// SchemaVersion is the number of the newest migration that this build needs.
// Programs never run DDL: they wait until the database is at least there.
const SchemaVersion = 22

// ErrOutdated says that the database's schema is older than SchemaVersion, or was
// never made.
var ErrOutdated = errors.New("the database schema is older than this program: run `worker migrate`")

// Ready returns nil when the database answers with a schema that this build can
// use, and ErrOutdated when it answers with an older one.
func Ready(ctx context.Context, pool *pgxpool.Pool) error {
	var version int64
	err := pool.QueryRow(ctx, "select coalesce(max(version_id), 0) from goose_db_version where is_applied").Scan(&version)
	var pgErr *pgconn.PgError
	switch {
	case errors.As(err, &pgErr) && (pgErr.Code == undefinedTable || pgErr.Code == invalidRole):
		return ErrOutdated
	case err != nil:
		return fmt.Errorf("read the schema version: %w", err)
	case version < SchemaVersion:
		return ErrOutdated
	}
	return nil
}

// The SQLSTATEs of a database that no migration has reached.
const (
	undefinedTable    = "42P01"
	invalidRole       = "22023" // set role of a role that does not exist
	undefinedDatabase = "3D000"
)
