package onboarding_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestNormalizeURL(t *testing.T) {
	t.Parallel()
	tests := []struct{ raw, want string }{
		{"example.com", "https://example.com"},
		{"  Example.COM/  ", "https://example.com"},
		{"HTTP://example.com:80/", "http://example.com"},
		{"https://example.com:443", "https://example.com"},
		{"https://example.com:8443/a", "https://example.com:8443/a"},
		{"example.com:8080/shop", "https://example.com:8080/shop"},
		{"//example.com/a", "https://example.com/a"},
		{"https://example.com./a/#top", "https://example.com/a/"},
		{"https://example.com/?q=1", "https://example.com?q=1"},
		{"https://shop.technology", "https://shop.technology"},
		{"https://BÜCHER.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe"},
		{"https://xn--bcher-kva.example", "https://xn--bcher-kva.example"},
		{"http://①②⑦.0.0.1/", "http://127.0.0.1"},
		{"http://[::1]/", "http://[::1]"},
		{"http://[0:0:0::0:1]/", "http://[::1]"},
		{"http://b%C3%BCcher.example", "http://xn--bcher-kva.example"},
		{"http://my_shop.example.com", "http://my_shop.example.com"},
		{"http://r3---sn-a.example.com", "http://r3---sn-a.example.com"},
		{"http://localhost:3000/", "http://localhost:3000"},
		{"https://example.com/a/", "https://example.com/a/"},
	}
	for _, test := range tests {
		t.Run(test.raw, func(t *testing.T) {
			t.Parallel()
			got, err := onboarding.NormalizeURL(test.raw)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
			again, err := onboarding.NormalizeURL(got)
			require.NoError(t, err)
			assert.Equal(t, got, again, "normalising twice changes nothing")
		})
	}
}

func TestNormalizeURLRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ raw, code string }{
		{"", "required"},
		{"   ", "required"},
		{"https://" + strings.Repeat("a", 2050), "too_long"},
		{"not a website", "invalid_url"},
		{"https://", "invalid_url"},
		{"https:///path", "invalid_url"},
		{"http://exa mple.com", "invalid_url"},
		{"https://example.com\n", "required-not"},
		{"https://exam\x00ple.com", "invalid_url"},
		{"https://exam\xffple.com", "invalid_url"},
		{"https://ex..ample.com", "invalid_url"},
		{"0000000AA%AAAAA0", "invalid_url"}, // not UTF-8 once it is decoded
		{"https://a%ff.example", "invalid_url"},
		{"https://a\u0385.example", "invalid_url"}, // is mapped to a name with a space
		{"\ufe38", "invalid_url"},                  // is mapped to a brace
		{"http://[fe80::1%25eth0]/", "invalid_url"},
		{"https://example.com:99999", "invalid_url"},
		{"https://example.com/" + strings.Repeat("é", 700), "too_long"},
		{"http://[::1", "invalid_url"},
		{"file:///etc/passwd", "unsupported_scheme"},
		{"javascript:alert(1)", "unsupported_scheme"},
		{"data:text/html,hi", "unsupported_scheme"},
		{"ftp://example.com", "unsupported_scheme"},
		{"mailto:ann@example.com", "unsupported_scheme"},
		{"https://ann:secret@example.com", "userinfo_in_url"},
		{"ann@example.com", "userinfo_in_url"},
	}
	for _, test := range tests {
		t.Run(test.raw, func(t *testing.T) {
			t.Parallel()
			if test.code == "required-not" { // surrounding white space is forgiven
				_, err := onboarding.NormalizeURL(test.raw)
				require.NoError(t, err)
				return
			}
			_, err := onboarding.NormalizeURL(test.raw)
			var input *onboarding.InputError
			require.ErrorAs(t, err, &input)
			assert.Equal(t, test.code, input.Code)
			assert.Equal(t, "website", input.Field)
			assert.NotContains(t, input.Reason, "secret")
		})
	}
}

