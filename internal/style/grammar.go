package style

import (
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// person measures whom the prose speaks of. German polite forms are told from
// "sie" and "ihr" by their capital inside a sentence, so the lists of a language
// may hold capital forms, which are compared as written.
func person(c *corpus) onboarding.Person {
	total := c.prose()
	if total < minRatioWords || len(c.lex["second"]) == 0 {
		return onboarding.Person{}
	}
	var n struct{ firstSingular, firstPlural, second, third, formal, informal int }
	for _, s := range c.sentences {
		for i, w := range s.words {
			form := w.lower
			if i > 0 && c.lex["second"][w.text] {
				form = w.text
			}
			switch {
			case c.lex["first_singular"][form]:
				n.firstSingular++
			case c.lex["first_plural"][form]:
				n.firstPlural++
			case c.lex["second"][form]:
				n.second++
			case c.lex["third"][form]:
				n.third++
			}
			switch {
			case c.lex["second_formal"][form]:
				n.formal++
			case c.lex["second_informal"][form]:
				n.informal++
			}
		}
	}
	p := onboarding.Person{
		FirstSingular: ratio(n.firstSingular, total),
		FirstPlural:   ratio(n.firstPlural, total),
		Second:        ratio(n.second, total),
		Third:         ratio(n.third, total),
	}
	if n.formal+n.informal >= minAddressForms {
		p.FormalAddress = ratio(n.formal, n.formal+n.informal)
	}
	return p
}

// syntax measures the kinds of sentences.
func syntax(c *corpus) onboarding.Syntax {
	total := len(c.sentences)
	if total < minSentences {
		return onboarding.Syntax{}
	}
	questions, exclamations := 0, 0
	for _, s := range c.sentences {
		tail := strings.TrimRight(s.text, " \"”»’')")
		switch {
		case strings.HasSuffix(tail, "?"), strings.HasSuffix(tail, "？"), strings.HasSuffix(tail, "؟"):
			questions++
		case strings.HasSuffix(tail, "!"), strings.HasSuffix(tail, "！"):
			exclamations++
		}
	}
	x := onboarding.Syntax{QuestionShare: ratio(questions, total), ExclamationShare: ratio(exclamations, total)}
	if c.lang.Code == english {
		addEnglishSyntax(&x, c)
	}
	return x
}

func addEnglishSyntax(x *onboarding.Syntax, c *corpus) {
	passive, imperative, contractions, words := 0, 0, 0, 0
	for _, s := range c.sentences {
		if isPassive(s.words, c.lex) {
			passive++
		}
		if isImperative(s.words, c.lex) && !strings.HasSuffix(s.text, "?") {
			imperative++
		}
		for _, w := range s.words {
			words++
			if isContraction(w.lower, c.lex) {
				contractions++
			}
		}
	}
	x.PassiveShare = ratio(passive, len(c.sentences))
	x.ImperativeShare = ratio(imperative, len(c.sentences))
	if words >= minRatioWords {
		x.ContractionsPer1000 = rounded(1000 * float64(contractions) / float64(words))
	}
}

// isPassive tells whether a form of be is followed, after at most two adverbs or
// "not", by a past participle.
func isPassive(words []word, lex lexicon) bool {
	for i, w := range words {
		if !lex["be"][w.lower] {
			continue
		}
		for j := i + 1; j < len(words) && j <= i+3 && !words[j].gap; j++ {
			next := words[j].lower
			if isParticiple(next, lex) {
				return true
			}
			if !strings.HasSuffix(next, "ly") && next != "not" && next != "also" && next != "often" && next != "being" && next != "been" && next != "always" && next != "never" {
				break
			}
		}
	}
	return false
}

func isParticiple(lower string, lex lexicon) bool {
	if lex["participles"][lower] {
		return true
	}
	return len(lower) > 4 && strings.HasSuffix(lower, "ed") && !strings.HasSuffix(lower, "eed") && !lex["not_participles"][lower]
}

// isImperative tells whether a sentence of two words or more begins with the base
// form of a common verb, after "please", "just" and the like.
func isImperative(words []word, lex lexicon) bool {
	i := 0
	for i < len(words) && i < 2 && lex["imperative_lead"][words[i].lower] {
		i++
	}
	if i+1 >= len(words) || !lex["imperative"][words[i].lower] {
		return false
	}
	next := words[i+1]
	return !next.gap && !lex["not_after_imperative"][next.lower]
}

func isContraction(lower string, lex lexicon) bool {
	for _, ending := range []string{"n't", "'re", "'ve", "'ll", "'m", "'d"} {
		if strings.HasSuffix(lower, ending) {
			return true
		}
	}
	return lex["contractions"][lower]
}

// formality is the F-score of Heylighen and Dewaele (1999, Formality of language)
// over the classes that a list can count, see Measurements.Formality. English only.
func formality(c *corpus) *float64 {
	total := c.prose()
	if c.lang.Code != english || total < minLabelWords {
		return nil
	}
	formal, informal := 0, 0
	for w := range c.proseWords {
		switch {
		case c.lex["articles"][w.lower], c.lex["prepositions"][w.lower]:
			formal++
		case isContraction(w.lower, c.lex), c.lex["pronouns"][w.lower], c.lex["interjections"][w.lower]:
			informal++
		}
	}
	return rounded((100*float64(formal-informal)/float64(total) + 100) / 2)
}

// punctuation counts the marks of the prose per 1,000 words.
func punctuation(c *corpus) map[string]float64 {
	rates := map[string]float64{}
	total := c.prose()
	if total < minRatioWords {
		return rates
	}
	counts := map[string]int{}
	for _, s := range c.sentences {
		text := strings.ReplaceAll(s.text, "...", "…")
		for _, r := range text {
			if name := markName(r); name != "" {
				counts[name]++
			}
		}
		counts["dash"] += strings.Count(text, " - ")
	}
	for _, name := range sortedKeys(counts) {
		if counts[name] > 0 {
			rates[name] = perThousand(counts[name], total)
		}
	}
	return rates
}

func markName(r rune) string {
	switch r {
	case ',', '、', '，':
		return "comma"
	case ';':
		return "semicolon"
	case ':', '：':
		return "colon"
	case '.', '。':
		return "full_stop"
	case '?', '？':
		return "question_mark"
	case '!', '！':
		return "exclamation_mark"
	case '–', '—':
		return "dash"
	case '…':
		return "ellipsis"
	case '"', '“', '”', '„', '«', '»', '「', '」':
		return "quotation_mark"
	case '(', '（':
		return "parenthesis"
	}
	return ""
}
