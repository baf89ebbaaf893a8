package jobs

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// submits submits a website and returns the error.
func (b *bundle) submits(address string) error {
	_, err := b.submit.SubmitWebsite(b.t.Context(), b.user, onboarding.WebsiteInput{Website: address})
	return err
}

// limited asserts that an error is that of a daily limit.
func limited(t *testing.T, err error) {
	t.Helper()
	var limit *onboarding.LimitError
	require.ErrorAs(t, err, &limit)
	assert.Equal(t, "daily_limit", limit.Code)
	assert.Positive(t, limit.RetryAfter)
}

// Of any number of submissions at once as many are accepted as a day may have. What is joined or refused
// does not count, nor what other kinds and users submit; a replaced one does, and loses its input.
func TestAnalysesOfADay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.submit.Limits = onboarding.Limits{AnalysesPerDay: 5, LookupsPerDay: 1}
	var accepted atomic.Int32
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			if b.submits(fmt.Sprintf("%d.example", i)) == nil {
				accepted.Add(1)
			}
		})
	}
	group.Wait()
	assert.EqualValues(t, 5, accepted.Load())
	assert.Equal(t, 5, pgtest.One[int](t, b.db, "select count(*) from submissions"))
	assert.Equal(t, 4, pgtest.One[int](t, b.db,
		"select count(*) from submissions where status = 'superseded' and input = '{}'"))
	limited(t, b.submits("new.example"))
	running := pgtest.One[string](t, b.db, "select input ->> 'website' from submissions where status = 'in_progress'")
	require.NoError(t, b.submits(running), "it is joined")
	require.NoError(t, b.as(t, "ben").submits("new.example"))
	_, err := b.submit.AnalyzeSitemap(t.Context(), b.user, onboarding.SitemapInput{Website: "https://one.example"})
	require.NoError(t, err)
	_, err = b.submit.AnalyzeSitemap(t.Context(), b.user, onboarding.SitemapInput{Website: "https://two.example"})
	limited(t, err)

	b.db.Exec(t, "update onboarding_sessions set used_on = used_on - 1")
	require.NoError(t, b.submits("new.example"), "on the next day")
	assert.Equal(t, `{"analyses": 1}`,
		pgtest.One[string](t, b.db, "select used::text from onboarding_sessions where user_id = $1", b.user))
}

// A user who deletes the account and starts again keeps the quota used today.
func TestDeletedAccountsQuotas(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.submit.Limits = onboarding.Limits{AnalysesPerDay: 2, ChangesPerDay: 9}
	require.NoError(t, b.submits("one.example"))
	require.NoError(t, b.submit.DeleteAccount(t.Context(), b.user))
	require.NoError(t, b.submits("two.example"))
	require.NoError(t, b.submit.DeleteAccount(t.Context(), b.user))
	limited(t, b.submits("three.example"))
	for range 7 {
		require.NoError(t, b.submit.NoteFinish(t.Context(), b.user))
	}
	limited(t, b.submit.NoteFinish(t.Context(), b.user))
	require.NoError(t, b.submit.DeleteAccount(t.Context(), b.user), "always")
	limited(t, b.submit.NoteFinish(t.Context(), b.user))
	b.owner("update audit_log set at = at - interval '1 day'")
	b.db.Exec(t, "delete from onboarding_sessions")
	require.NoError(t, b.submits("four.example"))
}

// Changes are counted by the day, those by workers included.
func TestChangesOfADay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.submit.Limits = onboarding.Limits{ChangesPerDay: 3}
	b.end(b.website("example.com"), robots) // two of them
	require.NoError(t, b.submit.NoteFinish(t.Context(), b.user))
	limited(t, b.submit.NoteFinish(t.Context(), b.user))
	b.db.Exec(t, "update onboarding_sessions set updated_at = updated_at - interval '1 day'")
	for range 3 {
		require.NoError(t, b.submit.NoteFinish(t.Context(), b.user))
	}
	limited(t, b.submit.NoteFinish(t.Context(), b.user))
	assert.EqualValues(t, 6, b.session().Version)
}
