package textstat

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/sentences"
)

// Patterns of rhetorical devices in the text of a sentence.
var (
	triad     = regexp.MustCompile(`(\pL[\pL'’-]+), (\pL[\pL'’-]+),? (\pL+) (\pL[\pL'’-]+)`)
	contrast  = regexp.MustCompile(`(?i)\bnot (?:just |only )?[^.,;:!?]{2,60}[,;]? but\b[^.;:!?]{2,60}`)
	figure    = regexp.MustCompile(`\d[\d.,]*\s?(?:%|percent\b|per cent\b|€|£|\$)|[€£$]\s?\d[\d.,]*|\b\d{2,}[\d.,]*\b`)
	quotation = regexp.MustCompile(`[“"«„][^“”"«»„]{20,}[”"»“]`)
)

// devices counts the rhetorical devices that patterns can find.
func devices(c *Corpus) []onboarding.Device {
	found := map[string]onboarding.Device{}
	add := func(name, example string) {
		d, known := found[name]
		if !known {
			d = onboarding.Device{Name: name, Example: Excerpt(example)}
		}
		d.Count++
		found[name] = d
	}
	for i, s := range c.Sentences {
		sentenceDevices(c, s.Text, add)
		if i > 0 && isAnaphora(c, i) {
			add("anaphora", s.Text)
		}
		if words := alliteration(s.Words, c.Lex); words != "" {
			add("alliteration", words)
		}
	}
	for _, ch := range c.Chunks {
		switch {
		case ch.Kind == onboarding.BlockQuote:
			add("quotation", ch.Text)
		case ch.Kind == onboarding.BlockHeading && strings.HasSuffix(ch.Text, "?"):
			add("question", ch.Text)
		}
	}
	out := []onboarding.Device{}
	for _, name := range SortedKeys(found) {
		out = append(out, found[name])
	}
	return out
}

func sentenceDevices(c *Corpus, text string, add func(name, example string)) {
	switch {
	case endsWith(text, questionMarks):
		add("question", text)
	case endsWith(text, exclamationMarks):
		add("exclamation", text)
	}
	for _, at := range triads(text) {
		// A comma before it makes the list longer than three.
		if !strings.HasSuffix(strings.TrimRight(text[:at[0]], " "), ",") &&
			isTriad(c, text[at[2]:at[3]], text[at[6]:at[7]], text[at[8]:at[9]]) {
			add("list_of_three", text[at[0]:at[1]])
		}
	}
	if c.Rules == English && strings.Contains(text, " but") {
		if found := contrast.FindString(text); found != "" {
			add("contrast", found)
		}
	}
	if strings.ContainsAny(text, "0123456789") && figure.MatchString(text) {
		add("figure", text)
	}
	if strings.ContainsAny(text, "“\"«„") {
		if found := quotation.FindString(text); found != "" {
			add("quotation", found)
		}
	}
}

// triads finds what may be lists of three.
func triads(text string) [][]int {
	if !strings.Contains(text, ", ") {
		return nil
	}
	return triad.FindAllStringSubmatchIndex(text, -1)
}

// The marks of questions and exclamations.
const (
	questionMarks    = "?？؟;՞"
	exclamationMarks = "!！"
)

// endsWith reports whether a sentence ends with one of the marks.
func endsWith(sentence, marks string) bool {
	return strings.ContainsRune(marks, sentences.Last(sentence))
}

// isTriad reports whether a conjunction of the language joins three items, the first
// and last of which are content words.
func isTriad(c *Corpus, first, conjunction, last string) bool {
	stop := c.Lex["stop"]
	return c.Lex["conjunctions"][conjunction] && !stop[strings.ToLower(first)] && !stop[strings.ToLower(last)] &&
		(c.Rules != English || !isAdverb(last))
}

// isAnaphora reports whether sentence i begins with the same two words as the one
// before it in the same block.
func isAnaphora(c *Corpus, i int) bool {
	a, b := c.Sentences[i-1], c.Sentences[i]
	return a.Chunk == b.Chunk && len(a.Words) > 2 && len(b.Words) > 2 &&
		a.Words[0].Lower == b.Words[0].Lower && a.Words[1].Lower == b.Words[1].Lower
}

// alliteration returns the first three content words in a row that begin with the
// same consonant, or "".
func alliteration(words []Word, lex Lexicon) string {
	if len(lex["stop"]) == 0 {
		return ""
	}
	run := []string{}
	for _, w := range words {
		if lex["stop"][w.Lower] && !w.gap {
			continue
		}
		first, _ := utf8.DecodeRuneInString(w.Lower)
		if w.letters() < 3 || strings.ContainsRune("aeiouyäöüàéèáíóúąęåаеёиоуыэюя0123456789", first) {
			run = nil
			continue
		}
		if len(run) > 0 && (!strings.HasPrefix(run[0], string(first)) || run[len(run)-1] == w.Lower) {
			run = nil
		}
		if run = append(run, w.Lower); len(run) == 3 {
			return strings.Join(run, " ")
		}
	}
	return ""
}

// Excerpt cuts a quotation to a length that reads well, at the end of a word.
func Excerpt(text string) string {
	const limit = 160
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	cut := string(runes[:limit])
	if i := strings.LastIndexByte(cut, ' '); i > limit/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:–-") + " …"
}
