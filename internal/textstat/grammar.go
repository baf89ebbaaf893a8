package textstat

import (
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// person measures the grammatical persons of the prose. A capital inside a sentence
// distinguishes German polite forms from "sie" and "ihr": capital forms in the lists
// are compared as written.
func person(c *Corpus) onboarding.Person {
	total := c.prose()
	if total < MinRatioWords || len(c.Lex["second"]) == 0 {
		return onboarding.Person{}
	}
	var n struct{ firstSingular, firstPlural, second, third, formal, informal int }
	for _, s := range c.Sentences {
		for i, w := range s.Words {
			form := w.Lower
			if i > 0 && c.Lex["second"][w.text] {
				form = w.text
			}
			switch {
			case c.Lex["first_singular"][form]:
				n.firstSingular++
			case c.Lex["first_plural"][form]:
				n.firstPlural++
			case c.Lex["second"][form]:
				n.second++
			case c.Lex["third"][form]:
				n.third++
			}
			switch {
			case c.Lex["second_formal"][form]:
				n.formal++
			case c.Lex["second_informal"][form]:
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
func syntax(c *Corpus) onboarding.Syntax {
	total := len(c.Sentences)
	if total < minSentences {
		return onboarding.Syntax{}
	}
	questions, exclamations := 0, 0
	for _, s := range c.Sentences {
		tail := strings.TrimRight(s.Text, " \"”»’')")
		switch {
		case strings.HasSuffix(tail, "?"), strings.HasSuffix(tail, "？"), strings.HasSuffix(tail, "؟"):
			questions++
		case strings.HasSuffix(tail, "!"), strings.HasSuffix(tail, "！"):
			exclamations++
		}
	}
	x := onboarding.Syntax{QuestionShare: ratio(questions, total), ExclamationShare: ratio(exclamations, total)}
	if c.Lang.Code == English {
		addEnglishSyntax(&x, c)
	}
	return x
}

func addEnglishSyntax(x *onboarding.Syntax, c *Corpus) {
	passive, imperative, contractions, words := 0, 0, 0, 0
	for _, s := range c.Sentences {
		if isPassive(s.Words, c.Lex) {
			passive++
		}
		if isImperative(s.Words, c.Lex) && !strings.HasSuffix(s.Text, "?") {
			imperative++
		}
		for _, w := range s.Words {
			words++
			if isContraction(w.Lower, c.Lex) {
				contractions++
			}
		}
	}
	x.PassiveShare = ratio(passive, len(c.Sentences))
	x.ImperativeShare = ratio(imperative, len(c.Sentences))
	if words >= MinRatioWords {
		x.ContractionsPer1000 = rounded(1000 * float64(contractions) / float64(words))
	}
}

// isPassive reports whether a form of be is followed, after at most two adverbs or
// "not", by a past participle.
func isPassive(words []Word, lex Lexicon) bool {
	for i, w := range words {
		if !lex["be"][w.Lower] {
			continue
		}
		for j := i + 1; j < len(words) && j <= i+3 && !words[j].gap; j++ {
			next := words[j].Lower
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

func isParticiple(lower string, lex Lexicon) bool {
	if lex["participles"][lower] {
		return true
	}
	return len(lower) > 4 && strings.HasSuffix(lower, "ed") && !strings.HasSuffix(lower, "eed") && !lex["not_participles"][lower]
}

// isImperative reports whether a sentence of two words or more begins with the base
// form of a common verb, after "please", "just" and the like.
func isImperative(words []Word, lex Lexicon) bool {
	i := 0
	for i < len(words) && i < 2 && lex["imperative_lead"][words[i].Lower] {
		i++
	}
	if i+1 >= len(words) || !lex["imperative"][words[i].Lower] {
		return false
	}
	next := words[i+1]
	return !next.gap && !lex["not_after_imperative"][next.Lower]
}

func isContraction(lower string, lex Lexicon) bool {
	for _, ending := range []string{"n't", "'re", "'ve", "'ll", "'m", "'d"} {
		if strings.HasSuffix(lower, ending) {
			return true
		}
	}
	return lex["contractions"][lower]
}

// formality is the F-score of Heylighen and Dewaele (1999, Formality of language)
// over the classes that a list can count, see Measurements.Formality. English only.
func formality(c *Corpus) *float64 {
	total := c.prose()
	if c.Lang.Code != English || total < MinLabelWords {
		return nil
	}
	formal, informal := 0, 0
	for w := range c.proseWords {
		switch {
		case c.Lex["articles"][w.Lower], c.Lex["prepositions"][w.Lower]:
			formal++
		case isContraction(w.Lower, c.Lex), c.Lex["pronouns"][w.Lower], c.Lex["interjections"][w.Lower]:
			informal++
		}
	}
	return rounded((100*float64(formal-informal)/float64(total) + 100) / 2)
}

// punctuation counts the marks of the prose per 1,000 words.
func punctuation(c *Corpus) map[string]float64 {
	rates := map[string]float64{}
	total := c.prose()
	if total < MinRatioWords {
		return rates
	}
	counts := map[string]int{}
	for _, s := range c.Sentences {
		text := strings.ReplaceAll(s.Text, "...", "…")
		for _, r := range text {
			if name := markName(r); name != "" {
				counts[name]++
			}
		}
		counts["dash"] += strings.Count(text, " - ")
	}
	for _, name := range SortedKeys(counts) {
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
