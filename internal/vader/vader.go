// Package vader scores the sentiment of English sentences by the lexicon and the rules of VADER (C.J. Hutto and E.
// Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", 2014).
package vader

import (
	_ "embed" // the word lists
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	// lexiconFile has a word and its mean valence a line, -4 to 4.
	//go:embed lexicon.txt
	lexiconFile string
	// emojiFile has an emoji and its description a line.
	//go:embed emoji.txt
	emojiFile string
)

// Scorer scores sentences. It is safe for concurrent use.
type Scorer struct {
	lexicon map[string]float64
	emoji   map[rune]string
}

// New reads the word lists, which takes a few milliseconds.
func New() *Scorer {
	s := &Scorer{lexicon: make(map[string]float64, 8000), emoji: make(map[rune]string, 1500)}
	for line := range strings.Lines(lexiconFile) {
		word, valence, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		s.lexicon[word], _ = strconv.ParseFloat(valence, 64) // a test reads every line
	}
	for line := range strings.Lines(emojiFile) {
		emoji, description, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		r, _ := utf8.DecodeRuneInString(emoji)
		s.emoji[r] = description
	}
	return s
}

// Valence returns the mean valence of a word in lower case, -4 to 4; 0 for words that are not in the lexicon.
func (s *Scorer) Valence(word string) float64 { return s.lexicon[word] }

// Compound returns the compound score of a sentence, -1 (most negative) to 1 (most positive).
func (s *Scorer) Compound(sentence string) float64 {
	text := strings.TrimSpace(s.withoutEmoji(sentence))
	words := split(text)
	shouting := mixesCapitals(words)
	sum, but := 0.0, indexOf(words, "but")
	for i := range words {
		valence := s.valenceAt(words, i, shouting)
		switch {
		case but >= 0 && i < but:
			valence *= 1 - butScale
		case but >= 0 && i > but:
			valence *= 1 + butScale
		}
		sum += valence
	}
	switch emphasis := emphasisOf(text); {
	case sum > 0:
		sum += emphasis
	case sum < 0:
		sum -= emphasis
	}
	return min(max(sum/math.Sqrt(sum*sum+normalization), -1), 1)
}

// withoutEmoji replaces emoji by their descriptions, which are words of their own.
func (s *Scorer) withoutEmoji(sentence string) string {
	var b strings.Builder
	afterSpace := true
	for _, r := range sentence {
		description, ok := s.emoji[r]
		if !ok {
			b.WriteRune(r)
			afterSpace = r == ' '
			continue
		}
		if !afterSpace {
			b.WriteByte(' ')
		}
		b.WriteString(description)
		afterSpace = false
	}
	return b.String()
}

// word is a token as it is written and in lower case.
type word struct{ text, lower string }

const punctuation = `!"#$%&'()*+,-./:;<=>?@[\]^_` + "`{|}~"

// split returns what single spaces separate, without the punctuation around it; short tokens keep it, as emoticons.
func split(text string) []word {
	tokens := strings.Split(text, " ")
	words := make([]word, len(tokens))
	for i, token := range tokens {
		if bare := strings.Trim(token, punctuation); len(bare) > 2 {
			token = bare
		}
		words[i] = word{token, strings.ToLower(token)}
	}
	return words
}

// isUpper reports whether a word has capital letters and no small ones.
func isUpper(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return 'A' <= r && r <= 'Z' }) &&
		!strings.ContainsFunc(text, func(r rune) bool { return 'a' <= r && r <= 'z' })
}

// mixesCapitals reports whether some but not all words are in capitals: only then capitals stress a word.
func mixesCapitals(words []word) bool {
	upper := 0
	for _, w := range words {
		if isUpper(w.text) {
			upper++
		}
	}
	return 0 < upper && upper < len(words)
}

func indexOf(words []word, lower string) int {
	return slices.IndexFunc(words, func(w word) bool { return w.lower == lower })
}

// emphasisOf is what exclamation and question marks add to the sum.
func emphasisOf(text string) float64 {
	emphasis := float64(min(strings.Count(text, "!"), maxExclamations)) * exclamation
	switch n := strings.Count(text, "?"); {
	case n > 3:
		emphasis += manyQuestions
	case n > 1:
		emphasis += float64(n) * question
	}
	return emphasis
}
