package wizard

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/seo"
)

// AnalysisHead is what a stored analysis is of and when it was made.
type AnalysisHead struct {
	ID             int64     `json:"id" doc:"The id of the analysis."`
	WebsiteURL     *string   `json:"website_url" example:"https://example.com" doc:"The address that was analysed, null for a text."`
	AnalysisDate   time.Time `json:"analysis_date" doc:"When it was made or last changed."`
	Status         string    `json:"status" enum:"completed"`
	ErrorMessage   null      `json:"error_message" doc:"Null: failed analyses are not stored."`
	WarningMessage *string   `json:"warning_message" doc:"What could not be done as asked, in sentences."`
	CreatedAt      time.Time `json:"created_at"`
	UpdatedAt      time.Time `json:"updated_at"`
	Version        int       `json:"version" doc:"Counts the versions of the analysis from 1."`
	Edited         bool      `json:"edited" doc:"Whether you changed it; then a new analysis of the website waits to be accepted."`
}

// AnalysisRow is a stored analysis with all its parts.
type AnalysisRow struct {
	AnalysisHead
	onboarding.StyleAnalysis[string]
	StylePatterns   onboarding.StylePatterns[string]   `json:"style_patterns"`
	StyleGuidelines onboarding.StyleGuidelines[string] `json:"style_guidelines"`
	CrawlResult     Crawled                            `json:"crawl_result" doc:"What was read."`
	Measurements    onboarding.Measurements            `json:"measurements" doc:"The numbers that the rest is derived from."`
	SearchFindings
}

// AnalysisSummary is a stored analysis without what was read and measured.
type AnalysisSummary struct {
	AnalysisHead
	Style ListedAnalysis `json:"style_analysis" doc:"The parts of the analysis in one flat object, as the website step keeps them."`
}

// ListedAnalysis is a flat analysis with what the website step shows beside it.
type ListedAnalysis struct {
	onboarding.FlatAnalysis
	ID      int64               `json:"id" doc:"The id of the analysis."`
	Audit   *seo.Audit          `json:"seo_audit"`
	Sitemap *seo.CrawledSitemap `json:"sitemap_analysis"`
}

// AnalysisAnswer has one stored analysis.
type AnalysisAnswer struct {
	Success  bool        `json:"success"`
	Analysis AnalysisRow `json:"analysis"`
}

// AnalysesAnswer has all stored analyses of the user.
type AnalysesAnswer struct {
	Success  bool              `json:"success"`
	Analyses []AnalysisSummary `json:"analyses" doc:"The current version of each, the newest first, at most 100."`
}

// DoneAnswer says that something was done.
type DoneAnswer struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

// ExistingBody reports whether a website was analysed.
type ExistingBody struct {
	Exists       bool             `json:"exists"`
	AnalysisID   *int64           `json:"analysis_id" doc:"The id of the analysis, null without one."`
	AnalysisDate *time.Time       `json:"analysis_date" doc:"When it was made or last changed."`
	Summary      *ExistingSummary `json:"summary"`
	Error        *string          `json:"error" doc:"Why the address can't be one of a website, in a sentence."`
}

// ExistingSummary sums up an analysis.
type ExistingSummary struct {
	WritingStyle   *string         `json:"writing_style" doc:"The tone."`
	TargetAudience onboarding.List `json:"target_audience" doc:"The groups of people that the website addresses."`
	ContentType    *string         `json:"content_type" doc:"The primary type."`
}

// StyleOptions are the bounds of a style detection.
type StyleOptions struct {
	AnalysisTypes  []string        `json:"analysis_types"`
	ContentSources []string        `json:"content_sources"`
	Limits         StyleLimits     `json:"limits"`
	Features       map[string]bool `json:"features"`
}

// StyleLimits are numbers of characters and addresses.
type StyleLimits struct {
	MaxContentLength int `json:"max_content_length" example:"10000"`
	MinContentLength int `json:"min_content_length" example:"50"`
	MaxURLs          int `json:"max_urls" example:"1"`
}

// RowPath names a stored analysis or description in the path.
type RowPath struct {
	ID int64 `path:"id" minimum:"1" example:"1" doc:"The id of what is stored."`
}

type rowInput struct {
	edge.StateInput
	RowPath
}

type analysisUpdate struct {
	RowPath
	Body json.RawMessage `doc:"The analysis as one flat object, see WebsiteData.analysis. What is left out or null stays; an empty text or list clears a value."`
}

func (h *Handlers) analysis(ctx context.Context, in *rowInput) (*edge.StateOutput[AnalysisAnswer], error) {
	found, err := postgres.AnalysisByID(ctx, h.queries(ctx), in.ID)
	stored := shownStored(found)
	a := stored.Analysis
	crawled, search := searched(a.Crawl)
	return edge.Conditional(&in.StateInput, AnalysisAnswer{Success: true, Analysis: AnalysisRow{
		AnalysisHead: headOf(*stored), StyleAnalysis: a.Style, StylePatterns: a.Patterns, StyleGuidelines: a.Guidelines,
		CrawlResult: crawled, Measurements: a.Measured, SearchFindings: search,
	}}, errNoAnalysis(err))
}

// errNoAnalysis is the same for an id that never was and for another user's.
func errNoAnalysis(err error) error {
	return edge.Missing(err, "analysis_not_found", "You have no analysis with this id.")
}

func headOf(stored onboarding.ShownStoredAnalysis) AnalysisHead {
	return AnalysisHead{
		ID: stored.ID, WebsiteURL: edge.OrNil(stored.Website), AnalysisDate: stored.UpdatedAt, Status: "completed",
		WarningMessage: warningsOf(&stored.Analysis), CreatedAt: stored.CreatedAt, UpdatedAt: stored.UpdatedAt,
		Version: stored.Version, Edited: stored.Edited,
	}
}

