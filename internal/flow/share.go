package flow

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/queue"
)

// NetworkShare is how much work of one user may wait for websites and providers at a time. The
// next is held: its job is pending, which no worker fetches, until the transaction that ends
// another one of the user's releases it. To be held uses up neither an attempt nor a slot.
const NetworkShare = 2

// placement says where the work of a submission runs.
type placement struct {
	queue string
	// network and held are those of onboarding.Submission.
	network, held bool
}

// demand is what decides on a placement, as read under the lock of the session.
type demand struct {
	// network counts the user's other work that waits for the network and is not held.
	network int
	hasKeys bool
}

// place returns where requested work runs. Work that its user does not ask for is bulk work,
// whatever it waits for.
func (c *change) place(req request) placement {
	if c.queue == queue.Bulk || c.demand == nil || !req.kind.NeedsNetwork(req.input, c.demand.hasKeys) {
		return placement{queue: c.queue}
	}
	return placement{queue: queue.Network, network: true, held: c.demand.network >= NetworkShare}
}

// queuedMessages are the messages of work that waits for a worker, by kind.
var queuedMessages = func() []byte {
	messages := map[onboarding.Kind]string{}
	for _, info := range onboarding.Kinds() {
		messages[info.Kind] = info.Kind.Info().Queued
	}
	document, err := json.Marshal(messages)
	if err != nil {
		panic(err) // texts only
	}
	return document
}()

// releaseParams release the held work of a session, as far as its share goes.
func releaseParams(sessionID uuid.UUID) app.ReleaseHeldParams {
	return app.ReleaseHeldParams{SessionID: sessionID, Share: NetworkShare, Messages: queuedMessages}
}

// release releases held work after work of the session was stopped that it may have waited for.
func (c *change) release(ctx context.Context) error {
	if !c.freed {
		return nil
	}
	if err := c.q.ReleaseHeld(ctx, releaseParams(c.sessionID)); err != nil {
		return fmt.Errorf("release held work: %w", err)
	}
	return nil
}

// releaseLost releases the held work of users whose share is free: a release was lost.
func (r *Recovery) releaseLost(ctx context.Context, users []string) {
	for _, userID := range users {
		err := r.change(ctx, userID, queue.Network, func(c *change) error {
			c.freed = true
			return c.lockSession(ctx)
		})
		if err = postgres.NotFound("session", err); err != nil {
			r.Log.ErrorContext(ctx, "held work not released", "error", err)
			continue
		}
		r.Log.WarnContext(ctx, "held work released by the sweep")
	}
}
