package postgres

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/postgres/app"
)

// saltBytes keeps hashes of short bodies from being guessed with a table made before.
const saltBytes = 16

var (
	// ErrRequestReused means that a key was used for another request before.
	ErrRequestReused = errors.New("the idempotency key was used for another request")
	// ErrRequestRunning means that the same request is being answered.
	ErrRequestRunning = errors.New("the same request is being answered")
	// ErrRequestsFull means that the user has used MostRequests keys within 24 hours.
	ErrRequestsFull = errors.New("the user has used too many idempotency keys")
)

// MostRequests is how many keys of one user are remembered at a time.
const MostRequests = 500

// Requests remembers the answers to requests that name a key, for 24 hours.
type Requests struct {
	pool *pgxpool.Pool
}

// NewRequests remembers in the database of pool, which must assume the app role.
func NewRequests(pool *pgxpool.Pool) *Requests { return &Requests{pool: pool} }

// RememberedAnswer is an answer as it was given.
type RememberedAnswer struct {
	Status  int
	Headers map[string]string
	Body    []byte
}

// Claim is the right to answer a request. It ends with Answer or Forget, or when it has
// been held for as long as the same request may be.
type Claim struct {
	q           *Queries
	userID, key string
	salt        []byte
}

// Claim returns the answer that was given to the same request of the user, or else the
// claim to answer it. A claim older than hold is taken for one of a process that died.
// digest hashes the request with a salt. Errors are ErrRequestReused,
// ErrRequestRunning and ErrRequestsFull.
func (r *Requests) Claim(
	ctx context.Context, userID, key string, hold time.Duration, digest func(salt []byte) []byte,
) (*RememberedAnswer, *Claim, error) {
	claim := &Claim{q: AsUser(r.pool, userID), userID: userID, key: key, salt: make([]byte, saltBytes)}
	if _, err := rand.Read(claim.salt); err != nil {
		return nil, nil, fmt.Errorf("make salt: %w", err)
	}
	params := app.ClaimRequestParams{
		Key: key, Salt: claim.salt, RequestHash: digest(claim.salt), UserID: userID,
		HoldSeconds: hold.Seconds(), Most: MostRequests,
	}
	for range 2 {
		claimed, err := claim.q.ClaimRequest(ctx, params)
		if err != nil {
			return nil, nil, fmt.Errorf("claim request: %w", err)
		}
		if claimed.Claimed {
			return nil, claim, nil
		}
		answer, err := claim.remembered(ctx, digest)
		switch {
		case !errors.Is(err, pgx.ErrNoRows):
			return answer, nil, err
		case claimed.IsFull:
			return nil, nil, ErrRequestsFull
		}
		// The user has no session yet, or the holder has just forgotten the key.
		if _, err := Session(ctx, r.pool, userID); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, ErrRequestRunning
}

// remembered returns what was answered to the holder of the key.
func (c *Claim) remembered(ctx context.Context, digest func(salt []byte) []byte) (*RememberedAnswer, error) {
	row, err := c.q.GetRequest(ctx, app.GetRequestParams{UserID: c.userID, Key: c.key})
	switch {
	case err != nil:
		return nil, fmt.Errorf("read remembered answer: %w", err)
	case !bytes.Equal(row.RequestHash, digest(row.Salt)):
		return nil, ErrRequestReused
	case row.Status == nil:
		return nil, ErrRequestRunning
	}
	answer := &RememberedAnswer{Status: *row.Status, Body: row.Body}
	return answer, decode("remembered headers", row.Headers, &answer.Headers)
}

// Answer remembers the answer that was given.
func (c *Claim) Answer(ctx context.Context, answer RememberedAnswer) error {
	headers, err := json.Marshal(answer.Headers)
	if err != nil {
		return fmt.Errorf("encode headers: %w", err)
	}
	err = c.q.AnswerRequest(ctx, app.AnswerRequestParams{
		Status: &answer.Status, Headers: headers, Body: answer.Body, UserID: c.userID, Key: c.key, Salt: c.salt,
	})
	if err != nil {
		return fmt.Errorf("remember answer: %w", err)
	}
	return nil
}

// Forget gives the key free, so that the request can be made again.
func (c *Claim) Forget(ctx context.Context) error {
	if err := c.q.ForgetRequest(ctx, app.ForgetRequestParams{UserID: c.userID, Key: c.key, Salt: c.salt}); err != nil {
		return fmt.Errorf("forget request: %w", err)
	}
	return nil
}
