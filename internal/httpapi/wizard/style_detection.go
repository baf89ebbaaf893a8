package wizard

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/version"
)

// StyleDetectionRequest asks for an analysis of a website or, without one, of a text.
type StyleDetectionRequest struct {
	URL               string `json:"url,omitempty" nullable:"true" example:"https://example.com" doc:"The address of the website; a missing scheme means https, or http where there is none."`
	TextSample        string `json:"text_sample,omitempty" nullable:"true" doc:"A text of the user's own, 50 to 10,000 characters, to analyse in place of a website; ignored beside a url."`
	IncludePatterns   *bool  `json:"include_patterns,omitempty" nullable:"true" doc:"False leaves style_patterns null; true by default."`
	IncludeGuidelines *bool  `json:"include_guidelines,omitempty" nullable:"true" doc:"False leaves style_guidelines null; true by default."`
}

// StyleDetectionBody is the response. The parts are null unless success is true.
type StyleDetectionBody struct {
	Success         bool                                `json:"success" doc:"Whether the analysis is there."`
	CrawlResult     *Crawled                            `json:"crawl_result" doc:"What was read."`
	StyleAnalysis   *onboarding.StyleAnalysis[string]   `json:"style_analysis" doc:"How the website writes, for whom and to what end."`
	StylePatterns   *onboarding.StylePatterns[string]   `json:"style_patterns"`
	StyleGuidelines *onboarding.StyleGuidelines[string] `json:"style_guidelines"`
	SitemapAnalysis null                                `json:"sitemap_analysis" doc:"Always null: it is in crawl_result."`
	SearchFindings
	AnalysisID   *int64    `json:"analysis_id" doc:"The id of the stored analysis."`
	Version      *int      `json:"version" doc:"The number of this version, null without an analysis."`
	Proposal     bool      `json:"proposal" doc:"Whether it waits to be accepted, because the stored analysis of the website was edited, which counts until then: by the same analysis as step 2, or by restoring the version."`
	SubmissionID string    `json:"submission_id" format:"uuid" doc:"The piece of work that was queued or joined."`
	Error        *string   `json:"error" doc:"Why there is no analysis, in a sentence: it failed, was replaced or cancelled, or goes on longer than the call waits."`
	Warning      *string   `json:"warning" doc:"What could not be done as asked, in sentences."`
	Timestamp    time.Time `json:"timestamp" doc:"When the response was made."`
}

// null is written as null: clients read the field, this service has no value.
type null struct{}

// MarshalJSON writes null.
func (null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// Schema describes null.
func (null) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: "null"} }

// StyleRequest asks for an analysis of a text.
type StyleRequest struct {
	Content      StyleContent `json:"content"`
	AnalysisType string       `json:"analysis_type,omitempty" nullable:"true" example:"comprehensive" doc:"comprehensive (the default), patterns or guidelines: which parts the response has."`
}

// StyleContent is the text.
type StyleContent struct {
	MainContent string  `json:"main_content" doc:"50 to 10,000 characters."`
	Title       *string `json:"title,omitempty" nullable:"true" doc:"Accepted and ignored: the main content is analysed."`
	Description *string `json:"description,omitempty" nullable:"true" doc:"Accepted and ignored."`
}

// StyleBody is the response. The parts are null unless success is true.
type StyleBody struct {
	Success    bool                                `json:"success"`
	Analysis   *onboarding.StyleAnalysis[string]   `json:"analysis" doc:"With comprehensive only."`
	Patterns   *onboarding.StylePatterns[string]   `json:"patterns" doc:"With comprehensive and patterns."`
	Guidelines *onboarding.StyleGuidelines[string] `json:"guidelines" doc:"With comprehensive and guidelines."`
	Error      *string                             `json:"error" doc:"Why there is no analysis, in a sentence."`
	Timestamp  time.Time                           `json:"timestamp" doc:"When the response was made."`
}

// CrawlRequest asks for what is read of a website or a text.
type CrawlRequest struct {
	URL        string `json:"url,omitempty" nullable:"true" example:"https://example.com" doc:"The address of the website; a missing scheme means https, or http where there is none."`
	TextSample string `json:"text_sample,omitempty" nullable:"true" doc:"A text of 50 to 10,000 characters; ignored beside a url."`
}

// CrawlBody is the response. The parts are null unless success is true.
type CrawlBody struct {
	Success   bool                     `json:"success"`
	Content   *onboarding.CrawlContent `json:"content" doc:"What was read."`
	Metrics   *onboarding.Measurements `json:"metrics" doc:"What was measured in it."`
	Error     *string                  `json:"error" doc:"Why there is no content, in a sentence."`
	Timestamp time.Time                `json:"timestamp" doc:"When the response was made."`
}

func (h *Handlers) detectStyle(
	ctx context.Context, in *edge.BodyInput[StyleDetectionRequest],
) (*edge.Output[StyleDetectionBody], error) {
	input, err := websiteInput(in.Body.URL, in.Body.TextSample)
	if err != nil {
		return nil, err
	}
	made, err := h.analysed(ctx, input, "url")
	stored := made.stored
	body := StyleDetectionBody{
		Success: stored != nil, Proposal: made.proposal, SubmissionID: made.submission.ID.String(),
		Error: edge.OrNil(made.short), Timestamp: time.Now().UTC(),
		SearchFindings: SearchFindings{NullReasons: map[string]string{}},
	}
	if stored == nil {
		return edge.OK(body), err
	}
	crawled, found := searched(stored.Analysis.Crawl)
	body.AnalysisID, body.CrawlResult, body.StyleAnalysis = &stored.ID, &crawled, &stored.Analysis.Style
	body.SearchFindings = found
	body.Version, body.Warning = &stored.Version, warningsOf(&stored.Analysis)
	if included(in.Body.IncludePatterns) {
		body.StylePatterns = &stored.Analysis.Patterns
	}
	if included(in.Body.IncludeGuidelines) {
		body.StyleGuidelines = &stored.Analysis.Guidelines
	}
	return edge.OK(body), nil
}

