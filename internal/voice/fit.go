package voice

import (
	"math"
	"unicode"
)

// Sample is a text of a known writer for Fit: pairs of samples of one kind are compared. Weight is what the text counts
// in the means of a language.
type Sample struct {
	Writer, Kind, Text string
	Weight             float64
}

// Fitting holds samples in two halves each, counted once for any number of models.
type Fitting struct {
	samples []half
}

// half is a sample in two halves, the second also cut to each of the lengths of fitWords.
type half struct {
	Sample
	first, second openCounts
	cut           []openCounts
}

// openCounts are how often all features occur in a text, before a model says which of them it has.
type openCounts struct {
	totals

	of [partCount]map[string]float64
}

func (l *language) openCount(text string) openCounts {
	var c openCounts
	for p := range c.of {
		c.of[p] = map[string]float64{}
	}
	all := l.tokens(text)
	c.totals = l.features(all, l.sentences(all), func(p part, name string) { c.of[p][name]++ })
	return c
}

// vectorOf is the vector of a text whose features were counted before there was a model.
func (m *Model) vectorOf(text openCounts) vector {
	c := counts{text.totals, make([]float64, len(m.features))}
	for p := range partCount {
		from, to := m.span(p)
		for i := from; i < to; i++ {
			c.of[i] = text.of[p][m.features[i].name]
		}
	}
	return m.vector(c)
}

// fitWords are the lengths of texts that weights are fitted for, beside whole halves.
var fitWords = []int{50, 100, 200, 400}

// wholeWords is the length that stands for whole halves.
const wholeWords = 800

// NewFitting counts the halves of masked samples in a language. With lengths, the second halves are cut to each of
// fitWords too.
func (r *Reader) NewFitting(code string, samples []Sample, lengths bool) *Fitting {
	l := r.languages[code]
	f := &Fitting{}
	for _, s := range samples {
		a, b := halves(r.Mask(code, s.Text))
		h := half{Sample: s, first: l.openCount(a), second: l.openCount(b)}
		for _, n := range fitWords {
			if lengths {
				h.cut = append(h.cut, l.openCount(firstWords(b, n)))
			}
		}
		f.samples = append(f.samples, h)
	}
	return f
}

// halves cuts a text before the word that begins its second half.
func halves(text string) (first, second string) {
	words := 0
	eachWord(text, func(int) bool { words++; return true })
	at, seen := len(text), 0
	eachWord(text, func(i int) bool {
		if seen++; seen > words/2 {
			at = i
		}
		return seen <= words/2
	})
	return text[:at], text[at:]
}

func firstWords(text string, n int) string {
	at, seen := len(text), 0
	eachWord(text, func(i int) bool {
		if seen++; seen > n {
			at = i
		}
		return seen <= n
	})
	return text[:at]
}

// eachWord calls yield with the start of each run of characters that are no white space, until it returns false.
func eachWord(text string, yield func(at int) bool) {
	inside := false
	for i, r := range text {
		space := unicode.IsSpace(r)
		if !space && !inside && !yield(i) {
			return
		}
		inside = !space
	}
}

// Fit makes a model from the samples that use accepts: features and means from their halves, or from background texts
// where there are some, weights from all pairs of a first and a second half of one kind.
func (f *Fitting) Fit(use func(Sample) bool, background *Fitting) *Model {
	var used []half
	for _, s := range f.samples {
		if use(s.Sample) {
			used = append(used, s)
		}
	}
	m := fitFeatures(used)
	if background != nil {
		m = fitFeatures(background.samples)
	}
	for i := range used[0].cut {
		m.weights = append(m.weights, m.fitWeights(used, fitWords[i], func(h half) openCounts { return h.cut[i] }))
	}
	m.weights = append(m.weights, m.fitWeights(used, wholeWords, func(h half) openCounts { return h.second }))
	return m
}

// fitWeights fits the weights of a balanced logistic regression; none is negative, so that no likeness counts against a
// text.
func (m *Model) fitWeights(used []half, words int, second func(half) openCounts) weights {
	var x [][]float64
	var same []bool
	firsts, seconds := make([]vector, len(used)), make([]vector, len(used))
	for i, h := range used {
		firsts[i], seconds[i] = m.vectorOf(h.first), m.vectorOf(second(h))
	}
	for i, a := range used {
		for j, b := range used {
			if a.Kind == b.Kind && (i == j || a.Writer != b.Writer) {
				x = append(x, m.cosines(firsts[i], seconds[j]))
				same = append(same, i == j)
			}
		}
	}
	w := logistic(x, same)
	return weights{words: words, of: w[:partCount], constant: w[partCount]}
}

