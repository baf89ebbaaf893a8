package webpage

import (
	"slices"
	"strings"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// boilerplateRoles are ARIA roles of elements around the text.
var boilerplateRoles = []string{
	"navigation", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar",
	"toolbar", "tablist", "complementary", "tooltip",
}

// isBoilerplate reports whether n is not part of the content: hidden elements,
// navigation, footers, form controls.
func isBoilerplate(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Nav, atom.Aside, atom.Dialog, atom.Menu, atom.Label:
		return true
	case atom.A:
		return hidden(n) || skipLabels.matches(n)
	case atom.Footer:
		return !inside(n, atom.Blockquote)
	case atom.Header:
		return !holds(n, atom.H1, atom.H2, atom.P) && !inside(n, atom.Article, atom.Section)
	case atom.Button:
		return !inside(n, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Dt, atom.Summary)
	}
	return hidden(n) || slices.Contains(boilerplateRoles, strings.ToLower(dom.GetAttribute(n, "role")))
}

// isArticleBoilerplate is isBoilerplate for an article: captions and the like count too.
func isArticleBoilerplate(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Figcaption, atom.Time, atom.Nav, atom.Dialog, atom.Menu, atom.Button:
		return true
	case atom.Figure:
		return !holds(n, atom.Blockquote, atom.Pre, atom.Table, atom.Figure)
	case atom.Aside, atom.Header:
		return false // readability scores these itself
	}
	return isBoilerplate(n)
}

// labelRule is a set of words in the labels (see labels) of a kind of element.
type labelRule map[string]bool

func newLabels(list string) labelRule {
	rule := labelRule{}
	for _, word := range strings.Fields(list) {
		rule[word] = true
	}
	return rule
}

// matches reports whether a label of n is in the set, alone or joined with the next
// ("read-more" is "read+more").
func (r labelRule) matches(n *html.Node) bool {
	words := labels(n)
	for i, word := range words {
		if r[word] || i+1 < len(words) && r[word+"+"+words[i+1]] {
			return true
		}
	}
	return false
}

var (
	// skipLabels name links for screen readers.
	skipLabels = newLabels("skip skip+link skip+to screen+reader sr+only visually+hidden")
	// pageLabels name boilerplate on any page.
	pageLabels = newLabels(`popup modal lightbox newsletter breadcrumb breadcrumbs
		skip+link skip+to screen+reader sr+only visually+hidden offcanvas off+canvas mobile+menu main+menu navbar
		share sharing sharedaddy addtoany pagination advert advertisement adsbygoogle back+to`)
	// articleLabels name boilerplate in and around articles.
	articleLabels = newLabels(`popup modal lightbox newsletter newsletters breadcrumb
		breadcrumbs skip+link skip+to screen+reader sr+only visually+hidden share sharing sharedaddy addtoany
		pagination pager advert advertisement adsbygoogle related+articles related+posts related+links related+content
		related+stories recirc outbrain taboola wp+caption image+caption photo+caption photo+credit image+credit
		byline dateline disqus comments comment+form respond author+bio author+box author+info about+author
		read+more readmore read+next see+also also+like tag+list post+meta entry+meta article+meta paywall`)
	// articleHints name boilerplate on most sites and content on some. They count only
	// for elements that are short or made of links.
	articleHints = newLabels(`social related recommended recommendations caption captions credit credits timestamp
		signup sign+up subscribe subscription promo bio tags toolbar trending popular meta+data copyright disclaimer
		advertorial sponsored author`)
)

// neverLabelled are elements too central to be judged by their class.
var neverLabelled = atomSet(atom.Html, atom.Body, atom.Main, atom.Article, atom.Head, atom.H1, atom.P, atom.A, atom.Em,
	atom.Strong, atom.B, atom.I)

// bulk is the size of the text under an element and of the part in links, in bytes.
type bulk struct{ text, linked int }

// pruneLabelled removes the elements that rule names and that hold at most share
// (0 to 1) of the text: a wrapper of the whole text has its class for other reasons.
// Those for which keep returns true stay; keep may be nil.
func pruneLabelled(root *html.Node, rule labelRule, share float64, keep func(*html.Node) bool) {
	pruneBulk(root, func(n *html.Node, size, whole bulk) bool {
		return float64(size.text) <= share*float64(whole.text) && rule.matches(n) && (keep == nil || !keep(n))
	})
}

// isSection reports whether n is built like a section of the text: it holds a heading, as
// much prose as two sentences, and no field of a form.
func isSection(n *html.Node) bool {
	const twoSentences = 25
	heading, words, looked := false, 0, 0
	for under := range n.Descendants() {
		if looked++; looked > maxLabelNodes {
			return false
		}
		switch under.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			heading = true
		case atom.Input, atom.Select, atom.Textarea, atom.Form:
			return false
		case atom.P:
			if of := piecesOf(under); len(of) > 0 && of[0].linked < 0.4 && of[0].words >= 8 {
				words += of[0].words
			}
		}
	}
	return heading && words >= twoSentences
}

// pruneHinted removes the elements that rule names where they are short or mostly
// links.
func pruneHinted(root *html.Node, rule labelRule) {
	const short = 150
	pruneBulk(root, func(n *html.Node, size, whole bulk) bool {
		slight := size.text <= short || 5*size.text <= whole.text && 5*size.linked >= 2*size.text
		return slight && 5*size.text <= 2*whole.text && rule.matches(n)
	})
}

func pruneBulk(root *html.Node, drop func(n *html.Node, size, whole bulk) bool) {
	sizes := map[*html.Node]bulk{}
	measureTree(root, sizes, false)
	prune(root, func(n *html.Node) bool {
		return !neverLabelled[n.DataAtom] && drop(n, sizes[n], sizes[root])
	})
}

// measureTree records the bulk under every node.
func measureTree(n *html.Node, sizes map[*html.Node]bulk, inLink bool) {
	size := bulk{}
	inLink = inLink || n.DataAtom == atom.A
	if n.Type == html.TextNode {
		size.text = len(strings.TrimSpace(n.Data))
		if inLink {
			size.linked = size.text
		}
	}
	if !silent[n.DataAtom] {
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			measureTree(child, sizes, inLink)
			size.text += sizes[child].text
			size.linked += sizes[child].linked
		}
	}
	sizes[n] = size
}

// dropMenus removes runs of four or more short pieces that are only links, such as
// menus and tag lists.
func dropMenus(pieces []piece) []piece {
	isEntry := func(p piece) bool { return p.linked > 0.9 && p.words <= 4 && p.Kind != "heading" }
	var kept []piece
	for i := 0; i < len(pieces); {
		end := i
		for end < len(pieces) && isEntry(pieces[end]) {
			end++
		}
		if end-i < 4 {
			end = max(end, i+1)
			kept = append(kept, pieces[i:end]...)
		}
		i = end
	}
	return kept
}
