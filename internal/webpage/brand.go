package webpage

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
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
func readBrand(page *onboarding.Page, doc *document) {
	found := doc.things
	isSite := func(t thing) bool { return t.is("WebSite") }
	for source, name := range map[onboarding.NameSource]string{
		onboarding.NameOfOwner:       thingText(found, "name", isOwner),
		onboarding.NameOfSite:        Cut(page.OpenGraph["og:site_name"], maxBrand),
		onboarding.NameInHost:        titleBrand(page.Title, doc.address),
		onboarding.NameOfWebsite:     thingText(found, "name", isSite),
		onboarding.NameOfPublisher:   publisherName(found),
		onboarding.NameOfApplication: Cut(page.Meta["application-name"], maxBrand),
		onboarding.NameOfHomeLink:    homeLinkName(doc),
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
		foldCut(contentOf(doc.first(isTagline)), 200),
	)
	readLogos(page, doc)
}

// isTagline reports whether n is named as the tagline of a site.
func isTagline(n *html.Node) bool {
	class := dom.GetAttribute(n, "class")
	return strings.Contains(class, "tagline") || strings.Contains(class, "site-description")
}

// readLogos lists what the text alternatives of logos say.
func readLogos(page *onboarding.Page, doc *document) {
	images := 0
	for _, e := range doc.elements {
		if e.DataAtom != atom.Img || !dom.HasAttribute(e.Node, "alt") {
			continue
		}
		alt := foldCut(dom.GetAttribute(e.Node, "alt"), maxBrand)
		if alt != "" && (e.is(inLogo) || isLogo(e.Node, alt)) {
			page.Brand.LogoAlts = addNew(page.Brand.LogoAlts, alt, letters)
		}
		if images++; images >= maxImages || len(page.Brand.LogoAlts) >= 5 {
			return
		}
	}
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
func homeLinkName(doc *document) string {
	for _, link := range doc.links {
		target := link.target
		if link.DataAtom != atom.A || target == nil || target.Host != doc.address.Host || link.is(inHidden) {
			continue
		}
		// A link to the top of the page is one to the start page where it is called the brand.
		leadsHome := isStart(target) && !strings.HasPrefix(link.ref, "#")
		if !leadsHome && (link.ref != "#" || !logoLabels.matches(link.Node)) {
			continue
		}
		// A name may be taken apart for its looks (<span>Spoke</span><span>Works</span>).
		text := cmp.Or(foldCut(nodeText(link.Node), maxBrand), foldCut(imageText(link.Node), maxBrand))
		return strings.TrimSpace(logoWords.ReplaceAllString(text, ""))
	}
	return ""
}

// logoWords are what the text alternatives of logos say beside the name.
var logoWords = regexp.MustCompile(`(?i)^logo(?:tipo)?(?:\s+(?:di|de|du|von|der|of|da|do))?\s+|\s+logo(?:tipo)?$|^logo$`)

var (
	copyrightSign = regexp.MustCompile(`(?i)(?:©|\(c\)|copyright)[\s©]*(?:by\s+)?`)
	// copyrightNoise stands around the name: years, and what rights are reserved.
	copyrightNoise = regexp.MustCompile(`^[\s,.–-]*(?:(?:19|20)\d\d|present|heute)[\s,.–-]*|^[\s,.–|·-]+|^(?i:by|von|par|por|di)\s+`)
	copyrightEnd   = regexp.MustCompile(
		`(?i)[|·•®™;,]|\.\s|\.$|\s[–—-]\s|\s(?:19|20)\d\d|(?:all|alle|tous|todos|tutti|some)\s+(?:rights|rechte|droits|os\s|los\s|i\s)|` +
			`alle rechten|impressum|privacy|made\s|powered|designed|website by|` +
			`〒|\S+@\S|\(?\+?\d[\d ()./-]{5,}|(?:tel|tél|telefon|telefone|teléfono|phone)[.: ]+\d|電話|هاتف`) // where the contacts begin
)

// copyrightName is the name behind the first copyright sign of the page that has one.
func copyrightName(doc *document) string {
	signed := withCopyright(doc.root)
	for _, e := range doc.elements {
		if !signed[e.Node] || !mayHoldCopyright(e.Node) {
			continue
		}
		text := labelText(e.Node, 4*maxTitle)
		at := copyrightSign.FindStringIndex(text)
		if at == nil {
			continue
		}
		rest := text[at[1]:]
		for before := ""; before != rest; {
			before, rest = rest, copyrightNoise.ReplaceAllString(rest, "")
		}
		if end := copyrightEnd.FindStringIndex(rest); end != nil {
			rest = rest[:end[0]]
		}
		if rest = cmp.Or(strings.TrimSpace(rest), beforeSign(text[:at[0]])); rest != "" && len(rest) <= maxBrand {
			return rest
		}
	}
	return ""
}

// beforeSign is the name before a copyright sign with nothing but a year behind it ("Mill Lane Bakery © 2026"): what
// stands after the last mark between parts.
func beforeSign(text string) string {
	return strings.TrimSpace(text[strings.LastIndexAny(text, "|·•;\n")+1:])
}

// withCopyright returns the elements around all text with a copyright sign.
func withCopyright(root *html.Node) map[*html.Node]bool {
	signed := map[*html.Node]bool{}
	for n := range root.Descendants() {
		if n.Type != html.TextNode || !mentionsCopyright(n.Data) {
			continue
		}
		for up := n.Parent; up != nil && !signed[up]; up = up.Parent {
			signed[up] = true
		}
	}
	return signed
}

// mentionsCopyright reports quickly whether copyrightSign may match.
func mentionsCopyright(s string) bool {
	return slices.ContainsFunc([]string{"©", "(c)", "(C)", "opyright", "OPYRIGHT"}, func(sign string) bool {
		return strings.Contains(s, sign)
	})
}

// mayHoldCopyright reports whether n is a footer, or an element for lines of text.
func mayHoldCopyright(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Footer, atom.P, atom.Small, atom.Span, atom.Li:
		return true
	}
	class := dom.GetAttribute(n, "class")
	return strings.Contains(class, "footer") || strings.Contains(class, "copyright") ||
		strings.Contains(dom.GetAttribute(n, "id"), "footer")
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
	host := letters(hostname.Shown(address.Hostname()))
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
