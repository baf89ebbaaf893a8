package webpage

import (
	"strings"
	"unicode"
)

// minEvidence is the least number of words of an article's text given in metadata
// that is believed; teasers are shorter.
const minEvidence = 50

// evidence is the text of the article that the page's metadata give (JSON-LD or
// microdata articleBody), as a set of runs of three words.
type evidence map[string]bool

// newEvidence returns nil when text is too short to judge by.
func newEvidence(text string) evidence {
	tokens := tokensOf(Cut(text, maxMainText))
	if len(tokens) < minEvidence {
		return nil
	}
	set := make(evidence, len(tokens))
	for _, run := range runsOf(tokens) {
		set[run] = true
	}
	return set
}

// tokensOf returns the words of s in lower case.
func tokensOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// runsOf returns the runs of three tokens; fewer tokens are one run.
func runsOf(tokens []string) []string {
	const size = 3
	if len(tokens) <= size {
		return []string{strings.Join(tokens, " ")}
	}
	runs := make([]string, 0, len(tokens)-size+1)
	for i := 0; i+size <= len(tokens); i++ {
		runs = append(runs, strings.Join(tokens[i:i+size], " "))
	}
	return runs
}

// share returns how much of text the evidence knows, 0 to 1.
func (e evidence) share(text string) float64 {
	known, all := 0, 0
	for _, run := range runsOf(tokensOf(text)) {
		all++
		if e[run] {
			known++
		}
	}
	return float64(known) / float64(max(all, 1))
}

// agreement is the F1 of pieces against the evidence, 0 to 1.
func (e evidence) agreement(pieces []piece) float64 {
	seen := map[string]bool{}
	known, all := 0, 0
	for _, p := range pieces {
		for _, run := range runsOf(tokensOf(p.Text)) {
			all++
			if e[run] {
				known++
				seen[run] = true
			}
		}
	}
	if known == 0 {
		return 0
	}
	precision, recall := float64(known)/float64(all), float64(len(seen))/float64(len(e))
	return 2 * precision * recall / (precision + recall)
}

// within drops the pieces before and behind the text that the metadata give, when
// that text agrees with the pieces.
func (o outline) within(pieces []piece) []piece {
	if o.body == nil || o.body.agreement(pieces) < 0.7 {
		return pieces
	}
	first, last := 0, len(pieces)
	for first < last && o.body.share(pieces[first].Text) < 0.5 {
		first++
	}
	for last > first && o.body.share(pieces[last-1].Text) < 0.5 {
		last--
	}
	return pieces[first:last]
}

// letters returns the letters and digits of s in lower case.
func letters(s string) string {
	return strings.Join(tokensOf(s), "")
}
