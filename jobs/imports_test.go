package jobs

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

const postedTone = `{"writing_style": {"tone": "warm"}}`

// importAnalysis posts an analysis of example.com.
func (b *bundle) importAnalysis() onboarding.Submission {
	b.t.Helper()
	submission, err := b.submit.ImportAnalysis(b.t.Context(), b.user,
		onboarding.AnalysisImport{Website: "example.com", Analysis: []byte(postedTone)})
	require.NoError(b.t, err)
	return submission
}

// importPersonas posts personas, with quality if it is not "".
func (b *bundle) importPersonas(quality string) onboarding.Submission {
	b.t.Helper()
	personas := onboarding.Personas{
		Core: []byte(`{"identity": {"persona_name": "Ada", "posted": [1, 2]}}`),
		Platforms: map[onboarding.Platform]json.RawMessage{
			onboarding.PlatformBlog: []byte(`{"platform_type": "blog", "extra": null}`),
		},
		Selected: []onboarding.Platform{onboarding.PlatformBlog},
	}
	if quality != "" {
		personas.Quality = json.RawMessage(quality)
	}
	submission, err := b.submit.ImportPersonas(b.t.Context(), b.user, personas)
	require.NoError(b.t, err)
	return submission
}

// requireOneTransaction checks that a step, its submission and its result were
// written by the same transaction, whose time they bear, as the step event was.
func (b *bundle) requireOneTransaction(s onboarding.Submission, table string) {
	b.t.Helper()
	times := pgtest.One[int](b.t, b.db, `select count(distinct x.at) from (
		select finished_at as at from submissions where id = $1
		union all select completed_at from onboarding_steps where result_submission_id = $1
		union all select updated_at from `+table+` where submission_id = $1
		union all select created_at from submissions where kind = 'personalization_inputs') x`, s.ID)
	assert.Equal(b.t, 1, times)
	assert.Equal(b.t,
		1, pgtest.One[int](b.t, b.db, "select count(*) from step_events where submission_id = $1 and status = 'completed'", s.ID))
}

// A posted analysis is stored over what was measured of the same website, which stays.
func TestAnalysisImport(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		return keepAll(ctx, crawl, 3)
	})
	first := b.ended(b.website("example.com").ID)
	require.Equal(t, onboarding.SubmissionCompleted, first.Status)
	require.Equal(t, 3, b.analysis().Measured.Words)
	submission := b.ended(b.importAnalysis().ID)
	require.Equal(t, onboarding.SubmissionCompleted, submission.Status, submission.FailureMessage)

	analysis := b.analysis()
	require.NotNil(t, analysis.Style.WritingStyle.Tone)
	assert.Equal(t, "warm", analysis.Style.WritingStyle.Tone.Text())
	assert.Equal(t, 3, analysis.Measured.Words)
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from website_analyses"), "once for each website")
	assert.Equal(t, &submission.ID, b.websiteStep().ResultSubmissionID)
	assert.Equal(t, submission.ID, b.held().Analysis.SubmissionID)
	assert.Equal(t, "completed", b.jobState(submission.JobID))
}

func TestAnalysisImportOfAnUnknownWebsite(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.importAnalysis()
	b.worker(onePage)
	submission = b.ended(submission.ID)
	require.Equal(t, onboarding.SubmissionCompleted, submission.Status)
	analysis := b.analysis()
	assert.Equal(t, "client", analysis.Style.Meta.Engine)
	assert.Zero(t, analysis.Measured.Words)
	assert.Equal(t, onboarding.StepCompleted, b.websiteStep().Status)
	assert.Equal(t, "https://example.com", b.held().Analysis.Website)
	b.requireOneTransaction(submission, "website_analyses")
}

