package apitest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/voice"
	"github.com/alwrity/onboarding/jobs"
)

// Stubs stands in for the crawler, the engines and the model client of a worker: it reads one page of any
// website, except of those whose name begins with "gone".
type Stubs struct{}

// Crawl reads one page of any website, except of those whose name begins with "gone".
func (Stubs) Crawl(_ context.Context, crawl onboarding.Crawl) (onboarding.Site, error) {
	if strings.Contains(crawl.URL, "//gone") {
		return onboarding.Site{}, &onboarding.Failure{Code: onboarding.FailureHostNotFound, Subject: "gone.example"}
	}
	return onboarding.Site{URL: crawl.URL, Pages: []onboarding.Page{{URL: crawl.URL}}}, nil
}

// Analyze returns the analysis that every website gets.
func (Stubs) Analyze(_ context.Context, site onboarding.Site) (onboarding.Analysis, error) {
	analysis := someAnalysis()
	analysis.Crawl.URL, analysis.Measured.Words = site.URL, len(site.Pages)
	if site.Text != nil {
		analysis.Crawl.Content.MainContent = site.Pages[0].Text()
		analysis.Crawl.Warnings = nil
	}
	if strings.Contains(site.URL, "//voiced") {
		analysis.Measured.Voice = voice.Shared().Read("en", []voice.Page{{URL: site.URL, Blocks: []onboarding.Block{
			{Kind: onboarding.BlockParagraph, Text: VoicedText},
		}}}, nil)
	}
	return analysis, nil
}

// VoicedText is the text of the websites whose host begins with "voiced".
const VoicedText = `Bring the bike in, and we will look at it. You know the noise, we know the cause. It takes a day or
two, and you pay what we said. If it takes longer, we call you. If it can't be mended, we say so and you pay nothing.`

// Prompt asks for the analysis.
func (Stubs) Prompt(onboarding.Site, onboarding.Analysis) onboarding.Prompt {
	return onboarding.Prompt{Name: "analysis"}
}

// Merge refuses every answer.
func (Stubs) Merge(onboarding.Analysis, onboarding.Answer) (onboarding.Analysis, error) {
	return onboarding.Analysis{}, onboarding.ErrBadAnswer
}

// Core names the persona after what it was made from: the website, the tone and the
// business.
func (Stubs) Core(in onboarding.PersonaSources) onboarding.CorePersona {
	name := in.Website
	if tone := in.Analysis.Style.WritingStyle.Tone; tone != nil {
		name += " " + tone.Value
	}
	if in.Business != nil {
		name += " " + in.Business.BusinessDescription
	}
	core := onboarding.CorePersona{Identity: onboarding.PersonaIdentity{PersonaName: &name}}
	if in.Preferences != nil {
		var competitors []struct{ Domain string }
		_ = json.Unmarshal(in.Preferences.Findings["competitors"], &competitors) // not there: none
		for _, competitor := range competitors {
			core.LinguisticFingerprint.LexicalFeatures.AvoidWords = append(core.LinguisticFingerprint.LexicalFeatures.AvoidWords,
				competitor.Domain)
		}
	}
	return core
}

// CorePrompt asks for the core persona.
func (Stubs) CorePrompt(onboarding.PersonaSources, onboarding.CorePersona) onboarding.Prompt {
	return onboarding.Prompt{Name: "core"}
}

// MergeCore keeps the core persona.
func (Stubs) MergeCore(
	_ onboarding.PersonaSources, core onboarding.CorePersona, _ onboarding.Answer,
) (onboarding.CorePersona, error) {
	return core, nil
}

// Platform makes the persona of a platform, and panics for Substack.
func (Stubs) Platform(
	_ onboarding.PersonaSources, _ onboarding.CorePersona, name onboarding.Platform,
) (onboarding.PlatformPersona, error) {
	if name == onboarding.PlatformSubstack {
		panic("no persona of this platform") // a fault of one platform leaves it out
	}
	return onboarding.PlatformPersona{PlatformType: name}, nil
}