func TestStepMachine(t *testing.T) {
	t.Parallel()
	all := []onboarding.StepStatus{
		onboarding.StepPending, onboarding.StepInProgress, onboarding.StepCompleted, onboarding.StepSkipped,
		onboarding.StepFailed,
	}
	for _, from := range all {
		assert.True(t, from.CanBecome(onboarding.StepPending), "%s → pending by reset", from)
		assert.True(t, from.CanBecome(onboarding.StepInProgress), "%s → in_progress by a submission", from)
	}
	assert.True(t, onboarding.StepInProgress.CanBecome(onboarding.StepFailed))
	for _, from := range []onboarding.StepStatus{
		onboarding.StepPending, onboarding.StepCompleted,
		onboarding.StepSkipped,
	} {
		assert.False(t, from.CanBecome(onboarding.StepFailed), "%s → failed: only running work fails", from)
	}
	assert.False(t, onboarding.StepInProgress.CanBecome(onboarding.StepSkipped))
}

func TestTableOfSteps(t *testing.T) {
	t.Parallel()
	assert.Equal(t, onboarding.StepNumber(onboarding.StepCount), onboarding.StepFinish, "the last step finishes")
	for n := onboarding.StepNumber(1); n.Valid(); n++ {
		info := n.Info()
		assert.Equal(t, n, info.Number, "the rows stand in the order of their numbers")
		assert.NotEmpty(t, info.Title, n)
		assert.Regexp(t, `^[A-Z].*\.$`, info.Description, n)
		assert.False(t, n.Skippable() && n.Queued(), "step %d: what is skipped holds no result", n)
	}
	assert.Equal(t, "2, 3 and 4", onboarding.ListSteps(onboarding.StepNumber.Required))
	assert.Equal(t, "1, 3 and 5", onboarding.ListSteps(onboarding.StepNumber.Skippable))
	assert.Equal(t, "2 and 4", onboarding.ListSteps(onboarding.StepNumber.Queued))
	assert.Empty(t, onboarding.ListSteps(func(onboarding.StepNumber) bool { return false }))
	assert.Equal(t, "2 (Website Analysis)", onboarding.StepWebsite.Label())
}

// A step is done when it is completed, skipped, or holds a result that no reset has
// cleared; nothing else decides what a later step misses.
func TestWhatAStepNeeds(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	for name, test := range map[string]struct {
		step onboarding.Step
		done bool
	}{
		"pending":                   {onboarding.Step{Status: onboarding.StepPending}, false},
		"running":                   {onboarding.Step{Status: onboarding.StepInProgress}, false},
		"failed":                    {onboarding.Step{Status: onboarding.StepFailed}, false},
		"completed":                 {onboarding.Step{Status: onboarding.StepCompleted}, true},
		"skipped":                   {onboarding.Step{Status: onboarding.StepSkipped}, true},
		"running again over a held": {onboarding.Step{Status: onboarding.StepInProgress, ResultSubmissionID: &id}, true},
		"failed over a held":        {onboarding.Step{Status: onboarding.StepFailed, ResultSubmissionID: &id}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var session onboarding.Session
			for i := range session.Steps {
				step := test.step
				step.Number = onboarding.StepNumber(i + 1)
				session.Steps[i] = step
			}
			assert.Equal(t, test.done, test.step.Done())
			assert.Equal(t, test.done, session.CanFinish())
			for n, needed := range map[onboarding.StepNumber][]onboarding.StepNumber{
				onboarding.StepProviders: nil, onboarding.StepWebsite: nil, onboarding.StepResearch: nil,
				onboarding.StepIntegrations:    nil,
				onboarding.StepPersonalization: {2}, onboarding.StepFinish: {2, 3, 4},
			} {
				var missing []onboarding.StepNumber
				for _, step := range n.Missing(session.Steps) {
					missing = append(missing, step.Number)
				}
				if test.done {
					needed = nil
				}
				assert.Equal(t, needed, missing, "step %d", n)
			}
		})
	}
}

