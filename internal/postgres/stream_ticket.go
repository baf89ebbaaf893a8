package postgres

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/postgres/app"
)

// IssueTicket stores a ticket, of which only its hash is kept, for validity from
// now. tokenExpires is when the token ends that it was issued for.
func IssueTicket(
	ctx context.Context, pool *pgxpool.Pool, ticket, userID string, validity time.Duration, tokenExpires time.Time,
) error {
	hash := sha256.Sum256([]byte(ticket))
	err := AsUser(pool, userID).CreateStreamTicket(ctx, app.CreateStreamTicketParams{
		Hash: hash[:], UserID: userID, ValidSeconds: validity.Seconds(), TokenExpiresAt: tokenExpires,
	})
	if err != nil {
		return fmt.Errorf("store stream ticket: %w", err)
	}
	return nil
}

// RedeemTicket takes a ticket and returns whose it is and when that one's token
// ends; onboarding.ErrNotFound if it was taken before, has expired or never was.
func RedeemTicket(
	ctx context.Context, pool *pgxpool.Pool, ticket string,
) (userID string, tokenExpires time.Time, err error) {
	hash := sha256.Sum256([]byte(ticket))
	row, err := New(pool).RedeemStreamTicket(ctx, hash[:])
	return row.UserID, row.TokenExpiresAt, NotFound("stream ticket", err)
}
