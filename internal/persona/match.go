package persona

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/voice"
)

// LinguisticMatch scores how much a text reads like the persona, 0 to 100: the weighted
// mean of the similarities of the features that both have. With a and b the two
// values, n and k the words of running text behind them:
//
//	voice 4         the voice score: style apart from topic (package voice)
//	terms 2         share of the terms of the persona (and its go-to words) that are
//	                terms of the text, those first in the lists weighing most, 40% being
//	                the most that can be expected
//	function .25    rates of function words (after Burrows' Delta, 2002)
//	sentences .15   area between the cumulative distributions of sentence lengths
//	punctuation .10 rates of punctuation marks
//	person .15      shares of the persons, of questions, exclamations, passives and
//	                imperatives, rate of contractions
//	difficulty .10  LIX, letters per word, words per paragraph, formality
//
// Rates and shares are compared by the square root, which makes their sampling
// error the same for rare and frequent ones (Freeman and Tukey 1950): the distance is
// |√a - √b| over √(1000/4n + 1000/4k + t²), t being the difference between two pages of
// one writer. So chance alone does not make a short text differ.
//
// A persona without measured numbers is compared by its sentence length and go-to
// words alone. With nothing to compare the result is 0.
func LinguisticMatch(core onboarding.CorePersona, text onboarding.Measurements) float64 {
	score, _ := match(core, text)
	return score
}

// match returns the score with the similarities of the compared features, 0 to 100.
func match(core onboarding.CorePersona, text onboarding.Measurements) (float64, map[string]float64) {
	other := fingerprintOf(text)
	features := map[string]float64{}
	sum, weights := 0.0, 0.0
	for _, f := range matchFeatures {
		similarity, ok := f.compare(core, other)
		if !ok {
			continue
		}
		features[f.name] = math.Round(1000*similarity) / 10
		sum += f.weight * similarity
		weights += f.weight
	}
	if weights == 0 {
		return 0, features
	}
	return math.Round(1000*sum/weights) / 10, features
}

// feature compares one side of a persona with a text: similarity 0 to 1, false when
// either lacks it.
type feature struct {
	name    string
	weight  float64
	compare func(core onboarding.CorePersona, text onboarding.Fingerprint) (float64, bool)
}

var matchFeatures = []feature{
	{"voice", 4, matchVoice},
	{"terms", 2, matchTerms},
	{"function_words", 0.25, ratesOf(0.35, 0.75, 1.4,
		func(f onboarding.Fingerprint) map[string]float64 { return f.FunctionWords })},
	{"sentences", 0.15, matchSentences},
	{"punctuation", 0.10, ratesOf(0.6, 0.7, 1.8,
		func(f onboarding.Fingerprint) map[string]float64 { return f.PunctuationPer1000 })},
	{"person", 0.15, ratesOf(0.8, 0.6, 1.7, personRates)},
	{"difficulty", 0.10, matchDifficulty},
}

// matchVoice is the voice score of the text against the persona's: 0 in another language, one half for a text that is
// too short to have one.
func matchVoice(core onboarding.CorePersona, text onboarding.Fingerprint) (float64, bool) {
	own := core.LinguisticFingerprint.Measured
	switch {
	case own == nil, own.ProseWords == 0, text.ProseWords == 0:
		return 0, false
	case own.Language != text.Language:
		return 0, true
	case own.Voice != nil && text.Voice == nil:
		return 0.5, true
	}
	score, ok := voice.Shared().Match(own.Voice, text.Voice)
	return score / 100, ok
}

// ratesOf compares rates per 1,000 words by the distance that LinguisticMatch
// describes; drift is its t. A mean distance up to near gives 1, one from far gives 0.
func ratesOf(
	drift, near, far float64, rates func(onboarding.Fingerprint) map[string]float64,
) func(onboarding.CorePersona, onboarding.Fingerprint) (float64, bool) {
	return func(core onboarding.CorePersona, text onboarding.Fingerprint) (float64, bool) {
		own := core.LinguisticFingerprint.Measured
		if own == nil || own.ProseWords == 0 || text.ProseWords == 0 {
			return 0, false
		}
		a, b := rates(*own), rates(text)
		if len(a) == 0 || len(b) == 0 {
			return 0, false
		}
		names := maps.Clone(a)
		maps.Copy(names, b)
		spread := math.Sqrt(250/float64(own.ProseWords) + 250/float64(text.ProseWords) + drift*drift)
		sum := 0.0
		for _, name := range slices.Sorted(maps.Keys(names)) {
			sum += math.Abs(math.Sqrt(max(a[name], 0))-math.Sqrt(max(b[name], 0))) / spread
		}
		return closeness(sum/float64(len(names)), near, far), true
	}
}

// closeness is 1 up to near, 0 from far, linear between.
func closeness(distance, near, far float64) float64 {
	return min(1, max(0, (far-distance)/(far-near)))
}

