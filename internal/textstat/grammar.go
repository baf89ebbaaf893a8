package textstat

import (
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// person measures the grammatical persons of the prose. A capital inside a sentence
// distinguishes German polite forms from "sie" and "ihr": capital forms in the lists
// are compared as written.
func person(c *Corpus) onboarding.Person {
	if c.prose < MinRatioWords || len(c.Lex["second"]) == 0 {
		return onboarding.Person{}
	}
	counts := map[string]int{}
	countIn := func(form string, lists ...string) { // in the first that has the form
		if i := slices.IndexFunc(lists, func(list string) bool { return c.Lex[list][form] }); i >= 0 {
			counts[lists[i]]++
		}
	}
	for _, s := range c.Sentences {
		for i, w := range s.Words {
			form := w.Lower
			if i > 0 && c.Lex["second"][w.text] {
				form = w.text
			}
			countIn(form, "first_singular", "first_plural", "second", "third")
			countIn(form, "second_formal", "second_informal")
		}
	}
	share := func(list string) *float64 { return ratio(counts[list], c.prose) }
	p := onboarding.Person{
		FirstSingular: share("first_singular"), FirstPlural: share("first_plural"),
		Second: share("second"), Third: share("third"),
	}
	if formal, all := counts["second_formal"], counts["second_formal"]+counts["second_informal"]; all >= minAddressForms {
		p.FormalAddress = ratio(formal, all)
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
		questions += BoolToInt(endsWith(s.Text, questionMarks))
		exclamations += BoolToInt(endsWith(s.Text, exclamationMarks))
	}
	x := onboarding.Syntax{QuestionShare: ratio(questions, total), ExclamationShare: ratio(exclamations, total)}
	if c.Rules == English {
		addEnglishSyntax(&x, c)
	}
	return x
}

func addEnglishSyntax(x *onboarding.Syntax, c *Corpus) {
	passive, imperative, contractions := 0, 0, 0
	for _, s := range c.Sentences {
		passive += BoolToInt(isPassive(s.Words, c.Lex))
		imperative += BoolToInt(isImperative(s.Words, c.Lex) && !endsWith(s.Text, questionMarks))
	}
	for w := range c.proseWords {
		contractions += BoolToInt(isContraction(w.Lower, c.Lex))
	}
	x.PassiveShare = ratio(passive, len(c.Sentences))
	x.ImperativeShare = ratio(imperative, len(c.Sentences))
	if c.prose >= MinRatioWords {
		x.ContractionsPer1000 = rounded(1000 * float64(contractions) / float64(c.prose))
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
			if !strings.HasSuffix(next, "ly") && !beforeParticiple[next] {
				break
			}
		}
	}
	return false
}

// beforeParticiple are words other than adverbs in -ly between a form of be and its participle.
var beforeParticiple = NewWordSet([]string{"not", "also", "often", "being", "been", "always", "never"})

func isParticiple(lower string, lex Lexicon) bool {
	if lex["participles"][lower] {
		return true
	}
	return len(lower) > 4 && strings.HasSuffix(lower, "ed") && !strings.HasSuffix(lower, "eed") &&
		!lex["not_participles"][lower]
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
	return hasEnding(lower, "n't", "'re", "'ve", "'ll", "'m", "'d") || lex["contractions"][lower]
}

// formality is the F-score of Heylighen and Dewaele (1999, Formality of language)
// over the classes that a list can count, see Measurements.Formality. English only.
func formality(c *Corpus) *float64 {
	if c.Rules != English || c.prose < MinLabelWords {
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
	return rounded((100*float64(formal-informal)/float64(c.prose) + 100) / 2)
}

// punctuation counts the marks of the prose per 1,000 words.
func punctuation(c *Corpus) map[string]float64 {
	rates := map[string]float64{}
	if c.prose < MinRatioWords {
		return rates
	}
	counts := map[string]int{}
	for _, s := range c.Sentences {
		text := strings.ReplaceAll(s.Text, "...", "…")
		for _, r := range text {
			counts[markNames[r]]++
		}
		counts["dash"] += strings.Count(text, " - ")
	}
	for name, count := range counts {
		if name != "" && count > 0 { // "" counts what is no mark
			rates[name] = perThousand(count, c.prose)
		}
	}
	return rates
}

var markNames = map[rune]string{
	',': "comma", '、': "comma", '，': "comma", ';': "semicolon", ':': "colon", '：': "colon",
	'.': "full_stop", '。': "full_stop", '?': "question_mark", '？': "question_mark", '!': "exclamation_mark",
	'！': "exclamation_mark", '–': "dash", '—': "dash", '…': "ellipsis", '"': "quotation_mark", '“': "quotation_mark",
	'”': "quotation_mark", '„': "quotation_mark", '«': "quotation_mark", '»': "quotation_mark", '「': "quotation_mark",
	'」': "quotation_mark", '(': "parenthesis", '（': "parenthesis",
}
