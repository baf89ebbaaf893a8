package style

import (
	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	mattrWindow      = 50
	maxFunctionWords = 60
	// longWordLetters is the length that LIX calls long: more than six letters.
	longWordLetters = 6
)

// vocabulary measures the choice of words in the prose.
func vocabulary(c *corpus) onboarding.Vocabulary {
	counts := map[string]int{}
	var forms []string
	long, content := 0, 0
	for w := range c.proseWords {
		forms = append(forms, w.lower)
		counts[w.lower]++
		if w.isLong() {
			long++
		}
		if !c.lex["stop"][w.lower] {
			content++
		}
	}
	v := onboarding.Vocabulary{DistinctWords: len(counts)}
	if len(forms) < minRatioWords || !c.lang.Spaced {
		return v
	}
	once := 0
	for _, n := range counts {
		if n == 1 {
			once++
		}
	}
	v.HapaxShare = ratio(once, len(counts))
	v.MATTR50 = mattr(forms, mattrWindow)
	if alphabetic(c.lang.Code) {
		v.LongWordShare = ratio(long, len(forms))
	}
	if len(c.lex["stop"]) > 0 {
		v.ContentWordShare = ratio(content, len(forms))
	}
	return v
}

// mattr is the mean share of different words in each window of that many words
// (Covington and McFall 2010, Cutting the Gordian knot); nil for a shorter text.
func mattr(forms []string, window int) *float64 {
	if len(forms) < window {
		return nil
	}
	inside := map[string]int{}
	sum := 0
	for i, form := range forms {
		inside[form]++
		if i >= window {
			left := forms[i-window]
			if inside[left]--; inside[left] == 0 {
				delete(inside, left)
			}
		}
		if i >= window-1 {
			sum += len(inside)
		}
	}
	return ratio(sum, window*(len(forms)-window+1))
}

// functionWords is the profile of the language's most frequent function words, per
// 1,000 words of prose; empty for a short text or a language without a list.
func (a *Analyzer) functionWords(c *corpus) map[string]float64 {
	profile := map[string]float64{}
	total := c.prose()
	if total < minProfileWords {
		return profile
	}
	counts := map[string]int{}
	for w := range c.proseWords {
		counts[w.lower]++
	}
	for _, f := range a.lex.functions[c.lang.Code] {
		profile[f] = perThousand(counts[f], total)
	}
	return profile
}

func perThousand(n, words int) float64 { return round4(1000 * float64(n) / float64(words)) }
