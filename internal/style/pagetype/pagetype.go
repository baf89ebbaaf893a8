// Package pagetype tells what kind of page a page of a website is, by its address, its structured data and its
// headings, and which kinds a website has, links to and lacks.
package pagetype

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
)

//go:embed lists/*.txt
var files embed.FS

// Types are the types of page by the phrases that name them.
type Types map[string]string

// New reads the phrases.
func New() (Types, error) {
	lists, err := textstat.Lists(files, "lists")
	if err != nil {
		return nil, fmt.Errorf("read page types: %w", err)
	}
	types := Types{}
	for _, section := range slices.Backward(lists["pagetypes"]) { // of two sections with a phrase the first counts
		for _, phrase := range section.Terms {
			types[phrase] = section.Name
		}
	}
	return types, nil
}

// minKnownPages is how many addresses must be known of a site with one read page
// before a type counts as missing.
const minKnownPages = 3

// Other is the type of a page that fits no other.
const Other = "other"

// Of returns what kind of page it is: by the address (last segment first), the
// structured data, the parent segments, and the title or first heading.
func (t Types) Of(p onboarding.Page) string {
	segments := Segments(p.URL)
	if len(segments) == 0 {
		return "home"
	}
	heading := ""
	if len(p.Headings) > 0 {
		heading = p.Headings[0].Text
	}
	return cmp.Or(t.OfPhrase(segments[len(segments)-1]), jsonLDPageType(p), t.typeOfParents(segments),
		t.OfPhrase(heading), t.OfPhrase(onboarding.TitleParts(p.Title)[0]), questionsType(p),
		t.ofWords(segments[len(segments)-1]), Other)
}

// questionsType is "faq" for a page that says so in its structured data and has mostly
// questions for headings. Questions at the end of a page about something else make it
// none.
func questionsType(p onboarding.Page) string {
	questions := 0
	for _, h := range p.Headings {
		questions += textstat.BoolToInt(strings.HasSuffix(h.Text, "?"))
	}
	if 3*questions > 2*len(p.Headings) && slices.ContainsFunc(JSONLDTypes(p), isQuestions) {
		return "faq"
	}
	return ""
}

func isQuestions(t string) bool { return t == "faqpage" || t == "qapage" }

// OfAddress is the type that an address alone shows, or "".
func (t Types) OfAddress(raw string) string {
	segments := Segments(raw)
	if len(segments) == 0 {
		return "home"
	}
	return cmp.Or(t.OfPhrase(segments[len(segments)-1]), t.typeOfParents(segments))
}

// OfPhrase is the type that a phrase names, or "".
func (t Types) OfPhrase(phrase string) string {
	phrase = strings.ToLower(strings.Trim(strings.Join(strings.Fields(phrase), " "), " .:!?"))
	switch {
	case t[phrase] != "":
		return t[phrase]
	case strings.HasPrefix(phrase, "about ") && strings.Count(phrase, " ") <= 3:
		return "about"
	case strings.TrimRight(phrase, "0123456789") != phrase && numberedPost.MatchString(phrase):
		return "post"
	}
	return ""
}

// ofWords is the type that the first or the last word of an address' segment names ("contact plumber leeds",
// "plumbing services"), or "". Short words and those that mean something else beside others name none.
func (t Types) ofWords(segment string) string {
	words := strings.Fields(segment)
	for _, word := range []string{words[0], words[len(words)-1]} {
		if kind := t[word]; kind != "" && kind != "home" && len(word) >= minTypeWord && !alone[word] {
			return kind
		}
	}
	return ""
}

// minTypeWord is the least length in bytes of a word that names the type beside others.
const minTypeWord = 5

