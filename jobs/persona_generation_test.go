package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

var (
	errBoom     = errors.New("boom")
	fourToWrite = onboarding.PersonaInput{Platforms: onboarding.Platforms()[:4]}
	// As many calls as a provider is asked at once before it has answered.
	eightToWrite = onboarding.PersonaInput{Platforms: onboarding.Platforms()[:8]}
)

func (b *bundle) personaStep() onboarding.Step {
	b.t.Helper()
	return b.session().Step(onboarding.StepPersonalization)
}

func (b *bundle) storedPersonas() onboarding.StoredPersonas {
	b.t.Helper()
	personas, err := postgres.Personas(b.t.Context(), b.db.App, b.user)
	require.NoError(b.t, err)
	return personas
}

func TestPersonasNeedAnAnalysis(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.submit.GeneratePersonas(t.Context(), b.user, linkedin)
	requireConflict(t, err, "analysis_missing")
	b.website("example.com")
	_, err = b.submit.GeneratePersonas(t.Context(), b.user, linkedin)
	requireConflict(t, err, "step_in_progress")
	var conflict *onboarding.ConflictError
	require.ErrorAs(t, err, &conflict)
	assert.Positive(t, conflict.RetryAfter)
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from submissions where step = 4"))
	assert.Equal(t, onboarding.StepPending, b.personaStep().Status)
}

// An analysis that is gone when the work begins fails the step with what to do.
func TestAnalysisGoneMeanwhile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2)
	submission := b.personas(linkedin)
	mustReset(b)
	b.worker(onePage)
	assert.Equal(t, onboarding.FailureAnalysisMissing, b.ended(submission.ID).FailureCode)
	assert.Contains(t, b.personaStep().FailureMessage, "step 2")
}

// An analysis that was sent is enough, and is used for this generation only.
func TestSentAnalysisIsEnough(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(onePage)
	submission := b.personas(onboarding.PersonaInput{
		Platforms: []onboarding.Platform{onboarding.PlatformBlog}, Analysis: []byte(`{"writing_style": {"tone": "warm"}}`),
	})
	submission = b.ended(submission.ID)
	assert.Equal(t, onboarding.SubmissionCompleted, submission.Status, submission.FailureMessage)
	personas := b.storedPersonas()
	assert.Equal(t, submission.ID, personas.SubmissionID)
	assert.Equal(t, []onboarding.Platform{onboarding.PlatformBlog}, personas.Selected)
	assert.Contains(t, personas.Platforms, onboarding.PlatformBlog)
	assert.Equal(t, "local", personas.Engine)
	assert.Empty(t, personas.Warnings)
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from website_analyses"))
	assert.False(t, b.websiteStep().Done())
}

// All platforms are made at once: each model call waits until all have begun.
func TestPlatformsAreMadeAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	b.done(2)
	var all sync.WaitGroup
	all.Add(len(eightToWrite.Platforms))
	models := &scriptedModels{script: func(
		ctx context.Context, _ int, _ onboarding.Provider, prompt string,
	) (onboarding.Answer, error) {
		if prompt == "core" {
			return answered("gpt"), nil
		}
		all.Done()
		begun := make(chan struct{})
		go func() { all.Wait(); close(begun) }()
		select {
		case <-begun:
			return answered("gpt"), nil
		case <-ctx.Done():
			return onboarding.Answer{}, ctx.Err()
		}
	}}
	cfg := b.config(onePage)
	cfg.Models = models
	b.start(cfg)
	submission := b.ended(b.personas(eightToWrite).ID)
	require.Equal(t, onboarding.SubmissionCompleted, submission.Status)
	personas := b.storedPersonas()
	assert.Len(t, personas.Platforms, len(eightToWrite.Platforms))
	assert.Equal(t, "gpt", personas.Engine)
	assert.Equal(t, 1+len(eightToWrite.Platforms), pgtest.One[int](b.t, b.db, "select count(*) from model_calls"))
	for i, message := range pgtest.One[[]string](b.t, b.db,
		"select array_agg(message order by seq) from step_events where phase = 'platform_personas'") {
		assert.Contains(t, message, fmt.Sprintf("%d of %d done", i, len(eightToWrite.Platforms)),
			"they are counted one after the other")
	}
}

