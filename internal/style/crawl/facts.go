package crawl

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
)

const (
	// maxNoted bounds the types of structured data and the properties that are noted.
	maxNoted = 20
	// maxNotedBytes bounds each of them.
	maxNotedBytes = 100
)

// pageFacts notes what the start page of a website tells machines.
func pageFacts(site onboarding.Site) *onboarding.PageFacts {
	start := site.Pages[0]
	types := slices.Compact(slices.Sorted(slices.Values(pagetype.JSONLDTypes(start))))
	var properties []string
	for _, name := range slices.Sorted(maps.Keys(start.OpenGraph)) {
		if strings.HasPrefix(name, "og:") && start.OpenGraph[name] != "" {
			properties = append(properties, name)
		}
	}
	facts := &onboarding.PageFacts{
		Charset: start.Charset, Language: textstat.Clip(start.Lang, maxNotedBytes), Canonical: start.Canonical,
		OpenGraph: noted(properties), StructuredData: noted(types),
		TwitterCard:   textstat.Clip(cmp.Or(start.OpenGraph["twitter:card"], start.Meta["twitter:card"]), maxNotedBytes),
		InternalLinks: internalLinks(start), HasRobots: site.HasRobots, HasSitemap: site.HasSitemap,
	}
	for _, image := range start.Images {
		if strings.TrimSpace(image.Alt) == "" {
			facts.ImagesWithoutAlt++
		}
	}
	return facts
}

// noted bounds a list.
func noted(names []string) onboarding.List {
	list := onboarding.List(firstN(names, maxNoted))
	for i := range list {
		list[i] = textstat.Clip(list[i], maxNotedBytes)
	}
	return list
}

// internalLinks counts the links of a page to its own host.
func internalLinks(page onboarding.Page) int {
	own, err := url.Parse(page.URL)
	if err != nil {
		return 0
	}
	count := 0
	for _, link := range page.Links {
		if target, err := url.Parse(link.Href); err == nil && strings.EqualFold(target.Hostname(), own.Hostname()) {
			count++
		}
	}
	return count
}