// alone are the words that name a type only when nothing stands beside them.
var alone = map[string]bool{
	"abogados": true, "about": true, "advogados": true, "apartments": true, "apply": true, "areas": true,
	"article": true, "articles": true, "articoli": true, "articolo": true, "articulo": true, "artigo": true,
	"artigos": true, "artículo": true, "attorney": true, "attorneys": true, "avocats": true, "avvocati": true,
	"beitrag": true, "beiträge": true, "cabinet": true, "calidad": true, "centro": true, "classes": true,
	"clinica": true, "clínica": true, "company": true, "doctores": true, "empresa": true, "equipo": true,
	"events": true, "firma": true, "formation": true, "guide": true, "guides": true, "heritage": true,
	"historia": true, "history": true, "journal": true, "lawyers": true, "legal": true, "library": true,
	"location": true, "locations": true, "manual": true, "medici": true, "medicos": true, "mission": true,
	"médicos": true, "nosotros": true, "obras": true, "oferta": true, "people": true, "photos": true, "planes": true,
	"planos": true, "plans": true, "posts": true, "prix": true, "profesionales": true, "profissionais": true,
	"publications": true, "quality": true, "qualità": true, "qualität": true, "qualité": true, "questions": true,
	"quote": true, "rechtsanwaelte": true, "rechtsanwälte": true, "reference": true, "rooms": true, "sobre": true,
	"staff": true, "stellen": true, "store": true, "storia": true, "stories": true, "story": true, "studies": true,
	"support": true, "taller": true, "terms": true, "tools": true, "valores": true, "values": true, "zimmer": true,
}

// numberedPost matches the addresses of posts that have no folder of their own
// ("blog-article-3.html").
var numberedPost = regexp.MustCompile(`^(?:blog )?(?:article|artikel|post|articolo|articulo|artículo|artigo|beitrag) \d+$`)

// typeOfParents returns the type that the parent segments imply: a page below a blog
// is a post, unless it is one of the blog's lists.
func (t Types) typeOfParents(segments []string) string {
	for i := len(segments) - 2; i >= 0; i-- {
		switch kind := t.OfPhrase(segments[i]); kind {
		case "", "home", "contact", "pricing":
		case "blog":
			if isArchive(segments[i+1:]) {
				return "blog"
			}
			return "post"
		default:
			return kind
		}
	}
	if len(segments) >= 3 && isYear(segments[0]) {
		return "post"
	}
	return ""
}

// isArchive reports whether the segments below a blog's are those of a list
// (/category/x, /page/2), not of a post.
func isArchive(below []string) bool {
	if len(below) > 2 {
		return false
	}
	switch below[0] {
	case "category", "categories", "tag", "tags", "page", "author", "kategorie", "catégorie", "categoria":
		return true
	}
	return false
}

func isYear(segment string) bool {
	return len(segment) == 4 && (strings.HasPrefix(segment, "19") || strings.HasPrefix(segment, "20")) &&
		strings.Trim(segment, "0123456789") == ""
}

// Segments are the parts of an address' path in lower case, hyphens and
// underscores as spaces, without extension, index page or language.
func Segments(raw string) []string {
	u, err := url.Parse(raw)
	if err != nil {
		return nil
	}
	var segments []string
	for part := range strings.SplitSeq(strings.ToLower(u.Path), "/") {
		if i := strings.LastIndexByte(part, '.'); i > 0 {
			part = part[:i]
		}
		part = strings.Join(strings.FieldsFunc(part, isSeparator), " ")
		if part == "" || part == "index" || part == "default" || part == "home" || len(segments) == 0 && isLocale(part) {
			continue
		}
		segments = append(segments, part)
	}
	return segments
}

// isSeparator reports whether r stands between the words of a segment.
func isSeparator(r rune) bool { return r == '-' || r == '_' || r == '+' || unicode.IsSpace(r) }

// isLocale reports whether a segment is a language prefix (/en/, /pt-br/).
func isLocale(segment string) bool {
	lang, region, _ := strings.Cut(segment, " ")
	switch lang {
	case "en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "ru", "da", "no", "fi", "cs", "tr", "ja", "zh", "ko", "ar",
		"uk", "el", "hu", "ro":
		return region == "" || len(region) == 2
	}
	return false
}

