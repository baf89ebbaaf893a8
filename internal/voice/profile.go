package voice

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// part is a group of features that are compared by one cosine.
type part int

// The parts, in the order of their weights.
const (
	functionWords part = iota
	characters
	marks
	openings
	forms
	rhythm
	partCount
)

// partNames are the names of the parts in models and scores.
var partNames = [partCount]string{"function_words", "characters", "punctuation", "openings", "forms", "rhythm"}

func (p part) String() string { return partNames[p] }

// partOf is the part with a name.
func partOf(name string) (part, error) {
	i := slices.Index(partNames[:], name)
	if i < 0 {
		return 0, fmt.Errorf("%w: part %q", errModel, name)
	}
	return part(i), nil
}

// totals are the sums of a text.
type totals struct {
	words, sentences, characters int
	// said counts the marks, and the grammatical forms of all words, masked ones too, for people to read.
	said map[string]float64
}

// of is what the counts of a part are divided by to be rates. A text has as many character pairs as triples.
func (t totals) of(p part) float64 {
	switch p {
	case characters:
		return float64(t.characters)
	case openings, rhythm:
		return float64(t.sentences)
	default:
		return float64(t.words)
	}
}

// add adds other to t; sign -1 takes it away.
func (t *totals) add(other totals, sign int) {
	t.words += sign * other.words
	t.sentences += sign * other.sentences
	t.characters += sign * other.characters
	for name, n := range other.said {
		t.said[name] += float64(sign) * n
	}
}

// reading is a text as a model sees it.
type reading struct {
	totals

	// features are the numbers of the model's features in the text, each as often as it occurs.
	features []int
}

// counts are how often the features of a model occur in texts.
type counts struct {
	totals

	of []float64
}

func (m *Model) newCounts() counts {
	return counts{totals{said: map[string]float64{}}, make([]float64, len(m.features))}
}

func (c counts) clone() counts {
	return counts{
		totals{c.words, c.sentences, c.characters, maps.Clone(c.said)}, slices.Clone(c.of),
	}
}

// add counts a text; sign -1 takes it away.
func (c *counts) add(text reading, sign int) {
	c.totals.add(text.totals, sign)
	for _, feature := range text.features {
		c.of[feature] += float64(sign)
	}
}

// read finds the features of a text that the model has.
func (l *language) read(all []token, list []sentence) reading {
	r := reading{features: make([]int, 0, 6*len(all))}
	r.totals = l.features(all, list, func(p part, name string) {
		if number, known := l.model.at[p][name]; known {
			r.features = append(r.features, number)
		}
	})
	return r
}

// count counts the features of a text that the model has.
func (l *language) count(text string) counts {
	all := l.tokens(text)
	c := l.model.newCounts()
	c.add(l.read(all, l.sentences(all)), 1)
	return c
}

// rhythmBounds are the longest sentences of each class, in words.
var rhythmBounds = []int{3, 6, 10, 14, 18, 22, 27, 33, math.MaxInt}

// features calls yield for each occurrence of a feature in a text, given as its tokens and sentences, and returns its
// totals.
func (l *language) features(all []token, list []sentence, yield func(p part, name string)) totals {
	sums := totals{sentences: len(list), said: map[string]float64{}}
	var flat strings.Builder
	for _, t := range all {
		shown := l.mask(t)
		flat.WriteString(shown)
		switch {
		case t.word:
			sums.words++
			for _, form := range l.formsOf(t) {
				sums.said[form]++
				if shown != masked {
					yield(forms, form)
				}
			}
			if shown != masked {
				yield(functionWords, strings.ToLower(shown))
			}
		case !t.space:
			sums.said[t.text]++
			yield(marks, t.text)
		}
	}
	sums.characters = eachGram(flat.String(), func(gram string) { yield(characters, gram) })
	for _, s := range list {
		class := slices.IndexFunc(rhythmBounds, func(bound int) bool { return s.words <= bound })
		yield(rhythm, "abcdefghi"[class:class+1])
		first, second := l.opening(s)
		yield(openings, first)
		yield(openings, first+" "+second)
	}
	return sums
}

// eachGram calls yield for the pairs and triples of characters in a text, and returns the number of its characters.
func eachGram(text string, yield func(gram string)) (count int) {
	var starts [3]int // of the last characters, the newest last
	for i := range text {
		if count >= 2 {
			yield(text[starts[1]:i])
		}
		if count >= 3 {
			yield(text[starts[0]:i])
		}
		starts = [3]int{starts[1], starts[2], i}
		count++
	}
	if count >= 2 {
		yield(text[starts[1]:])
	}
	if count >= 3 {
		yield(text[starts[0]:])
	}
	return count
}

// formsOf are the grammatical forms that a word counts for.
func (l *language) formsOf(t token) []string {
	first, _ := utf8.DecodeRuneInString(t.text)
	found := l.forms[t.lower]
	names := found.small
	if unicode.ToLower(first) != first {
		names = found.capital
	}
	if l.code == english && isContraction(t.lower) {
		return append(slices.Clip(names), contractions)
	}
	return names
}

// wordForms are the grammatical forms that a word counts for with a small letter and with a capital.
type wordForms struct{ small, capital []string }

// formsByWord turns the word lists of formNames around. A German word that is both polite "you" and "they" is the
// former with a capital.
func formsByWord(lists map[string]map[string]bool) map[string]wordForms {
	out := map[string]wordForms{}
	for _, name := range formNames {
		for word := range lists[name] {
			found, both := out[word], lists["second"][word] && lists["third"][word]
			if !both || name != "second" {
				found.small = append(found.small, name)
			}
			if !both || name == "second" {
				found.capital = append(found.capital, name)
			}
			out[word] = found
		}
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

// vector holds the square roots of the rates of the model's features. The root makes the sampling error the same for
// rare and frequent features (Freeman and Tukey 1950).
type vector []float64

func (m *Model) vector(c counts) vector {
	v := make(vector, len(m.features))
	for p := range partCount {
		from, to := m.span(p)
		for i := from; i < to; i++ {
			if n := c.of[i]; n > 0 && c.totals.of(p) > 0 {
				v[i] = math.Sqrt(n / c.totals.of(p))
			}
		}
	}
	return v
}

// cosines compares two vectors part by part, each less the mean of the language: 1 for the same habits, about 0 for
// unrelated writers.
func (m *Model) cosines(a, b vector) []float64 {
	out := make([]float64, partCount)
	for p := range partCount {
		dot, x, y := 0.0, 0.0, 0.0
		from, to := m.span(p)
		for i := from; i < to; i++ {
			da, db := a[i]-m.features[i].mean, b[i]-m.features[i].mean
			dot, x, y = dot+da*db, x+da*da, y+db*db
		}
		if x > 0 && y > 0 {
			out[p] = dot / math.Sqrt(x*y)
		}
	}
	return out
}
