package webpage

import (
	"strings"
	"unicode"
)

// minArticleBody is the least number of words for which the metadata's text of an
// article is trusted; teasers are shorter.
const minArticleBody = 50

// shingles is a text as the set of its three-word sequences. The text is that of the
// article in the page's metadata (JSON-LD or microdata articleBody).
type shingles map[string]bool

// newShingles returns nil when text is too short to compare with.
func newShingles(text string) shingles {
	tokens := tokensOf(Cut(text, maxMainText))
	if len(tokens) < minArticleBody {
		return nil
	}
	set := make(shingles, len(tokens))
	for _, run := range shinglesOf(tokens) {
		set[run] = true
	}
	return set
}

// tokensOf returns the words of s in lower case.
func tokensOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// shinglesOf returns all sequences of three tokens; fewer tokens form one.
func shinglesOf(tokens []string) []string {
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

// share returns the share of text's shingles that are in the set, 0 to 1.
func (s shingles) share(text string) float64 {
	known, all := 0, 0
	for _, run := range shinglesOf(tokensOf(text)) {
		all++
		if s[run] {
			known++
		}
	}
	return float64(known) / float64(max(all, 1))
}

// agreement returns the F1 score of pieces against the set, 0 to 1.
func (s shingles) agreement(pieces []piece) float64 {
	seen := map[string]bool{}
	known, all := 0, 0
	for _, p := range pieces {
		for _, run := range shinglesOf(tokensOf(p.Text)) {
			all++
			if s[run] {
				known++
				seen[run] = true
			}
		}
	}
	if known == 0 {
		return 0
	}
	precision, recall := float64(known)/float64(all), float64(len(seen))/float64(len(s))
	return 2 * precision * recall / (precision + recall)
}

// within drops the pieces before and after the article's text in the metadata, when
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
