package textstat

import (
	"math"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// sentimentThreshold is the compound score from which VADER's authors call a
	// sentence positive or negative.
	sentimentThreshold = 0.05
	// feelingValence is the least valence, of 4, of an emotional word.
	feelingValence = 1.5
	// maxScoredSentences bounds the time; later sentences hardly change the mean.
	maxScoredSentences = 5000
)

// sentimentOf scores the prose: English by VADER, other languages by their lists of words
// of feeling. It is nil for languages without lists and for too few sentences.
func (m *Meter) sentimentOf(c *Corpus) *onboarding.Sentiment {
	score := m.feelingOf(c.Rules)
	if score == nil || len(c.Sentences) < minSentences {
		return nil
	}
	sum, positive, negative := 0.0, 0, 0
	list := c.Sentences[:min(len(c.Sentences), maxScoredSentences)]
	words := NewTally()
	for _, s := range list {
		compound, feeling := score(s)
		sum += compound
		switch {
		case compound >= sentimentThreshold:
			positive++
		case compound <= -sentimentThreshold:
			negative++
		}
		for _, word := range feeling {
			if !c.Lex["stop"][word] && !c.Lex["weak"][word] {
				words.Add(word, s.Page)
			}
		}
	}
	n := len(list)
	return &onboarding.Sentiment{
		Mean:     round4(sum / float64(n)),
		Positive: *ratio(positive, n),
		Negative: *ratio(negative, n),
		Neutral:  *ratio(n-positive-negative, n),
		Words:    words.Top(10, 2),
	}
}

// feelingOf returns what scores a sentence of the language, from -1 to 1, and finds its
// emotional words; nil where nothing does.
func (m *Meter) feelingOf(code string) func(Sentence) (float64, []string) {
	if code == English {
		return m.englishFeeling
	}
	f, ok := m.feelings[code]
	if !ok {
		return nil
	}
	return f.score
}

func (m *Meter) englishFeeling(s Sentence) (float64, []string) {
	var words []string
	for _, w := range s.Words {
		if math.Abs(m.sentiment.Valence(w.Lower)) >= feelingValence {
			words = append(words, w.Lower)
		}
	}
	// The score of a very long "sentence" (a table of names) is meaningless.
	return m.sentiment.Compound(Clip(s.Text, 2000)), words
}

// feelings are the words of feeling of a language without weights.
type feelings struct {
	words    *Stems
	negation WordSet
}

const (
	// wordValence is what each word of feeling adds, the mean weight of VADER's; alpha is
	// VADER's constant that brings the sum into -1 to 1.
	wordValence, alpha = 2, 15
	// negationReach is how many words before a word of feeling a negation turns it.
	negationReach = 3
)

// newFeelings reads the lists of a language; ok is false where it has none.
func newFeelings(lex Lexicon, code string) (f feelings, ok bool) {
	if len(lex["positive"]) == 0 || len(lex["negative"]) == 0 {
		return feelings{}, false
	}
	return feelings{words: NewStems([]Section{
		{Name: "positive", Terms: SortedKeys(lex["positive"])}, {Name: "negative", Terms: SortedKeys(lex["negative"])},
	}, Elides(code)), negation: lex["negation"]}, true
}

// score adds the words of feeling; a negation before a positive one takes it away, so that
// "not only fast" is no complaint, and turns a negative one into a positive.
func (f feelings) score(s Sentence) (float64, []string) {
	sum := 0.0
	var words []string
	f.words.FindAt(s.Words, func(section, at, end int) {
		negated := false
		for i := max(0, at-negationReach); i < at; i++ {
			negated = negated || f.negation[s.Words[i].Lower]
		}
		words = append(words, JoinWords(s.Words[at:end]))
		switch {
		case section == 0 && !negated, section == 1 && negated:
			sum += wordValence
		case section == 1:
			sum -= wordValence
		}
	})
	return sum / math.Sqrt(sum*sum+alpha), words
}
