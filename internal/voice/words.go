package voice

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// maxCharacteristic and maxAvoided bound the lists of words.
	maxCharacteristic = 20
	maxAvoided        = 12
	// minUses is the fewest uses of a characteristic word; the plainest words of a language never are.
	minUses      = 3
	plainestRank = 150
	// sure is the log-odds ratio in standard errors beyond which a difference is hardly chance.
	sure = 1.96
	// backgroundWords is how much text the rates of the language stand for.
	backgroundWords = 1e6
	// priorWords is the weight of the language in the log-odds, in words.
	priorWords = 5000
)

// rate is how often the language has a word, from its rank by the law of Zipf and Mandelbrot; a word outside the list
// has the rate of the rank after it, halved.
func (l *language) rate(word string) float64 {
	const scale, shift = 0.12, 2.7
	if rank, ok := l.rank[word]; ok {
		return scale / (float64(rank) + shift)
	}
	return scale / (2 * (float64(len(l.rank)) + shift))
}

// logOdds is how much more a text of n words has a word than the language, in standard errors: the log-odds ratio with
// an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008).
func (l *language) logOdds(word string, count, n float64) float64 {
	rate := l.rate(word)
	prior, background := priorWords*rate, backgroundWords*rate
	odds := func(y, total float64) float64 { return math.Log((y + prior) / (total + priorWords - y - prior)) }
	return (odds(count, n) - odds(background, backgroundWords)) /
		math.Sqrt(1/(count+prior)+1/(background+prior))
}

// usage is how a site uses a word.
type usage struct {
	count int
	// forms are the spellings inside sentences.
	forms []spelling
	// pages is how many pages have the word, lastPage the last of them.
	pages, lastPage int
}

// spelling is one way in which a word is written, and how often.
type spelling struct {
	text  string
	count int
}

// usages counts the words with a letter.
func usages(paragraphs []paragraph) map[string]*usage {
	out := map[string]*usage{}
	for _, p := range paragraphs {
		first := true
		for _, t := range p.tokens {
			switch {
			case t.word && t.text != masked && hasLetter(t.text):
				u := out[t.lower]
				if u == nil {
					u = &usage{lastPage: -1}
					out[t.lower] = u
				}
				u.add(t.text, p.page, first)
				first = false
			case !t.space && strings.ContainsAny(t.text, ".!?…:"):
				first = true
			}
		}
	}
	return out
}

// add counts a use on a page, which is no earlier one than the last. The first word of a sentence tells nothing of the
// spelling.
func (u *usage) add(text string, page int, first bool) {
	u.count++
	if page != u.lastPage {
		u.pages, u.lastPage = u.pages+1, page
	}
	if first {
		return
	}
	i := slices.IndexFunc(u.forms, func(s spelling) bool { return s.text == text })
	if i < 0 {
		i, u.forms = len(u.forms), append(u.forms, spelling{text: text})
	}
	u.forms[i].count++
}

// spelled is how often the word is written in a way inside sentences.
func (u *usage) spelled(text string) int {
	for _, s := range u.forms {
		if s.text == text {
			return s.count
		}
	}
	return 0
}

// shown is the most frequent spelling inside sentences: of equal ones that in small letters, then the first by letters.
func (u *usage) shown(lower string) string {
	best := spelling{lower, u.spelled(lower)}
	for _, s := range u.forms {
		if s.count > best.count || s.count == best.count && best.text != lower && s.text < best.text {
			best = s
		}
	}
	return best.text
}

// characteristic are the words that the site uses more than the language. Names are left out: in languages other than
// German, words that are mostly written large.
func (s *site) characteristic() []onboarding.VoiceWord {
	var out []onboarding.VoiceWord
	n := float64(s.all.words)
	for word, u := range s.used {
		rank := s.rank[word]
		if u.count < minUses || len(s.pages) > 1 && u.pages < 2 || rank > 0 && rank <= plainestRank ||
			s.names[word] || utf8.RuneCountInString(word) < 3 {
			continue
		}
		shown := u.shown(word)
		if first, _ := utf8.DecodeRuneInString(shown); s.code != "de" && unicode.IsUpper(first) {
			continue
		}
		if z := s.logOdds(word, float64(u.count), n); z >= sure {
			out = append(out, s.voiceWord(shown, word, u.count, z))
		}
	}
	slices.SortFunc(out, func(a, b onboarding.VoiceWord) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Text, b.Text))
	})
	return append([]onboarding.VoiceWord{}, out[:min(len(out), maxCharacteristic)]...)
}

// maxSubject bounds the words of a subject.
const maxSubject = 80

// subject are the words that tell what the site is about.
func (s *site) subject() onboarding.List {
	type found struct {
		word string
		z    float64
	}
	var all []found
	for word, u := range s.used {
		if !s.common[word] && !s.names[word] && utf8.RuneCountInString(word) >= 4 {
			all = append(all, found{word, s.logOdds(word, float64(u.count), float64(s.all.words))})
		}
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Or(cmp.Compare(b.z, a.z), strings.Compare(a.word, b.word)) })
	out := onboarding.List{}
	for _, f := range all[:min(len(all), maxSubject)] {
		out = append(out, f.word)
	}
	return out
}

// avoided are words of attitude (persons, hedges, intensifiers, connectors) that the site uses less than the language.
func (s *site) avoided() []onboarding.VoiceWord {
	out := []onboarding.VoiceWord{}
	n := float64(s.all.words)
	seen := map[string]bool{}
	for _, name := range []string{"hedges", "intensifiers", "connectors"} {
		for _, word := range slices.Sorted(maps.Keys(s.lists[name])) {
			if seen[word] || s.rank[word] == 0 {
				continue
			}
			seen[word] = true
			count := 0
			if u := s.used[word]; u != nil {
				count = u.count
			}
			if z := s.logOdds(word, float64(count), n); z <= -sure {
				out = append(out, s.voiceWord(word, word, count, z))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b onboarding.VoiceWord) int { return cmp.Compare(a.Score, b.Score) })
	return out[:min(len(out), maxAvoided)]
}

func (s *site) voiceWord(shown, word string, count int, z float64) onboarding.VoiceWord {
	return onboarding.VoiceWord{
		Text: shown, Count: count, Expected: math.Round(10*s.rate(word)*float64(s.all.words)) / 10,
		Score: math.Round(10*z) / 10,
	}
}
