package persona

import (
	"strings"
	"unicode"
)

// excerpt is the part of the main text that the analysis keeps, in words.
type excerpt struct {
	words  int
	counts map[string]int
	lower  string
	emoji  int
}

// newExcerpt counts the words of a text, apostrophes and hyphens within words kept.
func newExcerpt(text string) excerpt {
	lower := strings.ToLower(strings.ReplaceAll(text, "’", "'"))
	e := excerpt{counts: map[string]int{}}
	words := strings.FieldsFunc(lower, func(r rune) bool { return !isWordRune(r) })
	for _, word := range words {
		if word = strings.Trim(word, "'-"); word != "" {
			e.counts[word]++
			e.words++
		}
	}
	for _, r := range text {
		if isEmoji(r) {
			e.emoji++
		}
	}
	e.lower = " " + strings.Join(words, " ") + " "
	return e
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) || r == '\'' || r == '-'
}

// count is how often a word or phrase in lower case occurs.
func (e excerpt) count(term string) int {
	if !strings.Contains(term, " ") {
		return e.counts[term]
	}
	return strings.Count(e.lower, " "+term+" ")
}

// isEmoji reports whether r is in a Unicode block of emoji.
func isEmoji(r rune) bool {
	return r >= 0x1F300 && r <= 0x1FAFF || r >= 0x2600 && r <= 0x27BF && r != 0x2713 && r != 0x2714
}
