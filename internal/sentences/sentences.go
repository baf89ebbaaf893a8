// Package sentences splits text into sentences.
//
// It goes by the marks that end sentences and by what stands before and after each of them: abbreviations, initials,
// ordinals, names with marks, quotations, brackets and enumerations, with lists for two dozen languages. It is pure and
// keeps nothing between calls.
package sentences

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Splitter splits the texts of a language.
type Splitter struct {
	rules *rules
	// names are names that end in a mark, such as "yahoo!".
	names map[string]bool
}

// New returns a splitter for the language of that code.
func New(lang string) *Splitter {
	return &Splitter{rules: rulesOf(lang), names: map[string]bool{}}
}

// Learn notes the names of a text that end in a mark: capital words with an exclamation or a question mark before a
// small letter. Split does not split after them where what follows is no usual beginning of a sentence.
func (s *Splitter) Learn(text string) {
	for i := 0; i < len(text); {
		at := strings.IndexAny(text[i:], "!?")
		if at < 0 {
			return
		}
		at += i
		i = at + 1
		if word := wordBefore(text, at); isUpper(firstRune(word)) && after(text, i).kind == lower {
			s.names[strings.ToLower(word)+text[at:i]] = true
		}
	}
}

// Split cuts a paragraph into sentences, trimmed and in order. Each holds a letter or a digit.
func (s *Splitter) Split(paragraph string) []string {
	c := cutter{Splitter: s, text: paragraph}
	c.numbering(0)
	for i := 0; i < len(paragraph); {
		r, size := utf8.DecodeRuneInString(paragraph[i:])
		switch {
		case s.rules.isMark(r):
			i = c.mark(i)
		case r == ' ' && c.begins(i+1):
			c.cut(i)
			i++
		case isEmoji(r) || emoticonEnd(paragraph, i) > i:
			i = c.emoji(i)
		default:
			i += size
		}
	}
	c.cut(len(paragraph))
	return c.out
}

// cutter is the state of a split.
type cutter struct {
	*Splitter
	text string
	// start is where the current sentence begins.
	start int
	out   []string
	// next is the number or letter of the next item of an enumeration, "" outside of one.
	next string
}

// cut ends the sentence at i. What has no letter or digit belongs to the sentence before.
func (c *cutter) cut(i int) {
	piece := strings.TrimSpace(c.text[c.start:i])
	switch {
	case strings.ContainsFunc(piece, isWordRune):
		c.out = append(c.out, piece)
	case piece != "" && len(c.out) > 0:
		c.out[len(c.out)-1] += " " + piece
	case piece != "":
		return
	}
	c.start = i
	c.numbering(i)
}

// mark reads the marks at i, with what closes a quotation or a bracket after them, and returns where it goes on.
func (c *cutter) mark(i int) int {
	end := c.rules.marksEnd(c.text, i)
	closed := closersEnd(c.text, c.start, end)
	next := after(c.text, closed)
	if c.ends(i, end, closed, next) {
		if tail := emojiEnd(c.text, closed); tail > closed && after(c.text, tail).kind != lower {
			closed = tail
		}
		c.cut(closed)
	}
	return closed
}

// emoji ends the sentence after an emoji that stands in place of a mark.
func (c *cutter) emoji(i int) int {
	end := emojiEnd(c.text, i)
	piece, next := c.text[c.start:i], after(c.text, end)
	if next.kind != upper || !next.spaced || len(strings.Fields(piece)) < 2 {
		return end
	}
	last := wordBefore(piece, len(strings.TrimRight(piece, " ")))
	if c.rules.starts(next.word) || !c.rules.nounsCapital && !c.rules.starts(last) {
		c.cut(end)
	}
	return end
}

// numbering notes that the sentence that begins at i is an item of an enumeration.
func (c *cutter) numbering(i int) {
	item := strings.TrimLeftFunc(c.text[i:], func(r rune) bool { return !isWordRune(r) })
	end := strings.IndexFunc(item, func(r rune) bool { return !isWordRune(r) })
	if end < 1 || end > 3 || item[end] != '.' && item[end] != ')' {
		return
	}
	c.next = ""
	switch number := item[:end]; {
	case isNumber(number):
		c.next = increment(number)
	case end == 1 && 'a' <= number[0] && number[0] < 'z':
		c.next = string(number[0] + 1)
	}
}

// begins reports whether the next item of an enumeration begins at i.
func (c *cutter) begins(i int) bool {
	if c.next == "" || !strings.HasPrefix(c.text[i:], c.next) {
		return false
	}
	rest := c.text[i+len(c.next):]
	marks := len(rest) - len(strings.TrimLeft(rest, ".)"))
	return marks > 0 && strings.HasPrefix(rest[marks:], " ") && after(rest, marks).kind != none
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
