package voice

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/figures"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// tally counts the forms of a habit.
type tally map[string]int

// habit names the forms by frequency with their counts, nil below least of them: one form alone, the leading one where
// it has four of five, else all as mixed.
func (t tally) habit(least int) *string {
	names := slices.SortedFunc(maps.Keys(t), func(a, b string) int { return cmp.Or(t[b]-t[a], strings.Compare(a, b)) })
	total := 0
	var shown []string
	for _, name := range names {
		if t[name] > 0 {
			total += t[name]
			shown = append(shown, fmt.Sprintf("%s (%d)", name, t[name]))
		}
	}
	switch {
	case total < least:
		return nil
	case len(shown) == 1 || 5*t[names[0]] >= 4*total:
		return new(strings.Join(shown, ", rarely "))
	}
	return new("mixed: " + strings.Join(shown, ", "))
}

// figureReach is how far from its digits a date or a number reaches, in bytes.
const figureReach = 40

// house are the habits of spelling and setting.
func (s *site) house() onboarding.HouseStyle {
	var text strings.Builder
	for _, p := range s.paragraphs {
		text.WriteString(p.text + "\n")
	}
	all := text.String()
	numbers := figures.Around(all, 1, figureReach)
	h := onboarding.HouseStyle{
		HeadingCase: s.headingCase(), Numbers: s.numbers(numbers), Dates: dates(numbers), QuotationMarks: quotationMarks(all),
		Capitals: s.capitals(), Reader: s.reader(), Firm: s.firm(all), Terms: s.terms(), Variants: s.variants(),
	}
	if s.code == english {
		h.Spelling = s.spelling()
		h.SerialComma = s.serialComma()
	}
	return h
}

// serialComma tells "a, b, and c" from "a, b and c".
func (s *site) serialComma() *string {
	t := tally{}
	for _, p := range s.paragraphs {
		for i, word := range p.tokens {
			if word.text != "and" && word.text != "or" {
				continue
			}
			switch {
			case isList(p.tokens[:i], 3, true):
				t["with the serial comma"]++
			case isList(p.tokens[:i], 2, false):
				t["without the serial comma"]++
			}
		}
	}
	return t.habit(2)
}

// isList reports whether tokens, which stand before "and", end in a word, a comma and so many words at most, with a
// comma behind them or without.
func isList(tokens []token, most int, comma bool) bool {
	next := func(text string, word bool) bool {
		i := len(tokens) - 1
		if i < 0 || tokens[i].word != word || text != "" && tokens[i].text != text {
			return false
		}
		tokens = tokens[:i]
		return true
	}
	if !next(" ", false) || comma && !next(",", false) {
		return false
	}
	for range most {
		if !next("", true) || !next(" ", false) {
			return false
		}
		if next(",", false) {
			return next("", true)
		}
	}
	return false
}

// spelling counts the words that British and American English spell differently.
func (s *site) spelling() *string {
	t, seen := tally{}, map[string][]string{}
	for word, u := range s.used {
		for list, name := range map[string]string{"british": "British", "american": "American"} {
			if s.lists[list][word] {
				t[name] += u.count
				seen[name] = append(seen[name], word)
			}
		}
	}
	habit := t.habit(1)
	if habit == nil {
		return nil
	}
	var words []string
	for _, name := range []string{"British", "American"} {
		slices.Sort(seen[name])
		words = append(words, first(seen[name], 3)...)
	}
	return new(*habit + ": " + strings.Join(words, ", "))
}

// headingCase tells title case from sentence case in headings of three words and more. German writes nouns large.
func (s *site) headingCase() *string {
	if s.code == "de" {
		return nil
	}
	t, seen := tally{}, map[string]bool{}
	for _, page := range s.pages {
		for _, block := range page.Blocks {
			words := strings.Fields(block.Text)
			if block.Kind == onboarding.BlockHeading && len(words) >= 3 && !seen[block.Text] {
				seen[block.Text] = true
				t[caseOf(words)]++
			}
		}
	}
	return t.habit(3)
}

// caseOf names the capitals of a heading by its words of four letters and more after the first.
func caseOf(words []string) string {
	large, all := 0, 0
	for _, word := range words[1:] {
		first, _ := utf8.DecodeRuneInString(word)
		if unicode.IsLetter(first) && utf8.RuneCountInString(word) >= 4 {
			all++
			if unicode.IsUpper(first) {
				large++
			}
		}
	}
	text := strings.Join(words, " ")
	switch {
	case text == strings.ToUpper(text) && text != strings.ToLower(text):
		return "CAPITALS"
	case all > 0 && 3*large >= 2*all:
		return "Title Case"
	}
	return "Sentence case"
}

