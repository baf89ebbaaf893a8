package seo

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// measured returns an audit without its scores.
func measured(crawl onboarding.CrawlResult) *Audit {
	facts, content := crawl.Facts, crawl.Content
	structure, info := content.ContentStructure, content.BrandInfo.ContactInfo
	address := crawl.Pages[0].URL
	viewport := content.MetaTags["viewport"] != ""
	h := structure.Headings
	audit := &Audit{
		Meta: AuditMeta{
			TitleLength:       utf8.RuneCountInString(content.Title),
			DescriptionLength: utf8.RuneCountInString(content.Description),
			HasViewport:       viewport, Charset: facts.Charset, OpenGraph: facts.OpenGraph,
			TwitterCard: facts.TwitterCard, Robots: content.MetaTags["robots"],
		},
		URL: AuditURL{Length: utf8.RuneCountInString(address), HasHTTPS: strings.HasPrefix(address, "https://")},
		Content: AuditContent{
			Words: crawl.Pages[0].Words, H1: h.H1, Images: structure.Images,
			ImagesWithoutAlt: facts.ImagesWithoutAlt, InternalLinks: facts.InternalLinks,
		},
		Technical: AuditTechnical{
			HasRobots: facts.HasRobots, HasSitemap: facts.HasSitemap, Canonical: facts.Canonical,
			Schema: facts.StructuredData,
		},
		Accessibility: AuditAccessibility{
			ImagesWithoutAlt: facts.ImagesWithoutAlt, Headings: h.H1 + h.H2 + h.H3 + h.H4 + h.H5 + h.H6,
			Language: facts.Language,
		},
		UX: AuditUX{
			MobileFriendly: viewport, HasNavigation: structure.HasNavigation, HasSocial: len(content.SocialMedia) > 0,
			HasContact: len(info.Email)+len(info.Phone)+len(info.Address) > 0 || content.DomainInfo.HasContactPage,
		},
		Summary: AuditSummary{Critical: []AuditIssue{}, Warnings: []AuditIssue{}},
		Reasons: map[string]string{
			"performance":                  "Loading times depend on the reader's connection and are not measured here.",
			"accessibility.contrast_ratio": "Style sheets are not read.",
		},
	}
	if u, err := url.Parse(address); err == nil {
		audit.URL.HasUnderscores = strings.Contains(u.Path, "_")
	}
	if facts.HasRobots == nil {
		audit.Reasons["technical.has_robots_txt"] = "The website did not show whether it has a robots.txt."
	}
	if facts.HasSitemap == nil {
		audit.Reasons["technical.has_sitemap"] = "The website did not show whether it has a sitemap."
	}
	return audit
}

// check is one thing that a page should have.
type check struct {
	passed, critical bool
	// message says what is wrong and what to do.
	message string
}

// The bounds of what search engines show of a page.
const (
	minTitle, maxTitle             = 30, 60
	minDescription, maxDescription = 70, 160
	minWords                       = 300
	minInternalLinks               = 3
	maxURL                         = 100
)

func metaChecks(m AuditMeta) []check {
	robots := strings.ToLower(m.Robots)
	return []check{
		{m.TitleLength > 0, true, fmt.Sprintf("The start page has no title; give it one of %d to %d characters.",
			minTitle, maxTitle)},
		{
			m.TitleLength == 0 || m.TitleLength >= minTitle && m.TitleLength <= maxTitle, false,
			fmt.Sprintf("The title has %d characters; %d to %d are shown in full and say enough.", m.TitleLength,
				minTitle, maxTitle),
		},
		{m.DescriptionLength > 0, true, fmt.Sprintf("The start page has no description; write one of %d to %d characters.",
			minDescription, maxDescription)},
		{
			m.DescriptionLength == 0 || m.DescriptionLength >= minDescription && m.DescriptionLength <= maxDescription, false,
			fmt.Sprintf("The description has %d characters; %d to %d are shown in full and say enough.",
				m.DescriptionLength, minDescription, maxDescription),
		},
		{m.HasViewport, true, "The start page declares no viewport; phones show it as small as on a screen."},
		{strings.EqualFold(m.Charset, "utf-8"), false, "The start page is not in UTF-8."},
		{len(m.OpenGraph) > 0, false, "The start page has no Open Graph tags, which social networks show it by."},
		{m.TwitterCard != "", false, "The start page has no Twitter card."},
		{
			!strings.Contains(robots, "noindex") && robots != "none", true,
			"The start page asks search engines not to list it.",
		},
	}
}

func urlChecks(u AuditURL) []check {
	return []check{
		{u.HasHTTPS, true, "The start page is not served over https."},
		{u.Length <= maxURL, false, fmt.Sprintf("The address has %d characters; keep it below %d.", u.Length, maxURL)},
		{!u.HasUnderscores, false, "The address has underscores; search engines take hyphens as spaces."},
	}
}

func contentChecks(c AuditContent) []check {
	return []check{
		{c.H1 > 0, true, "The start page has no main heading (h1)."},
		{c.H1 <= 1, false, fmt.Sprintf("The start page has %d main headings (h1); keep one.", c.H1)},
		{c.Words >= minWords, false, fmt.Sprintf("The start page has %d words; %d say more of its subject.", c.Words,
			minWords)},
		{c.InternalLinks >= minInternalLinks, false, "The start page hardly links to other pages of the website."},
	}
}

func technicalChecks(t AuditTechnical) []check {
	checks := []check{
		{t.Canonical != "", false, "The start page names no canonical address."},
		{len(t.Schema) > 0, false, "The start page has no structured data (JSON-LD)."},
	}
	if t.HasRobots != nil {
		checks = append(checks, check{*t.HasRobots, false, "The website serves no robots.txt."})
	}
	if t.HasSitemap != nil {
		checks = append(checks, check{*t.HasSitemap, false, "The website serves no sitemap.xml."})
	}
	return checks
}

func accessibilityChecks(a AuditAccessibility) []check {
	return []check{
		{a.ImagesWithoutAlt == 0, true, fmt.Sprintf("Images without an alternative text: %d.", a.ImagesWithoutAlt)},
		{a.Headings > 0, false, "The start page has no headings."},
		{a.Language != "", false, "The start page does not declare its language."},
	}
}

func uxChecks(u AuditUX) []check {
	return []check{
		{u.HasNavigation, false, "The start page has no navigation."},
		{u.HasContact, false, "No page that was read shows how to reach you."},
	}
}