// personRates converts shares of words and of sentences to rates per 1,000 words.
func personRates(f onboarding.Fingerprint) map[string]float64 {
	rates := map[string]float64{}
	add := func(name string, value *float64, scale float64) {
		if value != nil {
			rates[name] = *value * scale
		}
	}
	perWords := 1000 * float64(f.Sentences) / max(float64(f.ProseWords), 1)
	add("first_singular", f.Person.FirstSingular, 1000)
	add("first_plural", f.Person.FirstPlural, 1000)
	add("second", f.Person.Second, 1000)
	add("third", f.Person.Third, 1000)
	add("contractions", f.Syntax.ContractionsPer1000, 1)
	add("questions", f.Syntax.QuestionShare, perWords)
	add("exclamations", f.Syntax.ExclamationShare, perWords)
	add("passives", f.Syntax.PassiveShare, perWords)
	add("imperatives", f.Syntax.ImperativeShare, perWords)
	return rates
}

// matchSentences compares the distributions of sentence lengths, else the means.
func matchSentences(core onboarding.CorePersona, text onboarding.Fingerprint) (float64, bool) {
	if text.SentenceWords == nil {
		return 0, false
	}
	own := core.LinguisticFingerprint.Measured
	if own != nil && own.SentenceWords != nil && len(own.SentenceWords.Histogram) == len(text.SentenceWords.Histogram) {
		return closeness(areaBetween(own.SentenceWords.Histogram, text.SentenceWords.Histogram), 0.3, 2.0), true
	}
	mean := core.LinguisticFingerprint.SentenceMetrics.AverageSentenceLengthWords
	if mean == nil || *mean <= 0 || text.SentenceWords.Mean <= 0 {
		return 0, false
	}
	return closeness(math.Abs(math.Log(*mean/text.SentenceWords.Mean)), 0.05, 0.8), true
}

// areaBetween is the sum of the differences of the cumulative shares, in buckets: 1
// means that sentences are one bucket longer on average.
func areaBetween(a, b []onboarding.Bucket) float64 {
	total := func(buckets []onboarding.Bucket) (n float64) {
		for _, bucket := range buckets {
			n += float64(bucket.Count)
		}
		return max(n, 1)
	}
	totalA, totalB := total(a), total(b)
	sum, difference := 0.0, 0.0
	for i := range a {
		difference += float64(a[i].Count)/totalA - float64(b[i].Count)/totalB
		sum += math.Abs(difference)
	}
	return sum
}

// matchDifficulty compares how hard the texts are to read. The last argument of add is
// the difference that gives 0.
func matchDifficulty(core onboarding.CorePersona, text onboarding.Fingerprint) (float64, bool) {
	own := core.LinguisticFingerprint.Measured
	if own == nil {
		return 0, false
	}
	sum, n := 0.0, 0
	add := func(a, b *float64, far float64) {
		if a != nil && b != nil {
			sum += closeness(math.Abs(*a-*b), far/8, far)
			n++
		}
	}
	add(own.LIX, text.LIX, 20)
	add(own.WordLetters, text.WordLetters, 1)
	add(own.ParagraphWords, text.ParagraphWords, 50)
	add(own.Formality, text.Formality, 12)
	if n == 0 {
		return 0, false
	}
	return sum / float64(n), true
}

// The largest weighted shares of terms, and of words of the subject, that two halves of one site have in common.
const (
	expectedTerms   = 0.4
	expectedSubject = 0.2
)

// matchTerms is the larger of what terms and words of the subject have in common. A text whose subject is masked is not
// compared.
func matchTerms(core onboarding.CorePersona, text onboarding.Fingerprint) (float64, bool) {
	terms, ok := sharedTerms(termsOf(core), text.Terms)
	terms = min(1, terms/expectedTerms)
	if own := core.LinguisticFingerprint.Measured; own != nil && own.Voice != nil && text.Voice != nil {
		subject, has := sharedTerms(own.Voice.Subject, text.Voice.Subject)
		terms, ok = max(terms, min(1, subject/expectedSubject)), has
	}
	return terms, ok
}

// sharedTerms is the share of the terms of one list that another has, each weighing one over the square root of its
// rank.
func sharedTerms(own, other []string) (share float64, ok bool) {
	if len(own) == 0 || len(other) == 0 {
		return 0, false
	}
	known := map[string]bool{}
	for _, term := range other {
		known[term] = true
		for word := range strings.FieldsSeq(term) {
			known[word] = true
		}
	}
	shared, all := 0.0, 0.0
	for i, term := range own {
		weight := 1 / math.Sqrt(float64(i+1))
		all += weight
		if known[term] {
			shared += weight
		}
	}
	return shared / all, true
}

// termsOf returns the measured terms or, without measured text, the go-to words and
// phrases.
func termsOf(core onboarding.CorePersona) []string {
	var terms []string
	add := func(list onboarding.List) {
		for _, term := range list {
			if term = strings.ToLower(strings.TrimSpace(term)); term != "" && !slices.Contains(terms, term) {
				terms = append(terms, term)
			}
		}
	}
	if own := core.LinguisticFingerprint.Measured; own != nil {
		add(own.Terms)
		return terms
	}
	add(core.LinguisticFingerprint.LexicalFeatures.GoToWords)
	add(core.LinguisticFingerprint.LexicalFeatures.GoToPhrases)
	return terms
}
