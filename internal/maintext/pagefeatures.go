package maintext

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Names that tell types of page apart. Each is a feature.
var (
	countedTags = []atom.Atom{
		atom.Img, atom.Form, atom.Input, atom.Select, atom.Time, atom.Pre, atom.Code, atom.Table, atom.Article,
		atom.Section, atom.Iframe, atom.Video, atom.Button, atom.Label, atom.Dt, atom.Blockquote, atom.Svg,
		atom.Figure, atom.Sup, atom.Kbd, atom.Details, atom.H1, atom.P, atom.Li, atom.A,
	}
	microdata = []string{
		"Product", "Article", "BlogPosting", "ItemList", "Offer", "QAPage", "Question", "DiscussionForumPosting", "Comment",
		"BreadcrumbList", "Organization", "CollectionPage", "price", "author", "datePublished", "articleBody", "comment",
		"item", "itemListElement", "reviewBody", "sku",
	}
	schemaTypes = []string{
		"Article", "BlogPosting", "Product", "Offer", "ProductGroup", "ItemList", "CollectionPage", "FAQPage",
		"Organization", "LocalBusiness", "WebSite", "WebPage", "BreadcrumbList", "DiscussionForumPosting", "QAPage",
		"Question", "Service", "TechArticle", "Event", "SearchResultsPage", "Person", "HowTo", "Recipe", "VideoObject",
		"AggregateRating", "Review",
	}
	openGraphTypes = []string{"article", "product", "website"}
	generators     = []string{
		"wordpress", "docusaurus", "sphinx", "mkdocs", "discourse", "woocommerce", "xenforo", "phpbb", "vbulletin",
		"mediawiki", "hugo", "jekyll",
	}
	rootClasses = []string{
		"archive", "single", "home", "topic", "template-product", "template-collection", "template-page", "template-blog",
		"tax-", "postid", "page-id", "product_cat", "woocommerce", "category", "search", "thread", "forum", "docs",
		"page-template",
	}
	// addressWords are parts of paths and, behind an @, of hosts.
	addressWords = []string{
		"/blog /news /article /articles /post/ /posts/ /magazine " +
			"/stories /story/ /journal /insights /noticias /actualit /nachrichten",
		"/product /products/ /p/ /dp/ /item /itm /shop/ /produkt /produit /producto /prodotto /sku /buy",
		"/collections /collection /category /categories /c/ /cat/ /catalog " +
			"/shop /store /kategorie /categorie /b/ /browse /department",
		"/service /services /solutions /leistungen /servicios /what-we-do /expertise /practice-areas /treatments",
		"/forum /forums /thread /threads /topic /t/ /viewtopic " +
			"/showthread /discussion /questions /r/ /comments/ /community /board",
		"@forum @community @discuss @stackexchange @stackoverflow @reddit @answers @boards @talk",
		"/docs /doc/ /documentation /guide /guides /reference /manual /api /learn /tutorial /help /wiki /kb /handbook",
		"@docs. @developer @readthedocs @wiki @learn. @help. @support. @api. .io",
		"/list /listing /listings /directory /search /jobs /events /members /team " +
			"/locations /tag/ /tags/ /archive /archives /author/ /results /find /rankings /best",
		"/20", "/about /contact /pricing /faq", "@shop @store",
	}
	titleWords = []string{
		"how to|guide|tutorial", "docs|documentation|reference|manual|api",
		"forum|thread|topic|discussion|community|board", "services|service|solutions|company|agency|consult",
		"buy|shop|price|sale|online|shipping", "best|top |list of|directory", "news|blog", "?", "|", " - ",
		"jobs|events|courses|recipes|listings|results|archive", "reddit|stack overflow|stack exchange",
	}
)

// PageRow returns the features of the page that tell its type.
func (s *Sheet) PageRow() []float32 {
	r := make(row, 0, 500)
	s.textFeatures(&r)
	s.labelFeatures(&r)
	s.groupFeatures(&r)
	s.markupFeatures(&r)
	s.metaFeatures(&r)
	return r
}

