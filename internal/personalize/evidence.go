package personalize

import (
	"fmt"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// maxShown is how many terms the evidence of a list names.
const maxShown = 5

// evidenceOf says what the values that come from the analysis rest on, by their paths.
// Values without evidence, and those that the user stated, are left out.
func evidenceOf(in onboarding.Sources, inputs onboarding.Inputs) map[string]string {
	a := in.Analysis.Analysis
	style := a.Style
	evidence := map[string]string{}
	add := func(path, text string) {
		if text != "" {
			evidence[path] = short(text)
		}
	}
	for path, judged := range map[string]*onboarding.Judged{
		"website_analysis.content_types":   style.ContentType.PrimaryType,
		"website_analysis.writing_style":   style.WritingStyle.Tone,
		"website_analysis.industry_focus":  style.TargetAudience.IndustryFocus,
		"website_analysis.expertise_level": style.TargetAudience.ExpertiseLevel,
	} {
		if judged != nil {
			add(path, judged.Evidence)
		}
	}
	var groups []string
	for _, term := range a.Measured.Audience {
		for _, group := range inputs.WebsiteAnalysis.TargetAudience {
			if group == term.Text {
				groups = append(groups,
					fmt.Sprintf("“%s” %d times on %s", term.Text, term.Count, wording.Plural(term.Pages, "page")))
			}
		}
	}
	add("website_analysis.target_audience", strings.Join(wording.First(groups, min(len(groups), maxShown)), ", "))
	add("keyword_analysis.high_value_keywords", occurrences(a, inputs.KeywordAnalysis.HighValueKeywords))
	add("gap_analysis.target_keywords", occurrences(a, inputs.GapAnalysis.TargetKeywords))
	if len(inputs.GapAnalysis.ContentGaps) > 0 && len(a.Crawl.Pages) > 0 {
		add("gap_analysis.content_gaps", "Not found on "+wording.Plural(len(a.Crawl.Pages), "page")+" that were read, "+
			"nor in the addresses and links of the others.")
	}
	return evidence
}

// occurrences says how often the first of some keywords occur.
func occurrences(a onboarding.Analysis, keywords onboarding.List) string {
	var out []string
	for _, keyword := range wording.First(keywords, min(len(keywords), maxShown)) {
		for _, k := range a.Measured.Keywords {
			if strings.EqualFold(k.Text, keyword) {
				out = append(out, fmt.Sprintf("“%s” %d times on %s", k.Text, k.Count, wording.Plural(k.Pages, "page")))
				break
			}
		}
	}
	return strings.Join(out, ", ")
}
