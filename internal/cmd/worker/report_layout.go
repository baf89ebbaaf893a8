package worker

import (
	"strings"

	"github.com/rivo/uniseg"
)

// line prints one line without trailing blanks.
func (p *printer) line(text string) {
	p.out.WriteString(strings.TrimRight(text, " "))
	p.out.WriteByte('\n')
}

// bullets prints the items of a list, wrapped.
func (p *printer) bullets(items []string) {
	for _, item := range items {
		mark := "  - "
		for _, part := range wrap(clean(item), p.width-4) {
			p.line(mark + part)
			mark = "    "
		}
	}
}

func (p *printer) strong(text string) string {
	if !p.bold {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}

// displayWidth is the number of columns that text takes in a terminal.
func displayWidth(text string) int { return uniseg.StringWidth(text) }

// pad cuts or fills text to width columns, the last of which stays blank.
func pad(text string, width int) string {
	if displayWidth(text) >= width {
		text = cut(text, width-2) + "…"
	}
	return fill(text, width)
}

// fill adds blanks up to width columns.
func fill(text string, width int) string {
	return text + strings.Repeat(" ", max(width-displayWidth(text), 0))
}

// cut returns the longest beginning of text that fits into width columns without
// breaking a character.
func cut(text string, width int) string {
	used, end := 0, 0
	graphemes := uniseg.NewGraphemes(text)
	for graphemes.Next() {
		used += graphemes.Width()
		if used > width {
			break
		}
		_, end = graphemes.Positions()
	}
	return text[:end]
}

// wrap breaks text at blanks into lines of at most width columns; a longer word is
// cut to pieces. It returns one empty line for an empty text.
func wrap(text string, width int) []string {
	lines, current := []string{}, ""
	for _, word := range strings.Fields(text) {
		for displayWidth(word) > width && cut(word, width) != "" {
			if current != "" {
				lines, current = append(lines, current), ""
			}
			piece := cut(word, width)
			lines, word = append(lines, piece), word[len(piece):]
		}
		switch {
		case current == "":
			current = word
		case displayWidth(current)+1+displayWidth(word) <= width:
			current += " " + word
		default:
			lines, current = append(lines, current), word
		}
	}
	if current != "" || len(lines) == 0 {
		lines = append(lines, current)
	}
	return lines
}
