package langdetect

import (
	"strings"
	"unicode"
)

// The lengths of the n-grams, in letters; the space before and after a word counts as one.
const (
	minGram = 2
	maxGram = 4
)

// eachGram calls yield with the hash of each n-gram of the words of text.
func eachGram(text string, yield func(length int, gram uint32)) {
	eachWord(text, func(word []rune) { gramsOf(word, yield) })
}

// gramsOf calls yield with the hash of each n-gram of a word, which has a space before and after it.
func gramsOf(word []rune, yield func(length int, gram uint32)) {
	last := len(word) - 1
	for i := 0; i < last; i++ {
		h := uint32(2166136261) // FNV-1a, by runes
		for n := 1; n <= maxGram && i+n <= len(word); n++ {
			h = (h ^ uint32(word[i+n-1])) * 16777619 //nolint:gosec // letters are positive
			if n >= minGram {
				yield(n, mix(h+uint32(n)))
			}
		}
	}
}

// mix spreads a hash over all of its bits.
func mix(h uint32) uint32 {
	h = (h ^ h>>16) * 0x7FEB352D
	h = (h ^ h>>15) * 0x846CA68B
	return h ^ h>>16
}

// eachWord calls yield with each word of text in lower case, between spaces: the runs of letters and marks. Addresses
// have no language.
func eachWord(text string, yield func(word []rune)) {
	word := []rune{' '}
	end := func() {
		if len(word) > 1 {
			yield(append(word, ' '))
		}
		word = word[:1]
	}
	for field := range strings.FieldsSeq(text) {
		if isAddress(field) {
			continue
		}
		for _, r := range field {
			if unicode.IsLetter(r) || unicode.IsMark(r) {
				word = append(word, unicode.ToLower(r))
				continue
			}
			end()
		}
		end()
	}
}

func isAddress(field string) bool {
	return strings.ContainsRune(field, '@') || strings.Contains(field, "://") || strings.HasPrefix(field, "www.")
}
