// Package crawl says what was read of a website: its pages, contacts and profiles, and what it tells machines.
package crawl

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
)

const (
	// maxMainContent is how many characters of the text the answer shows.
	maxMainContent = 10_000
	maxListed      = 100
)

// Brand is what the pages call their owner; a part is "" where they don't.
type Brand struct{ Name, Tagline string }

// Result converts the digest to what the front end shows: the start page's values, with contacts, profiles and kinds of
// page of the whole site. kinds and words are those of the pages, in their order.
func Result(
	site onboarding.Site, kinds []string, words []int, types onboarding.PageTypes, brand Brand,
) onboarding.CrawlResult {
	start := site.Pages[0]
	result := onboarding.CrawlResult{
		Success: true, URL: site.URL, Timestamp: start.FetchedAt,
		Content: onboarding.CrawlContent{
			Title: start.Title, Description: start.Description, MainContent: mainContent(site.Pages),
			Headings: onboarding.List{}, Links: firstN(start.Links, maxListed), Images: firstN(start.Images, maxListed),
			MetaTags: map[string]string{}, SocialMedia: socialMedia(site.Pages),
			DomainInfo: domainInfo(site, kinds, words, types), BrandInfo: brandInfo(site.Pages, kinds, brand),
			ContentStructure: contentStructure(start),
		},
		Pages: make([]onboarding.CrawledPage, len(site.Pages)), Warnings: append([]onboarding.Warning{}, site.Warnings...),
		Sitemap: site.Sitemap,
	}
	if site.URL != "" {
		result.Facts = pageFacts(site)
	}
	for _, h := range firstN(start.Headings, maxListed) {
		result.Content.Headings = append(result.Content.Headings, h.Text)
	}
	maps.Copy(result.Content.MetaTags, start.Meta)
	for i, p := range site.Pages {
		result.Pages[i] = onboarding.CrawledPage{URL: p.URL, Title: p.Title, Type: kinds[i], Words: words[i]}
		if p.Extraction.Type != "" {
			result.Pages[i].ExtractionConfidence = &p.Extraction.Confidence
		}
	}
	return result
}

// firstN copies at most n elements; the copy is never nil.
func firstN[T any](list []T, n int) []T {
	return append([]T{}, list[:min(n, len(list))]...)
}

// mainContent is the text of the pages in order, cut with an ellipsis.
func mainContent(pages []onboarding.Page) string {
	var b strings.Builder
	for _, p := range pages {
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(p.Text())
		if b.Len() > 4*maxMainContent {
			break
		}
	}
	runes := []rune(b.String())
	if len(runes) <= maxMainContent {
		return string(runes)
	}
	return string(runes[:maxMainContent]) + "..."
}

func domainInfo(site onboarding.Site, kinds []string, words []int, types onboarding.PageTypes) onboarding.DomainInfo {
	info := onboarding.DomainInfo{}
	if u, err := url.Parse(site.Pages[0].URL); err == nil {
		info.Domain = u.Host
		info.DomainName = strings.TrimPrefix(u.Hostname(), "www.")
	}
	total, posts := 0, 0
	for i, n := range words {
		total += n
		if kinds[i] == "post" || kinds[i] == "blog" {
			posts += n
		}
	}
	has := func(list ...string) bool {
		return slices.ContainsFunc(list, func(kind string) bool {
			return slices.Contains(kinds, kind) || slices.Contains(types.Linked, kind)
		})
	}
	info.HasBlogSection = has("blog", "post")
	info.HasAboutPage = has("about")
	info.HasContactPage = has("contact")
	info.IsBlog = 2*posts > total
	info.IsEcommerce = has("shop") || slices.Contains(kinds, "products") && sellsOnline(site.Pages)
	info.IsCorporate = has("about", "team") && has("services", "products", "pricing", "careers", "case_studies")
	return info
}

// sellsOnline reports whether the structured data offer products at a price.
func sellsOnline(pages []onboarding.Page) bool {
	return slices.ContainsFunc(pages, func(p onboarding.Page) bool {
		types := pagetype.JSONLDTypes(p)
		return slices.Contains(types, "product") || slices.Contains(types, "offer")
	})
}

func brandInfo(pages []onboarding.Page, kinds []string, brand Brand) onboarding.BrandInfo {
	info := onboarding.BrandInfo{LogoAlt: onboarding.List{}, ContactInfo: Contacts(pages, kinds)}
	if brand.Name != "" {
		info.CompanyName = &brand.Name
	}
	if brand.Tagline != "" {
		info.Tagline = &brand.Tagline
	}
	for _, p := range pages {
		info.LogoAlt = appendNew(info.LogoAlt, p.Brand.LogoAlts)
	}
	return info
}

// appendNew adds values that list does not have yet, up to maxListed.
func appendNew(list onboarding.List, add []string) onboarding.List {
	for _, s := range add {
		if len(list) < maxListed && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

func contentStructure(p onboarding.Page) onboarding.ContentStructure {
	s := p.Structure
	return onboarding.ContentStructure{
		Headings: onboarding.HeadingCounts{
			H1: s.Headings[0], H2: s.Headings[1], H3: s.Headings[2], H4: s.Headings[3],
			H5: s.Headings[4], H6: s.Headings[5],
		},
		Paragraphs: s.Paragraphs, Lists: s.Lists, Images: s.Images, Links: s.Links, ContentSections: s.Sections,
		HasNavigation: s.HasNavigation, HasFooter: s.HasFooter, HasSidebar: s.HasSidebar,
		HasCallToAction: len(p.CallsToAction) > 0,
	}
}
