package flow

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// The first and the longest pause between two reads of a submission that is waited for.
const (
	firstLook = 10 * time.Millisecond
	lastLook  = 200 * time.Millisecond
)

// Wait returns a submission as soon as it has ended, or its current state after bound.
func (s *Submitter) Wait(
	ctx context.Context, userID string, id uuid.UUID, bound time.Duration,
) (onboarding.Submission, error) {
	deadline := time.NewTimer(bound)
	defer deadline.Stop()
	for pause := firstLook; ; pause = min(pause*3/2, lastLook) {
		submission, err := postgres.SubmissionByID(ctx, postgres.AsUser(s.Pool, userID), id)
		if err != nil || submission.Status != onboarding.SubmissionInProgress {
			return submission, err
		}
		select {
		case <-ctx.Done():
			return submission, ctx.Err()
		case <-deadline.C:
			return submission, nil
		case <-time.After(pause):
		}
	}
}
