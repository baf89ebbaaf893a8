package flow

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// A retry that waits for another tab's submission repeats that one, which it joins: it
// does not replace it by an older input.
func TestRetryFollowsTheSubmissionThatItWaitedFor(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s, err := NewSubmitter(db.App, db.System, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	_, err = s.SubmitWebsite(t.Context(), "ann", onboarding.WebsiteInput{Website: "example.com"})
	require.NoError(t, err)
	var newer uuid.UUID
	retried := make(chan onboarding.Submission, 1)
	require.NoError(t, s.change(t.Context(), "ann", func(c *change) error {
		go func() {
			submission, err := s.Retry(context.WithoutCancel(t.Context()), "ann", onboarding.StepWebsite)
			assert.NoError(t, err)
			retried <- submission
		}()
		require.Eventually(t, func() bool {
			var waiting bool
			err := db.System.QueryRow(t.Context(),
				`select exists (select from pg_locks l join pg_stat_activity a on a.pid = l.pid
				where a.datname = current_database() and not l.granted)`).Scan(&waiting)
			return err == nil && waiting
		}, 5*time.Second, 5*time.Millisecond, "the retry does not wait")
		submission, _, err := c.submit(t.Context(),
			request{kind: onboarding.KindWebsiteAnalysis, input: []byte(`{"website": "https://example.org"}`)})
		newer = submission.ID
		return err
	}))
	assert.Equal(t, newer, (<-retried).ID)
	session, err := postgres.Session(t.Context(), db.App, "ann")
	require.NoError(t, err)
	assert.Equal(t, newer, *session.Step(onboarding.StepWebsite).SubmissionID)
}
