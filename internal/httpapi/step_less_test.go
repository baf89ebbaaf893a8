package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// Work without a step replaces no other work; only so much of it runs for one user.
func TestOnlySoMuchWorkOfOneUserRuns(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	submitter := newSubmitter(t, f.db.App)
	for i := range 5 {
		_, err := submitter.AnalyzeSitemap(t.Context(), "ada", onboarding.SitemapInput{Website: fmt.Sprintf("https://%d.example", i)})
		require.NoError(t, err)
	}
	const path = base + "/step3/analyze-sitemap"
	r := f.as("ada", http.MethodPost, path, `{"user_url":"one-more.example"}`)
	problem := requireProblem(t, r, 429, "rate_limited")
	assert.Equal(t, "5", r.header.Get("Retry-After"))
	assert.InDelta(t, 5, problem["retry_after"], 0)
	joined, err := submitter.AnalyzeSitemap(t.Context(), "ada", onboarding.SitemapInput{Website: "https://4.example"})
	require.NoError(t, err, "the same work is joined")
	_, err = submitter.AnalyzeSitemap(t.Context(), "bob", onboarding.SitemapInput{Website: "https://4.example"})
	require.NoError(t, err, "another user has work of his own")
	require.Equal(t, 202, f.submitStep(2, `{"website":"example.com"}`).status, "that of a step is bounded by itself")

	_, err = f.db.System.Exec(t.Context(), "update submissions set status = 'cancelled', finished_at = now() where id = $1", joined.ID)
	require.NoError(t, err)
	_, err = submitter.AnalyzeSitemap(t.Context(), "ada", onboarding.SitemapInput{Website: "https://one-more.example"})
	require.NoError(t, err, "something has ended")
}

// impatient waits for nothing.
type impatient struct{ httpapi.Submitter }

func (s impatient) Wait(ctx context.Context, userID string, id uuid.UUID, _ time.Duration) (onboarding.Submission, error) {
	return s.Submitter.Wait(ctx, userID, id, time.Millisecond)
}

// An answer that only says that the work goes on is not kept under an idempotency key:
// who asks again with it joins the work, and gets what has become of it.
func TestWorkThatGoesOnIsNotRemembered(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	f := serveWith(t, func(c *httpapi.Config) {
		storeIn(t, c, db.App)
		c.Submitter = impatient{c.Submitter}
	})
	f.db = db
	f.ok(http.MethodPost, base+"/api-keys", `{"provider":"openai","api_key":"`+aModelKey+`"}`)
	for path, body := range map[string]string{
		base + "/style-detection/complete": `{"url":"example.com"}`,
		base + "/style-detection/crawl":    `{"url":"example.com"}`,
		base + "/style-detection/analyze":  `{"content":{"main_content":"` + strings.Repeat("Words of a text. ", 5) + `"}}`,
		base + "/step3/analyze-sitemap":    `{"user_url":"example.com"}`,
		step4 + "/generate-personas":       `{"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"}}}}`,
		base + "/api-keys/validate":        "",
	} {
		for range 2 {
			r := f.as("ada", http.MethodPost, path, body, "Idempotency-Key", strings.ReplaceAll(path, "/", "-"))
			require.Equal(t, 200, r.status, "%s: %s", path, r.body)
			assert.Contains(t, string(r.body), "goes on in the background", path)
			assert.Empty(t, r.header.Get("Idempotency-Replayed"), path)
		}
	}
	var running, all int
	require.NoError(t, f.db.System.QueryRow(t.Context(), "select count(*) filter (where status = 'in_progress'), count(*) from submissions where kind <> 'personalization_inputs'").Scan(&running, &all))
	assert.Equal(t, 6, running, "asking again joined each")
	assert.Equal(t, 6, all)

	// What is settled is kept.
	r := f.as("ada", http.MethodPost, base+"/step/2/cancel", "", "Idempotency-Key", "kept")
	require.Equal(t, 200, r.status, "%s", r.body)
	assert.Equal(t, "true", f.as("ada", http.MethodPost, base+"/step/2/cancel", "", "Idempotency-Key", "kept").header.Get("Idempotency-Replayed"))
}

func TestIntegrationsHaveABound(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	text := strings.Repeat("x", 9000)
	many := func(n int) string {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = `"` + text + `"`
		}
		return `{"integrations":[` + strings.Join(texts, ",") + `]}`
	}
	problem := requireProblem(t, f.submitStep(5, many(8)), 400, "too_long")
	assert.Contains(t, problem["detail"], "at most 64 KB")
	assert.Equal(t, "pending", f.stepStatus(5))
	require.Equal(t, 200, f.submitStep(5, many(7)).status)
}
