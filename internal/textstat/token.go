package textstat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Word is one word of a sentence.
type Word struct {
	// text is the word as written, with plain apostrophes.
	text  string
	Lower string
	// gap reports whether punctuation stands between this word and the one before.
	gap bool
	// address reports whether it is an address, a handle, a hashtag or a file name.
	address bool
}

// letters counts the letters and digits of the word.
func (w Word) letters() int { return countRunes(w.text, isWordRune) }

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isLong reports whether the word is long for LIX (Björnsson 1968): it has more than
// six letters and is not a number.
func (w Word) isLong() bool { return w.HasLetter() && w.letters() > longWordLetters }

// HasLetter reports whether the word is neither just a number nor an address.
func (w Word) HasLetter() bool { return !w.address && strings.ContainsFunc(w.text, unicode.IsLetter) }

// SplitWords returns the words of a text in a language that separates them by
// spaces: runs of letters and digits, with apostrophes, hyphens and (in numbers)
// points and commas inside. Addresses, handles, hashtags and file names are one word.
// Where elide is set, a short word before an apostrophe stands alone (l'eau is two
// words).
func SplitWords(text string, elide bool) []Word {
	words := make([]Word, 0, len(text)/6)
	gap, token := false, 0 // token is where the run of visible characters ends
	for i := 0; i < len(text); {
		if i >= token {
			start, end := 0, 0
			if start, end, token = addressIn(text, i); end > start {
				words = append(words, addressWord(text[start:end], start > i || gap && len(words) > 0))
				gap, i = false, end
				continue
			}
		}
		end := wordEnd(text, i, elide)
		if end == i {
			r, size := utf8.DecodeRuneInString(text[i:])
			gap = gap || !unicode.IsSpace(r)
			i += size
			continue
		}
		plain := strings.ReplaceAll(text[i:end], "’", "'")
		words = append(words, Word{text: plain, Lower: strings.ToLower(plain), gap: gap && len(words) > 0})
		gap, i = false, end
	}
	return words
}

// wordEnd returns where the word that starts at i ends, i if none starts there.
func wordEnd(text string, i int, elide bool) int {
	end, start := i, i
	digits := false
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsDigit(r):
			digits = true
			fallthrough
		case unicode.IsLetter(r) || unicode.IsMark(r) && i > start:
			i += size
			end = i
			continue
		case end == start || !joins(r, text[i+size:], digits):
			return end
		case elide && isApostrophe(r) && elided[strings.ToLower(text[start:i])]:
			return i + size
		}
		i += size
	}
	return end
}

// joins reports whether r binds the next letter or digit to the word before it.
func joins(r rune, rest string, digits bool) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	switch {
	case isApostrophe(r), r == '-', r == '‐', r == '‑':
		return isWordRune(next)
	case r == '.', r == ',', r == ':':
		return digits && unicode.IsDigit(next)
	case r == '&', r == '\u00ad':
		return unicode.IsLetter(next)
	}
	return false
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' }

// elided are the words that stand before an apostrophe by elision in French or Italian.
var elided = NewWordSet([]string{
	"l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "un", "all", "dell", "dall", "nell", "sull", "quest",
	"quell", "dov",
})

// segmentWords returns the words of a text in a script without spaces: the
// segments of Unicode UAX #29 that hold a letter or digit, and addresses.
func segmentWords(text string) []Word {
	var words []Word
	gap, state := false, -1
	for text != "" {
		if end := asciiEnd(text); end > 0 {
			if start, stop, _ := addressIn(text[:end], 0); stop > start {
				words = append(words, addressWord(text[start:stop], gap || start > 0))
				text, gap, state = text[stop:], false, -1
				continue
			}
		}
		var segment string
		segment, text, state = uniseg.FirstWordInString(text, state)
		if !strings.ContainsFunc(segment, isWordRune) {
			gap = true
			continue
		}
		words = append(words, Word{text: segment, Lower: strings.ToLower(segment), gap: gap && len(words) > 0})
		gap = false
	}
	return words
}
