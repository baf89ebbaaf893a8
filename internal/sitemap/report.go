package sitemap

import (
	"fmt"
	"math"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Listing is the content of all sitemap files of a website.
type Listing struct {
	// URL is the address of the first file.
	URL string
	// Named reports whether robots.txt names it; it is /sitemap.xml otherwise.
	Named bool
	Pages []Page
}

const (
	// maxPatterns and maxFileTypes bound the counted first parts of paths and file extensions.
	maxPatterns  = 50
	maxFileTypes = 20
	// staleAfter is the age of the newest date above which a site counts as stale.
	staleAfter = 180 * 24 * time.Hour
)

// Report summarizes a listing; now decides how old its dates are.
func Report(list Listing, now time.Time) onboarding.SitemapReport {
	report := onboarding.SitemapReport{SitemapURL: list.URL, Discovery: "default_path", Structure: structure(list.Pages)}
	if list.Named {
		report.Discovery = "robots_txt"
	}
	report.Trends, report.Publishing = dates(list.Pages)
	report.Insights = insights(report, now)
	return report
}

// structure counts the addresses by their paths.
func structure(pages []Page) onboarding.SitemapStructure {
	s := onboarding.SitemapStructure{
		TotalURLs: len(pages), URLPatterns: map[string]int{}, FileTypes: map[string]int{},
	}
	depths := 0
	for _, page := range pages {
		u, err := url.Parse(page.Address)
		if err != nil {
			continue
		}
		parts := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
		depths += len(parts)
		s.MaxPathDepth = max(s.MaxPathDepth, len(parts))
		pattern := "/"
		if len(parts) > 0 {
			pattern = strings.ToLower(parts[0])
		}
		countUpTo(s.URLPatterns, pattern, maxPatterns)
		countUpTo(s.FileTypes, fileType(u.Path), maxFileTypes)
	}
	if len(pages) > 0 {
		s.AveragePathDepth = round2(float64(depths) / float64(len(pages)))
	}
	return s
}

// countUpTo counts a name, unless it is new and there are as many as there may be.
func countUpTo(counts map[string]int, name string, most int) {
	if counts[name] > 0 || len(counts) < most {
		counts[name]++
	}
}

// fileType is the extension of a path in lower case, html for a page without one.
func fileType(address string) string {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(address), "."))
	isName := func(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' }
	if ext == "" || len(ext) > 5 || strings.IndexFunc(ext, func(r rune) bool { return !isName(r) }) >= 0 ||
		strings.Trim(ext, "0123456789") == "" {
		return "html"
	}
	return ext
}

// dates counts the dates of the addresses that have one.
func dates(pages []Page) (onboarding.SitemapTrends, onboarding.SitemapPublishing) {
	trends, publishing := onboarding.SitemapTrends{},
		onboarding.SitemapPublishing{Monthly: map[string]int{}, Yearly: map[string]int{}}
	var first, last time.Time
	for _, page := range pages {
		at := page.Modified
		if at.IsZero() {
			continue
		}
		trends.Dated++
		publishing.Monthly[at.Format("2006-01")]++
		publishing.Yearly[at.Format("2006")]++
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	if trends.Dated == 0 {
		return trends, publishing
	}
	days := int(last.Sub(first).Hours() / 24)
	trends.DateRange = &onboarding.SitemapDates{
		Earliest: first.Format(time.DateOnly), Latest: last.Format(time.DateOnly),
		SpanDays: days,
	}
	if days > 0 {
		trends.Velocity = new(round2(float64(trends.Dated) / float64(days)))
	}
	return trends, publishing
}

// insights draws conclusions from the counts of a report.
func insights(r onboarding.SitemapReport, now time.Time) onboarding.SitemapInsights {
	out := onboarding.SitemapInsights{
		ContentGaps: []string{}, GrowthOpportunities: []string{},
		IndustryBenchmarks: []string{}, Recommendations: []string{},
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return r.Structure.URLPatterns[name] > 0 })
	}
	if !has("blog", "news", "articles", "posts", "stories", "insights", "magazine", "journal") {
		out.ContentGaps = append(out.ContentGaps, "No address of the sitemap begins with blog, news or articles.")
		out.GrowthOpportunities = append(out.GrowthOpportunities,
			"Publish articles in a section of their own, such as /blog.")
	}
	if !has("about", "about-us", "team", "company") {
		out.ContentGaps = append(out.ContentGaps, "No address of the sitemap begins with about, team or company.")
	}
	if missing := r.Structure.TotalURLs - r.Trends.Dated; missing > 0 {
		out.Recommendations = append(out.Recommendations,
			fmt.Sprintf("Give every address a lastmod date: %d of %d have none.", missing, r.Structure.TotalURLs))
	}
	if r.Trends.DateRange != nil {
		if latest, err := time.Parse(time.DateOnly, r.Trends.DateRange.Latest); err == nil && now.Sub(latest) > staleAfter {
			out.Recommendations = append(out.Recommendations,
				"Update old pages or add new ones: the newest date is "+r.Trends.DateRange.Latest+".")
		}
	}
	return out
}

func round2(v float64) float64 { return math.Round(v*100) / 100 }
