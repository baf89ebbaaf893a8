package wizard

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
	"github.com/alwrity/onboarding/internal/postgres"
)

// CompetitorsRequest asks for websites that are similar to the user's.
type CompetitorsRequest struct {
	UserURL         string          `json:"user_url,omitempty" example:"https://example.com" doc:"The address of the website; that of the stored analysis when it is empty or left out."`
	IndustryContext *string         `json:"industry_context,omitempty" nullable:"true" doc:"Accepted and ignored: similar is what the provider finds so."`
	NumResults      *int            `json:"num_results,omitempty" nullable:"true" example:"25" doc:"How many are wanted, 1 to 100; 25 by default."`
	Analysis        json.RawMessage `json:"website_analysis_data,omitempty" doc:"Accepted and ignored."`
}

// CompetitorsBody is the response.
type CompetitorsBody struct {
	Success         bool              `json:"success"`
	Message         string            `json:"message"`
	SessionID       string            `json:"session_id" doc:"Empty when nothing was asked."`
	UserURL         string            `json:"user_url"`
	Competitors     []CompetitorBody  `json:"competitors"`
	SocialAccounts  map[string]string `json:"social_media_accounts" doc:"The profiles that the website links to, by its stored analysis."`
	SocialCitations []string          `json:"social_media_citations" doc:"Always empty."`
	Summary         ResearchSummary   `json:"research_summary"`
	Total           int               `json:"total_competitors"`
	Error           *string           `json:"error" doc:"Why there are none, in a sentence."`
}

// CompetitorBody is one similar website. The insights are null: the website is not read.
type CompetitorBody struct {
	onboarding.FoundCompetitor
	Competitive struct {
		BusinessModel  null `json:"business_model"`
		TargetAudience null `json:"target_audience"`
	} `json:"competitive_insights"`
	Content struct {
		Focus   null `json:"content_focus"`
		Quality null `json:"content_quality"`
	} `json:"content_insights"`
}

// ResearchSummary says what was found.
type ResearchSummary struct {
	TotalCompetitors int      `json:"total_competitors"`
	MarketInsights   string   `json:"market_insights"`
	KeyFindings      []string `json:"key_findings"`
	Recommendations  []string `json:"recommendations" doc:"Always empty."`
}

// SitemapRequest asks what a website's own sitemap says.
type SitemapRequest struct {
	UserURL     string          `json:"user_url,omitempty" example:"https://example.com" doc:"The address of the website; that of the stored analysis when it is empty or left out."`
	Competitors json.RawMessage `json:"competitors,omitempty" doc:"Accepted and ignored: other websites are not read."`
	Context     *string         `json:"industry_context,omitempty" nullable:"true" doc:"Accepted and ignored."`
	Trends      *bool           `json:"analyze_content_trends,omitempty" nullable:"true" doc:"Accepted and ignored: they are always counted."`
	Patterns    *bool           `json:"analyze_publishing_patterns,omitempty" nullable:"true" doc:"Accepted and ignored: they are always counted."`
}

// SitemapBody is the response.
type SitemapBody struct {
	Success   bool                        `json:"success"`
	Message   string                      `json:"message"`
	UserURL   string                      `json:"user_url"`
	URL       *string                     `json:"sitemap_url"`
	Discovery *string                     `json:"discovery_method" doc:"robots_txt or default_path."`
	Data      *onboarding.SitemapReport   `json:"analysis_data" doc:"Null unless success is true."`
	Insights  *onboarding.SitemapInsights `json:"onboarding_insights"`
	Error     *string                     `json:"error" doc:"Why there is no analysis, in a sentence."`
}

// researched returns the address of the request, or that of the stored analysis.
func (h *Handlers) researched(ctx context.Context, sent string) (string, error) {
	if strings.TrimSpace(sent) == "" {
		stored, err := orNil(postgres.LatestAnalysis(ctx, h.cfg.Pool, edge.UserID(ctx)))
		switch {
		case err != nil:
			return "", err
		case stored != nil && stored.Website != "":
			return stored.Website, nil
		}
		return "", &onboarding.InputError{
			Field: "user_url", Code: "required",
			Reason: "Enter the address of your website, for example https://example.com.",
		}
	}
	address, err := onboarding.NormalizeURL(sent)
	return address, edge.InField("user_url", err)
}