// logistic fits a logistic regression with both classes weighing the same, a small ridge and no negative coefficient,
// by projected Newton steps. The last number is the constant.
func logistic(x [][]float64, same []bool) []float64 {
	d := int(partCount) + 1
	w, free := make([]float64, d), make([]bool, d)
	for i := range free {
		free[i] = true
	}
	var class [2]float64
	for _, yes := range same {
		class[index(yes)]++
	}
	for range 40 {
		gradient, hessian := derivatives(x, same, w, class)
		for a := range d {
			if !free[a] {
				for b := range d {
					hessian[a][b], hessian[b][a] = 0, 0
				}
				hessian[a][a], gradient[a] = 1, 0
			}
		}
		for a, step := range solve(hessian, gradient) {
			w[a] -= step
			if a < d-1 && w[a] < 0 {
				w[a], free[a] = 0, false
			}
		}
	}
	return w
}

func index(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// ridge keeps the coefficients of parts that say the same from growing against each other.
const ridge = 0.0005

// derivatives are the gradient and the Hessian of the loss.
func derivatives(x [][]float64, same []bool, w []float64, class [2]float64) (gradient []float64, hessian [][]float64) {
	d := len(w)
	gradient, hessian = make([]float64, d), make([][]float64, d)
	for a := range hessian {
		hessian[a] = make([]float64, d)
		if a < d-1 {
			gradient[a], hessian[a][a] = ridge*w[a], ridge
		}
	}
	for i, cosines := range x {
		row := append(append(make([]float64, 0, d), cosines...), 1)
		z := 0.0
		for a, v := range row {
			z += w[a] * v
		}
		p := 1 / (1 + math.Exp(-z))
		c := 0.5 / class[index(same[i])]
		for a, va := range row {
			gradient[a] += c * (p - float64(index(same[i]))) * va
			for b, vb := range row {
				hessian[a][b] += c * (p*(1-p) + 1e-9) * va * vb
			}
		}
	}
	return gradient, hessian
}

// solve solves a·x = b by Gaussian elimination with pivots; both are changed.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	for i := range n {
		best := i
		for j := i; j < n; j++ {
			if math.Abs(a[j][i]) > math.Abs(a[best][i]) {
				best = j
			}
		}
		a[i], a[best], b[i], b[best] = a[best], a[i], b[best], b[i]
		for j := i + 1; j < n; j++ {
			factor := a[j][i] / a[i][i]
			for k := i; k < n; k++ {
				a[j][k] -= factor * a[i][k]
			}
			b[j] -= factor * b[i]
		}
	}
	x := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		x[i] = b[i]
		for k := i + 1; k < n; k++ {
			x[i] -= a[i][k] * x[k]
		}
		x[i] /= a[i][i]
	}
	return x
}

// Pair is the comparison of the first half of one sample with the second half of another.
type Pair struct {
	Same  bool
	Score float64
}

// Pairs compares all pairs of one kind; model returns the one to compare two writers by. Samples of one writer are no
// different pair. Baseline is the plain cosine of the rates of character triples of the masked text.
func (f *Fitting) Pairs(model func(a, b Sample) *Model) (pairs, baseline []Pair) {
	type key struct {
		m      *Model
		i      int
		second bool
	}
	vectors := map[key]vector{}
	vectorOf := func(m *Model, i int, second bool) vector {
		k := key{m, i, second}
		if vectors[k] == nil {
			c := f.samples[i].first
			if second {
				c = f.samples[i].second
			}
			vectors[k] = m.vectorOf(c)
		}
		return vectors[k]
	}
	for i, a := range f.samples {
		for j, b := range f.samples {
			if a.Kind != b.Kind || i != j && a.Writer == b.Writer {
				continue
			}
			m := model(a.Sample, b.Sample)
			cosines := m.cosines(vectorOf(m, i, false), vectorOf(m, j, true))
			pairs = append(pairs, Pair{i == j, scoreOf(m.weigh(cosines, min(a.first.words, b.second.words)))})
			baseline = append(baseline, Pair{i == j, plainCosine(a.first.of[characters], b.second.of[characters])})
		}
	}
	return pairs, baseline
}

// plainCosine is the cosine of two counts of character triples.
func plainCosine(a, b map[string]float64) float64 {
	dot, x, y := 0.0, 0.0, 0.0
	for name, n := range a {
		if len([]rune(name)) == 3 {
			dot, x = dot+n*b[name], x+n*n
		}
	}
	for name, n := range b {
		if len([]rune(name)) == 3 {
			y += n * n
		}
	}
	return dot / max(math.Sqrt(x*y), 1e-12)
}

// scoreOf turns a logit into a score of 0 to 100; 50 is where a text is as likely of the writer as not. The logit is
// halved so that scores near the ends still tell texts apart.
func scoreOf(logit float64) float64 { return 100 / (1 + math.Exp(-logit/2)) }

// WithFeatures is the model of another language with the weights of m: features and means come from its texts.
func (m *Model) WithFeatures(background *Fitting) *Model {
	other := fitFeatures(background.samples)
	other.weights = m.weights
	return other
}
