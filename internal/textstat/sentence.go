package textstat

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// splitSentences cuts a paragraph into sentences, trimmed, none empty: English by
// the trained Punkt model (Kiss and Strunk 2006), other languages by Unicode UAX
// #29, corrected after the language's abbreviations, initials and ordinals.
func (m *Meter) splitSentences(paragraph, lang string) []string {
	if lang != English {
		return unicodeSentences(paragraph, m.languages[lang]["abbreviations"])
	}
	var out []string
	for _, s := range m.punkt.Tokenize(paragraph) {
		out = appendSentence(out, s.Text)
	}
	return out
}

func unicodeSentences(paragraph string, abbreviations WordSet) []string {
	var out []string
	open, state := false, -1
	for paragraph != "" {
		var s string
		s, paragraph, state = uniseg.FirstSentenceInString(paragraph, state)
		if open && len(out) > 0 {
			out[len(out)-1] += " " + strings.TrimSpace(s)
		} else {
			out = appendSentence(out, s)
		}
		open = endsAbbreviated(s, abbreviations)
	}
	return out
}

// endsAbbreviated reports whether the full stop at the end of s belongs to an
// abbreviation, an initial or an ordinal of one or two digits.
func endsAbbreviated(s string, abbreviations WordSet) bool {
	body, stopped := strings.CutSuffix(strings.TrimSpace(s), ".")
	last := body[strings.LastIndexFunc(body, func(r rune) bool { return !isWordRune(r) })+1:]
	if len(abbreviations) == 0 || !stopped || last == "" {
		return false
	}
	length := utf8.RuneCountInString(last)
	initial, ordinal := length == 1 && isCapital(last), length <= 2 && strings.Trim(last, "0123456789") == ""
	return initial || ordinal || abbreviations[strings.ToLower(last)]
}

// appendSentence adds s to out; a text without letters or digits belongs to the
// sentence before it.
func appendSentence(out []string, s string) []string {
	s = strings.TrimSpace(s)
	switch {
	case strings.ContainsFunc(s, isWordRune):
		return append(out, s)
	case s != "" && len(out) > 0:
		out[len(out)-1] += " " + s
	}
	return out
}
