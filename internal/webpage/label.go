package webpage

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// boilerplateRoles are ARIA roles of elements around the text.
var boilerplateRoles = []string{
	"navigation", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar",
	"toolbar", "tablist", "complementary", "tooltip",
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

// asideLabels name what no call to action stands in.
var asideLabels = newLabels(`cookie cookies consent gdpr popup modal lightbox newsletter breadcrumb breadcrumbs
	skip+link skip+to screen+reader sr+only visually+hidden offcanvas off+canvas mobile+menu main+menu navbar
	share sharing sharedaddy addtoany pagination advert advertisement adsbygoogle back+to`)

// neverLabelled are elements too central to be judged by their class.
var neverLabelled = atomSet(atom.Html, atom.Body, atom.Main, atom.Article, atom.Head, atom.H1, atom.P, atom.A, atom.Em,
	atom.Strong, atom.B, atom.I)