// PlatformPrompt asks for the persona of a platform.
func (Stubs) PlatformPrompt(
	onboarding.PersonaSources, onboarding.CorePersona, onboarding.PlatformPersona, onboarding.Platform,
) onboarding.Prompt {
	return onboarding.Prompt{Name: "platform"}
}

// MergePlatform keeps the persona.
func (Stubs) MergePlatform(
	_ onboarding.PersonaSources, _ onboarding.CorePersona, persona onboarding.PlatformPersona, _ onboarding.Platform,
	_ onboarding.Answer,
) (onboarding.PlatformPersona, []onboarding.Warning, error) {
	return persona, nil, nil
}

// Quality rates every persona alike.
func (Stubs) Quality(
	onboarding.PersonaSources, onboarding.CorePersona, map[onboarding.Platform]onboarding.PlatformPersona,
) onboarding.QualityMetrics {
	return onboarding.QualityMetrics{OverallScore: 80}
}

// Ask and Check are never called: nobody in these tests has a key that opens.
func (Stubs) Ask(context.Context, onboarding.Credential, onboarding.Prompt) (onboarding.Answer, error) {
	return onboarding.Answer{}, onboarding.ErrBadAnswer
}

// Check accepts every key.
func (Stubs) Check(context.Context, onboarding.Credential) error { return nil }

// Fingerprint returns the text itself.
func (Stubs) Fingerprint(text []byte) string { return string(text) }

// Open opens no key.
func (Stubs) Open([]byte, string, string) ([]byte, error) { return nil, errors.New("no keys") }

// readText returns a page that holds the text.
func readText(input onboarding.WebsiteInput, _ time.Time) onboarding.Site {
	source := onboarding.TextSource{Sample: input.TextSample != "", Description: input.BusinessDescription}
	return onboarding.Site{Pages: []onboarding.Page{{Blocks: []onboarding.Block{{
		Kind: onboarding.BlockParagraph,
		Text: cmp.Or(input.TextSample, input.BusinessDescription),
	}}}}, Text: &source}
}

// buildInputs says which website the inputs are of.
func buildInputs(sources onboarding.Sources) onboarding.Inputs {
	if sources.Analysis == nil {
		return someDefaults()
	}
	return onboarding.Inputs{WebsiteAnalysis: onboarding.InputsWebsite{WebsiteURL: &sources.Analysis.Website}}
}

// someDefaults are the inputs of a user without an analysis.
func someDefaults() onboarding.Inputs {
	reason := "There is no website analysis yet."
	return onboarding.Inputs{IsDefault: true, DefaultReason: &reason}
}

// Work starts a real worker on the fixture's database and stops it with the test.
func (f *Fixture) Work() { f.WorkWith(func(*jobs.WorkerConfig) {}) }

// WorkWith starts a worker with the settings that set changes.
func (f *Fixture) WorkWith(set func(*jobs.WorkerConfig)) {
	f.T.Helper()
	config := jobs.WorkerConfig{
		Database: f.DB.Server, DatabaseConns: 6, InteractiveSlots: 4, NetworkSlots: 4, BulkSlots: 1, Grace: 5 * time.Second,
		Crawler: Stubs{}, ReadText: readText, Analyzer: Stubs{}, Personas: Stubs{}, BuildInputs: buildInputs, Models: Stubs{},
		Keys:     Stubs{},
		Registry: prometheus.NewRegistry(), Log: slog.New(slog.DiscardHandler),
	}
	set(&config)
	worker, err := jobs.NewWorker(f.T.Context(), config)
	require.NoError(f.T, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- worker.Run(ctx) }()
	f.T.Cleanup(func() {
		cancel()
		require.NoError(f.T, <-done, "stop the worker")
	})
}

// NewWithWorker serves with a worker.
func NewWithWorker(t testing.TB) *Fixture {
	t.Helper()
	f := New(t)
	f.Work()
	return f
}

// OK sends a request of ada that must be answered with 200, and returns the answer.
func (f *Fixture) OK(method, path, body string) map[string]any {
	f.T.Helper()
	r := f.As("ada", method, path, body)
	require.Equal(f.T, 200, r.Status, "%s", r.Body)
	return r.Object(f.T)
}
