package personalize

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// maxCompetitors and maxFindings bound the lists of the part.
const (
	maxCompetitors = 10
	maxFindings    = 10
)

// competitorsOf goes by the findings of step 3 alone: without competitors or a summary
// nothing is said, not even the industry.
func competitorsOf(in onboarding.Sources, u *unknowns) onboarding.InputsCompetitors {
	research := findingsOf(in.Preferences)
	competitors, summary := others(research.competitors(), in.Analysis.Website), research.summary()
	conclusions := unique(shortAll(append([]string{lineOf(summary["market_insights"])},
		linesOf(summary["key_findings"])...)))
	none := "No competitors are known: neither you nor a provider gave any in step 3."
	industry := ""
	if len(competitors)+len(conclusions) > 0 {
		none = "The competitors that were given do not say."
		industry = cmp.Or(short(research.industry()), in.Analysis.Analysis.Style.TargetAudience.IndustryFocus.Label())
	}
	var names, audiences []string
	for _, c := range competitors {
		names, audiences = append(names, short(nameOf(c))), append(audiences, short(c.audience))
	}
	const part = "competitor_analysis."
	return onboarding.InputsCompetitors{
		TopPerformers:      u.list(part+"top_performers", wording.First(unique(names), maxCompetitors), none),
		Industry:           u.text(part+"industry", industry, none),
		TargetDemographics: u.list(part+"target_demographics", wording.First(unique(audiences), maxCompetitors), none),
		KeyFindings: u.list(part+"key_findings", wording.First(conclusions, maxFindings),
			"No research summary is stored in step 3."),
	}
}

// others are the competitors but the user's own site, the most relevant first; those
// without a score keep their order behind.
func others(competitors []competitor, website string) []competitor {
	own := hostOf(website)
	kept := slices.DeleteFunc(slices.Clone(competitors), func(c competitor) bool {
		return own != "" && nameOf(c) == own
	})
	slices.SortStableFunc(kept, func(a, b competitor) int { return cmp.Compare(b.relevance, a.relevance) })
	return kept
}

// nameOf is the competitor's host without www, or else its title.
func nameOf(c competitor) string {
	return cmp.Or(hostOf(c.domain), hostOf(c.url), c.title)
}

// hostOf is the host of an address with or without a scheme, without www, or "".
func hostOf(address string) string {
	if address == "" {
		return ""
	}
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}
