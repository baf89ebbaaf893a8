package jobs

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/upstream"
)

const (
	openAI    = onboarding.ProviderOpenAI
	anthropic = onboarding.ProviderAnthropic
)

// providers are models of which each returns its errors one after the other and then
// answers. They remember who was asked.
type providers struct {
	scriptedModels
	errs  map[onboarding.Provider][]error
	mu    sync.Mutex
	asked []onboarding.Provider
}

func (p *providers) Ask(
	_ context.Context, credential onboarding.Credential, _ onboarding.Prompt,
) (onboarding.Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	provider := credential.Provider
	p.asked = append(p.asked, provider)
	errs := p.errs[provider]
	if len(errs) == 0 {
		return answered(string(provider)), nil
	}
	p.errs[provider] = errs[1:]
	if errors.Is(errs[0], onboarding.ErrBadAnswer) { // it is charged all the same
		return answered(string(provider)), errs[0]
	}
	return onboarding.Answer{}, errs[0]
}

// brokenKeys can't open the keys of OpenAI.
type brokenKeys struct{ plainKeys }

func (k brokenKeys) Open(sealed []byte, user, provider string) ([]byte, error) {
	if provider == string(openAI) {
		return nil, errors.New("unknown key id")
	}
	return k.plainKeys.Open(sealed, user, provider)
}

func onePage(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
	return keepAll(ctx, crawl, 1)
}

func (b *bundle) analysis() onboarding.Analysis {
	b.t.Helper()
	stored, err := postgres.LatestAnalysis(b.t.Context(), b.db.App, b.user)
	require.NoError(b.t, err)
	return stored.Analysis
}

func codes(warnings []onboarding.Warning) []string {
	list := []string{}
	for _, warning := range warnings {
		list = append(list, warning.Code)
	}
	return list
}

