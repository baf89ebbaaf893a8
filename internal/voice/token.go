package voice

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// masked stands for a word outside the commonest, as Mask writes it.
const masked = "*"

// token is a word, a mark, or (space set) a run of white space.
type token struct {
	text, lower string
	word, space bool
	// line reports that a run of white space holds a line end.
	line bool
}

// tokens cuts a text. A word is a run of letters, marks and digits with apostrophes and hyphens inside; the mask is a
// word. In French and Italian an elided article is a word of its own (l'eau has two).
func (l *language) tokens(text string) []token {
	out := make([]token, 0, len(text)/3)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		end := i + size
		switch {
		case unicode.IsSpace(r):
			for end < len(text) {
				next, n := utf8.DecodeRuneInString(text[end:])
				if !unicode.IsSpace(next) {
					break
				}
				end += n
			}
			out = append(out, token{text: " ", space: true, line: strings.ContainsRune(text[i:end], '\n')})
		case r == '*':
			out = append(out, token{text: masked, lower: masked, word: true})
		case isWordRune(r):
			end = l.wordEnd(text, i)
			plain := strings.ReplaceAll(text[i:end], "’", "'")
			out = append(out, token{text: plain, lower: strings.ToLower(plain), word: true})
		default:
			out = append(out, token{text: text[i:end], lower: text[i:end]})
		}
		i = end
	}
	return out
}

// wordEnd returns where the word that begins at i ends.
func (l *language) wordEnd(text string, i int) int {
	start := i
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		next, _ := utf8.DecodeRuneInString(text[min(i+size, len(text)):])
		switch {
		case isWordRune(r):
		case isApostrophe(r) && l.elided[strings.ToLower(text[start:i])]:
			return i + size
		case (isApostrophe(r) || r == '-') && i > start && isWordRune(next):
		default:
			return i
		}
		i += size
	}
	return i
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

func isApostrophe(r rune) bool { return r == '\'' || r == '’' }

func hasLetter(word string) bool { return strings.IndexFunc(word, unicode.IsLetter) >= 0 }

// mask is the token as the comparison sees it: common words as written, digits as 0, other words as the mask, one space
// for any white space.
func (l *language) mask(t token) string {
	switch {
	case !t.word || t.text == masked:
		return t.text
	case !hasLetter(t.text):
		return strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return '0'
			}
			return r
		}, t.text)
	case l.common[t.lower]:
		return t.text
	}
	return masked
}

// Mask replaces each word outside the 500 commonest of the language by *, and each digit by 0. Marks and white space
// stay. Text in an unknown language is returned as it is.
func (r *Reader) Mask(code, text string) string {
	l := r.languages[code]
	if l == nil {
		return text
	}
	var b strings.Builder
	rest := text
	for _, t := range l.tokens(text) {
		if !t.space {
			b.WriteString(l.mask(t))
			rest = rest[tokenBytes(rest, t):]
			continue
		}
		n := len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
		b.WriteString(rest[:n])
		rest = rest[n:]
	}
	return b.String()
}

// tokenBytes is how many bytes t, the first of text, has there: apostrophes are plain in tokens.
func tokenBytes(text string, t token) int {
	n := 0
	for range t.text {
		_, size := utf8.DecodeRuneInString(text[n:])
		n += size
	}
	return n
}

// sentence is a run of tokens that ends with a mark or a line.
type sentence struct {
	tokens []token
	words  int
}

// text is the sentence as written, without the white space around it.
func (s sentence) text() string {
	var b strings.Builder
	for _, t := range s.tokens {
		b.WriteString(t.text)
	}
	return strings.TrimSpace(b.String())
}

// sentences cuts tokens at . ! ? … before white space and at line ends. The full stop of an initial, an
// abbreviation or an ordinal does not end a sentence, nor does a stop before a small letter.
func (l *language) sentences(all []token) []sentence {
	var out []sentence
	start := 0
	flush := func(end int) {
		s := sentence{tokens: all[start:end]}
		for _, t := range s.tokens {
			if t.word {
				s.words++
			}
		}
		if s.words > 0 {
			out = append(out, s)
		}
		start = end
	}
	for i, t := range all {
		switch {
		case t.line:
			flush(i + 1)
		case t.space && i > start && l.endsSentence(all, i):
			flush(i + 1)
		}
	}
	flush(len(all))
	return out
}

// Sentences cuts a text of a language into its sentences; a text in an unknown language stays whole.
func (r *Reader) Sentences(code, text string) []string {
	l := r.languages[code]
	if l == nil {
		return []string{text}
	}
	var out []string
	for _, s := range l.sentences(l.tokens(text)) {
		out = append(out, s.text())
	}
	return out
}

// IsCommon reports whether a word in lower case is among the 500 commonest of a language.
func (r *Reader) IsCommon(code, word string) bool {
	return r.languages[code] != nil && r.languages[code].common[word]
}

// endsSentence reports whether the white space at i follows the end of a sentence.
func (l *language) endsSentence(all []token, i int) bool {
	last := i - 1
	for last > 0 && strings.ContainsAny(all[last].text, `"”“»)]’'`) && !all[last].word {
		last--
	}
	if all[last].word || !strings.ContainsAny(all[last].text, ".!?…。！？") {
		return false
	}
	if all[last].text == "." && last > 0 && all[last-1].word {
		before := all[last-1]
		initial := utf8.RuneCountInString(before.text) == 1 && hasLetter(before.text) && before.lower != "i"
		if before.text != masked && (initial || l.abbreviations[before.lower] || l.isOrdinal(all, last-1)) {
			return false
		}
	}
	if i+1 < len(all) && all[i+1].word {
		next, _ := utf8.DecodeRuneInString(all[i+1].text)
		return !unicode.IsLower(next)
	}
	return true
}

// isOrdinal reports whether the word at i is a German ordinal: a number of one or two digits after an article or "am".
func (l *language) isOrdinal(all []token, i int) bool {
	if l.code != "de" || i < 2 || hasLetter(all[i].text) || len(all[i].text) > 2 {
		return false
	}
	return l.beforeOrdinal[all[i-2].lower]
}
