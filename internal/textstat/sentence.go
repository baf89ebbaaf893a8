package textstat

import (
	"strings"
	"unicode"

	"github.com/neurosnap/sentences"
	"github.com/rivo/uniseg"
)

// splitSentences cuts a paragraph into sentences, trimmed, none empty: English by
// the trained Punkt model (Kiss and Strunk 2006), other languages by Unicode UAX
// #29, corrected after the language's abbreviations, initials and ordinals.
func (m *Meter) splitSentences(paragraph, lang string) []string {
	if lang == English {
		return punkt(m.punkt, paragraph)
	}
	return unicodeSentences(paragraph, m.lex.languages[lang]["abbreviations"])
}

func punkt(tokenizer sentences.SentenceTokenizer, paragraph string) []string {
	var out []string
	for _, s := range tokenizer.Tokenize(paragraph) {
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
	if len(abbreviations) == 0 {
		return false
	}
	body, ok := strings.CutSuffix(strings.TrimSpace(s), ".")
	if !ok {
		return false
	}
	last := body[strings.LastIndexFunc(body, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })+1:]
	runes := []rune(last)
	switch {
	case len(runes) == 0:
		return false
	case len(runes) == 1 && unicode.IsUpper(runes[0]):
		return true
	case len(runes) <= 2 && strings.Trim(last, "0123456789") == "":
		return true
	}
	return abbreviations[strings.ToLower(last)]
}

// appendSentence adds s to out; a text without letters or digits belongs to the
// sentence before it.
func appendSentence(out []string, s string) []string {
	s = strings.TrimSpace(s)
	hasWord := strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	switch {
	case s == "":
		return out
	case !hasWord && len(out) > 0:
		out[len(out)-1] += " " + s
		return out
	case !hasWord:
		return out
	}
	return append(out, s)
}
