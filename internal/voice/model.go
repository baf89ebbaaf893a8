package voice

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Model is what is known of the writers of a language: the features that are compared, the mean of each, and how the
// cosines of the parts are weighed for texts of several lengths.
type Model struct {
	// features are those of all parts, one part after the other; ends are where the parts end.
	features []feature
	ends     [partCount]int
	// at has the numbers of the features by part and name.
	at      [partCount]map[string]int
	weights []weights
}

// newModel returns a model of the features of each part.
func newModel(features [partCount][]feature, weights []weights) *Model {
	m := &Model{weights: weights}
	for p, list := range features {
		m.at[p] = map[string]int{}
		for _, f := range list {
			m.at[p][f.name] = len(m.features)
			m.features = append(m.features, f)
		}
		m.ends[p] = len(m.features)
	}
	return m
}

// span is where the features of a part begin and end.
func (m *Model) span(p part) (from, to int) {
	if p > 0 {
		from = m.ends[p-1]
	}
	return from, m.ends[p]
}

// feature is one feature and the mean square root of its rate.
type feature struct {
	name string
	mean float64
}

// weights are the coefficients of the parts and the constant, for texts of so many words.
type weights struct {
	words    int
	of       []float64
	constant float64
}

// featureLimits are the most features of each part, the most frequent first.
var featureLimits = [partCount]int{
	functionWords: commonWords, characters: 1600, marks: 40, openings: 150, forms: 10, rhythm: 10,
}

// fitFeatures takes the features and their weighted means from the halves of samples.
func fitFeatures(samples []half) *Model {
	var features [partCount][]feature
	for p := range partCount {
		sums, roots, all := map[string]float64{}, map[string]float64{}, 0.0
		for _, s := range samples {
			for _, c := range []openCounts{s.first, s.second} {
				all += s.Weight
				total := c.totals.of(p)
				for name, n := range c.of[p] {
					if total > 0 {
						sums[name] += s.Weight * n / total
						roots[name] += s.Weight * math.Sqrt(n/total)
					}
				}
			}
		}
		names := slices.SortedFunc(maps.Keys(sums), func(a, b string) int {
			return cmp.Or(cmp.Compare(sums[b], sums[a]), strings.Compare(a, b))
		})
		for _, name := range names[:min(len(names), featureLimits[p])] {
			features[p] = append(features[p], feature{name, roots[name] / all})
		}
	}
	return newModel(features, nil)
}

// weigh is the logit of the cosines for texts of so many words: above 0 they are more likely of one writer. Between
// two lengths of the table it is interpolated by the logarithm.
func (m *Model) weigh(cosines []float64, words int) float64 {
	at := func(w weights) float64 {
		sum := w.constant
		for i, c := range cosines {
			sum += w.of[i] * c
		}
		return sum
	}
	i := slices.IndexFunc(m.weights, func(w weights) bool { return w.words >= words })
	switch {
	case i == 0:
		return at(m.weights[0])
	case i < 0:
		return at(m.weights[len(m.weights)-1])
	}
	low, high := m.weights[i-1], m.weights[i]
	share := math.Log(float64(words)/float64(low.words)) / math.Log(float64(high.words)/float64(low.words))
	return (1-share)*at(low) + share*at(high)
}

// String writes the model as parseModel reads it: weights by thousandths, means by ten-thousandths.
func (m *Model) String() string {
	var b strings.Builder
	for _, w := range m.weights {
		fmt.Fprintf(&b, "weights %d %.3f", w.words, w.constant)
		for _, x := range w.of {
			fmt.Fprintf(&b, " %.3f", x)
		}
		b.WriteByte('\n')
	}
	for p := range partCount {
		fmt.Fprintf(&b, "part %s\n", p)
		from, to := m.span(p)
		for _, f := range m.features[from:to] {
			fmt.Fprintf(&b, "%s %.0f\n", strconv.Quote(f.name), 1e4*f.mean)
		}
	}
	return b.String()
}

var errModel = errors.New("a line of the model can't be read")

func parseModel(text string) (*Model, error) {
	var features [partCount][]feature
	var all []weights
	var current part
	var err error
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "weights "):
			w, err := parseWeights(strings.Fields(line)[1:])
			if err != nil {
				return nil, err
			}
			all = append(all, w)
		case strings.HasPrefix(line, "part "):
			if current, err = partOf(strings.TrimPrefix(line, "part ")); err != nil {
				return nil, err
			}
		default:
			at := strings.LastIndexByte(line, ' ')
			name, err := strconv.Unquote(line[:max(at, 0)])
			mean, notNumber := strconv.ParseFloat(line[at+1:], 64)
			if err != nil || notNumber != nil {
				return nil, errModel
			}
			features[current] = append(features[current], feature{name, mean / 1e4})
		}
	}
	if len(all) == 0 {
		return nil, errModel
	}
	return newModel(features, all), nil
}

func parseWeights(fields []string) (weights, error) {
	var numbers []float64
	for _, field := range fields {
		x, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return weights{}, errModel
		}
		numbers = append(numbers, x)
	}
	if len(numbers) != int(partCount)+2 {
		return weights{}, errModel
	}
	return weights{words: int(numbers[0]), constant: numbers[1], of: numbers[2:]}, nil
}
