package maintext

import "strings"

// Least numbers of words of a text in the metadata that is trusted; teasers are shorter.
const (
	minArticle = 50
	minThings  = 4
)

// maxMetadata is how much of a text in the metadata is read, in bytes.
const maxMetadata = 400_000

// shingles is a text as the set of its three-word sequences.
type shingles map[string]bool

// newShingles returns nil for a text with fewer words than least.
func newShingles(text string, least int) shingles {
	words := wordsOf(text[:min(len(text), maxMetadata)])
	if len(words) < least {
		return nil
	}
	set := make(shingles, len(words))
	for _, run := range runsOf(words) {
		set[run] = true
	}
	return set
}

// runsOf returns all sequences of three words; fewer words are one.
func runsOf(words []string) []string {
	const size = 3
	if len(words) <= size {
		return []string{strings.Join(words, " ")}
	}
	runs := make([]string, 0, len(words)-size+1)
	for i := 0; i+size <= len(words); i++ {
		runs = append(runs, strings.Join(words[i:i+size], " "))
	}
	return runs
}

// share returns the share of the text's sequences that are in the set, 0 to 1; -1 without a set.
func (s shingles) share(text string) float64 {
	if s == nil {
		return -1
	}
	runs, known := runsOf(wordsOf(text)), 0
	for _, run := range runs {
		if s[run] {
			known++
		}
	}
	return ratio(known, len(runs))
}

// contains reports whether the first bytes of part stand in text; a shorter part than least is too common.
func contains(text, part string, least int) bool {
	return len(part) >= least && strings.Contains(text, part[:min(len(part), 100)])
}
