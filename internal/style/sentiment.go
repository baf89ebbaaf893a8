package style

import (
	"math"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// sentimentThreshold is the compound score from which VADER's authors call a
	// sentence positive or negative.
	sentimentThreshold = 0.05
	// feelingValence is the valence, of 4, from which a word is one of feeling.
	feelingValence = 1.5
	// maxScoredSentences bounds the time; later sentences hardly move the mean.
	maxScoredSentences = 5000
)

// sentimentOf scores the prose. English only; nil for too few sentences.
func (a *Analyzer) sentimentOf(c *corpus) *onboarding.Sentiment {
	if c.lang.Code != english || len(c.sentences) < minSentences {
		return nil
	}
	sum, positive, negative := 0.0, 0, 0
	list := c.sentences[:min(len(c.sentences), maxScoredSentences)]
	words := newTally()
	for _, s := range list {
		// The score of a very long "sentence" (a table of names) means nothing more.
		score := a.sentiment.PolarityScores(clip(s.text, 2000)).Compound
		if math.IsNaN(score) {
			score = 0
		}
		sum += score
		switch {
		case score >= sentimentThreshold:
			positive++
		case score <= -sentimentThreshold:
			negative++
		}
		for _, w := range s.words {
			if math.Abs(a.sentiment.Lexicon[w.lower]) >= feelingValence && !c.lex["stop"][w.lower] && !c.lex["weak"][w.lower] {
				words.add(w.lower, s.page)
			}
		}
	}
	n := len(list)
	return &onboarding.Sentiment{
		Mean:     round4(sum / float64(n)),
		Positive: *ratio(positive, n),
		Negative: *ratio(negative, n),
		Neutral:  *ratio(n-positive-negative, n),
		Words:    words.top(10, 2),
	}
}
