package jobs

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// requireAskedOnce checks that one call with the prompt was made and charged.
func (b *bundle) requireAskedOnce(models *scriptedModels, prompt string) {
	b.t.Helper()
	assert.Equal(b.t, 1, models.count(prompt), "calls")
	assert.Equal(b.t, 1, pgtest.One[int](b.t, b.db, "select count(*) from model_calls where prompt = $1", prompt), "charges")
	assert.Zero(b.t, pgtest.One[int](b.t, b.db, "select count(*) from checkpoints"), "they are deleted with the outcome")
}

func oneModel(context.Context, int, onboarding.Provider, string) (onboarding.Answer, error) {
	return answered("gpt"), nil
}

// A completion that the database refuses is repeated from the checkpoint: the model
// is not asked again.
func TestRepeatedCompletionAsksNobody(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]string{"conflict": "40001", "outage": "57P01", "refusal": "22000"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.saveKeys(t, openAI)
			b.owner(fmt.Sprintf(`create sequence hits; grant usage on sequence hits to public;
				create function refuse_once() returns trigger language plpgsql as $$ begin
					if nextval('hits') = 1 then raise exception 'not now' using errcode = '%s'; end if;
					return new;
				end $$;
				create trigger refuse_once before insert on website_analyses for each row execute function refuse_once()`, code))
			models := &scriptedModels{script: oneModel}
			cfg := b.config(onePage)
			cfg.Models = models
			b.start(cfg)
			submission := b.ended(b.website("example.com").ID)
			assert.Equal(t, onboarding.SubmissionCompleted, submission.Status)
			assert.Equal(t, "gpt", b.analysis().Style.Meta.Engine)
			var hits int
			require.NoError(t, b.db.App.QueryRow(t.Context(), "select nextval('hits')").Scan(&hits))
			assert.Equal(t, 3, hits, "the completion was tried twice")
			b.requireAskedOnce(models, "analysis")
		})
	}
}

// The worker is lost after the answer: its successor takes the answer from the
// checkpoint, and what the lost one returns is applied to nothing.
func TestLostWorkerAfterTheAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	models := &scriptedModels{script: oneModel}
	cfg := b.config(onePage)
	cfg.Models = models
	asked, replaced := make(chan struct{}), make(chan struct{})
	cfg.Analyzer.(*scripted).merging = func(calls int) {
		if calls == 1 {
			close(asked)
			<-replaced
		}
	}
	submission := b.website("example.com")
	b.start(cfg)
	<-asked
	b.loseJob(submission.JobID)
	close(replaced)
	ended := b.ended(submission.ID)
	assert.Equal(t, onboarding.SubmissionCompleted, ended.Status)
	assert.NotEqual(t, submission.JobID, ended.JobID)
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from step_events where status = 'completed' and step = 2"))
	b.requireAskedOnce(models, "analysis")
}

// loseJob makes a running job look as if its worker were dead, and replaces it.
func (b *bundle) loseJob(id int64) {
	b.t.Helper()
	b.db.Exec(b.t, "update river_job set attempted_at = now() - interval '1 minute', attempted_by = array['ghost'] where id = $1",
		id)
	require.NoError(b.t, b.sweeper().Tick(b.t.Context()))
	require.Equal(b.t, "discarded", b.jobState(id))
}

// A worker that is stopped just when the answer comes keeps it for the next.
func TestStoppedWorkerKeepsTheAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	b.done(2)
	asking := make(chan struct{})
	models := &scriptedModels{script: func(
		ctx context.Context, calls int, _ onboarding.Provider, prompt string,
	) (onboarding.Answer, error) {
		if prompt != "core" {
			return answered("gpt"), ctx.Err()
		}
		if calls == 1 {
			close(asking)
			<-ctx.Done()
		}
		return answered("gpt"), nil // it was on its way already
	}}
	first := b.config(onePage)
	first.Models, first.Grace = models, 10*time.Millisecond
	stop := b.start(first)
	submission := b.personas(linkedin)
	<-asking
	stop()
	require.Equal(t, onboarding.SubmissionInProgress, b.reload(submission).Status)
	second := b.config(onePage)
	second.Models = models
	b.start(second)
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(submission.ID).Status)
	b.requireAskedOnce(models, "core")
}
