package textstat

import (
	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// MattrWindow is the window of the moving-average type-token ratio, in words.
	MattrWindow      = 50
	maxFunctionWords = 60
	// longWordLetters is the length that LIX calls long: more than six letters.
	longWordLetters = 6
)

// vocabulary measures the choice of words in the prose.
func vocabulary(c *Corpus) onboarding.Vocabulary {
	counts := map[string]int{}
	var forms []string
	long, content := 0, 0
	for w := range c.proseWords {
		forms = append(forms, w.Lower)
		counts[w.Lower]++
		long += BoolToInt(w.isLong())
		content += BoolToInt(!c.Lex["stop"][w.Lower])
	}
	v := onboarding.Vocabulary{DistinctWords: len(counts)}
	if len(forms) < MinRatioWords || !c.Lang.Spaced {
		return v
	}
	once := 0
	for _, n := range counts {
		once += BoolToInt(n == 1)
	}
	v.HapaxShare = ratio(once, len(counts))
	v.MATTR50 = mattr(forms, MattrWindow)
	if Alphabetic(c.Lang.Code) {
		v.LongWordShare = ratio(long, len(forms))
	}
	if len(c.Lex["stop"]) > 0 {
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
func (m *Meter) functionWords(c *Corpus) map[string]float64 {
	profile := map[string]float64{}
	if c.prose < MinProfileWords {
		return profile
	}
	counts := map[string]int{}
	for w := range c.proseWords {
		counts[w.Lower]++
	}
	for _, f := range m.functionLists[c.Rules] {
		profile[f] = perThousand(counts[f], c.prose)
	}
	return profile
}

func perThousand(n, words int) float64 { return round4(1000 * float64(n) / float64(words)) }