func TestSessionCounts(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	tests := []struct {
		name          string
		steps         map[onboarding.StepNumber]onboarding.Step
		current, next onboarding.StepNumber
		completion    int
	}{
		{name: "new", current: 1, next: 1},
		{name: "a gap", steps: map[onboarding.StepNumber]onboarding.Step{
			2: {Status: onboarding.StepCompleted}, 4: {Status: onboarding.StepSkipped},
		}, current: 4, next: 1, completion: 33},
		{name: "a held result counts while newer work runs " +
			"or after it failed", steps: map[onboarding.StepNumber]onboarding.Step{
			1: {Status: onboarding.StepInProgress, ResultSubmissionID: &id},
			2: {Status: onboarding.StepFailed, ResultSubmissionID: &id},
			3: {Status: onboarding.StepFailed},
		}, current: 2, next: 3, completion: 33},
		{name: "all", steps: map[onboarding.StepNumber]onboarding.Step{
			1: {Status: onboarding.StepSkipped}, 2: {Status: onboarding.StepCompleted}, 3: {Status: onboarding.StepCompleted},
			4: {Status: onboarding.StepCompleted}, 5: {Status: onboarding.StepSkipped}, 6: {Status: onboarding.StepCompleted},
		}, current: 6, next: 0, completion: 100},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var session onboarding.Session
			for n := range session.Steps {
				session.Steps[n] = onboarding.Step{Number: onboarding.StepNumber(n + 1), Status: onboarding.StepPending}
			}
			for n, step := range test.steps {
				session.Steps[n-1] = step
			}
			assert.Equal(t, test.current, session.CurrentStep())
			assert.Equal(t, test.next, session.NextStep())
			assert.Equal(t, test.completion, session.CompletionPercentage())
		})
	}
}

// Progress grows from poll to poll, two seconds apart, through every phase, a
// retry and the longest wait, and never reaches what has not begun.
func TestProgressGrows(t *testing.T) {
	t.Parallel()
	last := -1.0
	poll := func(p onboarding.Progress, polls int) onboarding.Progress {
		for range polls {
			p.Elapsed += 2 * time.Second
			now := p.At()
			require.Greater(t, now, last, "%s after %s", p.Phase, p.Elapsed)
			require.Less(t, now, p.Ceiling)
			last = now
		}
		return p
	}
	p := onboarding.Progress{Ceiling: onboarding.PhaseQueued.To, Phase: onboarding.PhaseQueued.Name}
	p = poll(p, 300) // ten minutes in the queue
	p = poll(p.Enter(onboarding.PhaseCrawling), 3)
	for done := 1; done <= 4; done++ {
		p = poll(p.Enter(onboarding.CrawlPhase(done, 10)), 10)
	}
	p.Phase = onboarding.PhaseRateLimited.Name
	p = poll(p, 90)                                // three minutes more in the same phase
	p = poll(p.Enter(onboarding.PhaseCrawling), 5) // repeated after the wait
	p = poll(p.Enter(onboarding.CrawlPhase(10, 10)), 1)
	p = poll(p.Enter(onboarding.PhaseAnalyzing), 10)
	require.Less(t, last, 100.0)
}

func TestProgressHasTwoDecimals(t *testing.T) {
	t.Parallel()
	p := onboarding.Progress{Value: 20, Ceiling: 75}
	for _, test := range []struct {
		elapsed time.Duration
		want    float64
	}{{0, 20}, {15 * time.Second, 36.6}, {time.Hour, 74.86}, {1000 * time.Hour, 74.99}, {-time.Second, 20}} {
		p.Elapsed = test.elapsed
		assert.InDelta(t, test.want, p.At(), 1e-9, "after %s", test.elapsed)
	}
	assert.InDelta(t, 42.5, onboarding.Progress{Value: 42.5, Ceiling: 42.5, Elapsed: time.Hour}.At(), 1e-9,
		"an ended phase stands still")
}

// Every code has a sentence that tells the user what to do, and names the subject
// where it is about one.
func TestFailureSentences(t *testing.T) {
	t.Parallel()
	codes := onboarding.FailureCodes()
	require.Len(t, codes, 32)
	for code, template := range codes {
		failure := onboarding.Failure{Code: code, Subject: "example.com"}
		sentence := failure.Sentence()
		assert.NotContains(t, sentence, "{}")
		assert.Equal(t, strings.Contains(template, "{}"), strings.Contains(sentence, "example.com"), code)
		assert.True(t, strings.HasSuffix(sentence, "."), code)
		assert.GreaterOrEqual(t, strings.Count(sentence, ".")+
			strings.Count(sentence, ";"), 2, "%s says what happened and what to do", code)
	}
	unknown := onboarding.Failure{Code: "unheard_of"}
	assert.Equal(t, (&onboarding.Failure{Code: onboarding.FailureInternal}).Sentence(), unknown.Sentence())
	assert.False(t, unknown.Temporary())
}

func TestListIsNeverNull(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		list onboarding.List
		want string
	}{{nil, "[]"}, {onboarding.List{}, "[]"}, {onboarding.List{"a"}, `["a"]`}} {
		got, err := test.list.MarshalJSON()
		require.NoError(t, err)
		assert.JSONEq(t, test.want, string(got))
	}
}
