// Package figures finds where a text has digits, so that patterns of numbers need not search all of it.
package figures

import (
	"iter"
	"strings"
)

// gap is how many bytes may stand between digits that are close together, as between the groups of a telephone number.
const gap = 6

// Around returns the parts of a text that hold so many digits close together, each with reach bytes on either side.
func Around(text string, digits, reach int) string {
	parts := Excerpts{Text: text}
	count, first, last := 0, 0, 0 // of the digits that are close together
	for start, end := range Runs(text) {
		if start-last > gap || count == 0 {
			count, first = 0, start
		}
		count += end - start
		last = end
		if count >= digits {
			parts.Add(first-reach, end+reach)
		}
	}
	return parts.String()
}

// Runs yields where the runs of digits (0 to 9) of a text begin and end.
func Runs(text string) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for i := 0; i < len(text); i++ {
			if !IsDigit(text[i]) {
				continue
			}
			start := i
			for i < len(text) && IsDigit(text[i]) {
				i++
			}
			if !yield(start, i) {
				return
			}
		}
	}
}

// IsDigit reports whether c is one of 0 to 9.
func IsDigit(c byte) bool { return c >= '0' && c <= '9' }

// Excerpts are parts of a text.
type Excerpts struct {
	Text string

	out strings.Builder
	end int
}

// Add appends what stands between two offsets, which may lie outside of the text, and was not added yet. The offsets of
// later calls are higher.
func (e *Excerpts) Add(from, to int) {
	if from = max(from, 0); from > e.end {
		_ = e.out.WriteByte('\n')
		e.end = from
	}
	if to = min(to, len(e.Text)); to > e.end {
		_, _ = e.out.WriteString(e.Text[e.end:to])
		e.end = to
	}
}

// String returns the parts. Those that do not touch are on lines of their own, so that a pattern finds there what it
// finds in the text.
func (e *Excerpts) String() string { return e.out.String() }
