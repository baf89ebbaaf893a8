package style

import (
	"regexp"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// devicePatterns find rhetorical devices in the text of a sentence.
type devicePatterns struct {
	triad, contrast, figure, quotation *regexp.Regexp
}

func newDevicePatterns() devicePatterns {
	const item = `\pL[\pL'’-]+`
	return devicePatterns{
		triad:     regexp.MustCompile(`(` + item + `), (` + item + `),? (\pL+) (` + item + `)`),
		contrast:  regexp.MustCompile(`(?i)\bnot (?:just |only )?[^.,;:!?]{2,60}[,;]? but\b[^.;:!?]{2,60}`),
		figure:    regexp.MustCompile(`\d[\d.,]*\s?(?:%|percent\b|per cent\b|€|£|\$)|[€£$]\s?\d[\d.,]*|\b\d{2,}[\d.,]*\b`),
		quotation: regexp.MustCompile(`[“"«„][^“”"«»„]{20,}[”"»“]`),
	}
}

// devices counts the rhetorical devices that need no understanding.
func (a *Analyzer) devices(c *corpus) []onboarding.Device {
	found := map[string]*onboarding.Device{}
	add := func(name, example string) {
		d := found[name]
		if d == nil {
			d = &onboarding.Device{Name: name, Example: excerpt(example)}
			found[name] = d
		}
		d.Count++
	}
	for i, s := range c.sentences {
		a.sentenceDevices(s, c.lang.Code, add)
		if i > 0 && isAnaphora(c, i) {
			add("anaphora", s.text)
		}
		if words := alliteration(s.words, c.lex); words != "" {
			add("alliteration", words)
		}
	}
	for _, ch := range c.chunks {
		switch {
		case ch.kind == onboarding.BlockQuote:
			add("quotation", ch.text)
		case ch.kind == onboarding.BlockHeading && strings.HasSuffix(ch.text, "?"):
			add("question", ch.text)
		}
	}
	out := []onboarding.Device{}
	for _, name := range sortedKeys(found) {
		out = append(out, *found[name])
	}
	return out
}

func (a *Analyzer) sentenceDevices(s sentence, lang string, add func(name, example string)) {
	text := s.text
	tail := strings.TrimRight(text, " \"”»’')")
	switch {
	case strings.HasSuffix(tail, "?") || strings.HasSuffix(tail, "？"):
		add("question", text)
	case strings.HasSuffix(tail, "!") || strings.HasSuffix(tail, "！"):
		add("exclamation", text)
	}
	for _, at := range a.patterns.triad.FindAllStringSubmatchIndex(text, -1) {
		// A comma before it makes the list longer than three.
		if !strings.HasSuffix(strings.TrimRight(text[:at[0]], " "), ",") && a.isTriad(lang, text[at[2]:at[3]], text[at[6]:at[7]], text[at[8]:at[9]]) {
			add("list_of_three", text[at[0]:at[1]])
		}
	}
	if lang == english {
		if m := a.patterns.contrast.FindString(text); m != "" {
			add("contrast", m)
		}
	}
	if m := a.patterns.figure.FindString(text); m != "" {
		add("figure", text)
	}
	if m := a.patterns.quotation.FindString(text); m != "" {
		add("quotation", m)
	}
}

// isTriad tells whether a conjunction of the language joins three items, the first
// and last of which are content words.
func (a *Analyzer) isTriad(lang, first, conjunction, last string) bool {
	stop := a.lex.languages[lang]["stop"]
	return a.lex.languages[lang]["conjunctions"][conjunction] && !stop[strings.ToLower(first)] && !stop[strings.ToLower(last)] && (lang != english || !isAdverb(last))
}

// isAnaphora tells whether sentence i begins with the same two words as the one
// before it in the same block.
func isAnaphora(c *corpus, i int) bool {
	a, b := c.sentences[i-1], c.sentences[i]
	return a.chunk == b.chunk && len(a.words) > 2 && len(b.words) > 2 &&
		a.words[0].lower == b.words[0].lower && a.words[1].lower == b.words[1].lower
}

// alliteration returns the first three content words in a row that begin with the
// same consonant, or "".
func alliteration(words []word, lex lexicon) string {
	if len(lex["stop"]) == 0 {
		return ""
	}
	run := []string{}
	for _, w := range words {
		if lex["stop"][w.lower] && !w.gap {
			continue
		}
		first := []rune(w.lower)[0]
		if w.letters() < 3 || strings.ContainsRune("aeiouyäöüàéèáíóúąęåаеёиоуыэюя0123456789", first) {
			run = nil
			continue
		}
		if len(run) > 0 && ([]rune(run[0])[0] != first || run[len(run)-1] == w.lower) {
			run = nil
		}
		if run = append(run, w.lower); len(run) == 3 {
			return strings.Join(run, " ")
		}
	}
	return ""
}

// excerpt cuts a quotation to a length that reads well, at the end of a word.
func excerpt(text string) string {
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
