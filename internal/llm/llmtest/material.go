package llmtest

import (
	"cmp"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The words and sentences that answers are made of.
const (
	maxWords    = 24
	maxSaid     = 12
	minWord     = 5 // runes; shorter words say little of a text
	minSentence = 30
	maxSentence = 200
)

// tag matches the elements that material comes in.
var tag = regexp.MustCompile(`</?material-[0-9a-f]+( name="[a-z0-9_]*")?>`)

// withMaterial reads what answers are made of from the user's message.
func (q question) withMaterial() question {
	text := tag.ReplaceAllString(q.user, "\n")
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(text)) // a hash has no errors
	q.seed, q.words, q.said = hash.Sum32(), frequentWords(text), sentences(text)
	return q
}

// frequentWords returns the most frequent longer words, most frequent first.
func frequentWords(text string) []string {
	counts := make(map[string]int)
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if utf8.RuneCountInString(word) >= minWord {
			counts[word]++
		}
	}
	words := make([]string, 0, len(counts))
	for word := range counts {
		words = append(words, word)
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	return words[:min(len(words), maxWords)]
}

// sentences returns the first sentences of a text that are neither short nor long.
func sentences(text string) []string {
	var all []string
	for _, line := range strings.Split(text, "\n") {
		for _, sentence := range strings.SplitAfter(line, ". ") {
			sentence = strings.Join(strings.Fields(sentence), " ")
			if n := utf8.RuneCountInString(sentence); n >= minSentence && n <= maxSentence && len(all) < maxSaid {
				all = append(all, sentence)
			}
		}
	}
	return all
}
