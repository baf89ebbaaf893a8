package webpage

import (
	"context"
	"net/url"

	readability "codeberg.org/readeck/go-readability/v2"
	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits of the trees that the readability algorithm gets, in nodes and bytes. It
// reads the text under each element, and again under each of its ancestors.
const (
	maxReadable     = 60_000
	maxReadableText = 40 << 20
)

// outline is the part of the page's metadata that helps to find the main text.
type outline struct {
	// title and description are folded; heading is the page's first h1.
	title, description, heading string
	// article reports whether the metadata call the page an article.
	article bool
	// author is the name of the author, or "".
	author string
	// body is the text of the article according to the metadata, or nil. marked
	// reports whether it comes from an element, which may hold boilerplate too.
	body    shingles
	marked  bool
	address *url.URL
}

// mainText returns the main text of the page. Readability finds that of an article:
// the metadata call it one, or most of its prose is in one place. Other pages, mostly
// start pages, keep every section that is not boilerplate. When ctx ends, mainText
// returns early with what it has.
func mainText(ctx context.Context, root *html.Node, about outline) []piece {
	tree := dom.Clone(root, true)
	prune(tree, isBoilerplate)
	pruneLabelled(tree, pageLabels, 0.3, isSection)
	whole := dropMenus(piecesOf(tree))
	if len(whole) == 0 {
		whole = visiblePieces(root)
	}
	if ctx.Err() != nil {
		return whole
	}
	article := readArticle(root, about)
	if about.body != nil && (!about.marked || proseWords(article) < minArticleBody) {
		trimmed := trimArticle(whole, about)
		if about.body.agreement(trimmed) > about.body.agreement(article)+0.1 {
			return trimmed
		}
	}
	if about.preferArticle(article, whole) {
		return article
	}
	return whole
}

// visiblePieces returns all visible text, for pages that mark everything as
// navigation or the like.
func visiblePieces(root *html.Node) []piece {
	tree := dom.Clone(root, true)
	prune(tree, hidden)
	return piecesOf(tree)
}

// readArticle returns the article that readability finds, without its boilerplate,
// and nil for a tree that is too large.
func readArticle(root *html.Node, about outline) []piece {
	tree := dom.Clone(root, true)
	prune(tree, isArticleBoilerplate)
	if _, text := textWork(tree); text > maxReadableText || countNodes(tree, maxReadable) > maxReadable {
		return nil
	}
	pruneLabelled(tree, articleLabels, 0.2, nil)
	pruneHinted(tree, articleHints)
	parser := readability.NewParser()
	parser.KeepClasses = true
	article, err := parser.ParseAndMutate(tree, about.address)
	if err != nil || article.Node == nil {
		return nil
	}
	nameAtoms(article.Node)
	return trimArticle(piecesOf(article.Node), about)
}

// textWork returns the size of the text under n, and the sum of such sizes over all
// elements under n, in bytes.
func textWork(n *html.Node) (text, work int) {
	if n.Type == html.TextNode {
		return len(n.Data), 0
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		childText, childWork := textWork(child)
		text, work = text+childText, work+childWork
	}
	return text, work + text
}

// nameAtoms sets the DataAtom of all elements: readability makes and renames
// elements by Data alone.
func nameAtoms(n *html.Node) {
	if n.Type == html.ElementNode {
		n.DataAtom = atom.Lookup([]byte(n.Data))
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		nameAtoms(child)
	}
}

// preferArticle reports whether the article is the main text, rather than the whole page.
func (o outline) preferArticle(article, whole []piece) bool {
	found, all := proseWords(article), proseWords(whole)
	switch {
	case len(article) == 0:
		return false
	case o.article:
		return found >= 20 || 4*found >= all
	case isStart(o.address):
		return false
	}
	return 2*found >= all
}

// proseWords counts the words of the pieces that read like sentences: long ones, not
// made of links.
func proseWords(pieces []piece) int {
	sum := 0
	for _, p := range pieces {
		if p.words >= 15 && p.linked < 0.4 {
			sum += p.words
		}
	}
	return sum
}
