package webpage

import (
	"slices"
	"strings"
	"unicode"

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
	var few [16]string
	words := appendLabels(few[:0], n)
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

// labels returns the words of the class, id, role and data-component names of n in
// lower case, "relatedLinks" and "related-links" as "related" and "links". Classes that
// name the state of n, or the subjects of a post, are left out.
func labels(n *html.Node) []string { return appendLabels(nil, n) }

// appendLabels appends the labels of n.
func appendLabels(found []string, n *html.Node) []string {
	for _, a := range n.Attr {
		value := Cut(a.Val, 400)
		switch a.Key {
		case "class":
			isPost := n.DataAtom == atom.Body || isPostClass(value)
			for class := range strings.FieldsSeq(value) {
				if !namesState(class) && (!isPost || !namesSubject(class)) {
					found = appendWords(found, class)
				}
			}
		case "id", "role", "data-component", "data-testid", "data-module", "itemprop":
			found = appendWords(found, value)
		}
	}
	return found
}

// isPostClass reports whether classes hold one that content systems give to each post, by
// which its other classes are known to name subjects.
func isPostClass(classes string) bool {
	for class := range strings.FieldsSeq(classes) {
		number, numbered := strings.CutPrefix(class, "post-")
		numbered = numbered && number != "" && number[0] >= '0' && number[0] <= '9'
		if numbered || class == "hentry" || class == "status-publish" {
			return true
		}
	}
	return false
}

// namesState reports whether a class is one such as "has-sidebar" and "comments-open".
func namesState(class string) bool {
	first, _, several := strings.Cut(class, "-")
	last := class[strings.LastIndexByte(class, '-')+1:]
	return several && (slices.Contains([]string{"has", "no", "not", "with", "without"}, first) ||
		slices.Contains([]string{"open", "opened", "closed", "enabled", "disabled"}, last))
}

// namesSubject reports whether a class of a post names a tag or category of it.
func namesSubject(class string) bool {
	taxonomy, _, several := strings.Cut(class, "-")
	own := taxonomy[strings.LastIndexByte(taxonomy, '_')+1:] // "cat" of "product_cat"
	return several && slices.Contains([]string{"tag", "cat", "category", "author", "term"}, own)
}

// appendWords appends the words of a class or id, in lower case. It is cut at everything that
// is not a letter and where a capital follows a small letter.
func appendWords(words []string, label string) []string {
	start, small := -1, false
	for i, r := range label {
		isLetter := unicode.IsLetter(r)
		if start >= 0 && (!isLetter || small && unicode.IsUpper(r)) {
			words, start = append(words, strings.ToLower(label[start:i])), -1
		}
		if isLetter && start < 0 {
			start = i
		}
		small = unicode.IsLower(r)
	}
	if start >= 0 {
		words = append(words, strings.ToLower(label[start:]))
	}
	return words
}