// An address that can't be one is refused; no address is fine.
func TestAnalysisImportAddress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.submit.ImportAnalysis(t.Context(), b.user,
		onboarding.AnalysisImport{Website: "ftp://example.com", Analysis: []byte(postedTone)})
	var input *onboarding.InputError
	require.ErrorAs(t, err, &input)
	submission, err := b.submit.ImportAnalysis(t.Context(), b.user,
		onboarding.AnalysisImport{Analysis: []byte(postedTone)})
	require.NoError(t, err)
	b.worker(onePage)
	require.Equal(t, onboarding.SubmissionCompleted, b.ended(submission.ID).Status)
	assert.Empty(t, b.held().Analysis.Website)
}

// Posted personas are stored as they are, and the quality that came with them.
func TestPersonaImport(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.importPersonas(`{"overall_score": 12.5, "posted": true}`)
	b.worker(onePage)
	submission = b.ended(submission.ID)
	require.Equal(t, onboarding.SubmissionCompleted, submission.Status, submission.FailureMessage)
	personas := b.storedPersonas()
	assert.JSONEq(t, `{"identity": {"persona_name": "Ada", "posted": [1, 2]}}`, string(personas.Core))
	assert.JSONEq(t, `{"platform_type": "blog", "extra": null}`, string(personas.Platforms[onboarding.PlatformBlog]))
	assert.JSONEq(t, `{"overall_score": 12.5, "posted": true}`, string(personas.Quality))
	assert.Equal(t, []onboarding.Platform{onboarding.PlatformBlog}, personas.Selected)
	assert.Equal(t, "client", personas.Engine)
	step := b.personaStep()
	assert.Equal(t, onboarding.StepCompleted, step.Status)
	assert.Equal(t, &submission.ID, step.ResultSubmissionID)
	assert.Equal(t, "completed", b.jobState(submission.JobID))
	b.requireOneTransaction(submission, "persona_data")
}

// A quality that was left out is assessed if there is an analysis to compare with.
func TestPersonaImportWithoutQuality(t *testing.T) {
	t.Parallel()
	for name, analysed := range map[string]bool{"with an analysis": true, "without an analysis": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			if analysed {
				b.done(2)
			}
			submission := b.importPersonas("")
			b.worker(onePage)
			require.Equal(t, onboarding.SubmissionCompleted, b.ended(submission.ID).Status)
			want := "null"
			if analysed {
				document, err := json.Marshal((&scriptedPersonas{}).Quality(onboarding.PersonaSources{},
					onboarding.CorePersona{}, nil))
				require.NoError(t, err)
				want = string(document)
			}
			assert.JSONEq(t, want, string(b.storedPersonas().Quality))
		})
	}
}

// Posted personas take the place of a generation that is running, whose worker is
// stopped and whose outcome is applied to nothing.
func TestPersonaImportSupersedes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	b.done(2)
	asking, stopped := make(chan struct{}), make(chan struct{})
	cfg := b.config(onePage)
	cfg.Models = &scriptedModels{script: func(
		ctx context.Context, _ int, _ onboarding.Provider, prompt string,
	) (onboarding.Answer, error) {
		if prompt == "core" {
			close(asking)
			<-ctx.Done()
			close(stopped)
		}
		return answered("gpt"), nil // as if it had not noticed
	}}
	b.start(cfg)
	generation := b.personas(linkedin)
	<-asking
	imported, began := b.importPersonas("null"), time.Now()
	<-stopped
	assert.Less(t, time.Since(began), 2*time.Second)
	require.Equal(t, onboarding.SubmissionCompleted, b.ended(imported.ID).Status)
	require.Eventually(t, func() bool { return b.jobState(generation.JobID) != "running" }, 5*time.Second,
		10*time.Millisecond)
	assert.Equal(t, onboarding.SubmissionSuperseded, b.reload(generation).Status)
	assert.Equal(t, imported.ID, b.storedPersonas().SubmissionID)
	assert.Equal(t, &imported.ID, b.personaStep().ResultSubmissionID)
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from checkpoints"))
}
