package naming

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
)

const (
	// maxClaimWords is the most words of a name.
	maxClaimWords = 8
	// minNameWeight is what a name must be worth: one strong claim, or two that agree.
	minNameWeight = 2.5
	// rounding is what sums of shares may miss.
	rounding = 1e-6
)

// nameWeights is what a claim counts if all pages that have such a claim agree.
var nameWeights = map[onboarding.NameSource]float64{
	onboarding.NameOfOwner: 3, onboarding.NameOfSite: 3, onboarding.NameInHost: 2.5, onboarding.NameOfWebsite: 2.5,
	onboarding.NameOfPublisher: 2.5, onboarding.NameOfApplication: 2.5, onboarding.NameOfHomeLink: 2,
	onboarding.NameInCopyright: 2, titlesName: 3, titlePart: 1, logoName: 1.5, headingName: 1.5,
}

// manyLinks is from how many pages the link to the start page is a name where all agree.
const manyLinks = 3

// laterPart is what a part of a name counts behind the first ("B & J | Professionals in Madrid").
const laterPart = 0.8

// Sources of names beside the claims of the pages: the part that most titles share, the
// parts of the start page's title, of which each may be anything, the text of its logo,
// and what its main heading leaves over of the title.
const (
	titlesName  onboarding.NameSource = "titles"
	titlePart   onboarding.NameSource = "title_part"
	logoName    onboarding.NameSource = "logo"
	headingName onboarding.NameSource = "heading"
)

// legalForms are what follows a name in registers; a display name goes without.
var legalForms = regexp.MustCompile(`(?i)[\s,]+(?:gmbh(?:\s*&\s*co\.?\s*(?:kg|ohg))?|ug(?:\s*\(haftungsbeschränkt\))?|mbh|e\.?\s?k\.?|e\.?\s?u\.?|gbr|ohg|` +
	`kg|ag|inc\.?|incorporated|llc|l\.l\.c\.|pllc|p\.?c\.?|ltd\.?|limited|llp|plc|corp\.?|pty\.?\s*ltd\.?|s\.?a\.?r\.?l\.?|sasu?|eurl|s\.?r\.?l\.?s?\.?|s\.?p\.?a\.?|` +
	`s\.?n\.?c\.?|s\.?a\.?s\.?|s\.?l\.?u?\.?|s\.\s?a\.|ltda\.?|me|mei|eireli|b\.?v\.?|v\.?o\.?f\.?|n\.v\.|ab|oy|as|a/s|aps|sp\.\s*z\s*o\.\s*o\.|s\.r\.o\.)$`)

// displayName is a name on one line without its legal form and outer marks.
func displayName(name string) string {
	name = strings.Trim(strings.Join(strings.Fields(name), " "), " .,;:|–—-·•\"'“”„«»")
	if bare := legalForms.ReplaceAllString(name, ""); Key(bare) != "" && len([]rune(bare)) > 2 {
		return bare
	}
	return name
}

// noNames are what software and templates put where a name belongs.
var noNames = textstat.NewWordSet([]string{
	"admin", "administrator", "user", "wordpress", "wordpresscom", "wix", "wixcom", "squarespace", "jimdo", "weebly",
	"webflow", "shopify", "blogger", "github", "jekyll", "hugo", "joomla", "drupal", "mysite", "myblog", "mywebsite",
	"website", "webseite", "yourcompany", "companyname", "yourname", "yourlogo", "logo", "untitled", "untitleddocument",
	"document", "newpage", "site", "homepage", "skiptocontent", "menu", "index",
})

// nameVotes are the weights of the candidates by their letters, and the ways in which
// these are written.
type nameVotes struct {
	weight  map[string]float64
	written map[string]*textstat.Tally
}

func (v nameVotes) add(name string, weight float64, page int) {
	name = displayName(name)
	if cutOff.MatchString(name) {
		return
	}
	key := Key(name)
	if v.written[key] == nil {
		v.written[key] = textstat.NewTally()
	}
	v.written[key].Add(name, page)
	v.weight[key] += weight
}

// Owner weighs the names that the pages claim: structured data, properties, the part
// that the titles share, the link in the header and the copyright line. Names that
// contain each other support each other, and the domain of an e-mail address supports
// the name that it is made of. A name that the caller gave a page without saying where it
// stands counts like one in structured data.
func (f Finder) Owner(pages []onboarding.Page) string {
	if len(pages) == 0 {
		return ""
	}
	votes := nameVotes{
		weight: map[string]float64{}, written: map[string]*textstat.Tally{},
	}
	f.collectNames(pages, votes)
	domains := mailDomains(pages)
	best, most := "", 0.0
	for _, key := range textstat.SortedKeys(votes.weight) {
		total := votes.weight[key]
		for other, weight := range votes.weight {
			if other != key && len(key) > 3 && (strings.Contains(other, key) || len(other) > 3 && strings.Contains(key, other)) {
				total += weight / 2
			}
		}
		switch {
		case len(key) > 3 && slices.Contains(domains, key):
			total += 2
		case len(key) > 3 && slices.ContainsFunc(domains, func(d string) bool { return strings.Contains(d, key) }):
			total++
		}
		if total >= minNameWeight-rounding && total > most {
			best, most = key, total
		}
	}
	if best == "" {
		return ""
	}
	return votes.written[best].Top(1, 1)[0].Text
}

