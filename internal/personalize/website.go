package personalize

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const silent = "The website analysis does not say."

func websiteOf(in onboarding.Sources, u *unknowns) onboarding.InputsWebsite {
	style := in.Analysis.Analysis.Style
	audience, content := style.TargetAudience, style.ContentType
	groups, industry := unique(audience.Demographics), audience.IndustryFocus.Label()
	if business := in.Business; business != nil {
		// The user's words about the business fill in what the pages do not say.
		industry = cmp.Or(industry, short(business.Industry))
		if len(groups) == 0 {
			groups = unique([]string{short(business.TargetAudience)})
		}
	}
	types := append([]string{content.PrimaryType.Label()}, content.SecondaryTypes...)
	return onboarding.InputsWebsite{
		WebsiteURL: u.text("website_analysis.website_url", in.Analysis.Website,
			"The analysis was made from a text, not from a website."),
		ContentTypes: u.list("website_analysis.content_types", unique(types), u.why("content_type.primary_type", silent)),
		WritingStyle: u.text("website_analysis.writing_style", style.WritingStyle.Tone.Label(),
			u.why("writing_style.tone", silent)),
		TargetAudience: u.list("website_analysis.target_audience", groups, u.why("target_audience.demographics", silent)),
		IndustryFocus:  u.text("website_analysis.industry_focus", industry, u.why("target_audience.industry_focus", silent)),
		ExpertiseLevel: u.text("website_analysis.expertise_level", audience.ExpertiseLevel.Label(),
			u.why("target_audience.expertise_level", silent)),
	}
}

// unique are the texts that say something, the first of equal ones (case folded).
func unique(texts []string) onboarding.List {
	list, seen := onboarding.List{}, map[string]bool{}
	for _, text := range texts {
		key := strings.ToLower(strings.TrimSpace(text))
		if key != "" && !seen[key] {
			seen[key] = true
			list = append(list, strings.TrimSpace(text))
		}
	}
	return list
}

// maxRunes bounds texts that others wrote: models are fed with the document.
const maxRunes = 300

// short cuts a text that is too long for the document.
func short(text string) string {
	if utf8.RuneCountInString(text) <= maxRunes {
		return text
	}
	return string([]rune(text)[:maxRunes-1]) + "…"
}

func shortAll(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = short(text)
	}
	return out
}
