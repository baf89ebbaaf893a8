package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// SchemaVersion is the number of the newest migration that this build needs.
// Programs never run DDL: they wait until the database is at least there.
const SchemaVersion = 57

// ErrOutdated means that the database's schema is older than SchemaVersion, or was
// never made.
var ErrOutdated = errors.New("the database schema is older than this program: run `worker migrate`")

// Ready returns nil when the database answers with a schema that this build can
// use, and ErrOutdated when it answers with an older one.
func Ready(ctx context.Context, pool *pgxpool.Pool) error {
	version, err := DatabaseVersion(ctx, pool)
	switch {
	case HasState(err, undefinedTable, invalidRole):
		return ErrOutdated
	case err != nil:
		return err
	case version < SchemaVersion:
		return ErrOutdated
	}
	return nil
}

// DatabaseVersion returns the number of the newest migration that the database has.
func DatabaseVersion(ctx context.Context, db interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
},
) (version int64, err error) {
	err = db.QueryRow(ctx, "select coalesce(max(version_id), 0) from goose_db_version where is_applied").Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("read the schema version: %w", err)
	}
	return version, nil
}

// The SQLSTATEs of a database that no migration has reached.
const (
	undefinedTable    = "42P01"
	invalidRole       = "22023" // set role of a role that does not exist
	undefinedDatabase = "3D000"
)