// textFeatures adds what the blocks are like.
func (s *Sheet) textFeatures(r *row) {
	n, w := len(s.Blocks), s.total.words
	kinds, levels, seen := map[onboarding.BlockKind]int{}, [7]int{}, map[string]bool{}
	var prices, years, colons, closed, questions, short, prose, longest int
	lengths := []int{0}
	count := func(sum *int, is bool) {
		if is {
			*sum++
		}
	}
	for i := range s.Blocks {
		b, f := &s.Blocks[i], &s.facts[i]
		seen[b.Text] = true
		kinds[b.Kind] += b.Words
		levels[b.Level]++
		lengths = append(lengths, b.Words)
		count(&prices, f.price && b.Words < 12)
		count(&years, f.year && b.Words < 12)
		count(&colons, f.colon)
		count(&closed, f.closed)
		count(&questions, f.question)
		count(&short, b.Words <= 3)
		count(&prose, b.Words >= 25 && b.Linked < 0.3)
		if b.Linked < 0.5 {
			longest = max(longest, b.Words)
		}
	}
	r.add(float64(w), ratio(s.total.linked, w), ratio(s.total.prose, w), float64(n), ratio(s.total.commas, w))
	for _, v := range []int{prices, years, questions, prose} {
		r.add(float64(v), ratio(v, n))
	}
	r.add(ratio(colons, n), ratio(closed, n), ratio(n-len(seen), n), ratio(n-levels[0], n), ratio(short, n),
		float64(longest))
	for _, kind := range blockKinds {
		r.add(ratio(kinds[kind], w))
	}
	for _, v := range levels[1:] {
		r.add(float64(v))
	}
	slices.Sort(lengths)
	for _, percent := range []int{50, 75, 90, 97} {
		r.add(float64(lengths[(len(lengths)-1)*percent/100]))
	}
	for _, v := range s.counts {
		r.add(float64(v), ratio(1000*v, w))
	}
}

// labelFeatures adds the words and elements under each label and role.
func (s *Sheet) labelFeatures(r *row) {
	groups, roles := make([]uint64, len(s.nodes)), make([]uint32, len(s.nodes))
	var words, elements [64]int
	var roleWords, roleElements [countRoles]int
	for i := range s.nodes {
		n := &s.nodes[i]
		groups[i], roles[i] = n.groups, n.roles
		if i > 0 {
			groups[i] |= groups[s.Elements[i].Parent]
			roles[i] |= roles[s.Elements[i].Parent]
		}
		eachBit(n.groups, func(k int) { elements[k]++ })
		eachBit(uint64(n.roles), func(k int) { roleElements[k]++ })
	}
	for i := range s.Blocks {
		b := &s.Blocks[i]
		eachBit(groups[b.Element], func(k int) { words[k] += b.Words })
		eachBit(uint64(roles[b.Element]), func(k int) { roleWords[k] += b.Words })
	}
	for k := range labelGroups {
		r.add(ratio(words[k], s.total.words), float64(elements[k]))
	}
	for k := range roleWords {
		r.add(ratio(roleWords[k], s.total.words), float64(roleElements[k]))
	}
}

// group is a group of repeated elements.
type group struct {
	sums
	n, priced, dated, pictured, headed, linkedTo int
	at                                           int
}

// groupFeatures adds what the largest groups of repeated elements hold: by words, pictures and headings.
func (s *Sheet) groupFeatures(r *row) {
	found, repeats := map[family]*group{}, 0
	words := map[uint64]int{}
	for i := range s.nodes {
		n := &s.nodes[i]
		if i == 0 || n.repeats < 3 || n.words < 2 {
			continue
		}
		key := family{s.Elements[i].Parent, n.kind}
		if found[key] == nil {
			found[key] = &group{at: i}
		}
		g := found[key]
		g.n++
		g.add(n.sums)
		g.priced, g.dated, g.pictured = g.priced+min(1, n.prices), g.dated+min(1, n.dates), g.pictured+min(1, n.images)
		g.headed, g.linkedTo = g.headed+min(1, n.headings), g.linkedTo+min(1, n.links)
		if n.blocks >= 2 {
			repeats = max(repeats, n.repeats)
			words[n.kind] += n.words
		}
	}
	var largest [3]group
	for g := range maps.Values(found) {
		for k, size := range []func(group) int{
			func(g group) int { return g.words }, func(g group) int { return g.pictured },
			func(g group) int { return g.headed },
		} {
			old := largest[k]
			if a, b := size(*g), size(old); g.n >= 3 && (a > b || a == b && (g.words > old.words ||
				g.words == old.words && g.at < old.at)) {
				largest[k] = *g
			}
		}
	}
	for _, g := range largest {
		r.add(float64(g.n), ratio(g.words, g.n), ratio(g.words, s.total.words), ratio(g.linked, g.words),
			ratio(g.prose, g.words), ratio(g.priced, g.n), ratio(g.dated, g.n), ratio(g.pictured, g.n), ratio(g.headed, g.n),
			ratio(g.linkedTo, g.n), ratio(g.blocks, g.n))
	}
	most := 0
	for v := range maps.Values(words) {
		most = max(most, v)
	}
	r.add(float64(repeats), ratio(most, s.total.words))
}