// The worker is lost after two of four platforms: its successor makes the other two.
func TestLostWorkerBetweenPlatforms(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	b.done(2)
	slow := "platform_" + string(fourToWrite.Platforms[2]) + " platform_" + string(fourToWrite.Platforms[3])
	models := &scriptedModels{script: func(ctx context.Context, calls int, _ onboarding.Provider, prompt string) (onboarding.Answer, error) {
		if calls == 1 && strings.Contains(slow, prompt) {
			<-ctx.Done()
			return onboarding.Answer{}, ctx.Err()
		}
		return answered("gpt"), nil
	}}
	cfg := b.config(onePage)
	cfg.Models = models
	b.start(cfg)
	submission := b.personas(fourToWrite)
	require.Eventually(t, func() bool {
		return pgtest.One[int](b.t, b.db, "select count(*) from checkpoints where name like 'platform/%'") == 2 &&
			models.count("platform_"+string(fourToWrite.Platforms[2]))+
				models.count("platform_"+string(fourToWrite.Platforms[3])) == 2
	}, 10*time.Second, 10*time.Millisecond)
	before := b.personaStep().Progress.At()
	b.loseJob(submission.JobID)
	ended := b.ended(submission.ID)
	require.Equal(t, onboarding.SubmissionCompleted, ended.Status)
	assert.NotEqual(t, submission.JobID, ended.JobID)
	assert.Equal(t, 1, models.count("core"))
	for i, name := range fourToWrite.Platforms {
		assert.Equal(t, 1+i/2, models.count("platform_"+string(name)), name)
		assert.Equal(t, 1+i/2, cfg.Personas.(*scriptedPersonas).count(name), name)
	}
	assert.Equal(t, 5, pgtest.One[int](b.t, b.db, "select count(*) from model_calls"), "nothing is charged twice")
	assert.Len(t, b.storedPersonas().Platforms, 4)
	assert.GreaterOrEqual(t, pgtest.One[float64](b.t, b.db, "select min(progress) from step_events where phase = 'recovering'"), before)
	assert.Contains(t, pgtest.One[string](b.t, b.db, `select message from step_events
		where seq = 1 + (select max(seq) from step_events where phase = 'recovering')`), "2 of 4 done", "where it goes on")
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from checkpoints"))
}

// One platform that waits does not keep the others from being made, once each.
func TestOnePlatformIsRateLimited(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	b.done(2)
	models := &scriptedModels{script: func(
		_ context.Context, calls int, _ onboarding.Provider, prompt string,
	) (onboarding.Answer, error) {
		if prompt == "platform_facebook" && calls == 1 {
			return onboarding.Answer{}, &onboarding.RateLimitError{RetryAfter: 50 * time.Millisecond, Subject: "OpenAI"}
		}
		return answered("gpt"), nil
	}}
	cfg := b.config(onePage)
	cfg.Models = models
	b.start(cfg)
	submission := b.ended(b.personas(fourToWrite).ID)
	require.Equal(t, onboarding.SubmissionCompleted, submission.Status)
	assert.Equal(t, leastSnooze, submission.Snoozed)
	assert.Equal(t, 5, pgtest.One[int](b.t, b.db, "select count(*) from model_calls"))
	assert.Equal(t, 2, models.count("platform_facebook"))
	assert.Empty(t, b.storedPersonas().Warnings)
}

// failPlatforms runs a generation for four platforms at the given attempt, of which
// those fail that fail says.
func (b *bundle) failPlatforms(
	attempt int, fail func(name onboarding.Platform, calls int) error,
) (onboarding.Submission, *scriptedPersonas) {
	b.t.Helper()
	b.done(2)
	submission := b.personas(fourToWrite)
	b.db.Exec(b.t, "update river_job set args = args || jsonb_build_object('attempts_used', $2::int) where id = $1",
		submission.JobID, attempt-1)
	cfg := b.config(onePage)
	personas := cfg.Personas.(*scriptedPersonas)
	personas.fail = fail
	b.start(cfg)
	return b.ended(submission.ID), personas
}

// A platform that can't be made is a warning: at once if it panics, else when trying
// again has not helped.
func TestOnePlatformFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		attempt int
		fail    func()
	}{
		"an error at the last attempt": {attemptBudget, func() {}},
		"a panic":                      {1, func() { panic("boom") }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			submission, _ := b.failPlatforms(test.attempt, func(name onboarding.Platform, _ int) error {
				if name != onboarding.PlatformFacebook {
					return nil
				}
				test.fail()
				return errBoom
			})
			require.Equal(t, onboarding.SubmissionCompleted, submission.Status)
			assert.Equal(t, onboarding.StepCompleted, b.personaStep().Status)
			personas := b.storedPersonas()
			assert.Len(t, personas.Platforms, 3)
			assert.NotContains(t, personas.Platforms, onboarding.PlatformFacebook)
			assert.Equal(t, fourToWrite.Platforms, personas.Selected)
			assert.Equal(t, []onboarding.Warning{{
				Code:    "platform_failed",
				Message: "The persona for facebook could not be made.",
			}}, personas.Warnings)
		})
	}
}

