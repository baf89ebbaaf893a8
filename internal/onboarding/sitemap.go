package onboarding

import "time"

// SitemapInput is the input of a sitemap analysis.
type SitemapInput struct {
	// Website is the address in the form of NormalizeURL.
	Website string `json:"website"`
	// AssumedScheme reports whether the address was entered without a scheme.
	AssumedScheme bool `json:"assumed_scheme,omitempty"`
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
	FileTypes        map[string]int `json:"file_types" doc:"How many addresses end with each file extension, html without one; at most 20."`
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

// HeldSitemap is a report that is stored: the newest of a website. One of no addresses says that the website has no
// sitemap.
type HeldSitemap struct {
	Website string
	At      time.Time
	Report  SitemapReport
}
