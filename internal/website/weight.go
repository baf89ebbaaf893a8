package website

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxNodes is the largest document tree that is built. A page that browsers cope
// with has some thousands of nodes.
const maxNodes = 300_000

// formatting elements are opened anew by the parser in every block that follows
// while they are not closed (HTML standard, "reconstruct the active formatting
// elements"), so that a few of them can turn a small page into a huge tree.
var formatting = map[atom.Atom]bool{
	atom.A: true, atom.B: true, atom.Big: true, atom.Code: true, atom.Em: true, atom.Font: true, atom.I: true,
	atom.Nobr: true, atom.S: true, atom.Small: true, atom.Strike: true, atom.Strong: true, atom.Tt: true, atom.U: true,
}

// tooHeavy estimates from the tags alone whether the tree of a page would have more
// than maxNodes nodes. It takes no more memory than one tag.
func tooHeavy(page string) bool {
	tokens := html.NewTokenizer(strings.NewReader(page))
	open := []map[atom.Atom]int{{}} // by table depth: a table's cells close what they open
	nodes, unclosed := 0, 0
	for nodes <= maxNodes {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return false
		}
		nodes++
		if kind != html.StartTagToken && kind != html.EndTagToken {
			continue
		}
		name, _ := tokens.TagName()
		tag := atom.Lookup(name)
		top := open[len(open)-1]
		switch {
		case formatting[tag] && kind == html.StartTagToken && (tag != atom.A || top[tag] == 0):
			top[tag]++
			unclosed++
		case formatting[tag] && top[tag] > 0 && kind == html.EndTagToken:
			top[tag]--
			unclosed--
		case tag == atom.Td || tag == atom.Th:
			unclosed -= sum(top)
			clear(top)
		case tag == atom.Table && kind == html.StartTagToken && len(open) < 512:
			open = append(open, map[atom.Atom]int{})
		case tag == atom.Table && kind == html.EndTagToken && len(open) > 1:
			unclosed -= sum(top)
			open = open[:len(open)-1]
		case tag != 0 && !formatting[tag]:
			nodes += unclosed
		}
	}
	return true
}

func sum(counts map[atom.Atom]int) int {
	total := 0
	for _, count := range counts {
		total += count
	}
	return total
}
