package webpage

import (
	"strings"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Sizes of the text of a cell, in bytes.
const (
	// proseCell is more than the cells of most tables of data hold.
	proseCell = 140
	// pageCell is more than the cells of any table of data hold.
	pageCell = 600
)

// undoLayoutTables makes the tables that lay out the page, and their rows and cells, plain
// blocks. Tables of data stay.
func undoLayoutTables(root *html.Node) { (&tableFacts{}).walk(root, &cellFacts{}) }

// tableFacts is what is known of a table, without the tables within.
type tableFacts struct {
	rows, columns int
	// text is the size of all text, prose and pages that of the cells that hold as much.
	text, prose, pages int
	// marked reports whether the markup shows it as a table of data, headed whether rows
	// have headings, nested whether it holds other tables.
	marked, headed, nested bool
	// parts are its rows, cells and other parts.
	parts []*html.Node
	// row counts the cells of the current row, headings the headings among them.
	row, headings int
}

// cellFacts is what is known of a cell.
type cellFacts struct{ text, blocks int }

// walk adds what is under n to the table and cell that it is in.
func (t *tableFacts) walk(n *html.Node, cell *cellFacts) {
	if n.Type == html.TextNode {
		cell.text += len(strings.TrimSpace(n.Data))
	}
	if silent[n.DataAtom] {
		return
	}
	switch n.DataAtom {
	case atom.Table:
		t.nested = true
		t.inner(n, cell)
		return
	case atom.Td, atom.Th:
		t.cell(n)
		return
	case atom.Tr:
		t.rows++
		t.row, t.headings = 0, 0
		t.parts = append(t.parts, n)
	case atom.Thead, atom.Caption:
		t.marked = true
		t.parts = append(t.parts, n)
	case atom.Tbody, atom.Tfoot, atom.Colgroup, atom.Col:
		t.parts = append(t.parts, n)
	case atom.P, atom.Ul, atom.Ol, atom.Dl, atom.Blockquote, atom.Pre, atom.Form, atom.Hr,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		cell.blocks++
	case atom.Br:
		if doublesBreak(n) {
			cell.blocks++
		}
	}
	t.children(n, cell)
}

func (t *tableFacts) children(n *html.Node, cell *cellFacts) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		t.walk(child, cell)
	}
}

// inner reads the table n within t, and makes it plain blocks where it is one of layout.
func (t *tableFacts) inner(n *html.Node, cell *cellFacts) {
	border := dom.GetAttribute(n, "border")
	own := tableFacts{marked: border != "" && border != "0", parts: []*html.Node{n}}
	loose := cellFacts{}
	own.children(n, &loose)
	cell.text += own.text + loose.text
	cell.blocks++
	if own.isLayout(dom.GetAttribute(n, "role")) {
		for _, part := range own.parts {
			rename(part, atom.Div)
		}
	}
}

// cell reads a cell.
func (t *tableFacts) cell(n *html.Node) {
	own := cellFacts{}
	t.children(n, &own)
	t.row++
	t.columns = max(t.columns, t.row)
	if n.DataAtom == atom.Th {
		t.marked = true
		t.headings++
	}
	t.headed = t.headed || t.headings > 0 && t.headings < t.row
	t.parts = append(t.parts, n)
	t.text += own.text
	if own.text >= proseCell {
		t.prose += own.text
	}
	if own.text >= pageCell || own.blocks >= 3 && own.text >= 2*proseCell {
		t.pages += own.text
	}
}

// isLayout reports whether the table only places text on the page.
func (t *tableFacts) isLayout(role string) bool {
	switch {
	case role == "presentation", role == "none":
		return true
	case role != "", t.headed && !t.nested:
		return false
	case t.marked:
		return 4*t.pages >= 3*t.text && t.pages > 0
	}
	return t.nested || t.rows <= 1 || t.columns <= 1 || 2*t.prose >= t.text
}

// doublesBreak reports whether the line break n follows another one.
func doublesBreak(n *html.Node) bool {
	before := n.PrevSibling
	for before != nil && before.Type == html.TextNode && strings.TrimSpace(before.Data) == "" {
		before = before.PrevSibling
	}
	return before != nil && before.DataAtom == atom.Br
}
