package langdetect

import (
	"math"
	"slices"
	"strings"
)

const (
	// maxSample is how much of a text is examined, in bytes, in sampleParts parts from its beginning to its end.
	maxSample   = 1500
	sampleParts = 3
	// minLetters is the length below which a detection is a guess.
	minLetters = 40
	// minShare is the least share of the letters in the script of the language.
	minShare = 0.6
	// minScore is the least score of a text, as a share of what is typical of the language. Of the texts of 40 letters
	// that the model was not trained with, 99% have 0.8; lists of product names have 0.7.
	minScore = 0.65
	// minLead is how far the best language must lead the next one; in short texts the lead must be leadNoise over the
	// root of the number of n-grams. Where the best one is declared too, a part of it is enough.
	minLead      = 0.03
	leadNoise    = 0.9
	declaredLead = 0.3
	// plausible is the share of the best score from which a declared language is believed in an unclear case.
	plausible = 0.95
)

// Result is the language of a text.
type Result struct {
	// Code is the ISO 639 code, of two letters where there is one; "" where nothing is known.
	Code string
	// Confidence is 0 to 1; from 0.95 the lead over the next language is decisive. It is 0 where only a declaration
	// speaks for the language.
	Confidence float64
	Reliable   bool
}

// Detect returns the language of text, of which it examines a sample. The declared language (a language tag, or "") is
// evidence: it decides where the text is too short or between close languages, but never against the text.
func Detect(text, declared string) Result { return embedded().Detect(text, declared) }

// Detect is like the function Detect, with this model.
func (m *Model) Detect(text, declared string) Result {
	text = sample(text)
	main, share, letters := mainScript(text)
	prior, own := Canonical(declared), ownLanguage[main]
	switch {
	case letters == 0:
		return Result{Code: prior}
	case own != "":
		return Result{Code: own, Confidence: share, Reliable: letters >= minLetters/2 && share >= minShare}
	}
	r := m.detectByGrams(text, main, prior)
	r.Reliable = r.Reliable && letters >= minLetters && share >= minShare
	switch {
	case letters >= minLetters || r.Code == prior:
		return r
	case m.mayBe(prior, main):
		return Result{Code: prior}
	}
	return Result{}
}

// mayBe reports whether the language may be written in the script, as far as is known.
func (m *Model) mayBe(code string, s script) bool {
	if OwnScript(code) {
		return false
	}
	isCode := func(l language) bool { return l.code == code }
	inScript := func(l language) bool { return isCode(l) && l.script == s }
	return slices.ContainsFunc(m.languages, inScript) || !slices.ContainsFunc(m.languages, isCode)
}

// detectByGrams decides between the languages of a script.
func (m *Model) detectByGrams(text string, s script, prior string) Result {
	scores, n := m.score(text, s)
	var best, second, declared candidate
	for i, l := range m.languages {
		if l.script != s {
			continue
		}
		c := candidate{l, float64(scores[i]) / float64(max(n, 1))}
		if c.code == prior && c.mean > declared.mean {
			declared = c
		}
		switch {
		case c.mean > best.mean && c.code == best.code:
			best = c
		case c.mean > best.mean:
			best, second = c, best
		case c.mean > second.mean && c.code != best.code:
			second = c
		}
	}
	if best.mean == 0 {
		return Result{}
	}
	lead, needed := 1-second.mean/best.mean, max(minLead, leadNoise/math.Sqrt(float64(n)))
	fit := min(1, best.mean/best.typical/minScore)
	r := Result{Code: best.code, Confidence: (1 - math.Exp(-3*lead/needed)) * fit}
	switch {
	case best.code == prior:
		r.Reliable = fit == 1 && lead >= declaredLead*needed
	case fit == 1 && lead >= needed:
		r.Reliable = true
	case declared.mean >= plausible*best.mean:
		r.Code, r.Confidence = prior, 0
	}
	return r
}

// candidate is a language with the mean score of the n-grams of a text.
type candidate struct {
	language
	mean float64
}

// score adds up the weights of the n-grams of the words in a script, for each language, and counts them.
func (m *Model) score(text string, s script) (scores []int32, n int) {
	scores = make([]int32, len(m.languages))
	eachWord(text, func(word []rune) {
		if scriptOf(word[1]) != s {
			return
		}
		gramsOf(word, func(_ int, gram uint32) {
			n++
			m.add(gram, scores)
		})
	})
	return scores, n
}

// sample cuts parts out of a long text, from its beginning to its end.
func sample(text string) string {
	if len(text) <= maxSample {
		return text
	}
	const part = maxSample / sampleParts
	var b strings.Builder
	for i := range sampleParts {
		from := i * (len(text) - part) / (sampleParts - 1)
		piece := text[from : from+part]
		// Words that the cuts divide are left out.
		if first := strings.IndexByte(piece, ' '); i > 0 && first >= 0 {
			piece = piece[first:]
		}
		if last := strings.LastIndexByte(piece, ' '); i < sampleParts-1 && last >= 0 {
			piece = piece[:last]
		}
		b.WriteString(strings.ToValidUTF8(piece, ""))
		b.WriteByte(' ')
	}
	return b.String()
}