// An error before the last attempt is tried again, for that platform only.
func TestFailedPlatformIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission, personas := b.failPlatforms(1, func(name onboarding.Platform, calls int) error {
		if name == onboarding.PlatformFacebook && calls == 1 {
			return errBoom
		}
		return nil
	})
	require.Equal(t, onboarding.SubmissionCompleted, submission.Status)
	for _, name := range fourToWrite.Platforms {
		want := 1
		if name == onboarding.PlatformFacebook {
			want = 2
		}
		assert.Equal(t, want, personas.count(name), name)
	}
	assert.Empty(t, b.storedPersonas().Warnings)
}

func TestAllPlatformsFail(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission, _ := b.failPlatforms(attemptBudget, func(onboarding.Platform, int) error { return errBoom })
	assert.Equal(t, onboarding.SubmissionFailed, submission.Status)
	assert.Equal(t, onboarding.FailureNoPersona, submission.FailureCode)
	step := b.personaStep()
	assert.Equal(t, onboarding.StepFailed, step.Status)
	assert.Equal(t, onboarding.FailureNoPersona, step.FailureCode)
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from persona_data"))
}

// A key that is refused for one platform fails the step, whatever the others do.
func TestRefusedKeyFailsTheGeneration(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	b.done(2)
	cfg := b.config(onePage)
	cfg.Models = &scriptedModels{script: func(
		_ context.Context, _ int, _ onboarding.Provider, prompt string,
	) (onboarding.Answer, error) {
		if prompt == "platform_blog" {
			return onboarding.Answer{}, &onboarding.Failure{Code: onboarding.FailureKeyRefused, Subject: "OpenAI"}
		}
		return onboarding.Answer{}, &onboarding.Failure{Code: onboarding.FailureProviderRejected, Subject: "OpenAI"}
	}}
	b.start(cfg)
	submission := b.ended(b.personas(fourToWrite).ID)
	assert.Equal(t, onboarding.FailureKeyRefused, submission.FailureCode)
	assert.Contains(t, b.personaStep().FailureMessage, "OpenAI")
	assert.Equal(t, onboarding.KeyRefused, b.key(openAI).Status)
}

// Clients show the work by its progress, which never goes back from event to event, and by
// words of its messages.
func TestGenerationTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2)
	b.worker(onePage)
	submission := b.personas(fourToWrite)
	require.Equal(t, submission.ID, b.personas(fourToWrite).ID, "the same is joined while it runs")
	b.ended(submission.ID)
	progress := pgtest.One[[]float64](b.t, b.db, "select array_agg(progress order by seq) from step_events where step = 4")
	assert.IsNonDecreasing(t, progress)
	assert.InDelta(t, 100, progress[len(progress)-1], 0)
	messages := pgtest.One[[]string](b.t, b.db, "select array_agg(message order by seq) from step_events where step = 4")
	said := 0
	for _, word := range []string{"initializing", "core persona", "platform", "quality", "completed"} {
		for said < len(messages) && !strings.Contains(strings.ToLower(messages[said]), word) {
			said++
		}
		require.Less(t, said, len(messages), "%q is said in its turn: %q", word, messages)
	}
	assert.NotEqual(t, submission.ID, b.personas(fourToWrite).ID, "after it ended it is made again")
}

// Of several waits the longest is kept: each provider has its time.
func TestTheLongestWaitDecides(t *testing.T) {
	t.Parallel()
	limited := func(wait time.Duration) error { return &onboarding.RateLimitError{RetryAfter: wait, Subject: "OpenAI"} }
	down := &onboarding.Failure{Code: onboarding.FailureProviderUnavailable}
	require.NoError(t, worst(nil))
	assert.Equal(t, limited(time.Minute),
		worst([]error{limited(time.Second), limited(time.Minute), limited(2 * time.Second)}))
	assert.Equal(t, limited(0), worst([]error{limited(time.Second), limited(0)}), "ten seconds when it is not said")
	assert.Equal(t, down, worst([]error{limited(time.Minute), down}))
}
