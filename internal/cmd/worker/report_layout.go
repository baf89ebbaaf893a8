package worker

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// line prints one line without trailing blanks.
func (p *printer) line(text string) {
	p.out.WriteString(strings.TrimRight(text, " "))
	p.out.WriteByte('\n')
}

func (p *printer) strong(text string) string {
	if !p.bold {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}

// columns measures and cuts text by the columns that it takes in a terminal.
var columns = &runewidth.Condition{StrictEmojiNeutral: true}

// pad cuts or fills text to width columns, the last of which stays blank.
func pad(text string, width int) string {
	return columns.FillRight(columns.Truncate(text, width-1, "…"), width)
}

// wrap breaks text at blanks into lines of at most width columns; a longer word is
// cut to pieces. It returns one empty line for an empty text.
func wrap(text string, width int) []string {
	lines, current := []string{}, ""
	for _, word := range strings.Fields(text) {
		for columns.StringWidth(word) > width && columns.Truncate(word, width, "") != "" {
			if current != "" {
				lines, current = append(lines, current), ""
			}
			piece := columns.Truncate(word, width, "")
			lines, word = append(lines, piece), word[len(piece):]
		}
		switch {
		case current == "":
			current = word
		case columns.StringWidth(current)+1+columns.StringWidth(word) <= width:
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
