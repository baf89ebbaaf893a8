package website

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold returns s in Unicode NFC with runs of white space as one space, trimmed,
// and without characters that a reader can't see. Zero-width joiners stay: they
// are part of the spelling of several scripts.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
		case invisible(r):
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// invisible tells whether r is a control, soft hyphen, zero-width or
// direction-changing character, or one of the tag characters by which text can be
// hidden from a reader but not from a model.
func invisible(r rune) bool {
	switch {
	case r == 0x00AD, r == 0x200B, r == 0x200E, r == 0x200F, r == 0xFEFF:
		return true
	case 0x202A <= r && r <= 0x202E, 0x2060 <= r && r <= 0x206F, 0xE0000 <= r && r <= 0xE007F:
		return true
	}
	return unicode.IsControl(r)
}

// cut returns the first limit bytes of s at most, ending at a whole character.
func cut(s string, limit int) string {
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
	return strings.TrimSpace(cut(fold(cut(s, 8*limit)), limit))
}

// words counts the runs of letters and digits in s; each ideograph counts as half
// a word, rounded up, since such scripts put no spaces between words.
func words(s string) int {
	count, ideographs, inside := 0, 0, false
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
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
