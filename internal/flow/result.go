package flow

import (
	"context"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// Save adds the statements that write a result to p. With q it may read under the lock of the session.
type Save func(ctx context.Context, q *postgres.Queries, p *postgres.Pipeline) error

// Result is what completed work leaves, each part nil for nothing. It is written by the transaction that
// ends the submission.
type Result struct {
	Save Save
	// Inputs is the document of a build of the inputs, made from Ending.Revision.
	Inputs []byte
	// Keys is what live calls said of API keys.
	Keys []app.SetKeyStatusParams
	// Answer is a document for the request that waits for the submission.
	Answer []byte
}
