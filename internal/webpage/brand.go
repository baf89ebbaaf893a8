package webpage

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
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

// maxBrand is the longest name of an owner, in bytes.
const maxBrand = 120

// readBrand fills in what the page says about its owner.
func readBrand(page *onboarding.Page, doc *goquery.Document, found []thing, address *url.URL, around places) {
	isSite := func(t thing) bool { return t.is("WebSite") }
	for source, name := range map[onboarding.NameSource]string{
		onboarding.NameOfOwner:       thingText(found, "name", isOwner),
		onboarding.NameOfSite:        Cut(page.OpenGraph["og:site_name"], maxBrand),
		onboarding.NameInHost:        titleBrand(page.Title, address),
		onboarding.NameOfWebsite:     thingText(found, "name", isSite),
		onboarding.NameOfPublisher:   publisherName(found),
		onboarding.NameOfApplication: Cut(page.Meta["application-name"], maxBrand),
		onboarding.NameOfHomeLink:    homeLinkName(doc, address, around),
		onboarding.NameInCopyright:   copyrightName(doc),
	} {
		if name != "" {
			page.Brand.Claims = append(page.Brand.Claims, onboarding.NameClaim{Source: source, Name: name})
		}
	}
	slices.SortFunc(page.Brand.Claims, func(a, b onboarding.NameClaim) int {
		return cmp.Compare(slices.Index(nameOrder, a.Source), slices.Index(nameOrder, b.Source))
	})
	if len(page.Brand.Claims) > 0 && slices.Index(nameOrder, page.Brand.Claims[0].Source) < weakNames {
		page.Brand.Name = page.Brand.Claims[0].Name
	}
	page.Brand.Tagline = cmp.Or(
		thingText(found, "slogan", isOwner),
		foldCut(doc.Find(`[class*="tagline"], [class*="site-description"]`).First().Text(), 200),
	)
	doc.Find("img[alt]").EachWithBreak(func(i int, s *goquery.Selection) bool {
		alt := foldCut(s.AttrOr("alt", ""), maxBrand)
		if alt != "" && (around.is(s.Nodes[0], inLogo) || isLogo(s.Nodes[0], alt)) {
			page.Brand.LogoAlts = addNew(page.Brand.LogoAlts, alt, letters)
		}
		return len(page.Brand.LogoAlts) < 5 && i+1 < maxImages
	})
}

// nameOrder is the order in which a page's own claims count.
var nameOrder = []onboarding.NameSource{
	onboarding.NameOfOwner, onboarding.NameOfSite, onboarding.NameOfWebsite, onboarding.NameOfPublisher,
	onboarding.NameOfApplication, onboarding.NameInHost, onboarding.NameOfHomeLink, onboarding.NameInCopyright,
}

// weakNames is the place in nameOrder from which a claim needs others that agree.
const weakNames = 6

// homeLinkName is the text of the first link in the header that leads to the start page,
// or of the image in it.
func homeLinkName(doc *goquery.Document, address *url.URL, around places) string {
	name := ""
	doc.Find("a[href]").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		href := s.AttrOr("href", "")
		target := Absolute(address, href)
		inPage := strings.HasPrefix(href, "#")
		if target == nil || inPage || target.Host != address.Host || !isStart(target) || around.is(s.Nodes[0], inHidden) {
			return true
		}
		// A name may be taken apart for its looks (<span>Spoke</span><span>Works</span>).
		text := cmp.Or(foldCut(nodeText(s.Nodes[0]), maxBrand), foldCut(imageText(s.Nodes[0]), maxBrand))
		name = strings.TrimSpace(logoWords.ReplaceAllString(text, ""))
		return false
	})
	return name
}

// logoWords are what the text alternatives of logos say beside the name.
var logoWords = regexp.MustCompile(`(?i)^logo(?:tipo)?(?:\s+(?:di|de|du|von|der|of|da|do))?\s+|\s+logo(?:tipo)?$|^logo$`)

var (
	copyrightSign = regexp.MustCompile(`(?i)(?:©|\(c\)|copyright)[\s©]*(?:by\s+)?`)
	// copyrightNoise stands around the name: years, and what rights are reserved.
	copyrightNoise = regexp.MustCompile(`^[\s,.–-]*(?:(?:19|20)\d\d|present|heute)[\s,.–-]*|^[\s,.–|·-]+|^(?i:by|von|par|por|di)\s+`)
	copyrightEnd   = regexp.MustCompile(
		`(?i)[|·•®™;,]|\.\s|\.$|\s[–—-]\s|\s(?:19|20)\d\d|(?:all|alle|tous|todos|tutti|some)\s+(?:rights|rechte|droits|os\s|los\s|i\s)|` +
			`alle rechten|impressum|privacy|made\s|powered|designed|website by`)
)

// copyrightName is the name behind the first copyright sign of the page that has one.
func copyrightName(doc *goquery.Document) string {
	name := ""
	doc.Find("footer, [class*=footer], [id*=footer], [class*=copyright], p, small, span, li").EachWithBreak(
		func(_ int, s *goquery.Selection) bool {
			text := labelText(s.Nodes[0], 4*maxTitle)
			at := copyrightSign.FindStringIndex(text)
			if at == nil {
				return true
			}
			rest := text[at[1]:]
			for before := ""; before != rest; {
				before, rest = rest, copyrightNoise.ReplaceAllString(rest, "")
			}
			if end := copyrightEnd.FindStringIndex(rest); end != nil {
				rest = rest[:end[0]]
			}
			if rest = strings.TrimSpace(rest); len(rest) <= maxBrand {
				name = rest
			}
			return name == ""
		})
	return name
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
	parts := onboarding.TitleParts(title)
	host := letters(onboarding.ShownHost(address.Hostname()))
	for i := len(parts) - 1; i >= 0; i-- {
		if part := letters(parts[i]); len(part) > 2 && strings.Contains(host, part) {
			return Cut(parts[i], maxBrand)
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