// noExaKey is the message without a key.
const noExaKey = "Store an Exa API key in step 1 to find competitors, or add them by hand."

func (h *Handlers) discoverCompetitors(
	ctx context.Context, in *edge.BodyInput[CompetitorsRequest],
) (*edge.Output[CompetitorsBody], error) {
	search := onboarding.CompetitorSearch{Count: 25}
	if in.Body.NumResults != nil {
		search.Count = *in.Body.NumResults
	}
	if search.Count < 1 || search.Count > 100 {
		return nil, &onboarding.InputError{Field: "num_results", Code: "out_of_range", Reason: "Ask for 1 to 100 websites."}
	}
	var err error
	if search.Website, err = h.researched(ctx, in.Body.UserURL); err != nil {
		return nil, err
	}
	keys, err := h.storedKeys(ctx)
	if err != nil {
		return nil, err
	}
	if storedKeyOf(keys, onboarding.ProviderExa) == nil {
		return competitorsBody(search.Website, nil, noExaKey), nil
	}
	submission, err := h.cfg.Submitter.DiscoverCompetitors(ctx, edge.UserID(ctx), search)
	var found []onboarding.FoundCompetitor
	short, err := h.awaitResult(ctx, submission, err, "The search", &found)
	if err != nil {
		return nil, err
	}
	if short == "" && found == nil {
		short = noExaKey
	}
	out := competitorsBody(search.Website, found, short)
	out.Body.SessionID = submission.SessionID.String()
	stored, err := orNil(postgres.AnalysisOf(ctx, h.queries(ctx), edge.UserID(ctx), search.Website))
	if stored != nil && out.Body.Success {
		out.Body.SocialAccounts = onboarding.WizardAccounts(stored.Analysis.Crawl)
	}
	return out, err
}

func competitorsBody(website string, found []onboarding.FoundCompetitor, short string) *edge.Output[CompetitorsBody] {
	body := CompetitorsBody{
		Success: short == "", Message: short, UserURL: hostname.ShownURL(website), Competitors: []CompetitorBody{},
		SocialAccounts:  map[string]string{},
		SocialCitations: []string{}, Total: len(found), Error: edge.OrNil(short),
		Summary: ResearchSummary{TotalCompetitors: len(found), KeyFindings: []string{}, Recommendations: []string{}},
	}
	if body.Success {
		body.Message = fmt.Sprintf("Exa found %d similar websites.", len(found))
		body.Summary.MarketInsights = body.Message
	}
	for _, competitor := range found {
		body.Competitors = append(body.Competitors, CompetitorBody{FoundCompetitor: competitor})
		if competitor.Summary != "" && len(body.Summary.KeyFindings) < 5 {
			body.Summary.KeyFindings = append(body.Summary.KeyFindings, competitor.Domain+": "+competitor.Summary)
		}
	}
	return edge.OK(body)
}

func (h *Handlers) analyzeSitemap(
	ctx context.Context, in *edge.BodyInput[SitemapRequest],
) (*edge.Output[SitemapBody], error) {
	address, err := h.researched(ctx, in.Body.UserURL)
	if err != nil {
		return nil, err
	}
	sent := in.Body.UserURL
	submission, err := h.cfg.Submitter.AnalyzeSitemap(ctx, edge.UserID(ctx), onboarding.SitemapInput{
		Website: address, AssumedScheme: strings.TrimSpace(sent) != "" && !onboarding.NamesScheme(sent),
	})
	var report onboarding.SitemapReport
	short, err := h.awaitResult(ctx, submission, err, "The analysis of the sitemap", &report)
	if err != nil {
		return nil, err
	}
	edge.WithoutNulls(&report) // a worker of an older release has counted less
	if short == "" && report.Structure.TotalURLs == 0 {
		short = "The website has no sitemap that could be read. Serve a /sitemap.xml or name one in robots.txt."
	}
	body := SitemapBody{
		Success: short == "", Message: short, UserURL: hostname.ShownURL(address), Error: edge.OrNil(short),
	}
	if body.Success {
		body.Message = fmt.Sprintf("The sitemap has %d addresses.", report.Structure.TotalURLs)
		body.URL, body.Discovery, body.Data, body.Insights = &report.SitemapURL, &report.Discovery, &report, &report.Insights
	}
	return edge.OK(body), nil
}