// markupFeatures adds what elements there are, and the element with the highest score.
func (s *Sheet) markupFeatures(r *row) {
	tags, properties := map[atom.Atom]int{}, map[string]int{}
	classes, groups := strings.Builder{}, uint64(0)
	for i := range s.Elements {
		e, n := &s.Elements[i], &s.nodes[i]
		tags[e.Tag]++
		root := e.Tag == atom.Html || e.Tag == atom.Body || e.Tag == atom.Main
		for _, a := range e.Attr {
			switch a.Key {
			case "itemtype":
				properties[a.Val[strings.LastIndexByte(a.Val, '/')+1:]]++
			case "itemprop":
				properties[a.Val]++
			}
			if root {
				classes.WriteString(" " + strings.ToLower(a.Val[:min(len(a.Val), maxAttribute)]))
			}
		}
		if root {
			groups |= n.groups
		}
	}
	for _, tag := range countedTags {
		r.add(float64(tags[tag]), ratio(100*tags[tag], s.total.words))
	}
	for _, name := range microdata {
		r.add(float64(properties[name]))
	}
	for k := range labelGroups {
		r.flags(groups>>k&1 == 1)
	}
	for _, name := range rootClasses {
		r.flags(strings.Contains(classes.String(), name))
	}
	at, score := s.topElement()
	top := sums{}
	if score > 0 {
		top = s.nodes[at].sums
	}
	r.add(score, ratio(top.words, s.total.words), ratio(top.linked, top.words))
}

// metaFeatures adds what the metadata and the address say.
func (s *Sheet) metaFeatures(r *row) {
	for _, kind := range schemaTypes {
		n := 0
		for _, t := range s.Types {
			if strings.HasSuffix(t, kind) {
				n++
			}
		}
		r.add(float64(n))
	}
	for _, kind := range openGraphTypes {
		r.flags(strings.Contains(s.OpenGraph, kind))
	}
	r.flags(s.OpenGraph == "")
	generator := strings.ToLower(s.Generator)
	for _, name := range generators {
		r.flags(strings.Contains(generator, name))
	}
	s.addressFeatures(r)
	title := strings.ToLower(s.Title + " " + s.Heading)
	for _, words := range titleWords {
		any := words == "|" && strings.Contains(title, "|")
		for word := range strings.SplitSeq(words, "|") {
			any = any || word != "" && strings.Contains(title, word)
		}
		r.flags(any)
	}
}

func (s *Sheet) addressFeatures(r *row) {
	path, host := strings.ToLower(s.Address.EscapedPath()), strings.ToLower(s.Address.Hostname())
	segments := strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
	last, digits := "", 0
	if len(segments) > 0 {
		last = segments[len(segments)-1]
	}
	for _, c := range path {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	r.add(float64(len(segments)), float64(len(last)), float64(strings.Count(last, "-")), float64(digits))
	r.flags(s.Address.RawQuery != "", strings.HasSuffix(path, "/"),
		strings.Contains(last, ".htm") || strings.Contains(last, ".php"))
	for _, words := range addressWords {
		r.flags(slices.ContainsFunc(strings.Fields(words), func(word string) bool {
			if part, isHost := strings.CutPrefix(word, "@"); isHost {
				return strings.Contains(host, part)
			}
			return strings.Contains("/"+path+"/", word)
		}))
	}
}

// IsArticleType reports whether a schema.org type, with or without its address, is that of an article.
func IsArticleType(name string) bool {
	return slices.ContainsFunc([]string{"Article", "BlogPosting", "LiveBlogPosting", "SocialMediaPosting", "Report"},
		func(ending string) bool { return strings.HasSuffix(name, ending) })
}
