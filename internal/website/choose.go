package website

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// kind is the likely subject of a page, judged by its address.
type kind int

// The kinds, most useful first.
const (
	kindAbout kind = iota
	kindOffer
	kindPricing
	kindBlog
	kindPost
	kindProof
	kindFAQ
	kindTeam
	kindContact
	kindOther
	kindLegal
)

// kindWords match the path segments of each kind in several languages; the first
// match counts.
var kindWords = []struct {
	kind  kind
	words *regexp.Regexp
}{
	{
		kindLegal,
		regexp.MustCompile(
			`^(privacy.*|.*policy|terms.*|.*conditions|legal.*|imprint|impressum|datenschutz.*|agb|cookies?|cookie-.*|disclaimer|gdpr|accessibility.*|mentions-legales|aviso-legal|politica-.*|sitemap|site-map)$`,
		),
	},
	{
		kindAbout,
		regexp.MustCompile(
			`^(about.*|who-we-are|our-story|story|company|mission|our-mission|history|ueber-uns|uber-uns|über-uns|unternehmen|a-propos|qui-sommes-nous|sobre.*|quem-somos|quienes-somos|nosotros|chi-siamo|o-nas|o-kompanii|over-ons|om-oss)$`,
		),
	},
	{
		kindTeam,
		regexp.MustCompile(`^(team|our-team|people|leadership|staff|founders?|equipe|equipo|das-team|careers?|jobs)$`),
	},
	{
		kindContact,
		regexp.MustCompile(`^(contact.*|get-in-touch|kontakt|locations?|find-us|visit|contacto|contato|contatti)$`),
	},
	{kindPricing, regexp.MustCompile(`^(pricing|prices?|plans|rates|fees|preise|tarifs|tarife|precios|precos|prezzi)$`)},
	{kindFAQ, regexp.MustCompile(`^(faqs?|help|support|questions|how-it-works|hilfe|ayuda|aide)$`)},
	{
		kindProof,
		regexp.MustCompile(
			`^(case-stud.*|customers|clients|testimonials?|reviews|success-stories|portfolio|work|our-work|projects?|gallery|referenzen|references|e-?books?|resources|guides)$`,
		),
	},
	{
		kindOffer,
		regexp.MustCompile(
			`^(services?|our-services|produ[ck]t(s|e|os)?|our-products|solutions?|features?|platform|shop|store|menu|treatments?|courses?|programs?|what-we-do|industries|leistungen|angebot|servicios|servicos|produtos|produits|servizi|prodotti|uslugi|offerings?|e-courses)$`,
		),
	},
	{
		kindBlog,
		regexp.MustCompile(
			`^(blog|blogs|news|newsroom|articles?|insights|posts?|magazine|journal|stories|press|recipes|aktuelles|neuigkeiten|actualites|noticias|novosti|learn)$`,
		),
	},
}

// dated matches the path of a post that carries its date.
var dated = regexp.MustCompile(`/(19|20)\d\d/\d{1,2}/`)

// kindOfAddress returns the kind that the last matching segment of the path names.
// Anything below a blog's segment is a post.
func kindOfAddress(u *url.URL) kind {
	segments := strings.Split(strings.Trim(strings.ToLower(u.Path), "/"), "/")
	if dated.MatchString(u.Path + "/") {
		return kindPost
	}
	for i := len(segments) - 1; i >= 0; i-- {
		name := strings.TrimSuffix(segments[i], path.Ext(segments[i]))
		name = strings.ReplaceAll(name, "_", "-")
		if name == "index" && i > 0 {
			continue
		}
		for _, entry := range kindWords {
			if !entry.words.MatchString(name) {
				continue
			}
			deeper := i < len(segments)-1 && !strings.HasPrefix(segments[len(segments)-1], "index.")
			if entry.kind == kindBlog && deeper {
				return kindPost
			}
			return entry.kind
		}
	}
	return kindOther
}

// skipped matches the paths of pages that don't show how a site writes.
var skipped = regexp.MustCompile(
	`(?i)(^|/)(login|log-in|logout|signin|sign-in|signup|sign-up|register|account|my-account|cart|basket|checkout|wishlist|wp-admin|wp-login\.php|wp-json|wp-content|feed|rss|search|cdn-cgi|xmlrpc\.php|admin|password|print|amp|trackback|share|compare)(/|$)|/(page|tag|tags|author)/`,
)

// isPageFile reports whether a path has no file extension or one of HTML pages.
func isPageFile(p string) bool {
	ext := strings.ToLower(path.Ext(p))
	switch ext {
	case "", ".html", ".htm", ".php", ".asp", ".aspx", ".jsp", ".shtml", ".xhtml", ".cfm", ".do":
		return true
	}
	// A dot in a title ("/v2.0-released") starts no extension: those are short and
	// have letters.
	return len(ext) > 6 || strings.ContainsAny(ext, "-_ ") || strings.Trim(ext, ".0123456789") == ""
}

// candidate is a page that could be read.
type candidate struct {
	address *url.URL
	kind    kind
	key     string
}

// cost ranks a candidate, the lowest first: one page of each useful kind before a
// second of any, then more posts and offers before the rest, short paths before deep
// ones.
func (c candidate) cost(taken map[kind]int) int {
	cost := 10*int(c.kind) + 45*taken[c.kind]
	switch c.kind {
	case kindPost, kindOffer:
		cost -= 25 * taken[c.kind]
	case kindOther:
		cost -= 30 * taken[c.kind]
	case kindLegal:
		cost += 1000
	default:
	}
	cost += 3 * strings.Count(strings.Trim(c.address.Path, "/"), "/")
	if c.address.RawQuery != "" {
		cost += 60
	}
	return cost
}

// pool holds the known pages of a site.
type pool struct {
	waiting []candidate
	// taken counts the pages of each kind that were chosen.
	taken map[kind]int
	// known lists every page address, in order of discovery.
	known  []string
	listed map[string]bool
	// tried holds the keys of the pages that were read or tried.
	tried map[string]bool
}

func newPool() *pool {
	return &pool{taken: map[kind]int{}, listed: map[string]bool{}, tried: map[string]bool{}}
}

// Limits of the pool.
const (
	maxKnown   = 500
	maxWaiting = 2000
)

// add adds a page of the site to the pool, once.
func (p *pool) add(u *url.URL) {
	id := key(u)
	if p.listed[id] || len(p.listed) >= maxWaiting || skipped.MatchString(u.Path) || !isPageFile(u.Path) {
		return
	}
	p.listed[id] = true
	page := normalize(u)
	if len(p.known) < maxKnown {
		p.known = append(p.known, page.String())
	}
	if !p.tried[id] {
		p.waiting = append(p.waiting, candidate{address: page, kind: kindOfAddress(page), key: id})
	}
}

// done marks the page of a key as read or tried, so that next leaves it out.
func (p *pool) done(id string) {
	p.tried[id] = true
	p.waiting = slices.DeleteFunc(p.waiting, func(c candidate) bool { return c.key == id })
}

// next removes and returns the candidate with the lowest cost, the first found of
// equals.
func (p *pool) next() (candidate, bool) {
	best := -1
	for i, c := range p.waiting {
		if best < 0 || c.cost(p.taken) < p.waiting[best].cost(p.taken) {
			best = i
		}
	}
	if best < 0 {
		return candidate{}, false
	}
	chosen := p.waiting[best]
	p.waiting = slices.Delete(p.waiting, best, best+1)
	p.tried[chosen.key] = true
	p.taken[chosen.kind]++
	return chosen, true
}
