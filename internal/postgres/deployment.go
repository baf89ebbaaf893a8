package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/postgres/system"
)

// KeysReadable asks opens, which returns an error for what is sealed by a key that it
// does not know, about the API keys of the newest session that has some. Without any
// it returns nil.
func KeysReadable(ctx context.Context, db system.DBTX, opens func(sealed []byte) error) error {
	prefix, err := system.New(db).NewestSealed(ctx)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("read a stored API key: %w", err)
	}
	return opens(prefix)
}

// KeysStored reports whether a database holds API keys; not if it does not answer, as KeysReadable finds out later.
func KeysStored(ctx context.Context, server Server) bool {
	ctx, cancel := context.WithTimeout(ctx, keysStoredWait)
	defer cancel()
	pool, err := OpenPool(ctx, PoolConfig{Server: server, Name: "key ring", Role: RoleSystem, MaxConns: 1})
	if err != nil {
		return false
	}
	defer pool.Close()
	_, err = system.New(pool).NewestSealed(ctx)
	return err == nil
}

// keysStoredWait bounds how long the database may take to answer.
const keysStoredWait = 5 * time.Second