// The chain of providers: who is asked in which order, whose answer stands, what the
// user is told, and what was charged.
func TestModelChain(t *testing.T) {
	t.Parallel()
	bad := onboarding.ErrBadAnswer
	failure := func(code onboarding.FailureCode, subject string) error {
		return &onboarding.Failure{Code: code, Subject: subject}
	}
	down := failure(onboarding.FailureProviderUnavailable, "OpenAI")
	limited := func(wait time.Duration) error { return &onboarding.RateLimitError{RetryAfter: wait, Subject: "OpenAI"} }
	inOrder := []onboarding.Provider{openAI, anthropic}
	passed, local := "provider_passed_over", "local_engine"
	tests := map[string]struct {
		keys []onboarding.Provider
		errs map[onboarding.Provider][]error
		// attempts and snoozed are what was used up before.
		attempts int
		snoozed  time.Duration
		broken   bool // OpenAI's key can't be opened

		asked    []onboarding.Provider
		engine   string
		warnings []string
		says     string // the first warning
		charged  int
		runs     int // 0 for one
	}{
		"no key":       {},
		"no model key": {keys: []onboarding.Provider{exa}},
		"an answer":    {keys: inOrder, asked: []onboarding.Provider{openAI}, engine: "openai", charged: 1},
		"bad once": {
			keys: inOrder, errs: map[onboarding.Provider][]error{openAI: {bad}},
			asked: []onboarding.Provider{openAI, openAI}, engine: "openai", charged: 2,
		},
		"bad twice": {
			keys: inOrder, errs: map[onboarding.Provider][]error{openAI: {bad, bad}},
			asked: []onboarding.Provider{openAI, openAI, anthropic}, engine: "anthropic",
			warnings: []string{passed}, says: "OpenAI gave no usable answer.", charged: 3,
		},
		"all bad": {
			keys: inOrder, errs: map[onboarding.Provider][]error{openAI: {bad, bad}, anthropic: {bad, bad}},
			asked:    []onboarding.Provider{openAI, openAI, anthropic, anthropic},
			warnings: []string{passed, passed, local}, charged: 4,
		},
		"rejected": {
			keys:  inOrder,
			errs:  map[onboarding.Provider][]error{openAI: {failure(onboarding.FailureProviderRejected, "OpenAI")}},
			asked: inOrder, engine: "anthropic", warnings: []string{passed}, says: "OpenAI rejected the request.", charged: 1,
		},
		"known to be down": {
			keys: inOrder,
			errs: map[onboarding.Provider][]error{openAI: {&onboarding.Failure{
				Code: onboarding.FailureProviderUnavailable, Subject: "OpenAI", Err: upstream.ErrDown,
			}}},
			asked: inOrder, engine: "anthropic", warnings: []string{passed}, charged: 1,
			says: "OpenAI could not be reached lately, so it was not asked; it is tried again in a few minutes.",
		},
		"no credit": {
			keys:  inOrder[:1],
			errs:  map[onboarding.Provider][]error{openAI: {failure(onboarding.FailureProviderQuota, "OpenAI")}},
			asked: inOrder[:1], warnings: []string{passed, local}, says: "Your account at OpenAI has no credit left.",
		},
		"rate limited": {
			keys:  inOrder,
			errs:  map[onboarding.Provider][]error{openAI: {limited(50 * time.Millisecond), limited(50 * time.Millisecond)}},
			asked: []onboarding.Provider{openAI, openAI, openAI}, engine: "openai", charged: 1, runs: 3,
		},
		"rate limited for too long in all": {
			keys: inOrder, errs: map[onboarding.Provider][]error{openAI: {limited(2 * time.Second)}},
			snoozed: snoozeBudget - time.Second,
			asked:   inOrder, engine: "anthropic", warnings: []string{passed}, says: "OpenAI is limiting requests.", charged: 1,
		},
		"rate limited for too long at once": {
			keys: inOrder[:1], errs: map[onboarding.Provider][]error{openAI: {limited(time.Hour)}},
			asked: inOrder[:1], warnings: []string{passed, local},
		},
		"bad twice, then the next is rate limited": {
			keys: inOrder,
			errs: map[onboarding.Provider][]error{
				openAI:    {bad, bad, bad, bad},
				anthropic: {limited(50 * time.Millisecond), limited(50 * time.Millisecond)},
			},
			asked: []onboarding.Provider{openAI, openAI, anthropic, anthropic, anthropic}, engine: "anthropic",
			warnings: []string{passed}, says: "OpenAI gave no usable answer.", charged: 3, runs: 3,
		},
		"bad once, then rate limited": {
			keys: inOrder[:1], errs: map[onboarding.Provider][]error{openAI: {bad, limited(50 * time.Millisecond), bad, bad}},
			asked: []onboarding.Provider{openAI, openAI, openAI}, warnings: []string{passed, local}, charged: 2, runs: 2,
		},
		"down for a moment": {
			keys: inOrder, errs: map[onboarding.Provider][]error{openAI: {down}},
			asked: []onboarding.Provider{openAI, openAI}, engine: "openai", charged: 1, runs: 2,
		},
		"down at the last attempt": {
			keys: inOrder, errs: map[onboarding.Provider][]error{openAI: {down}}, attempts: attemptBudget - 1,
			asked: inOrder, engine: "anthropic", warnings: []string{passed}, charged: 1,
		},
		"key can't be opened": {
			keys: inOrder, broken: true,
			asked: inOrder[1:], engine: "anthropic", warnings: []string{passed},
			says: "The stored key of OpenAI can't be opened.", charged: 1,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			if len(test.keys) > 0 {
				b.saveKeys(t, test.keys...)
			}
			models := &providers{errs: test.errs}
			cfg := b.config(onePage)
			cfg.Models = models
			if test.broken {
				cfg.Keys = brokenKeys{}
			}
			submission := b.website("example.com")
			b.db.Exec(b.t, `update river_job set args = args || jsonb_build_object('attempts_used', $2::int) where id = $1`,
				submission.JobID, test.attempts)
			b.db.Exec(b.t, "update submissions set snoozed_ms = $2 where id = $1", submission.ID, test.snoozed.Milliseconds())
			b.start(cfg)
			submission = b.ended(submission.ID)
			require.Equal(t, onboarding.SubmissionCompleted, submission.Status)

			assert.Equal(t, test.asked, models.asked)
			analysis := b.analysis()
			assert.Equal(t, test.engine, analysis.Style.Meta.Engine)
			assert.Equal(t, cmp.Or(test.engine, "local"), pgtest.One[string](b.t, b.db, "select provider from website_analyses"))
			assert.ElementsMatch(t, test.warnings, codes(analysis.Crawl.Warnings))
			if test.says != "" {
				assert.Contains(t, analysis.Crawl.Warnings[0].Message, test.says)
			}
			assert.Equal(t, test.charged, pgtest.One[int](b.t, b.db, "select count(*) from model_calls"))
			assert.Equal(t, max(test.runs, 1), pgtest.One[int](b.t, b.db, "select count(*) from step_events where phase = 'analyzing'"), "runs")
			asking := pgtest.One[int](b.t, b.db, "select count(*) from step_events where phase = 'asking_model'")
			assert.Equal(t, len(test.asked) > 0, asking > 0, "only who has a key is told that a model is asked")
		})
	}
}

