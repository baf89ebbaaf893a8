package textstat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// textCounts are the inputs of the readability formulas.
//
// Numbers count as words. As Flesch advises, their syllables are not counted: they
// depend on how a number is read aloud.
type textCounts struct {
	words, sentences int
	// spelled are the words with a letter.
	spelled int
	// characters are letters and digits.
	characters int
	// long words have more than six letters; numbers are never long.
	long int
	// syllables and complex (words of three syllables or more, as Gunning counts
	// them) are counted for English only, in the spelled words.
	syllables, complex int
}

func (t textCounts) wordsPerSentence() float64 { return float64(t.words) / float64(t.sentences) }
func (t textCounts) perWord(n int) float64     { return float64(n) / float64(t.words) }
func (t textCounts) perSpelled(n int) float64  { return float64(n) / float64(t.spelled) }

// fleschReadingEase is Flesch (1948), A new readability yardstick.
func (t textCounts) fleschReadingEase() float64 {
	return 206.835 - 1.015*t.wordsPerSentence() - 84.6*t.perSpelled(t.syllables)
}

// fleschKincaidGrade is Kincaid et al. (1975), Derivation of new readability
// formulas for Navy enlisted personnel.
func (t textCounts) fleschKincaidGrade() float64 {
	return 0.39*t.wordsPerSentence() + 11.8*t.perSpelled(t.syllables) - 15.59
}

// gunningFog is Gunning (1952), The technique of clear writing.
func (t textCounts) gunningFog() float64 {
	return 0.4 * (t.wordsPerSentence() + 100*t.perSpelled(t.complex))
}

// ari is Smith and Senter (1967), Automated readability index.
func (t textCounts) ari() float64 {
	return 4.71*t.perWord(t.characters) + 0.5*t.wordsPerSentence() - 21.43
}

// lix is Björnsson (1968), Läsbarhet.
func (t textCounts) lix() float64 {
	return t.wordsPerSentence() + 100*t.perWord(t.long)
}

// readability computes the scores that are valid for the language; all are nil
// for less than minRatioWords words.
func (m *Meter) readability(c *Corpus) onboarding.Readability {
	t := m.count(c, c.Sentences)
	if t.words < MinRatioWords || !Alphabetic(c.Lang.Code) {
		return onboarding.Readability{}
	}
	r := onboarding.Readability{ARI: rounded(t.ari()), LIX: rounded(t.lix())}
	if c.Rules == English {
		r.FleschReadingEase = rounded(t.fleschReadingEase())
		r.FleschKincaidGrade = rounded(t.fleschKincaidGrade())
		r.GunningFog = rounded(t.gunningFog())
		r.SyllablesPerWord = rounded(t.perSpelled(t.syllables))
	}
	return r
}

// count counts the sentences given.
func (m *Meter) count(c *Corpus, list []Sentence) textCounts {
	t := textCounts{sentences: len(list)}
	for _, s := range list {
		for i, w := range s.Words {
			t.words++
			t.characters += w.letters()
			if !w.HasLetter() {
				continue
			}
			t.spelled++
			t.long += BoolToInt(w.isLong())
			if c.Rules != English {
				continue
			}
			n, ok := c.syllables[w.Lower]
			if !ok {
				n = m.syllables(w.Lower)
				c.syllables[w.Lower] = n
			}
			t.syllables += n
			name := i > 0 && isCapital(w.text) && !c.LowerCase[w.Lower]
			t.complex += BoolToInt(!name && isComplex(w.Lower, n))
		}
	}
	return t
}

// isComplex reports whether a word is hard in the sense of Gunning (1952): three
// syllables without endings, and no compound. Model numbers (X2000) are not.
func isComplex(lower string, syllables int) bool {
	byEnding := syllables == 3 && hasEnding(lower, "es", "ed", "ing")
	return syllables >= 3 && !byEnding && !strings.Contains(lower, "-") && !strings.ContainsFunc(lower, unicode.IsDigit)
}

func isCapital(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.IsUpper(first)
}
