package webpage

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// marking elements mark letters; a word goes on from one of them to the next (<b>un</b><i>happy</i>).
var marking = atomSet(atom.B, atom.Strong, atom.I, atom.Em, atom.U, atom.S, atom.Sub, atom.Sup, atom.Small, atom.Big,
	atom.Mark, atom.Font, atom.Del, atom.Ins, atom.Tt, atom.Strike, atom.Wbr)

// touches reports whether the text node n begins a word of its own though it follows before without a space: two inline
// elements meet there, which pages set apart by style (<b>Price</b><span>131 €</span>). Single letters are parts of a
// word that was taken apart for its looks.
func touches(before string, n *html.Node) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(n.Data)
	if !isWordPart(last) && !strings.ContainsRune("%€$£.!?:;,)]”’»", last) ||
		!isWordPart(first) && !unicode.Is(unicode.Sc, first) && !strings.ContainsRune("(“«„¿¡", first) {
		return false
	}
	left, right := elementsAt(n)
	if left == nil || right == nil || marking[left.DataAtom] && marking[right.DataAtom] || left.DataAtom == atom.Wbr {
		return false
	}
	return !isSingleLetter(before[strings.LastIndexFunc(before, isNoWordPart)+1:]) &&
		!isSingleLetter(n.Data[:len(n.Data)-len(strings.TrimLeftFunc(n.Data, isWordPart))])
}

// elementsAt returns the elements that meet where the text node n begins, nil where text does.
func elementsAt(n *html.Node) (left, right *html.Node) {
	for at := n; at != nil; at = at.Parent {
		before := at.PrevSibling
		for before != nil && (before.Type == html.CommentNode || before.Type == html.TextNode && before.Data == "") {
			before = before.PrevSibling
		}
		if before == nil {
			continue
		}
		if at.Type != html.ElementNode || before.Type != html.ElementNode {
			return nil, nil
		}
		return before, at
	}
	return nil, nil
}

func isWordPart(r rune) bool   { return unicode.IsLetter(r) || unicode.IsDigit(r) }
func isNoWordPart(r rune) bool { return !isWordPart(r) }

func isSingleLetter(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return size == len(s) && unicode.IsLetter(r)
}
