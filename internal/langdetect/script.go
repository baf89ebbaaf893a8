package langdetect

import (
	"slices"
	"unicode"
)

// script is a writing system, or a group of those that are written together.
type script uint8

const (
	noScript script = iota
	latin
	cyrillic
	arabic
	hebrew
	devanagari
	ethiopic
	// Those above are shared by several languages, those below belong to one.
	han
	kana
	hangul
	greek
	armenian
	georgian
	thai
	lao
	khmer
	burmese
	sinhala
	bengali
	gurmukhi
	gujarati
	oriya
	tamil
	telugu
	kannada
	malayalam
	tibetan
	thaana
	scripts
)

// ranges are the letters of each script.
var ranges = [scripts]*unicode.RangeTable{
	latin: unicode.Latin, cyrillic: unicode.Cyrillic, arabic: unicode.Arabic, hebrew: unicode.Hebrew,
	devanagari: unicode.Devanagari, ethiopic: unicode.Ethiopic, han: unicode.Han, hangul: unicode.Hangul,
	greek: unicode.Greek, armenian: unicode.Armenian, georgian: unicode.Georgian, thai: unicode.Thai, lao: unicode.Lao,
	khmer: unicode.Khmer, burmese: unicode.Myanmar, sinhala: unicode.Sinhala, bengali: unicode.Bengali,
	gurmukhi: unicode.Gurmukhi, gujarati: unicode.Gujarati, oriya: unicode.Oriya, tamil: unicode.Tamil,
	telugu: unicode.Telugu, kannada: unicode.Kannada, malayalam: unicode.Malayalam, tibetan: unicode.Tibetan,
	thaana: unicode.Thaana, kana: unicode.Katakana,
}

// ownLanguage are the languages of the scripts that one language writes.
var ownLanguage = [scripts]string{
	han: "zh", kana: "ja", hangul: "ko", greek: "el", armenian: "hy", georgian: "ka", thai: "th", lao: "lo",
	khmer: "km", burmese: "my", sinhala: "si", bengali: "bn", gurmukhi: "pa", gujarati: "gu", oriya: "or", tamil: "ta",
	telugu: "te", kannada: "kn", malayalam: "ml", tibetan: "bo", thaana: "dv",
}

// scriptOf is the script of a letter.
func scriptOf(r rune) script {
	switch {
	case r < 0x80:
		return latin
	case unicode.Is(unicode.Hiragana, r):
		return kana
	}
	for s := latin; s < scripts; s++ {
		if unicode.Is(ranges[s], r) {
			return s
		}
	}
	return noScript
}

// weight is how many letters of an alphabet a character of the script stands for.
func (s script) weight() int {
	switch s {
	case han:
		return 3
	case kana, hangul:
		return 2
	default:
		return 1
	}
}

// OwnScript reports whether the script alone tells the language.
func OwnScript(code string) bool { return code != "" && slices.Contains(ownLanguage[:], code) }

// mainScript is the script of most letters of text, with its share of them and their number. A character counts as
// many letters as its weight.
func mainScript(text string) (main script, share float64, letters int) {
	var counts [scripts]int
	for _, r := range text {
		if unicode.IsLetter(r) {
			s := scriptOf(r)
			counts[s] += s.weight()
			letters += s.weight()
		}
	}
	// Japanese is written with ideographs and kana, Chinese without kana.
	if 10*counts[kana] > counts[han] {
		counts[kana], counts[han] = counts[kana]+counts[han], 0
	}
	for s, n := range counts {
		if n > counts[main] {
			main = script(s)
		}
	}
	return main, float64(counts[main]) / float64(max(letters, 1)), letters
}