// collectNames gives each claim its weight, spread over the pages that have such a
// claim. Of a claim of several parts ("Mill – Bread and cake") each part counts.
func (f Finder) collectNames(pages []onboarding.Page, votes nameVotes) {
	perSource := map[onboarding.NameSource]int{}
	claims := make([][]onboarding.NameClaim, len(pages))
	for i, p := range pages {
		claims[i] = p.Brand.Claims
		if len(claims[i]) == 0 && p.Brand.Name != "" {
			claims[i] = []onboarding.NameClaim{{Source: onboarding.NameOfOwner, Name: p.Brand.Name}}
		}
		for _, c := range claims[i] {
			perSource[c.Source]++
		}
	}
	for i := range pages {
		for _, c := range claims[i] {
			weight := nameWeights[c.Source] / float64(perSource[c.Source])
			if c.Source == onboarding.NameOfHomeLink && perSource[c.Source] >= manyLinks {
				weight *= minNameWeight / nameWeights[c.Source]
			}
			for n, part := range onboarding.TitleParts(c.Name) {
				if n == 1 {
					weight *= laterPart
				}
				if f.canClaim(part) {
					votes.add(part, weight, i)
				}
			}
		}
	}
	f.collectStart(pages, votes)
}

// collectStart gives what the start page and the titles show its weight.
func (f Finder) collectStart(pages []onboarding.Page, votes nameVotes) {
	towns := townsOf(pages)
	vote := func(part string, source onboarding.NameSource) {
		weight := nameWeights[source]
		if f.isTrade(part) {
			weight /= 2
		}
		votes.add(withoutTown(part, towns), weight, 0)
	}
	if name := f.titleName(pages); name != "" {
		vote(name, titlesName)
	}
	for _, part := range onboarding.TitleParts(pages[0].Title) {
		if f.canClaim(part) {
			vote(part, titlePart)
		}
	}
	for _, alt := range pages[0].Brand.LogoAlts {
		if name := strings.TrimSpace(logoWords.ReplaceAllString(alt, "")); f.canName(name) {
			vote(name, logoName)
			break
		}
	}
	if name := besideHeading(pages[0]); f.canName(name) {
		vote(name, headingName)
	}
}

// besideHeading is the part of a title of two that the first heading does not repeat ("Rossi | Plumber in Leeds" above
// "Plumber in Leeds"), the whole title where the heading begins with it, or "".
func besideHeading(p onboarding.Page) string {
	i := slices.IndexFunc(p.Headings, func(h onboarding.Heading) bool { return h.Level <= 2 })
	if i < 0 {
		return ""
	}
	heading, parts := Key(p.Headings[i].Text), onboarding.TitleParts(p.Title)
	repeated := func(part string) bool { return strings.Contains(heading, Key(part)) }
	switch {
	case len(parts) == 1 && strings.HasPrefix(heading, Key(parts[0])):
		return parts[0]
	case len(parts) == 2 && repeated(parts[0]) && !repeated(parts[1]):
		return parts[1]
	case len(parts) == 2 && repeated(parts[1]) && !repeated(parts[0]):
		return parts[0]
	}
	return ""
}

// logoWords are what the text of a logo says beside the name.
var logoWords = regexp.MustCompile(`(?i)^logo(?:tipo)?(?:\s+(?:di|de|du|von|der|of|da|do))?\s+|[\s-]+logo(?:tipo)?$|^logo$`)

// canClaim reports whether a text may be a name: it is short, names no kind of page and
// is not what software and templates put there ("[Your name]").
func (f Finder) canClaim(name string) bool {
	words := textstat.SplitWords(name, false)
	return len(words) <= maxClaimWords && slices.ContainsFunc(words, textstat.Word.HasLetter) &&
		f.types.OfPhrase(name) == "" && !noNames[Key(name)] && !strings.Contains(name, "[")
}

// cutOff matches a name that goes on in another element ("Law Offices of").
var cutOff = regexp.MustCompile(`(?i)\s(?:of|the|and|von|und|der|du|et|del|di|e|do|da)$`)

// mailDomains are the domains of the e-mail addresses, letters and digits only, without
// the last label.
func mailDomains(pages []onboarding.Page) []string {
	var out []string
	for _, p := range pages {
		for _, email := range p.Contacts.Emails {
			_, domain, _ := strings.Cut(email, "@")
			if last := strings.LastIndexByte(domain, '.'); last > 0 {
				out = append(out, Key(strings.NewReplacer(".", "", "-", "").Replace(domain[:last])))
			}
		}
		if u, err := url.Parse(cmp.Or(p.Canonical, p.URL)); err == nil {
			out = append(out, Key(strings.NewReplacer(".", "", "-", "").Replace(u.Hostname())))
		}
	}
	return out
}
