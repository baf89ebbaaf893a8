package webpage

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-shiori/dom"
	"golang.org/x/net/html"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// ownerTypes are endings of schema.org types that describe a site's owner.
var ownerTypes = []string{
	"Organization", "Corporation", "Business", "Store", "Brand", "NGO", "Practice",
	"Service", "Agency",
}

// notOwners are endings of types that have an address or a logo and are no owner.
var notOwners = []string{
	"Person", "Product", "Event", "Posting", "Article", "WebSite", "WebPage", "Review",
	"ImageObject", "Residence",
}

// isOwner reports whether an object describes a business: by its type or, since there
// are hundreds of business types, by a property that only a business has.
func isOwner(t thing) bool {
	if t.is(notOwners...) {
		return false
	}
	return t.is(ownerTypes...) || t["address"] != nil || t["telephone"] != nil || t["openingHours"] != nil ||
		t["logo"] != nil
}

// titleSeparators stand between the parts of a page's title.
var titleSeparators = regexp.MustCompile(`\s+[|–—·•»:]\s+|\s+-\s+|\s*\|\s*`)

// maxBrand is the longest name of an owner, in bytes.
const maxBrand = 120

// readBrand fills in what the page says about its owner.
func readBrand(page *onboarding.Page, doc *goquery.Document, found []thing, address *url.URL, around places) {
	page.Brand.Name = cmp.Or(
		thingText(found, "name", isOwner),
		thingText(found, "name", func(t thing) bool { return t.is("WebSite") }),
		publisherName(found),
		Cut(page.OpenGraph["og:site_name"], maxBrand),
		Cut(page.Meta["application-name"], maxBrand),
		titleBrand(page.Title, address),
	)
	page.Brand.Tagline = cmp.Or(
		thingText(found, "slogan", isOwner),
		foldCut(doc.Find(`[class*="tagline"], [class*="site-description"]`).First().Text(), 200),
	)
	if page.Brand.Tagline == "" && isStart(address) {
		page.Brand.Tagline = headline(page)
	}
	doc.Find("img[alt]").EachWithBreak(func(i int, s *goquery.Selection) bool {
		alt := foldCut(s.AttrOr("alt", ""), maxBrand)
		if alt != "" && (around.is(s.Nodes[0], inLogo) || isLogo(s.Nodes[0], alt)) {
			page.Brand.LogoAlts = addNew(page.Brand.LogoAlts, alt, letters)
		}
		return len(page.Brand.LogoAlts) < 5 && i+1 < maxImages
	})
}

// thingText returns the value of a key in the first object of a kind.
func thingText(found []thing, key string, kind func(thing) bool) string {
	for _, t := range found {
		if kind(t) {
			if text := t.text(key, 200); text != "" {
				return text
			}
		}
	}
	return ""
}

// publisherName returns the publisher that an article names.
func publisherName(found []thing) string {
	for _, t := range found {
		if name := t.part("publisher").text("name", maxBrand); name != "" {
			return name
		}
	}
	return ""
}

// titleBrand returns the part of a title that the host's name contains, or "". Other
// parts may be the page's own name.
func titleBrand(title string, address *url.URL) string {
	parts := titleSeparators.Split(title, 8)
	host := letters(address.Hostname())
	for i := len(parts) - 1; i >= 0; i-- {
		if part := letters(parts[i]); len(part) > 2 && strings.Contains(host, part) {
			return Cut(parts[i], maxBrand)
		}
	}
	return ""
}

// headline returns the first heading of the page that is not only the brand's name.
func headline(page *onboarding.Page) string {
	for _, h := range page.Headings {
		if h.Level <= 2 && letters(h.Text) != letters(page.Brand.Name) {
			return Cut(h.Text, 200)
		}
	}
	return ""
}

// isStart reports whether the address is that of a site's start page.
func isStart(address *url.URL) bool {
	path := strings.ToLower(strings.Trim(address.Path, "/"))
	return path == "" || strings.HasPrefix(path, "index.") || strings.HasPrefix(path, "default.")
}

// logoLabels name logos.
var logoLabels = newLabels("logo brand")

// isLogo reports whether an image is a logo by its name, class or text.
func isLogo(n *html.Node, alt string) bool {
	return strings.Contains(strings.ToLower(alt+" "+dom.GetAttribute(n, "src")), "logo") || logoLabels.matches(n)
}