// smallNumbers are two to nine in words; one is an article in most languages.
var smallNumbers = map[string]string{
	"en": "two three four five six seven eight nine", "de": "zwei drei vier fünf sechs sieben acht neun",
	"fr": "deux trois quatre cinq six sept huit", "es": "dos tres cuatro cinco seis siete ocho nueve",
	"pt": "dois duas três quatro cinco seis sete oito nove", "it": "due tre quattro cinque sei sette otto nove",
}

var (
	smallFigure = regexp.MustCompile(`(?:^|[ (])[2-9](?:[ )]|$)`)
	thousands   = map[string]*regexp.Regexp{
		"1,000": regexp.MustCompile(`\b\d{1,3}(?:,\d{3})+\b`), "1.000": regexp.MustCompile(`\b\d{1,3}(?:\.\d{3})+\b`),
		"1 000": regexp.MustCompile(`\b\d{1,3}(?:[\x{a0}\x{202f} ]\d{3})+\b`),
	}
)

// numbers says how two to nine and how thousands are written.
func (s *site) numbers(text string) *string {
	small := tally{"in figures": len(smallFigure.FindAllString(text, -1))}
	for word := range strings.FieldsSeq(smallNumbers[s.code]) {
		if u := s.used[word]; u != nil {
			small["in words"] += u.count
		}
	}
	large := tally{}
	for name, pattern := range thousands {
		large[name] = len(pattern.FindAllString(text, -1))
	}
	var parts []string
	if habit := small.habit(3); habit != nil {
		parts = append(parts, "two to nine "+*habit)
	}
	if habit := large.habit(2); habit != nil {
		parts = append(parts, "thousands as "+*habit)
	}
	return joined(parts)
}

func joined(parts []string) *string {
	if len(parts) == 0 {
		return nil
	}
	return new(strings.Join(parts, "; "))
}

const months = `(?i:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|janv|févr|mars|avr|juin|juil|août|` +
	`déc|ene|abr|ago|dic|fev|set|out|gen|mag|giu|lug|ott)\pL*`

var datePatterns = map[string]*regexp.Regexp{
	"12 March 2024":  regexp.MustCompile(`\b\d{1,2}(?:st|nd|rd|th|er)? (?:de )?` + months + `,? (?:de )?\d{4}`),
	"12. March 2024": regexp.MustCompile(`\b\d{1,2}\. ` + months + ` \d{4}`),
	"March 12, 2024": regexp.MustCompile(`\b` + months + ` \d{1,2}(?:st|nd|rd|th)?, \d{4}`),
	"2024-03-12":     regexp.MustCompile(`\b\d{4}-\d\d-\d\d\b`),
	"12.03.2024":     regexp.MustCompile(`\b\d{1,2}\.\d{1,2}\.\d{2,4}\b`),
	"12/03/2024":     regexp.MustCompile(`\b\d{1,2}/\d{1,2}/\d{2,4}\b`),
}

func dates(text string) *string {
	t := tally{}
	for name, pattern := range datePatterns {
		t["like "+name] = len(pattern.FindAllString(text, -1))
	}
	return t.habit(1)
}

func quotationMarks(text string) *string {
	t := tally{}
	for name, mark := range map[string]string{
		"“ ”": "”", "« »": "«", "„ “": "„", "‘ ’": "‘",
	} {
		t[name] = strings.Count(text, mark)
	}
	t[`" "`] = strings.Count(text, `"`) / 2
	return t.habit(2)
}

// capitals names words that are written in capitals for emphasis: the site writes them small too.
func (s *site) capitals() *string {
	t := tally{}
	for word, u := range s.used {
		if len(u.forms) < 2 || utf8.RuneCountInString(word) < 3 || u.spelled(word) == 0 {
			continue
		}
		upper := strings.ToUpper(word)
		if n := u.spelled(upper); n > 0 {
			t[upper] = n
		}
	}
	names := slices.SortedFunc(maps.Keys(t), func(a, b string) int { return cmp.Or(t[b]-t[a], strings.Compare(a, b)) })
	if len(names) == 0 {
		return nil
	}
	return new("capitals for emphasis: " + strings.Join(first(names, 4), ", "))
}
