package postgres

import (
	"context"
	"errors"
	"fmt"

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
