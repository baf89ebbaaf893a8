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

// sentimentOf scores the prose. English only; nil for too few sentences.
func (m *Meter) sentimentOf(c *Corpus) *onboarding.Sentiment {
	if c.Rules != English || len(c.Sentences) < minSentences {
		return nil
	}
	sum, positive, negative := 0.0, 0, 0
	list := c.Sentences[:min(len(c.Sentences), maxScoredSentences)]
	words := NewTally()
	for _, s := range list {
		// The score of a very long "sentence" (a table of names) is meaningless.
		score := m.sentiment.Compound(Clip(s.Text, 2000))
		sum += score
		switch {
		case score >= sentimentThreshold:
			positive++
		case score <= -sentimentThreshold:
			negative++
		}
		for _, w := range s.Words {
			if math.Abs(m.sentiment.Valence(w.Lower)) >= feelingValence && !c.Lex["stop"][w.Lower] && !c.Lex["weak"][w.Lower] {
				words.Add(w.Lower, s.Page)
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
