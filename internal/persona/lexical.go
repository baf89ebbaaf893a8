package persona

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

const (
	// maxWords and maxPhrases bound the lists of favourites.
	maxWords   = 12
	maxPhrases = 10
	// minUses is the least number of occurrences of a favourite.
	minUses = 3
)

// sentences describes the sentences. The ratio is active to passive, in percent.
func (s *source) sentences() onboarding.SentenceMetrics {
	m := onboarding.SentenceMetrics{
		PreferredSentenceType: s.sentenceType(),
		ComplexityLevel:       copied(s.style.WritingStyle.Complexity),
	}
	if d := s.m.SentenceWords; d != nil {
		m.AverageSentenceLengthWords = new(math.Round(d.Mean*10) / 10)
	}
	if passive := s.m.Syntax.PassiveShare; passive != nil {
		share := int(math.Round(100 * *passive))
		m.ActiveToPassiveRatio = new(fmt.Sprintf("%d:%d (%d%% of the sentences are passive)", 100-share, share, share))
	}
	return m
}

// sentenceType names the length that most sentences have (at most 10 words, at most
// 20, more), their kind (questions from 15%, instructions from 25%, else statements)
// and how much the lengths vary (coefficient of variation 0.4 and 0.65).
func (s *source) sentenceType() *string {
	d := s.m.SentenceWords
	if d == nil {
		return copied(s.style.ContentCharacteristics.SentenceStructure)
	}
	shares := lengthShares(d)
	length, most := "long", shares[2]
	if shares[1] >= most {
		length, most = "medium-length", shares[1]
	}
	if shares[0] >= most {
		length = "short"
	}
	kind := "statements"
	if valueOf(s.m.Syntax.ImperativeShare) >= 0.25 {
		kind = "statements and instructions"
	}
	if valueOf(s.m.Syntax.QuestionShare) >= 0.15 {
		kind += " with many questions"
	}
	return new(fmt.Sprintf("%s %s, %s (%s of the sentences have at most 10 words, %s from 11 to 20, %s more)",
		length, kind, variety(d), wording.Percent(shares[0]), wording.Percent(shares[1]), wording.Percent(shares[2])))
}

// lengthShares are the shares of sentences of at most 10 words, 11 to 20, and more.
func lengthShares(d *onboarding.Distribution) [3]float64 {
	var counts [3]float64
	total := 0.0
	for _, b := range d.Histogram {
		at := 2
		if b.To != nil && *b.To <= 10 {
			at = 0
		} else if b.To != nil && *b.To <= 20 {
			at = 1
		}
		counts[at] += float64(b.Count)
		total += float64(b.Count)
	}
	for i := range counts {
		counts[i] /= max(total, 1)
	}
	return counts
}

// variety names the coefficient of variation of a distribution.
func variety(d *onboarding.Distribution) string {
	variation := 0.0
	if d.Mean != 0 {
		variation = d.StDev / d.Mean
	}
	return wording.Band(variation, []float64{0.4, 0.65}, "even", "varied", "strongly varied")
}

func (s *source) lexical() onboarding.LexicalFeatures {
	return onboarding.LexicalFeatures{
		GoToWords:       s.goToWords(),
		GoToPhrases:     s.goToPhrases(),
		AvoidWords:      s.avoidWords(),
		Contractions:    s.contractions(),
		FillerWords:     s.fillerWords(),
		VocabularyLevel: copied(s.style.ContentCharacteristics.VocabularyLevel),
	}
}

// goToWords returns the words that the site uses more than its language, without the owner's name and navigation words;
// where no voice was measured, the single-word keywords used at least three times.
func (s *source) goToWords() onboarding.List {
	words := onboarding.List{}
	add := func(word string, uses int) {
		if len(words) < maxWords && uses >= minUses && !strings.Contains(word, " ") && s.isFavourite(word) {
			words = append(words, word)
		}
	}
	if s.m.Voice != nil {
		for _, w := range s.m.Voice.Characteristic {
			add(w.Text, w.Count)
		}
		return words
	}
	for _, k := range s.m.Keywords {
		add(k.Text, k.Count)
	}
	return words
}

// goToPhrases are phrases and terms of several words used three times, then linking
// words used twice.
func (s *source) goToPhrases() onboarding.List {
	phrases := onboarding.List{}
	add := func(text string, uses, least int) {
		if len(phrases) < maxPhrases && uses >= least && s.isFavourite(text) && !slices.Contains(phrases, text) {
			phrases = append(phrases, text)
		}
	}
	for _, p := range s.m.Phrases {
		add(p.Text, p.Count, minUses)
	}
	for _, k := range s.m.Keywords {
		if strings.Contains(k.Text, " ") {
			add(k.Text, k.Count, minUses)
		}
	}
	for _, t := range s.m.Transitions {
		add(t.Text, t.Count, 2)
	}
	return phrases
}

// isFavourite reports whether a frequent term may be a favourite: it is neither a navigation word nor the owner's name.
func (s *source) isFavourite(term string) bool {
	return !menuWords[term] && !strings.EqualFold(term, s.owner())
}

// contractions names the habit by rate: below 1 in 1,000 almost none, below 5 rare,
// below 15 regular; conversation has 30 and more (Biber 1988).
func (s *source) contractions() *string {
	rate := s.m.Syntax.ContractionsPer1000
	if rate == nil {
		return nil
	}
	habit := wording.Band(*rate, []float64{1, 5, 15}, "almost never", "rarely", "sometimes", "often")
	return new(fmt.Sprintf("%s (%s in 1,000 words)", habit, wording.Number(*rate)))
}

// avoidWords are the words of attitude that the site uses clearly less than its language.
func (s *source) avoidWords() onboarding.List {
	words := onboarding.List{}
	if s.m.Voice == nil {
		return words
	}
	for _, w := range s.m.Voice.Profile.Avoided {
		words = append(words, w.Text)
	}
	return words
}

// avoidReason returns why no word is avoided.
func (s *source) avoidReason() string {
	if s.m.Voice == nil {
		return "The voice of the text was not measured."
	}
	return fmt.Sprintf("In %s, no word of attitude is clearly rarer than in the language.",
		plural(s.m.Voice.Profile.Words, "word"))
}

// minFillers is the text in words in which the absence of fillers says something.
const minFillers = 1000

// fillerReason returns why nothing is said about fillers, "" where something is.
func (s *source) fillerReason() string {
	switch {
	case s.text.words == 0:
		return "There is no text to look for words in."
	case !s.english():
		return fmt.Sprintf("The list of fillers is English; the text is in %s.", wording.Language(s.m.Language))
	case s.text.words < minFillers:
		return fmt.Sprintf("It takes %s words of text to say that fillers are avoided; there are %s.",
			thousands(minFillers), thousands(s.text.words))
	}
	return ""
}

// fillerWords counts the fillers of the excerpt.
func (s *source) fillerWords() *string {
	if s.text.words == 0 || !s.english() {
		return nil
	}
	var found []string
	total := 0
	for _, filler := range fillers {
		if n := s.text.count(filler); n > 0 {
			found = append(found, fmt.Sprintf("%s %d", filler, n))
			total += n
		}
	}
	if total == 0 {
		if s.fillerReason() != "" {
			return nil
		}
		return new(fmt.Sprintf("none (in %s)", plural(s.text.words, "word")))
	}
	habit := wording.Band(1000*float64(total)/float64(s.text.words), []float64{1, 4}, "rarely", "sometimes", "often")
	shown := strings.Join(wording.First(found, 5), ", ")
	return new(fmt.Sprintf("%s (%s in %s)", habit, shown, plural(s.text.words, "word")))
}
