package onboarding

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Sitemap is what the sitemap files of a website say.
type Sitemap struct {
	// URL is the address of the first file.
	URL string
	// Named tells whether robots.txt names it; it is /sitemap.xml otherwise.
	Named bool
	Pages []SitemapPage
}

// SitemapPage is one address of a sitemap.
type SitemapPage struct {
	Address string
	// Modified is when the file says that the page was changed, zero when it does not.
	Modified time.Time
}

// SitemapInput is the input of a sitemap analysis.
type SitemapInput struct {
	// Website is the address in the form of NormalizeURL.
	Website string `json:"website"`
}

// SitemapReport is what is counted in a sitemap. Nothing in it is guessed: other
// websites are not read.
type SitemapReport struct {
	SitemapURL string            `json:"sitemap_url"`
	Discovery  string            `json:"discovery_method" enum:"robots_txt,default_path"`
	Structure  SitemapStructure  `json:"structure_analysis"`
	Trends     SitemapTrends     `json:"content_trends"`
	Publishing SitemapPublishing `json:"publishing_patterns"`
	Insights   SitemapInsights   `json:"onboarding_insights"`
}

// SitemapStructure counts addresses.
type SitemapStructure struct {
	TotalURLs        int            `json:"total_urls"`
	AveragePathDepth float64        `json:"average_path_depth" doc:"Mean number of parts of the path."`
	MaxPathDepth     int            `json:"max_path_depth"`
	URLPatterns      map[string]int `json:"url_patterns" doc:"How many addresses begin with each first part of a path, at most 50."`
}

// SitemapTrends counts the dates of the addresses.
type SitemapTrends struct {
	DateRange *SitemapDates `json:"date_range" doc:"Null when no address has a date."`
	// Velocity is null for less than two days of dates.
	Velocity *float64 `json:"publishing_velocity" doc:"Dated addresses a day within the range; null without a range."`
	Dated    int      `json:"total_dated_urls"`
}

// SitemapDates is the range of the dates.
type SitemapDates struct {
	Earliest string `json:"earliest" format:"date"`
	Latest   string `json:"latest" format:"date"`
	SpanDays int    `json:"span_days"`
}

// SitemapPublishing distributes the dates.
type SitemapPublishing struct {
	Monthly map[string]int `json:"monthly_distribution" doc:"By month, as 2026-03."`
	Yearly  map[string]int `json:"yearly_distribution"`
}

// SitemapInsights are what follows from the counts.
type SitemapInsights struct {
	CompetitivePositioning *string  `json:"competitive_positioning" doc:"Always null: the websites of competitors are not read."`
	ContentGaps            []string `json:"content_gaps"`
	GrowthOpportunities    []string `json:"growth_opportunities"`
	IndustryBenchmarks     []string `json:"industry_benchmarks" doc:"Always empty: there is nothing measured to compare with."`
	Recommendations        []string `json:"strategic_recommendations"`
}

// maxPatterns bounds the counted first parts of paths.
const maxPatterns = 50

// ReportSitemap counts what a sitemap says, as of now.
func ReportSitemap(s Sitemap, now time.Time) SitemapReport {
	report := SitemapReport{
		SitemapURL: s.URL, Discovery: "default_path",
		Structure:  SitemapStructure{TotalURLs: len(s.Pages), URLPatterns: map[string]int{}},
		Publishing: SitemapPublishing{Monthly: map[string]int{}, Yearly: map[string]int{}},
	}
	if s.Named {
		report.Discovery = "robots_txt"
	}
	depths := 0
	for _, page := range s.Pages {
		depths += report.Structure.count(page.Address)
	}
	if len(s.Pages) > 0 {
		report.Structure.AveragePathDepth = round2(float64(depths) / float64(len(s.Pages)))
	}
	report.countDates(s.Pages)
	report.Insights = report.insights(now)
	return report
}

// count counts one address and returns the depth of its path.
func (s *SitemapStructure) count(address string) int {
	u, err := url.Parse(address)
	if err != nil {
		return 0
	}
	parts := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	s.MaxPathDepth = max(s.MaxPathDepth, len(parts))
	pattern := "/"
	if len(parts) > 0 {
		pattern = strings.ToLower(parts[0])
	}
	if s.URLPatterns[pattern] > 0 || len(s.URLPatterns) < maxPatterns {
		s.URLPatterns[pattern]++
	}
	return len(parts)
}

func (r *SitemapReport) countDates(pages []SitemapPage) {
	var first, last time.Time
	for _, page := range pages {
		at := page.Modified
		if at.IsZero() {
			continue
		}
		r.Trends.Dated++
		r.Publishing.Monthly[at.Format("2006-01")]++
		r.Publishing.Yearly[at.Format("2006")]++
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	if r.Trends.Dated == 0 {
		return
	}
	days := int(last.Sub(first).Hours() / 24)
	r.Trends.DateRange = &SitemapDates{Earliest: first.Format(time.DateOnly), Latest: last.Format(time.DateOnly), SpanDays: days}
	if days > 0 {
		velocity := round2(float64(r.Trends.Dated) / float64(days))
		r.Trends.Velocity = &velocity
	}
}

// staleAfter is the age of the newest date from which on a site counts as not tended.
const staleAfter = 180 * 24 * time.Hour

func (r *SitemapReport) insights(now time.Time) SitemapInsights {
	out := SitemapInsights{ContentGaps: []string{}, GrowthOpportunities: []string{}, IndustryBenchmarks: []string{}, Recommendations: []string{}}
	has := func(names ...string) bool {
		for _, name := range names {
			if r.Structure.URLPatterns[name] > 0 {
				return true
			}
		}
		return false
	}
	if !has("blog", "news", "articles", "posts", "stories", "insights", "magazine", "journal") {
		out.ContentGaps = append(out.ContentGaps, "No address of the sitemap begins with blog, news or articles.")
		out.GrowthOpportunities = append(out.GrowthOpportunities, "Publish articles in a section of their own, such as /blog.")
	}
	if !has("about", "about-us", "team", "company") {
		out.ContentGaps = append(out.ContentGaps, "No address of the sitemap begins with about, team or company.")
	}
	if missing := r.Structure.TotalURLs - r.Trends.Dated; missing > 0 {
		out.Recommendations = append(out.Recommendations, fmt.Sprintf("Give every address a lastmod date: %d of %d have none.", missing, r.Structure.TotalURLs))
	}
	if r.Trends.DateRange != nil {
		if latest, err := time.Parse(time.DateOnly, r.Trends.DateRange.Latest); err == nil && now.Sub(latest) > staleAfter {
			out.Recommendations = append(out.Recommendations, "Update old pages or add new ones: the newest date is "+r.Trends.DateRange.Latest+".")
		}
	}
	return out
}
