package findings

import (
	"cmp"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
)

const (
	maxMissing = 20
	// notHeld is the error of a competitor.
	notHeld   = "Its sitemap was not read. Send its address to /step3/analyze-sitemap to compare with it."
	noSitemap = "It has no sitemap that could be read."
)

// find returns the stored sitemap of a website, nil if there is none. The address may be that of any of its pages.
func find(held []onboarding.HeldSitemap, website string) *onboarding.HeldSitemap {
	host := bareHost(website)
	for i := range held {
		if host != "" && bareHost(held[i].Website) == host {
			return &held[i]
		}
	}
	return nil
}

// compare compares the user's sitemap with those of the competitors, given by their addresses, as far as they are held.
func compare(user onboarding.HeldSitemap, competitors []string, held []onboarding.HeldSitemap) Benchmark {
	b := Benchmark{
		User: BenchmarkUser{Summary: summary(user.Report)}, Timestamp: user.At,
		Competitors: BenchmarkCompetitors{Summaries: map[string]BenchmarkSummary{}, Errors: map[string]string{}},
	}
	var found []onboarding.HeldSitemap
	for _, address := range competitors {
		shown := hostname.ShownURL(address)
		switch sitemap := find(held, address); {
		case sitemap == nil:
			b.Competitors.Errors[shown] = notHeld
		case sitemap.Report.Structure.TotalURLs == 0:
			b.Competitors.Errors[shown] = noSitemap
		case b.Competitors.Summaries[shown].TotalURLs == 0:
			b.Competitors.Summaries[shown] = summary(sitemap.Report)
			found = append(found, onboarding.HeldSitemap{Website: shown, At: sitemap.At, Report: sitemap.Report})
		}
	}
	own := sections(user.Report)
	b.Comparison = Comparison{
		Website: hostname.ShownURL(user.Website), Analyzed: len(found), Sections: len(own), Leaders: leaders(found),
		Gaps: Gaps{MissingSections: missingSections(own, found)}, Opportunities: opportunities(b), Hints: []string{},
	}
	return b
}

// sections are the first parts of the paths of a sitemap with the number of their addresses.
func sections(report onboarding.SitemapReport) map[string]int {
	found := map[string]int{}
	for name, count := range report.Structure.URLPatterns {
		if name != "/" {
			found["/"+name] = count
		}
	}
	return found
}

func leaders(competitors []onboarding.HeldSitemap) []Leader {
	list := []Leader{}
	for _, c := range competitors {
		s := summary(c.Report)
		list = append(list, Leader{
			URL: c.Website, TotalURLs: s.TotalURLs, Sections: len(sections(c.Report)), Velocity: s.Velocity,
			AverageDepth: s.AverageDepth, Dated: round2(float64(c.Report.Trends.Dated) / float64(s.TotalURLs)),
		})
	}
	slices.SortStableFunc(list, func(a, b Leader) int { return cmp.Compare(b.Sections, a.Sections) })
	return list
}

// missingSections are the sections that competitors have and the user has not.
func missingSections(own map[string]int, competitors []onboarding.HeldSitemap) []MissingSection {
	found := map[string]*MissingSection{}
	for _, c := range competitors {
		for section, addresses := range sections(c.Report) {
			if own[section] > 0 {
				continue
			}
			if found[section] == nil {
				found[section] = &MissingSection{Section: section}
			}
			found[section].Count++
			found[section].Addresses += addresses
		}
	}
	list := []MissingSection{}
	for _, m := range found {
		m.Presence = round2(float64(m.Count) / float64(len(competitors)))
		list = append(list, *m)
	}
	slices.SortFunc(list, func(a, b MissingSection) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(b.Addresses, a.Addresses),
			strings.Compare(a.Section, b.Section))
	})
	return list[:min(len(list), maxMissing)]
}

// opportunities are the figures in which the median of the competitors is above the user's.
func opportunities(b Benchmark) []Opportunity {
	list := []Opportunity{}
	var totals, velocities []float64
	for _, s := range b.Competitors.Summaries {
		totals = append(totals, float64(s.TotalURLs))
		if s.Velocity != nil {
			velocities = append(velocities, *s.Velocity)
		}
	}
	own := b.User.Summary
	if m, ok := median(totals); ok && m > float64(own.TotalURLs) {
		list = append(list, Opportunity{
			Type: "content_volume", Title: "Most competitors have more pages in their sitemaps.",
			Metrics: map[string]float64{"user_total_urls": float64(own.TotalURLs), "competitor_median_total_urls": m},
		})
	}
	if m, ok := median(velocities); ok && own.Velocity != nil && m > *own.Velocity {
		list = append(list, Opportunity{
			Type: "publishing_velocity", Title: "Most competitors publish or update more pages a week.",
			Metrics: map[string]float64{
				"user_publishing_velocity": *own.Velocity, "competitor_median_publishing_velocity": m,
			},
		})
	}
	return list
}

func median(values []float64) (float64, bool) {
	if len(values) == 0 {
		return 0, false
	}
	slices.Sort(values)
	half := len(values) / 2
	if len(values)%2 == 1 {
		return values[half], true
	}
	return round2((values[half-1] + values[half]) / 2), true
}

func rank(counts map[string]int, most int) Ranking {
	var all Ranking
	for name, count := range counts {
		all = append(all, Count{name, count})
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Name, b.Name))
	})
	return all[:min(len(all), most)]
}

func summary(report onboarding.SitemapReport) BenchmarkSummary {
	s := BenchmarkSummary{
		TotalURLs: report.Structure.TotalURLs, Velocity: perWeek(report.Trends.Velocity),
		AverageDepth: report.Structure.AveragePathDepth, MaxDepth: report.Structure.MaxPathDepth,
		Patterns: rank(report.Structure.URLPatterns, 10), FileTypes: map[string]int{},
	}
	maps.Copy(s.FileTypes, report.Structure.FileTypes)
	if dates := report.Trends.DateRange; dates != nil {
		s.DateRange = &BenchmarkDates{Start: dates.Earliest, End: dates.Latest}
	}
	return s
}

func perWeek(daily *float64) *float64 {
	if daily == nil {
		return nil
	}
	return new(round2(7 * *daily))
}

func round2(v float64) float64 { return math.Round(v*100) / 100 }

// bareHost is the host of an address without www., "" if it has none.
func bareHost(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.")
}