// A refused key fails the step and names the provider; no other provider is asked,
// and the key is known to be refused.
func TestRefusedKeyFailsTheStep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI, anthropic)
	models := &providers{errs: map[onboarding.Provider][]error{
		openAI: {&onboarding.Failure{Code: onboarding.FailureKeyRefused, Subject: "OpenAI"}},
	}}
	cfg := b.config(onePage)
	cfg.Models = models
	b.start(cfg)
	submission := b.ended(b.website("example.com").ID)
	assert.Equal(t, onboarding.FailureKeyRefused, submission.FailureCode)
	assert.Contains(t, submission.FailureMessage, "OpenAI refused your API key")
	assert.Equal(t, onboarding.StepFailed, b.websiteStep().Status)
	assert.Equal(t, []onboarding.Provider{openAI}, models.asked)
	assert.Equal(t, onboarding.KeyRefused, b.key(openAI).Status)
	assert.Equal(t, onboarding.FailureKeyRefused, b.key(openAI).CheckCode)
	assert.Equal(t, onboarding.KeyUnchecked, b.key(anthropic).Status)
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from model_calls"))
}

// The time that a rate limit took is counted, uses up no attempt, and the user is
// told who asks to wait.
func TestModelRateLimitIsCounted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	cfg := b.config(onePage)
	cfg.Models = &providers{errs: map[onboarding.Provider][]error{
		openAI: {&onboarding.RateLimitError{RetryAfter: 40 * time.Millisecond, Subject: "OpenAI"}},
	}}
	b.start(cfg)
	submission := b.ended(b.website("example.com").ID)
	assert.Equal(t, onboarding.SubmissionCompleted, submission.Status)
	assert.Equal(t, leastSnooze, submission.Snoozed)
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select attempt from river_job where id = $1", submission.JobID))
	assert.Equal(t, 1,
		pgtest.One[int](b.t, b.db, "select count(*) from step_events where phase = 'rate_limited' and message like 'OpenAI asks us%'"))
}

// What a model writes is kept although PostgreSQL takes no NUL and no half of a
// surrogate pair; escaped backslashes are none.
func TestAnswerIsStorable(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	models := &scriptedModels{script: func(context.Context, int, onboarding.Provider, string) (onboarding.Answer, error) {
		answer := answered("g\x00pt\xff")
		answer.Value = []byte(`{"to\u0000ne": ["a\u0000b", "c\ud800", "d\\u0000", 12345678901234567890.5, null]}`)
		return answer, nil
	}}
	cfg := b.config(onePage)
	cfg.Models = models
	kept := make(chan string, 1)
	cfg.Analyzer.(*scripted).merging = func(int) {
		kept <- pgtest.One[string](b.t, b.db, "select document->'answer'->>'value' from checkpoints where name = 'analysis'")
	}
	b.start(cfg)
	require.Equal(t, onboarding.SubmissionCompleted, b.ended(b.website("example.com").ID).Status)
	assert.Equal(t, `{"tone": ["ab", "c�", "d\\u0000", 12345678901234567890.5, null]}`, <-kept)
	assert.Equal(t, "gpt\ufffd", b.analysis().Style.Meta.Engine)
	b.requireAskedOnce(models, "analysis")
}

// The charge of a call is stored as it was.
func TestChargeIsRecorded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	cfg := b.config(onePage)
	cfg.Models = &providers{}
	b.start(cfg)
	submission := b.ended(b.website("example.com").ID)
	assert.JSONEq(t, `{"submission_id": "`+submission.ID.String()+
		`", "user_id": "user_ann", "provider": "openai", "model": "openai",
		"prompt": "analysis", "input_tokens": 100, "cached_tokens": 0, "output_tokens": 10, "cost_micros": 7}`,
		pgtest.One[string](b.t, b.db, "select (to_jsonb(c) - 'id' - 'session_id' - 'at')::text from model_calls c"))
}
