package wizard

import (
	"context"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
	"github.com/alwrity/onboarding/internal/seo"
)

// WebsiteData is the data of step 2.
type WebsiteData struct {
	Website    *string `json:"website" doc:"The address that was submitted last, null before the first."`
	WebsiteURL *string `json:"website_url" doc:"The same, under the other name that clients read."`
	AnalysisID *int64  `json:"analysis_id,omitempty" doc:"The id of the analysis."`
	// AnalysedWebsite differs from Website while a newer submission runs or after
	// it failed.
	AnalysedWebsite *string                  `json:"analysed_website,omitempty" doc:"The address that the analysis is of."`
	Analysis        *onboarding.FlatAnalysis `json:"analysis,omitempty" doc:"The newest analysis, left out before the first."`
}

// WebsiteAnalysisBody is the newest website analysis of the user. Without one
// there is only the status.
type WebsiteAnalysisBody struct {
	Status          string                              `json:"status" enum:"completed,no_data" doc:"no_data before the first analysis: then there is nothing else."`
	ID              *int64                              `json:"id,omitempty" doc:"The id of the analysis."`
	WebsiteURL      *string                             `json:"website_url" example:"https://example.com" doc:"The address that was analysed; of a text that of the website that was analysed last, null without any."`
	AnalysisDate    *time.Time                          `json:"analysis_date,omitempty"`
	CreatedAt       *time.Time                          `json:"created_at,omitempty"`
	UpdatedAt       *time.Time                          `json:"updated_at,omitempty"`
	StyleAnalysis   *onboarding.StyleAnalysis[string]   `json:"style_analysis,omitempty" doc:"How the website writes, for whom and to what end. Null values could not be known; meta.uncertainty says why."`
	StylePatterns   *onboarding.StylePatterns[string]   `json:"style_patterns,omitempty"`
	StyleGuidelines *onboarding.StyleGuidelines[string] `json:"style_guidelines,omitempty"`
	CrawlResult     *Crawled                            `json:"crawl_result,omitempty" doc:"What was read."`
	Audit           *seo.Audit                          `json:"seo_audit,omitempty" doc:"What the start page shows search engines; left out where it could not be measured."`
	Measurements    *onboarding.Measurements            `json:"measurements,omitempty" doc:"The numbers that the rest is derived from."`
	Warnings        []string                            `json:"warnings" doc:"What could not be done as asked, in sentences."`
}

func (h *Handlers) websiteAnalysis(
	ctx context.Context, in *edge.StateInput,
) (*edge.StateOutput[WebsiteAnalysisBody], error) {
	results, err := h.results(ctx, onboarding.StepWebsite)
	return edge.Conditional(in, websiteAnalysisBody(results.analysis), err)
}

// shownStored returns a stored analysis as clients read it.
func shownStored(stored onboarding.StoredAnalysis) *onboarding.ShownStoredAnalysis {
	return &onboarding.ShownStoredAnalysis{
		ID: stored.ID, Website: hostname.ShownURL(stored.Website), LastWebsite: hostname.ShownURL(stored.LastWebsite),
		Analysis: *shownAnalysis(stored.Analysis), Version: stored.Version, RestoredFrom: stored.RestoredFrom,
		Edited:    stored.Edited,
		CreatedAt: stored.CreatedAt, UpdatedAt: stored.UpdatedAt,
	}
}

// shownAnalysis returns an analysis as clients read it.
func shownAnalysis(analysis onboarding.Analysis) *onboarding.ShownAnalysis {
	shown := onboarding.Show(analysis)
	edge.WithoutNulls(&shown)
	return &shown
}

func websiteAnalysisBody(stored *onboarding.ShownStoredAnalysis) WebsiteAnalysisBody {
	if stored == nil {
		return WebsiteAnalysisBody{Status: "no_data", Warnings: []string{}}
	}
	a := &stored.Analysis
	crawled, search := searched(a.Crawl)
	return WebsiteAnalysisBody{
		Status: "completed", ID: &stored.ID, WebsiteURL: edge.OrNil(stored.LastWebsite),
		AnalysisDate: &stored.UpdatedAt, CreatedAt: &stored.CreatedAt, UpdatedAt: &stored.UpdatedAt,
		StyleAnalysis: &a.Style, StylePatterns: &a.Patterns, StyleGuidelines: &a.Guidelines,
		CrawlResult: &crawled, Audit: search.Audit, Measurements: &a.Measured,
		Warnings: sentencesOf(a.Crawl.Warnings),
	}
}

func websiteData(step onboarding.Step, stored *onboarding.ShownStoredAnalysis) WebsiteData {
	website := edge.OrNil(hostname.ShownURL(step.Website))
	data := WebsiteData{Website: website, WebsiteURL: website}
	if stored == nil {
		return data
	}
	flat := onboarding.Flatten(stored.Analysis)
	data.AnalysisID, data.AnalysedWebsite, data.Analysis = &stored.ID, &stored.Website, &flat
	return data
}
