package webpage

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold returns s trimmed, in Unicode NFC, with runs of white space as one space and
// without invisible characters: they can hide text from a reader but not from a model.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space, last := false, rune(0)
	for i := 0; i < len(s); {
		if end := plainEnd(s, i); end > i {
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteString(s[i:end])
			i, last = end, rune(s[end-1])
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case unicode.IsSpace(r):
			space, last = b.Len() > 0, 0
		case invisible(r) && !joins(last, r):
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r)
			last = r
		}
	}
	return norm.NFC.String(b.String())
}

// plainEnd returns where the run of visible ASCII that begins at i ends.
func plainEnd(s string, i int) int {
	for i < len(s) && s[i] > ' ' && s[i] < 0x7F {
		i++
	}
	return i
}

// invisible reports whether r is a control or format character (soft hyphen,
// zero-width, direction-changing, tags), a variation selector or a filler.
func invisible(r rune) bool {
	switch {
	case r < 0x80:
		return r < ' ' || r == 0x7F
	case r < 0xA0, r == 0xAD:
		return true
	case r < 0x034F: // letters of Latin script
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// joins reports whether r is a zero-width joiner or non-joiner after an emoji or a
// character of a script that is spelled with them.
func joins(last, r rune) bool {
	const nonJoiner, joiner, arabic = 0x200C, 0x200D, 0x0600
	return (r == joiner || r == nonJoiner) && last >= arabic && last != joiner && last != nonJoiner
}

// Cut returns the first limit bytes of s at most, ending at a whole character.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// foldCut folds s and cuts it to limit bytes. The input is cut first, so that the
// work is bounded by the limit as well.
func foldCut(s string, limit int) string {
	return strings.TrimSpace(Cut(fold(Cut(s, 8*limit)), limit))
}

// firstThai is the first character of the scripts without spaces.
const firstThai = 0x0E01

// Words counts the runs of letters and digits in s; each ideograph counts as half
// a word, rounded up, since such scripts put no spaces between words.
func Words(s string) int {
	count, ideographs, inside := 0, 0, false
	for _, r := range s {
		switch {
		case r >= firstThai && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			ideographs++
			inside = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if !inside {
				count++
			}
			inside = true
		case r == '\'' || r == '’' || unicode.IsMark(r):
		default:
			inside = false
		}
	}
	return count + (ideographs+1)/2
}

// letters returns the letters and digits of s in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