func (h *Handlers) updateAnalysis(ctx context.Context, in *analysisUpdate) (*edge.Output[DoneAnswer], error) {
	edited, err := h.flatAnalysis(in.Body)
	if err != nil {
		return nil, edge.MoveField(err, "analysis", "")
	}
	err = h.cfg.Submitter.UpdateAnalysis(ctx, edge.UserID(ctx), in.ID, edited)
	return edge.OK(DoneAnswer{Success: true, Message: "The analysis was changed."}), errNoAnalysis(err)
}

func (h *Handlers) deleteAnalysis(ctx context.Context, in *RowPath) (*edge.Output[DoneAnswer], error) {
	err := h.cfg.Submitter.DeleteAnalysis(ctx, edge.UserID(ctx), in.ID)
	return edge.OK(DoneAnswer{Success: true, Message: "The analysis was deleted."}), errNoAnalysis(err)
}

func (h *Handlers) analyses(ctx context.Context, in *edge.StateInput) (*edge.StateOutput[AnalysesAnswer], error) {
	stored, err := postgres.Analyses(ctx, h.cfg.Pool, edge.UserID(ctx))
	return edge.Conditional(in, AnalysesAnswer{Success: true, Analyses: edge.Map(stored, func(
		a onboarding.StoredAnalysis,
	) AnalysisSummary {
		shown := shownStored(a)
		crawled, search := searched(shown.Analysis.Crawl)
		return AnalysisSummary{AnalysisHead: headOf(*shown), Style: ListedAnalysis{
			FlatAnalysis: onboarding.Flatten(shown.Analysis), ID: shown.ID, Audit: search.Audit, Sitemap: crawled.Sitemap,
		}}
	})}, err)
}

func styleOptions(context.Context, *struct{}) (*edge.Output[StyleOptions], error) {
	rules := onboarding.StepWebsite.Rules()
	sample := rules[slices.IndexFunc(rules, func(r onboarding.FieldRule) bool { return r.Field == "text_sample" })]
	return edge.OK(StyleOptions{
		AnalysisTypes:  []string{"comprehensive", "patterns", "guidelines"},
		ContentSources: []string{"url", "text_sample"},
		Limits:         StyleLimits{MaxContentLength: sample.Max, MinContentLength: sample.Min, MaxURLs: 1},
		Features: map[string]bool{
			"style_analysis": true, "pattern_detection": true, "guidelines_generation": true,
			"website_crawling": true,
		},
	}), nil
}

// pathExisting is followed by the address of a website, as it is or percent-encoded, which
// no template of OpenAPI covers.
const pathExisting = edge.BasePath + "/style-detection/check-existing/"

type existingInput struct {
	edge.StateInput
	address string
}

// Resolve reads the address from the rest of the path: a parameter would lack its last slash.
func (in *existingInput) Resolve(ctx huma.Context) []error {
	uri := humafiber.Unwrap(ctx).Request().URI()
	in.address = addressIn(strings.TrimPrefix(string(uri.PathOriginal()), pathExisting), string(uri.QueryString()))
	return nil
}

// describeExisting describes the wildcard of the route as a parameter.
func describeExisting(e *edge.Edge) {
	paths := e.API.OpenAPI().Paths
	item := paths[pathExisting+"*"]
	delete(paths, pathExisting+"*")
	item.Get.Parameters = append(item.Get.Parameters, &huma.Param{
		Name: "url", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString},
		Example: "https%3A%2F%2Fexample.com",
		Description: "The address of the website, percent-encoded; it is also understood as it is, with its " +
			"slashes and query.",
	})
	paths[pathExisting+"{url}"] = item
}

// addressIn returns the address that the rest of a path means: as encodeURIComponent
// writes it, which leaves no colon and no slash, or else as it is, with the query that
// then belongs to it.
func addressIn(path, query string) string {
	if !strings.ContainsAny(path, ":/") {
		if decoded, err := url.PathUnescape(path); err == nil && decoded != path {
			return decoded
		}
	}
	for _, scheme := range []string{"https:/", "http:/"} { // proxies merge slashes
		if rest, ok := strings.CutPrefix(path, scheme); ok && !strings.HasPrefix(rest, "/") {
			path = scheme + "/" + rest
		}
	}
	if query != "" {
		path += "?" + query
	}
	return path
}

func (h *Handlers) existing(ctx context.Context, in *existingInput) (*edge.StateOutput[ExistingBody], error) {
	website, err := onboarding.NormalizeURL(in.address)
	var input *onboarding.InputError
	if errors.As(err, &input) {
		return edge.Conditional(&in.StateInput, ExistingBody{Error: &input.Reason}, nil)
	}
	stored, err := orNil(postgres.AnalysisOf(ctx, h.queries(ctx), edge.UserID(ctx), website))
	body := ExistingBody{Exists: stored != nil}
	if stored != nil {
		summary := summaryOf(shownAnalysis(stored.Analysis).Style)
		body.AnalysisID, body.AnalysisDate, body.Summary = &stored.ID, &stored.UpdatedAt, &summary
	}
	return edge.Conditional(&in.StateInput, body, err)
}

func summaryOf(style onboarding.StyleAnalysis[string]) ExistingSummary {
	return ExistingSummary{
		WritingStyle: style.WritingStyle.Tone, TargetAudience: style.TargetAudience.Demographics,
		ContentType: style.ContentType.PrimaryType,
	}
}
