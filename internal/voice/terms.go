package voice

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// maxTerms bounds the house terms and the variants; a term has two to four words and three uses.
	maxTerms     = 8
	maxTermWords = 4
)

// reader says how the reader is called: by the pronoun and by the nouns of the list.
func (s *site) reader() *string {
	t, pronouns := tally{}, tally{}
	for word, u := range s.used {
		if s.lists["readers"][word] {
			t[u.shown(word)] += u.count
		}
	}
	for _, p := range s.paragraphs {
		for _, token := range p.tokens {
			if token.word && slices.Contains(s.formsOf(token), "second") {
				pronouns[s.pronoun(token)]++
			}
		}
	}
	var parts []string
	if habit := pronouns.habit(3); habit != nil {
		parts = append(parts, "addressed as "+*habit)
	}
	names := slices.SortedFunc(maps.Keys(t), func(a, b string) int { return cmp.Or(t[b]-t[a], strings.Compare(a, b)) })
	var nouns []string
	for _, name := range first(names, 3) {
		if t[name] >= 2 {
			nouns = append(nouns, fmt.Sprintf("%s (%d)", name, t[name]))
		}
	}
	if len(nouns) > 0 {
		parts = append(parts, "called "+strings.Join(nouns, ", "))
	}
	return joined(parts)
}

// pronouns maps the forms of "you" to the one that a style guide names.
var pronouns = map[string]map[string]string{
	"de": {
		"sie": "Sie", "ihnen": "Sie", "ihr": "Sie", "ihre": "Sie", "ihrem": "Sie", "ihren": "Sie", "ihrer": "Sie", "": "du",
	},
	"fr": {"vous": "vous", "votre": "vous", "vos": "vous", "vôtre": "vous", "": "tu"},
	"es": {"usted": "usted", "ustedes": "usted", "": "tú"},
	"it": {
		"lei": "Lei", "voi": "voi", "vi": "voi", "vostro": "voi", "vostra": "voi", "vostri": "voi", "vostre": "voi", "": "tu",
	},
	"pt": {"você": "você", "vocês": "você", "": "tu"},
	"en": {"": "you"},
}

func (s *site) pronoun(t token) string {
	forms := pronouns[s.code]
	return cmp.Or(forms[t.lower], forms[""])
}

// firm says how the firm calls itself.
func (s *site) firm(text string) *string {
	t := tally{}
	for name, form := range map[string]string{"“we”": "first_plural", "“I”": "first_singular"} {
		t[name] = int(s.all.said[form])
	}
	for _, name := range s.brands {
		t["“"+name+"”"] = strings.Count(text, name)
	}
	return t.habit(3)
}

// terms are names of the firm's own things: runs of capitalised words inside sentences, used three times. German
// writes all nouns so.
func (s *site) terms() onboarding.List {
	counts := tally{}
	if s.code != "de" {
		for _, p := range s.paragraphs {
			s.countTerms(p.tokens, counts)
		}
	}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
	out := onboarding.List{}
	for _, name := range names {
		if counts[name] >= minUses && len(out) < maxTerms && !s.names[strings.ToLower(name)] {
			out = append(out, fmt.Sprintf("%s (%d)", name, counts[name]))
		}
	}
	return out
}

func (s *site) countTerms(tokens []token, counts tally) {
	var run []string
	flush := func() {
		if len(run) >= 2 && len(run) <= maxTermWords {
			counts[strings.Join(run, " ")]++
		}
		run = nil
	}
	start := true
	for _, t := range tokens {
		initial, _ := utf8.DecodeRuneInString(t.text)
		switch {
		case t.space:
		case t.word && !start && unicode.IsUpper(initial) && t.text != strings.ToUpper(t.text) && !s.names[t.lower]:
			run = append(run, t.text)
		default:
			flush()
			start = !t.word && strings.ContainsAny(t.text, ".!?…:")
		}
		if t.word {
			start = false
		}
	}
	flush()
}

// variants are words that the site writes both as one word and with a hyphen or a space; "a no-pressure visit" and "no
// pressure" are both right.
func (s *site) variants() onboarding.List {
	forms := map[string]tally{}
	for key, t := range s.apart() {
		if utf8.RuneCountInString(key) >= 5 {
			t[key] = s.used[key].count
			forms[key] = t
		}
	}
	out := onboarding.List{}
	for _, key := range slices.Sorted(maps.Keys(forms)) {
		t := forms[key]
		names := slices.SortedFunc(maps.Keys(t), func(a, b string) int { return cmp.Or(t[b]-t[a], strings.Compare(a, b)) })
		if len(out) < maxTerms {
			out = append(out, fmt.Sprintf("“%s” (%d) and “%s” (%d)", names[0], t[names[0]], names[1], t[names[1]]))
		}
	}
	return out
}

// apart counts the words that the site writes with a hyphen or a space too, by the word.
func (s *site) apart() map[string]tally {
	out := map[string]tally{}
	var word []byte
	add := func(first, second string) {
		word = word[:0]
		for _, part := range []string{first, second} {
			for piece := range strings.SplitSeq(part, "-") {
				word = append(word, piece...)
			}
		}
		if s.used[string(word)] == nil {
			return
		}
		if out[string(word)] == nil {
			out[string(word)] = tally{}
		}
		out[string(word)][strings.TrimLeft(first+" "+second, " ")]++
	}
	for _, p := range s.paragraphs {
		before := ""
		for _, t := range p.tokens {
			switch {
			case t.space:
			case !t.word || !hasLetter(t.text):
				before = ""
			default:
				if before != "" {
					add(before, t.lower)
				}
				if strings.Contains(t.lower, "-") {
					add("", t.lower)
				}
				before = t.lower
			}
		}
	}
	return out
}
