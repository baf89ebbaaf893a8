package webpage

import (
	"strings"
	"unicode/utf8"
)

// garbled reports whether more than share (0 to 1) of the characters of s, white space
// aside, are replacement or control characters: the declared encoding is wrong, or
// this is no text.
func garbled(s string, share float64) bool {
	if !mayBeGarbled(s) {
		return false
	}
	bad, all := 0, 0
	for _, r := range s {
		switch {
		case r == utf8.RuneError, r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f':
			bad++
			all++
		case r > ' ':
			all++
		}
	}
	return float64(bad) > share*float64(all)
}

// mayBeGarbled reports quickly whether s has replacement or control characters.
func mayBeGarbled(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' {
			return true
		}
	}
	return strings.Contains(s, string(utf8.RuneError)) || !utf8.ValidString(s)
}
