package voice

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// part is a group of features that are compared by one cosine.
type part string

// The parts, in the order of their weights.
const (
	functionWords part = "function_words"
	characters    part = "characters"
	marks         part = "punctuation"
	openings      part = "openings"
	forms         part = "forms"
	rhythm        part = "rhythm"
)

var parts = []part{functionWords, characters, marks, openings, forms, rhythm}

// counts are how often the features of each part occur in a text, by weight: a character pair counts one over the
// number of all pairs that a text has, so that pairs and triples have the same total.
type counts struct {
	words, sentences int
	of               map[part]map[string]float64
	// total is what the counts of a part are divided by to be rates.
	total map[part]float64
	// said counts the grammatical forms of all words, masked ones too, for people to read.
	said map[string]float64
}

func newCounts() counts {
	c := counts{of: map[part]map[string]float64{}, total: map[part]float64{}, said: map[string]float64{}}
	for _, p := range parts {
		c.of[p] = map[string]float64{}
	}
	return c
}

// add counts other to c; sign -1 takes it away.
func (c *counts) add(other counts, sign int) {
	c.words += sign * other.words
	c.sentences += sign * other.sentences
	for _, p := range parts {
		for feature, n := range other.of[p] {
			c.of[p][feature] += float64(sign) * n
		}
		c.total[p] += float64(sign) * other.total[p]
	}
	for form, n := range other.said {
		c.said[form] += float64(sign) * n
	}
}

// rhythmBounds are the longest sentences of each class, in words.
var rhythmBounds = []int{3, 6, 10, 14, 18, 22, 27, 33, math.MaxInt}

// count counts the features of a text.
func (l *language) count(text string) counts {
	c := newCounts()
	all := l.tokens(text)
	var flat strings.Builder
	for _, t := range all {
		shown := l.mask(t)
		flat.WriteString(shown)
		switch {
		case t.word:
			c.words++
			for _, form := range l.formsOf(t) {
				c.said[form]++
				if shown != masked {
					c.of[forms][form]++
				}
			}
			if shown != masked {
				c.of[functionWords][strings.ToLower(shown)]++
			}
		case !t.space:
			c.of[marks][t.text]++
		}
	}
	c.countCharacters([]rune(flat.String()))
	for _, s := range l.sentences(all) {
		c.sentences++
		for i, bound := range rhythmBounds {
			if s.words <= bound {
				c.of[rhythm][string(rune('a'+i))]++
				break
			}
		}
		first, second := l.opening(s)
		c.of[openings][first]++
		c.of[openings][first+" "+second]++
	}
	for _, p := range []part{functionWords, marks, forms} {
		c.total[p] = float64(c.words)
	}
	c.total[openings], c.total[rhythm] = float64(c.sentences), float64(c.sentences)
	return c
}

func (c *counts) countCharacters(runes []rune) {
	for i := range runes {
		for n := 2; n <= 3 && i+n <= len(runes); n++ {
			c.of[characters][string(runes[i:i+n])]++
		}
	}
	c.total[characters] = float64(len(runes))
}

// formsOf are the grammatical forms that a word counts for. A German form that is both polite "you" and "they" is the
// former with a capital.
func (l *language) formsOf(t token) []string {
	var out []string
	first, _ := utf8.DecodeRuneInString(t.text)
	capital := strings.ToLower(string(first)) != string(first)
	for _, name := range formNames {
		if !l.lists[name][t.lower] {
			continue
		}
		if l.lists["second"][t.lower] && l.lists["third"][t.lower] && capital != (name == "second") {
			continue
		}
		out = append(out, name)
	}
	if l.code == english && isContraction(t.lower) {
		out = append(out, contractions)
	}
	return out
}

// isContraction reports whether an English word is one of don't, we're, it's …, and no possessive.
func isContraction(lower string) bool {
	stem, ending, found := strings.Cut(lower, "'")
	switch ending {
	case "t", "re", "ve", "ll", "m", "d":
		return found
	case "s":
		return slices.Contains(beforeIs, stem)
	}
	return false
}

// beforeIs are the words whose 's stands for "is" or "us", not for a possessive.
var beforeIs = []string{"it", "that", "there", "here", "what", "let", "he", "she", "who", "how", "where"}

const (
	english      = "en"
	contractions = "contractions"
)

// formNames are the word lists that are measured; see lists/en.txt.
var formNames = []string{
	"first_singular", "first_plural", "second", "third", "hedges", "intensifiers", "connectors",
}

// opening returns the first two words of a sentence as the comparison sees them.
func (l *language) opening(s sentence) (first, second string) {
	for _, t := range s.tokens {
		if !t.word {
			continue
		}
		if first != "" {
			return first, strings.ToLower(l.mask(t))
		}
		first = strings.ToLower(l.mask(t))
	}
	return first, ""
}

// vector holds, for each part, the square roots of the rates of the model's features. The root makes the sampling error
// the same for rare and frequent features (Freeman and Tukey 1950).
type vector map[part][]float64

func (m *Model) vector(c counts) vector {
	v := vector{}
	for _, p := range parts {
		roots := make([]float64, len(m.features[p]))
		for i, f := range m.features[p] {
			if n := c.of[p][f.name]; n > 0 && c.total[p] > 0 {
				roots[i] = math.Sqrt(n / c.total[p])
			}
		}
		v[p] = roots
	}
	return v
}

// cosines compares two vectors part by part, each less the mean of the language: 1 for the same habits, about 0 for
// unrelated writers.
func (m *Model) cosines(a, b vector) []float64 {
	out := make([]float64, len(parts))
	for i, p := range parts {
		dot, x, y := 0.0, 0.0, 0.0
		for k, f := range m.features[p] {
			da, db := a[p][k]-f.mean, b[p][k]-f.mean
			dot, x, y = dot+da*db, x+da*da, y+db*db
		}
		if x > 0 && y > 0 {
			out[i] = dot / math.Sqrt(x*y)
		}
	}
	return out
}
