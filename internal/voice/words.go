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
	// forms counts the spellings inside sentences; pages are those that have it.
	forms map[string]int
	pages map[int]bool
}

// usages counts the words with a letter.
func (s *site) usages() map[string]*usage {
	out := map[string]*usage{}
	for _, p := range s.paragraphs {
		first := true
		for _, t := range s.tokens(p.text) {
			switch {
			case t.word && t.text != masked && hasLetter(t.text):
				u := out[t.lower]
				if u == nil {
					u = &usage{forms: map[string]int{}, pages: map[int]bool{}}
					out[t.lower] = u
				}
				u.count++
				u.pages[p.page] = true
				if !first {
					u.forms[t.text]++
				}
				first = false
			case !t.space && strings.ContainsAny(t.text, ".!?…:"):
				first = true
			}
		}
	}
	return out
}

// shown is the most frequent spelling inside sentences.
func (u *usage) shown(lower string) string {
	best := lower
	for _, form := range slices.Sorted(maps.Keys(u.forms)) {
		if u.forms[form] > u.forms[best] {
			best = form
		}
	}
	return best
}

// characteristic are the words that the site uses more than the language. Names are left out: in languages other than
// German, words that are mostly written large.
func (s *site) characteristic() []onboarding.VoiceWord {
	var out []onboarding.VoiceWord
	n := float64(s.all.words)
	for word, u := range s.usages() {
		rank := s.rank[word]
		shown := u.shown(word)
		first, _ := utf8.DecodeRuneInString(shown)
		name := s.code != "de" && unicode.IsUpper(first)
		if u.count < minUses || len(s.pages) > 1 && len(u.pages) < 2 || rank > 0 && rank <= plainestRank ||
			name || s.names[word] || utf8.RuneCountInString(word) < 3 {
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
	for word, u := range s.usages() {
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
	used := s.usages()
	n := float64(s.all.words)
	seen := map[string]bool{}
	for _, name := range []string{"hedges", "intensifiers", "connectors"} {
		for _, word := range slices.Sorted(maps.Keys(s.lists[name])) {
			if seen[word] || s.rank[word] == 0 {
				continue
			}
			seen[word] = true
			count := 0
			if u := used[word]; u != nil {
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
