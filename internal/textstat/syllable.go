package textstat

import (
	"regexp"
	"strings"
	"unicode"
)

// hiatuses are the patterns at which two vowels in a row of an English stem are two
// syllables, or a syllable has no vowel letter. Each adds one syllable. They are tried
// on stems that have the letters only.
var hiatuses = []hiatus{
	{"ia", regexp.MustCompile(`(^|[^ctsg])ia([^g]|ge[a-z]|g[^e]|$)`)}, // material; not social, marriage
	{"iat", regexp.MustCompile(`[ctsg]iat`)},                          // associate
	{"io", regexp.MustCompile(`(^|[^ctsgxhln])io`)},                   // period; not nation, union
	{"io", regexp.MustCompile(`[ctl]io$`)},                            // ratio
	{"iol", regexp.MustCompile(`[ctgx]iol`)},
	{"liot", regexp.MustCompile(`liot`)},
	{"iu", regexp.MustCompile(`iu`)},
	{"iet", regexp.MustCompile(`iet`)}, // society
	{"ien", regexp.MustCompile(`[^ct]ien[tc]`)},
	{"ie", regexp.MustCompile(`[aeiouy][^aeiouy]+ie(r|st)$`)}, // easier; not pier
	{"eo", regexp.MustCompile(`(^|[^g])eo`)},
	{"geo", regexp.MustCompile(`geo[gpml]`)},
	{"eum", regexp.MustCompile(`eum$`)},
	{"creat", regexp.MustCompile(`creat([eio]|$)`)},
	{"react", regexp.MustCompile(`^react`)},
	{"theat", regexp.MustCompile(`theat`)}, // theatre
	{"reali", regexp.MustCompile(`reali`)},
	{"ea", regexp.MustCompile(`[aeiouy][^aeiouy]+ea$`)}, // area
	{"pean", regexp.MustCompile(`pean$`)},
	{"ua", regexp.MustCompile(`[^qg]ua`)},
	{"ue", regexp.MustCompile(`[^qg]ue[nl]`)},
	{"ui", regexp.MustCompile(`[^qg]ui(n|ti|ty|d|s[tm])`)},
	{"uou", regexp.MustCompile(`uou`)},
	{"uo", regexp.MustCompile(`[^q]uo$`)},
	{"ao", regexp.MustCompile(`ao`)},
	{"oe", regexp.MustCompile(`oe[mtx]`)},
	{"oic", regexp.MustCompile(`[rt]oic([^e]|$)`)},
	{"cooper", regexp.MustCompile(`^cooper`)},
	{"coord", regexp.MustCompile(`^coord`)},
	{"sm", regexp.MustCompile(`[^aeiouy]sm$`)},
	{"ism", regexp.MustCompile(`ism$`)},
	{"thm", regexp.MustCompile(`thm$`)},
	{"nt", regexp.MustCompile(`[ds]nt$`)},
}

// hiatus is a pattern with the letters without which it can't match.
type hiatus struct {
	letters string
	pattern *regexp.Regexp
}

// syllables counts the syllables of an English word in lower case, at least 1: a
// list of exceptions, else endings, silent e, vowel groups and hiatuses. The parts
// of a compound add up; a digit inside a word (mp3) counts one.
func (m *Meter) syllables(lower string) int {
	total := 0
	for part := range strings.FieldsFuncSeq(lower, func(r rune) bool { return !isWordRune(r) && !isApostrophe(r) }) {
		total += m.partSyllables(strings.ReplaceAll(part, "’", "'"))
	}
	return max(total, 1)
}

func (m *Meter) partSyllables(part string) int {
	for _, form := range []string{part, strings.TrimSuffix(part, "'s"), strings.TrimSuffix(part, "s")} {
		if n, ok := m.syllableCounts[form]; ok {
			return n
		}
	}
	if digits := countRunes(part, unicode.IsDigit); digits > 0 {
		return digits
	}
	return max(m.ruleSyllables(strings.ReplaceAll(strings.TrimSuffix(part, "'s"), "'", "")), 1)
}

