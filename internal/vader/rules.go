package vader

import "strings"

// The empirical constants of the model.
const (
	booster         = 0.293 // what a word such as "very" adds to the valence after it
	capitals        = 0.733 // what capitals add among words that are not in capitals
	negation        = -0.74
	doubleNegation  = 1.25 // "never so …"
	butScale        = 0.5  // what stands before "but" counts less, what stands after it more
	exclamation     = 0.292
	question        = 0.18
	manyQuestions   = 0.96
	maxExclamations = 4
	normalization   = 15
)

// distance is how much a booster counts by its distance to the word.
var distance = [...]float64{1, 0.95, 0.9}

// setOf returns the words of a list.
func setOf(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.SplitSeq(list, ",") {
		set[strings.TrimSpace(w)] = true
	}
	return set
}

var negations = setOf(`aint, arent, cannot, cant, couldnt, darent, didnt, doesnt, dont, hadnt, hasnt, havent, isnt,
	mightnt, mustnt, neither, neednt, never, none, nope, nor, not, nothing, nowhere, oughtnt, shant, shouldnt, uhuh,
	wasnt, werent, uh-uh, without, wont, wouldnt, rarely, seldom, despite`)

var intensifiers = setOf(`absolutely, amazingly, awfully, completely, considerable, considerably, decidedly, deeply,
	effing, enormous, enormously, entirely, especially, exceptional, exceptionally, extreme, extremely, fabulously,
	flipping, flippin, frackin, fracking, fricking, frickin, frigging, friggin, fully, fuckin, fucking, fuggin,
	fugging, greatly, hella, highly, hugely, incredible, incredibly, intensely, major, majorly, more, most,
	particularly, purely, quite, really, remarkably, so, substantially, thoroughly, total, totally, tremendous,
	tremendously, uber, unbelievably, unusually, utter, utterly, very`)

var dampeners = setOf(`almost, barely, hardly, just enough, kind of, kinda, kindof, kind-of, less, little, marginal,
	marginally, occasional, occasionally, partly, scarce, scarcely, slight, slightly, somewhat, sort of, sorta, sortof,
	sort-of`)

// idioms are phrases whose valence is another than that of their words.
var idioms = map[string]float64{
	"the shit": 3, "the bomb": 3, "bad ass": 1.5, "badass": 1.5, "yeah right": -2, "kiss of death": -1.5, "to die for": 3,
}

// boost is what a word or phrase adds to a positive valence after it.
func boost(lower string) float64 {
	switch {
	case intensifiers[lower]:
		return booster
	case dampeners[lower]:
		return -booster
	}
	return 0
}

// negates reports whether a word turns what comes after it around.
func negates(lower string) bool { return negations[lower] || strings.Contains(lower, "n't") }

// valenceAt returns the valence of a word in its sentence; shouting says whether capitals stress a word.
func (s *Scorer) valenceAt(words []word, i int, shouting bool) float64 {
	at := func(back int) string { return words[i-back].lower }
	valence, known := s.lexicon[at(0)]
	if !known || boost(at(0)) != 0 || i+1 < len(words) && at(0) == "kind" && at(-1) == "of" {
		return 0
	}
	if i+1 < len(words) && at(0) == "no" && s.knows(at(-1)) {
		valence = 0
	}
	if i > 0 && at(1) == "no" || i > 1 && at(2) == "no" || i > 2 && at(3) == "no" && (at(1) == "or" || at(1) == "nor") {
		valence = s.lexicon[at(0)] * negation
	}
	if shouting && isUpper(words[i].text) {
		valence += stress(valence)
	}
	for back := 1; back <= min(i, len(distance)); back++ {
		if s.knows(words[i-back].text) {
			continue
		}
		valence += distance[back-1] * boostOf(words[i-back], valence, shouting)
		valence *= negationOf(words, i, back)
		if back == len(distance) {
			valence = withIdioms(words, i, valence)
		}
	}
	if i > 0 && words[i-1].text == "least" && !s.knows("least") &&
		(i == 1 || words[i-2].text != "at" && words[i-2].text != "very") {
		valence *= negation
	}
	return valence
}

func (s *Scorer) knows(word string) bool {
	_, ok := s.lexicon[word]
	return ok
}

// stress is what capitals add to a valence.
func stress(valence float64) float64 {
	if valence > 0 {
		return capitals
	}
	return -capitals
}

// boostOf is what a word before adds to a valence.
func boostOf(w word, valence float64, shouting bool) float64 {
	b := boost(w.lower)
	if valence < 0 {
		b = -b
	}
	if b != 0 && shouting && isUpper(w.text) {
		b += stress(valence)
	}
	return b
}

// negationOf is the factor by which the word that many before i changes its valence.
func negationOf(words []word, i, back int) float64 {
	earlier := words[i-back].lower
	between := func(lower string) bool { return indexOf(words[i-back+1:i], lower) >= 0 }
	switch {
	case back > 1 && earlier == "never" && (between("so") || between("this")):
		return doubleNegation
	case back > 1 && earlier == "without" && between("doubt"):
		return 1
	case negates(earlier):
		return negation
	}
	return 1
}

// withIdioms returns the valence of word i, which has three before it, with the phrases that it or they are part of.
func withIdioms(words []word, i int, valence float64) float64 {
	phrase := func(from, to int) string { // relative to i, both included
		texts := make([]string, 0, 3)
		for _, w := range words[i+from : i+to+1] {
			texts = append(texts, w.lower)
		}
		return strings.Join(texts, " ")
	}
	for _, p := range []string{phrase(-1, 0), phrase(-2, 0), phrase(-2, -1), phrase(-3, -1), phrase(-3, -2)} {
		if v, ok := idioms[p]; ok {
			valence = v
			break
		}
	}
	for to := 1; to <= 2 && i+to < len(words); to++ {
		if v, ok := idioms[phrase(0, to)]; ok {
			valence = v
		}
	}
	return valence + boost(phrase(-3, -1)) + boost(phrase(-3, -2)) + boost(phrase(-2, -1))
}
