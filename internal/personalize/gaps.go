package personalize

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// The bounds of the lists of the part.
const (
	maxGaps          = 15
	maxTargets       = 10
	maxOpportunities = 12
)

func gapsOf(in onboarding.Sources, u *unknowns) onboarding.InputsGaps {
	analysis := in.Analysis.Analysis
	research := findingsOf(in.Preferences)
	sitemap, recommendations := research.sitemapInsights(), linesOf(research.summary()["recommendations"])
	insights := analysis.Style.ContentStrategyInsights
	gaps := unique(slices.Concat(analysis.Measured.PageTypes.Gaps(), insights.ContentGaps, missingFormats(analysis),
		shortAll(linesOf(sitemap["content_gaps"]))))
	opportunities := unique(slices.Concat(insights.Opportunities, thinTopics(analysis),
		shortAll(linesOf(sitemap["growth_opportunities"])), shortAll(recommendations)))
	const part = "gap_analysis."
	gaps = slices.DeleteFunc(gaps, func(gap string) bool { return slices.Contains(ownersOnly, gap) })
	return onboarding.InputsGaps{
		ContentGaps: u.list(part+"content_gaps", wording.First(gaps, maxGaps),
			u.why("content_strategy_insights.content_gaps",
				"No usual kind of page or format is missing, or too little of the site was seen.")),
		TargetKeywords: u.list(part+"target_keywords", wording.First(targetKeywords(analysis), maxTargets),
			"No keyword of the site is short of pages or titles, or too little of the site was seen."),
		ContentOpportunities: u.list(part+"content_opportunities", wording.First(opportunities, maxOpportunities),
			u.why("content_strategy_insights.opportunities",
				"No topic of the site is short of pages, or too little of the site was seen.")),
	}
}

// ownersOnly are gaps that no writer can fill: only the owner knows the prices and has customers who speak.
var ownersOnly = []string{"pricing", "testimonials", "contact"}

// missingFormats names formats that nothing on the site shows. A single page says
// nothing about the rest of its site.
func missingFormats(a onboarding.Analysis) []string {
	types := a.Measured.PageTypes
	pages := 0
	for _, t := range types.Found {
		pages += t.Pages
	}
	if pages < 2 {
		return nil
	}
	has := func(kinds ...string) bool {
		return slices.ContainsFunc(kinds, func(kind string) bool {
			return slices.Contains(types.Linked, kind) ||
				slices.ContainsFunc(types.Found, func(t onboarding.PageType) bool { return t.Type == kind })
		})
	}
	var out []string
	tellsCases := !slices.Contains(withoutCases, a.Style.TargetAudience.IndustryFocus.Label())
	if tellsCases && has("services", "products", "pricing", "shop") && !has("case_studies", "portfolio") {
		out = append(out, "case studies")
	}
	if !has("docs", "resources", "faq", "post", "blog") {
		out = append(out, "guides and answers")
	}
	visuals, social := a.Measured.Visuals, a.Crawl.Content.SocialMedia
	if visuals != nil && visuals.Videos == 0 && social["youtube"] == "" && social["vimeo"] == "" &&
		social["tiktok"] == "" {
		out = append(out, "videos")
	}
	return out
}

// withoutCases are the industries in which a case study makes no sense: the work is
// private, or there is nothing to tell of it.
var withoutCases = []string{
	"care and social services", "health and wellness", "dental and oral health", "psychology and mental health",
	"restaurants and hospitality", "food and baking", "food and drink", "beekeeping and honey", "retail and e-commerce",
	"beauty and hair care", "fashion and clothing", "churches and religion", "travel and tourism", "pets and animals",
}

// thinTopics are topics of the site that at most a third of at least three pages name,
// without those that the opportunities of the analysis name.
func thinTopics(a onboarding.Analysis) []string {
	var out []string
	for _, topic := range a.Measured.Topics {
		known := slices.ContainsFunc(a.Style.ContentStrategyInsights.Opportunities, func(text string) bool {
			return strings.Contains(text, "“"+topic.Name+"”")
		})
		if !known && a.Measured.Pages >= 3 && len(topic.Pages)*3 <= a.Measured.Pages {
			out = append(out, fmt.Sprintf("Write more about “%s”, which stands on only %d of %d pages.", topic.Name,
				len(topic.Pages), a.Measured.Pages))
		}
	}
	return out
}
