// Package seo says what a stored website analysis shows of a website as search engines see it: an audit of the start
// page, and how its sitemap compares with those of competitors.
//
// It is pure and measures nothing itself.
package seo

import (
	"math"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Audit is what the start page shows search engines.
type Audit struct {
	Score         int                `json:"overall_score" minimum:"0" maximum:"100" doc:"The mean of the scores of the parts that were measured."`
	Meta          AuditMeta          `json:"meta"`
	URL           AuditURL           `json:"url_structure"`
	Content       AuditContent       `json:"content_health"`
	Technical     AuditTechnical     `json:"technical"`
	Performance   *AuditPart         `json:"performance" doc:"Always null, see reasons."`
	Accessibility AuditAccessibility `json:"accessibility"`
	UX            AuditUX            `json:"ux"`
	Summary       AuditSummary       `json:"summary"`
	Reasons       map[string]string  `json:"reasons" doc:"Why a value is null, by its path."`
}

// AuditPart is common to all parts of an audit.
type AuditPart struct {
	Score    int          `json:"score" minimum:"0" maximum:"100" doc:"100, less 25 for each issue and 10 for each warning."`
	Issues   []AuditIssue `json:"issues"`
	Warnings []AuditIssue `json:"warnings"`
}

// AuditIssue is something to repair.
type AuditIssue struct {
	Category string `json:"category" example:"meta" doc:"The part that it belongs to."`
	Type     string `json:"type" enum:"critical,warning"`
	Message  string `json:"message" example:"The start page has no description; write one of 70 to 160 characters."`
}

// AuditMeta is what the head of the page says. An empty text is not there.
type AuditMeta struct {
	AuditPart
	TitleLength       int             `json:"title_length" doc:"Characters."`
	DescriptionLength int             `json:"meta_description_length" doc:"Characters."`
	HasViewport       bool            `json:"has_viewport"`
	Charset           string          `json:"charset" example:"utf-8" doc:"What the page was decoded from."`
	OpenGraph         onboarding.List `json:"og_tags"`
	TwitterCard       string          `json:"twitter_card"`
	Robots            string          `json:"robots_meta" doc:"Empty means that the page may be listed."`
}

// AuditURL describes the address of the page.
type AuditURL struct {
	AuditPart
	Length         int  `json:"url_length" doc:"Characters."`
	HasHTTPS       bool `json:"has_https"`
	HasUnderscores bool `json:"has_underscores"`
}

// AuditContent counts what the page holds.
type AuditContent struct {
	AuditPart
	Words            int `json:"word_count" doc:"Words of the main text."`
	H1               int `json:"h1_count"`
	Images           int `json:"total_images"`
	ImagesWithoutAlt int `json:"images_without_alt"`
	InternalLinks    int `json:"internal_links_count"`
}

// AuditTechnical is what crawlers look for. Null was not seen, see reasons.
type AuditTechnical struct {
	AuditPart
	HasRobots  *bool           `json:"has_robots_txt"`
	HasSitemap *bool           `json:"has_sitemap"`
	Canonical  string          `json:"canonical_tag" doc:"The address that the page calls canonical, empty without one."`
	Schema     onboarding.List `json:"schema_markup" doc:"The types of its structured data."`
}

// AuditAccessibility is what helps readers who can't see the page.
type AuditAccessibility struct {
	AuditPart
	ImagesWithoutAlt int      `json:"images_without_alt"`
	Headings         int      `json:"headings_count"`
	Language         string   `json:"language" doc:"What the page declares, empty without."`
	Contrast         *float64 `json:"contrast_ratio" doc:"Always null, see reasons."`
}

// AuditUX is what helps readers to find their way.
type AuditUX struct {
	AuditPart
	MobileFriendly bool `json:"mobile_friendly" doc:"Whether the page declares a viewport."`
	HasNavigation  bool `json:"nav_elements"`
	HasContact     bool `json:"has_contact"`
	HasSocial      bool `json:"has_social"`
}

// AuditSummary collects the parts' issues.
type AuditSummary struct {
	Critical []AuditIssue `json:"critical_issues"`
	Warnings []AuditIssue `json:"warnings"`
	Passed   int          `json:"passed_checks"`
	Total    int          `json:"total_checks"`
}

// Why there is no audit.
const (
	reasonText = "A text was analysed, and a text has no start page."
	reasonOld  = "The analysis does not note what an audit needs; analyse the website again."
)

// Of audits the start page of a crawl. Without an audit reason says why.
func Of(crawl onboarding.CrawlResult) (audit *Audit, reason string) {
	switch {
	case crawl.Facts == nil && crawl.URL == "" && crawl.Success:
		return nil, reasonText
	case crawl.Facts == nil || len(crawl.Pages) == 0:
		return nil, reasonOld
	}
	audit = measured(crawl)
	parts := []struct {
		name string
		part *AuditPart
		made []check
	}{
		{"meta", &audit.Meta.AuditPart, metaChecks(audit.Meta)},
		{"url_structure", &audit.URL.AuditPart, urlChecks(audit.URL)},
		{"content_health", &audit.Content.AuditPart, contentChecks(audit.Content)},
		{"technical", &audit.Technical.AuditPart, technicalChecks(audit.Technical)},
		{"accessibility", &audit.Accessibility.AuditPart, accessibilityChecks(audit.Accessibility)},
		{"ux", &audit.UX.AuditPart, uxChecks(audit.UX)},
	}
	sum := 0
	for _, p := range parts {
		audit.Summary.Total += len(p.made)
		*p.part = judge(p.name, p.made)
		audit.Summary.Critical = append(audit.Summary.Critical, p.part.Issues...)
		audit.Summary.Warnings = append(audit.Summary.Warnings, p.part.Warnings...)
		sum += p.part.Score
	}
	audit.Summary.Passed = audit.Summary.Total - len(audit.Summary.Critical) - len(audit.Summary.Warnings)
	audit.Score = int(math.Round(float64(sum) / float64(len(parts))))
	return audit, ""
}

// judge scores one part by its checks.
func judge(category string, checks []check) AuditPart {
	part := AuditPart{Issues: []AuditIssue{}, Warnings: []AuditIssue{}}
	for _, c := range checks {
		switch {
		case c.passed:
		case c.critical:
			part.Issues = append(part.Issues, AuditIssue{Category: category, Type: "critical", Message: c.message})
		default:
			part.Warnings = append(part.Warnings, AuditIssue{Category: category, Type: "warning", Message: c.message})
		}
	}
	part.Score = max(0, 100-25*len(part.Issues)-10*len(part.Warnings))
	return part
}
