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
		if cutsName(text, at) {
			continue
		}
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

// cutsName reports whether a list begins or ends in the middle of a name: a capitalized
// item next to another capitalized word.
func cutsName(text string, at []int) bool {
	before, after := strings.TrimRight(text[:at[0]], " "), strings.TrimLeft(text[at[1]:], " ")
	last := before[strings.LastIndexAny(before, " ,.;:")+1:]
	next, _, _ := strings.Cut(after, " ")
	inName := isCapital(text[at[0]:]) && isCapital(last) && strings.LastIndexAny(before, " ") > 0
	return inName || isCapital(text[at[8]:]) && isCapital(next)
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

// alliteration returns the first three content words in a row that begin with the same
// consonant, as they stand, with the function words between them, or "". No mark stands
// between them.
func alliteration(words []Word, lex Lexicon) string {
	if len(lex["stop"]) == 0 {
		return ""
	}
	start, run, last := 0, 0, ""
	for i, w := range words {
		first, _ := utf8.DecodeRuneInString(w.Lower)
		vowel := strings.ContainsRune("aeiouyäöüàéèáíóúąęåаеёиоуыэюя0123456789", first)
		switch {
		case lex["stop"][w.Lower] && !w.gap:
			continue
		case w.letters() < 3 || vowel || lex["stop"][w.Lower]:
			run = 0
			continue
		case run == 0 || w.gap || !strings.HasPrefix(last, string(first)) || last == w.Lower:
			start, run = i, 0
		}
		last = w.Lower
		if run++; run == 3 {
			return JoinWritten(words[start : i+1])
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