// jsonLDPageType is the type that the page's structured data state, or "".
func jsonLDPageType(p onboarding.Page) string {
	for _, t := range JSONLDTypes(p) {
		switch t {
		case "blogposting", "article", "newsarticle", "techarticle", "reportagenewsarticle", "opinionnewsarticle":
			return "post"
		case "blog":
			return "blog"
		case "product":
			return "products"
		case "service":
			return "services"
		case "aboutpage", "profilepage":
			return "about"
		case "contactpage":
			return "contact"
		case "jobposting":
			return "careers"
		case "event":
			return "events"
		}
	}
	return ""
}

// JSONLDTypes are the @type values of the page's structured data, in lower case.
func JSONLDTypes(p onboarding.Page) []string {
	var types []string
	for _, raw := range p.JSONLD {
		var object struct {
			Type any `json:"@type"`
		}
		if json.Unmarshal(raw, &object) == nil {
			types = append(types, Names(object.Type)...)
		}
	}
	return types
}

// Summary summarizes the types of the site's pages. Missing is empty when too little
// of the site is known.
func (t Types) Summary(site onboarding.Site, kinds []string, words []int) onboarding.PageTypes {
	types := onboarding.PageTypes{Found: []onboarding.PageType{}, Linked: onboarding.List{}, Missing: onboarding.List{}}
	counts := map[string]*onboarding.PageType{}
	for i, kind := range kinds {
		if counts[kind] == nil {
			counts[kind] = &onboarding.PageType{Type: kind}
		}
		counts[kind].Pages++
		counts[kind].Words += words[i]
	}
	for _, kind := range textstat.SortedKeys(counts) {
		types.Found = append(types.Found, *counts[kind])
	}
	linked := t.linkedTypes(site)
	for _, kind := range textstat.SortedKeys(linked) {
		if counts[kind] == nil && kind != "home" {
			types.Linked = append(types.Linked, kind)
		}
	}
	if len(kinds) < 2 && len(site.Known) < minKnownPages {
		return types
	}
	for _, kind := range expectedTypes(counts, linked) {
		blogged := kind == "blog" && (counts["post"] != nil || linked["post"])
		if counts[kind] == nil && !linked[kind] && !blogged {
			types.Missing = append(types.Missing, kind)
		}
	}
	return types
}

// linkedTypes are the types that unread addresses and headings show.
func (t Types) linkedTypes(site onboarding.Site) map[string]bool {
	linked := map[string]bool{}
	addresses := slices.Clone(site.Known)
	for _, p := range site.Pages {
		for _, h := range p.Headings {
			if kind := t.OfPhrase(h.Text); kind != "" {
				linked[kind] = true
			}
		}
		for _, l := range p.Links {
			if SameHost(l.Href, p.URL) {
				addresses = append(addresses, l.Href)
				if kind := t.OfPhrase(l.Text); kind != "" {
					linked[kind] = true
				}
			}
		}
	}
	for _, address := range addresses {
		if kind := t.OfAddress(address); kind != "" {
			linked[kind] = true
		}
	}
	return linked
}

// expectedTypes returns the types that such a site usually has. A business presents
// itself, its offers, prices, references and answers to questions.
func expectedTypes(found map[string]*onboarding.PageType, linked map[string]bool) []string {
	has := func(kinds ...string) bool {
		return slices.ContainsFunc(kinds, func(k string) bool { return found[k] != nil || linked[k] })
	}
	if !has("services", "products", "shop", "pricing", "portfolio", "contact") {
		return []string{"about", "contact"}
	}
	expected := []string{"about", "contact", "faq", "testimonials", "blog"}
	if !has("services", "products", "shop") {
		expected = append(expected, "services")
	}
	if !has("shop", "pricing") {
		expected = append(expected, "pricing")
	}
	return expected
}

// Names are the values of @type in lower case, without the vocabulary's address.
func Names(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, item := range list {
		if name, ok := item.(string); ok {
			out = append(out,
				strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(name, "https://schema.org/"), "http://schema.org/")))
		}
	}
	return out
}

// SameHost reports whether two addresses have the same host.
func SameHost(a, b string) bool {
	x, errX := url.Parse(a)
	y, errY := url.Parse(b)
	return errX == nil && errY == nil && strings.EqualFold(x.Host, y.Host)
}
