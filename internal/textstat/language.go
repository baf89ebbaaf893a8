package textstat

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/abadojack/whatlanggo"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// minLanguageLetters is the length below which detection is a guess.
	minLanguageLetters = 40
	// MaxLanguageBytes is how much text is examined.
	MaxLanguageBytes = 20_000
	// maxDetectBytes is how much of it the trigram detector gets. It compares the ranks
	// of the 300 most frequent trigrams; those of longer texts mean nothing, and its
	// confidence becomes negative.
	maxDetectBytes = 1500
	// decisiveStopShare is the share of function words that decides for a language, and
	// decisiveStopRatio how far it must lead the next language, less in a text of
	// manyWords.
	decisiveStopShare     = 0.2
	decisiveStopRatio     = 1.5
	decisiveStopRatioMany = 1.15
	manyWords             = 60
	// English is the code of the language that most measures are defined for.
	English = "en"
)

// DetectLanguage detects the language of text. A confident detection counts unless the
// function words indicate another language. Otherwise the function words decide, then
// the declared language.
func (m *Meter) DetectLanguage(text, declared string) onboarding.TextLanguage {
	lang := onboarding.TextLanguage{Declared: declared, Name: "unknown", Spaced: true}
	prior, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(declared), "_", "-"), "-")
	letters := CountLetters(text)
	if letters < minLanguageLetters {
		lang.Code = prior
	} else {
		info := whatlanggo.Detect(Clip(text, maxDetectBytes))
		lang.Code, lang.Confidence = detectedCode(info, text), round4(min(max(info.Confidence, 0), 1))
		lang.Reliable = info.IsReliable() && lang.Code != ""
		if !lang.Reliable || lang.Code != prior {
			m.settleLanguage(&lang, text, prior)
		}
	}
	if lang.Code != "" {
		lang.Name = languageName(lang.Code)
	}
	lang.Spaced = !unspaced(lang.Code)
	return lang
}

// settleLanguage decides between the detector, the function words and the
// declared language.
func (m *Meter) settleLanguage(lang *onboarding.TextLanguage, text, prior string) {
	voted := m.voteByFunctionWords(SplitWords(Clip(text, MaxLanguageBytes), false))
	switch {
	case voted != "":
		lang.Code, lang.Reliable = voted, true
	case lang.Reliable:
	case prior != "":
		lang.Code = prior
	case lang.Confidence == 0:
		lang.Code = "" // a tie, which the detector breaks randomly
	}
}

// voteByFunctionWords returns the language whose function words make up most of
// the text, or "" when that is not decisive.
func (m *Meter) voteByFunctionWords(words []Word) string {
	if len(words) < 8 {
		return ""
	}
	best, bestShare, second := "", 0.0, 0.0
	for _, code := range SortedKeys(m.languages) {
		hits := 0
		for _, w := range words {
			if m.languages[code]["stop"][w.Lower] {
				hits++
			}
		}
		share := float64(hits) / float64(len(words))
		switch {
		case share > bestShare:
			best, bestShare, second = code, share, bestShare
		case share > second:
			second = share
		}
	}
	lead := decisiveStopRatio
	if len(words) >= manyWords {
		lead = decisiveStopRatioMany
	}
	if bestShare < decisiveStopShare || bestShare < second*lead {
		return ""
	}
	return best
}

// detectedCode is the ISO 639-1 code of a detection. The detector takes Japanese with
// many ideographs for Chinese; kana distinguish them.
func detectedCode(info whatlanggo.Info, text string) string {
	if info.Lang < 0 {
		return ""
	}
	kana := countRunes(text, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) })
	switch info.Lang {
	case whatlanggo.Cmn:
		if 10*kana > countRunes(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			return "ja"
		}
	case whatlanggo.Nob, whatlanggo.Nno:
		return "no"
	}
	return cmp.Or(info.Lang.Iso6391(), info.Lang.Iso6393())
}

// languageName is the English name of a code, or the code.
func languageName(code string) string {
	switch code {
	case "no", "nb", "nn":
		return "Norwegian"
	case "zh":
		return "Chinese"
	}
	for lang := range whatlanggo.Langs {
		if lang.Iso6391() == code || lang.Iso6393() == code {
			return lang.String()
		}
	}
	return code
}

// unspaced reports whether the language writes no spaces between words.
func unspaced(code string) bool {
	return slices.Contains([]string{"zh", "ja", "th", "lo", "km", "my"}, code)
}

// Alphabetic reports whether letters per word are meaningful in the language:
// readability by word length is not defined for syllabaries and abjads.
func Alphabetic(code string) bool {
	return !unspaced(code) && !slices.Contains([]string{
		"", "ko", "ar", "he", "fa", "ur", "hi", "mr", "ne", "bn", "ta", "te", "kn", "ml", "gu", "pa", "si", "am",
	}, code)
}

// CountLetters returns the number of letters of text, in characters.
func CountLetters(text string) int { return countRunes(text, unicode.IsLetter) }

func countRunes(text string, counted func(rune) bool) int {
	n := 0
	for _, r := range text {
		n += BoolToInt(counted(r))
	}
	return n
}

// Clip cuts text after at most n bytes, at the end of a rune.
func Clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "")
}
