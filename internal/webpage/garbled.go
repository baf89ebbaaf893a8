package webpage

import "unicode/utf8"

// garbled reports whether more than share (0 to 1) of the characters of s, white space
// aside, are replacement or control characters: the declared encoding is wrong, or
// this is no text.
func garbled(s string, share float64) bool {
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
	return bad > 0 && float64(bad) > share*float64(all)
}