// included reports whether an optional part is included, which is the default.
func included(include *bool) bool { return include == nil || *include }

func (h *Handlers) analyzeStyle(
	ctx context.Context, in *edge.BodyInput[StyleRequest],
) (*edge.Output[StyleBody], error) {
	kind := cmp.Or(in.Body.AnalysisType, "comprehensive")
	if kind != "comprehensive" && kind != "patterns" && kind != "guidelines" {
		return nil, &onboarding.InputError{
			Field: "analysis_type", Code: "unknown_value",
			Reason: "Choose comprehensive, patterns or guidelines.",
		}
	}
	const field = "content.main_content"
	// The content that crawl returns ends in dots where it was cut.
	content := strings.TrimSuffix(in.Body.Content.MainContent, "...")
	text, err := onboarding.CheckedTextSample(content, field)
	if err != nil {
		return nil, err
	}
	analysis, short, err := h.preview(ctx, onboarding.WebsiteInput{TextSample: text}, field)
	body := StyleBody{Success: analysis != nil, Error: edge.OrNil(short), Timestamp: time.Now().UTC()}
	if analysis == nil {
		return edge.OK(body), err
	}
	if kind == "comprehensive" {
		body.Analysis = &analysis.Style
	}
	if kind != "guidelines" {
		body.Patterns = &analysis.Patterns
	}
	if kind != "patterns" {
		body.Guidelines = &analysis.Guidelines
	}
	return edge.OK(body), nil
}

func (h *Handlers) crawl(ctx context.Context, in *edge.BodyInput[CrawlRequest]) (*edge.Output[CrawlBody], error) {
	input, err := websiteInput(in.Body.URL, in.Body.TextSample)
	if err != nil {
		return nil, err
	}
	analysis, short, err := h.preview(ctx, input, "url")
	body := CrawlBody{Success: analysis != nil, Error: edge.OrNil(short), Timestamp: time.Now().UTC()}
	if analysis != nil {
		body.Content, body.Metrics = &analysis.Crawl.Content, &analysis.Measured
	}
	return edge.OK(body), err
}

// websiteInput is what is to be analysed: the address or, without one, the text.
func websiteInput(address, sample string) (onboarding.WebsiteInput, error) {
	if strings.TrimSpace(address) != "" {
		return onboarding.WebsiteInput{Website: address}, nil
	}
	if strings.TrimSpace(sample) == "" {
		return onboarding.WebsiteInput{}, &onboarding.InputError{
			Field: "url", Code: "required",
			Reason: "Enter the address of your website, for example https://example.com, or a text of your own.",
		}
	}
	text, err := onboarding.CheckedTextSample(sample, "text_sample")
	return onboarding.WebsiteInput{TextSample: text}, err
}

// analysed is what came of a submitted website or text.
type analysed struct {
	submission onboarding.Submission
	// stored is nil without an analysis; short says why.
	stored *onboarding.ShownStoredAnalysis
	short  string
	// proposal reports whether the analysis waits to be accepted.
	proposal bool
}

// analysed submits a website or text and waits for its analysis. field is where the body has the address.
func (h *Handlers) analysed(
	ctx context.Context, input onboarding.WebsiteInput, field string,
) (made analysed, err error) {
	made.submission, err = h.cfg.Submitter.SubmitWebsite(ctx, edge.UserID(ctx), input)
	made.submission, err = h.awaitContent(ctx, made.submission, edge.InField(field, err), longWait)
	if err != nil {
		return made, err
	}
	if made.short = made.submission.NoResult("The analysis"); made.short != "" {
		return made, nil
	}
	submitted, err := onboarding.InputOf[onboarding.WebsiteInput](made.submission)
	if err != nil {
		return made, err
	}
	found, err := postgres.AnalysisOf(ctx, h.queries(ctx), edge.UserID(ctx), submitted.Website)
	if errors.Is(err, onboarding.ErrNotFound) {
		made.short = "The analysis was deleted as soon as it was there. Start again when you want it."
		return made, nil
	}
	if err == nil && found.SubmissionID != made.submission.ID {
		found, made.proposal, err = version.OrProposedAnalysis(ctx, h.queries(ctx), made.submission, found)
	}
	if err == nil {
		made.stored = shownStored(found)
	}
	return made, err
}

// preview analyses a website or text for this response only, and waits for it. Without an analysis
// short says why. field is where the body has the address.
func (h *Handlers) preview(
	ctx context.Context, input onboarding.WebsiteInput, field string,
) (analysis *onboarding.ShownAnalysis, short string, err error) {
	submission, err := h.cfg.Submitter.PreviewWebsite(ctx, edge.UserID(ctx), input)
	var made onboarding.Analysis
	if short, err = h.awaitResult(ctx, submission, edge.InField(field, err), "The analysis",
		&made); short != "" || err != nil {
		return nil, short, err
	}
	return shownAnalysis(made), "", nil
}

// warningsOf are the warnings of an analysis in one text, nil for none.
func warningsOf(analysis *onboarding.ShownAnalysis) *string {
	return edge.OrNil(strings.Join(sentencesOf(analysis.Crawl.Warnings), " "))
}
