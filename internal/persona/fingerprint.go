package persona

import (
	"maps"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// fingerprint copies the numbers that tell writers apart, nil without measured text.
func (s *source) fingerprint() *onboarding.Fingerprint {
	if !s.measured() {
		return nil
	}
	f := fingerprintOf(s.m)
	return &f
}

func fingerprintOf(m onboarding.Measurements) onboarding.Fingerprint {
	f := onboarding.Fingerprint{
		Language: m.Language.Code, ProseWords: m.ProseWords, Sentences: m.Sentences,
		SentenceWords: m.SentenceWords, LongWordShare: m.Vocabulary.LongWordShare,
		LIX: m.Readability.LIX, Formality: m.Formality, Person: m.Person, Syntax: m.Syntax,
		PunctuationPer1000: maps.Clone(m.PunctuationPer1000), FunctionWords: maps.Clone(m.FunctionWords),
		Terms: onboarding.List{},
	}
	if m.Voice != nil {
		f.Voice = &m.Voice.Profile
	}
	if m.WordLetters != nil {
		f.WordLetters = &m.WordLetters.Mean
	}
	if m.ParagraphWords != nil {
		f.ParagraphWords = &m.ParagraphWords.Mean
	}
	for _, k := range m.Keywords {
		f.Terms = append(f.Terms, k.Text)
	}
	return f
}