// ruleSyllables counts by rule; it may return 0 for a word without vowels.
func (m *Meter) ruleSyllables(w string) int {
	if rest := cutCompound(w); rest != w {
		return 1 + m.ruleSyllables(rest)
	}
	stem, added := cutEnding(w)
	if n, ok := m.syllableCounts[stem]; ok && stem != w {
		return n + added
	}
	if stem != w && added > 0 && !hasEnding(w, "ed", "es", "ing") {
		return m.ruleSyllables(stem) + added // another ending may follow: care-ful-ly
	}
	n := added + vowelGroups(dropSilentE(stem))
	for _, h := range hiatuses {
		if strings.Contains(stem, h.letters) {
			n += len(h.pattern.FindAllStringIndex(stem, -1))
		}
	}
	return n
}

// cutCompound removes the first part of a compound whose e is silent (home-page).
func cutCompound(w string) string {
	for _, first := range []string{
		"some", "home", "life", "time", "side", "house", "base", "guide", "frame", "fire",
		"stake", "whole", "where", "there", "ware", "safe", "place", "pipe", "nine", "like", "fore",
	} {
		if rest, ok := strings.CutPrefix(w, first); ok && len(rest) > 2 && !isVowel(rest[0]) && hasVowel(rest) &&
			rest != "ment" && rest != "ments" {
			return rest
		}
	}
	return w
}

// cutEnding removes one inflection or suffix from w and returns how many syllables
// it stands for.
func cutEnding(w string) (string, int) {
	for _, ending := range []string{"ments", "ment", "ness", "less", "fully", "ful", "ly"} {
		if stem, ok := strings.CutSuffix(w, ending); ok && hasVowel(stem) && len(stem) > 2 {
			return stem, max(vowelGroups(ending), 1)
		}
	}
	if stem, ok := strings.CutSuffix(w, "ing"); ok && hasVowel(stem) {
		return stem, 1
	}
	if stem, ok := strings.CutSuffix(w, "ed"); ok && hasVowel(stem) && !strings.HasSuffix(stem, "e") {
		if hasEnding(stem, "t", "d") {
			return stem, 1
		}
		return stem, syllabicL(stem)
	}
	if stem, ok := strings.CutSuffix(w, "es"); ok && hasVowel(stem) && !strings.HasSuffix(stem, "e") {
		if hasEnding(stem, "s", "x", "z", "ch", "sh", "c", "g") {
			return stem, 1
		}
		return stem, syllabicL(stem)
	}
	if stem, ok := strings.CutSuffix(w, "s"); ok && hasVowel(stem) && !hasEnding(stem, "s", "u", "i") {
		return stem, 0
	}
	return w, 0
}

// syllabicL is 1 when the stem of handl-ed or settl-es ends in a consonant and l.
func syllabicL(stem string) int {
	n := len(stem)
	if n < 3 || stem[n-1] != 'l' || isVowel(stem[n-2]) || strings.IndexByte("lrw", stem[n-2]) >= 0 {
		return 0
	}
	return 1
}

// dropSilentE removes a final e that is not spoken; that of ta-ble, cen-tre and of
// words with no other vowel is.
func dropSilentE(w string) string {
	for _, ending := range []string{"que", "gue"} {
		if stem, ok := strings.CutSuffix(w, ending); ok && hasVowel(stem) {
			return stem
		}
	}
	stem, ok := strings.CutSuffix(w, "e")
	if !ok || !hasVowel(stem) || isVowel(stem[len(stem)-1]) && !strings.HasSuffix(stem, "y") {
		return w
	}
	n := len(stem)
	if syllabicL(stem) == 1 || n >= 3 && stem[n-1] == 'r' && strings.IndexByte("tcbg", stem[n-2]) >= 0 {
		return w
	}
	return stem
}

// vowelGroups counts runs of vowels. The u of qu and a y before a vowel count as
// consonants.
func vowelGroups(w string) int {
	n, inside := 0, false
	for i := range len(w) {
		vowel := isVowel(w[i]) || w[i] >= 0x80 && (i == 0 || w[i-1] < 0x80) // é and others
		switch {
		case w[i] == 'u' && i > 0 && w[i-1] == 'q':
			vowel = false
		case w[i] == 'y' && i+1 < len(w) && isVowel(w[i+1]) && w[i+1] != 'y':
			vowel = false
		}
		if vowel && !inside {
			n++
		}
		inside = vowel
	}
	return n
}

func hasVowel(w string) bool { return vowelGroups(w) > 0 }

func isVowel(b byte) bool { return strings.IndexByte("aeiouy", b) >= 0 }
