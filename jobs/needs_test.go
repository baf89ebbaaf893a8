package jobs

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// What the domain says of a step's needs and what a submission is refused for are the same,
// even where rows contradict each other.
func TestSubmissionsNeedWhatTheDomainSays(t *testing.T) {
	t.Parallel()
	base := setup(t)
	for name, test := range map[string]struct {
		begin func(b *bundle)
		sql   string
		code  string // of the conflict, "" for none
	}{
		"nothing submitted": {begin: func(*bundle) {}, code: "analysis_missing"},
		"running":           {begin: func(b *bundle) { b.website("example.com") }, code: "step_in_progress"},
		"failed": {
			begin: func(b *bundle) { b.end(b.website("example.com"), robots) },
			code:  "analysis_missing",
		},
		"completed":             {begin: func(b *bundle) { b.done(2) }},
		"running over a result": {begin: func(b *bundle) { b.done(2); b.website("example.org") }},
		"failed over a result":  {begin: func(b *bundle) { b.done(2); b.end(b.website("example.org"), robots) }},
		"reset":                 {begin: func(b *bundle) { b.done(2); b.reset(2) }, code: "analysis_missing"},
		"reset, and running": {
			begin: func(b *bundle) { b.done(2); b.reset(2); b.website("example.org") },
			code:  "step_in_progress",
		},
		"completed without a result": {
			begin: func(b *bundle) { b.done(2) },
			sql: "update onboarding_steps set result_submission_id = null where step = 2 and user_id = 'completed " +
				"without a result'",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := base.as(t, name)
			_ = b.session()
			test.begin(b)
			if test.sql != "" {
				b.owner(test.sql)
			}
			missing := onboarding.StepPersonalization.Missing(b.session().Steps)
			assert.Equal(t, test.code == "", len(missing) == 0)
			_, err := b.submit.GeneratePersonas(t.Context(), b.user, linkedin)
			if test.code == "" {
				require.NoError(t, err)
				return
			}
			var conflict *onboarding.ConflictError
			require.ErrorAs(t, err, &conflict)
			assert.Equal(t, test.code, conflict.Code)
			_, err = b.submit.GeneratePersonas(t.Context(), b.user,
				onboarding.PersonaInput{Platforms: linkedin.Platforms, Analysis: []byte(`{}`)})
			require.NoError(t, err, "an analysis that is sent needs no step")
		})
	}
}

func (b *bundle) reset(n onboarding.StepNumber) {
	b.t.Helper()
	require.NoError(b.t, b.submit.Reset(b.t.Context(), b.user, n))
}
