package trees

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
)

// Options say how a model is trained.
type Options struct {
	// Rounds is the number of trees, Depth the most questions from root to leaf.
	Rounds, Depth int
	// Rate is the share of each tree's correction that is taken, 0 to 1.
	Rate float64
	// Features and Rows are the shares of features and rows that each tree sees, 0 to 1.
	Features, Rows float64
	// Least is the least sum of second derivatives (of the loss, by weight) on either side of a question.
	Least float64
	// Lambda shrinks the values of the leaves (L2).
	Lambda float64
	Seed   uint64
}

// Sample is one row with the probability that it is a "yes", 0 to 1, and its weight.
type Sample struct {
	Row    []float32
	Yes    float64
	Weight float64
}

const maxBins = 64

// Train returns the model that fits samples, all of the same length. The same samples and options give the same model.
func Train(samples []Sample, o Options) *Model {
	t := newTrainer(samples, o)
	for range o.Rounds {
		t.grow()
	}
	return t.model
}

type trainer struct {
	o       Options
	rng     *rand.Rand
	samples []Sample
	limits  [][]float32 // by feature: the upper limits of the bins but the last
	bins    [][]uint8   // by feature, by row
	score   []float64
	grad    []float32
	hess    []float32
	model   *Model
	order   []int32
}

func newTrainer(samples []Sample, o Options) *trainer {
	width := len(samples[0].Row)
	t := &trainer{
		o: o, rng: rand.New(rand.NewPCG(o.Seed, 1)), //nolint:gosec // repeatable, no secret
		samples: samples,
		limits:  make([][]float32, width), bins: make([][]uint8, width),
		score: make([]float64, len(samples)), grad: make([]float32, len(samples)), hess: make([]float32, len(samples)),
		model: &Model{Features: width},
	}
	yes, all := 0.0, 0.0
	for _, s := range samples {
		yes, all = yes+s.Yes*s.Weight, all+s.Weight
	}
	base := math.Log(max(yes, 1e-9) / max(all-yes, 1e-9))
	t.model.Base = float32(base)
	for i := range t.score {
		t.score[i] = base
	}
	parallel(width, func(f int) { t.limits[f], t.bins[f] = binsOf(samples, f) })
	return t
}

// binsOf sorts the values of a feature into bins that hold about the same number of rows.
func binsOf(samples []Sample, f int) ([]float32, []uint8) {
	values := make([]float32, len(samples))
	for i, s := range samples {
		values[i] = s.Row[f]
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	unique := slices.Compact(slices.Clone(sorted))
	var limits []float32
	if len(unique) <= maxBins {
		for i := 0; i+1 < len(unique); i++ {
			limits = append(limits, unique[i]+(unique[i+1]-unique[i])/2)
		}
	} else {
		for b := 1; b < maxBins; b++ {
			v := sorted[b*len(sorted)/maxBins]
			if len(limits) == 0 || v > limits[len(limits)-1] {
				limits = append(limits, v)
			}
		}
	}
	bins := make([]uint8, len(values))
	for i, v := range values {
		at, _ := slices.BinarySearch(limits, v)
		bins[i] = uint8(at) //nolint:gosec // below maxBins
	}
	return limits, bins
}

type cell struct{ g, h float64 }

// leaf is a node that may be split: rows[from:to] of the order.
type leaf struct {
	node     int
	from, to int
	sum      cell
	depth    int
}

type split struct {
	feature int
	bin     int
	gain    float64
	left    cell
}

func (t *trainer) grow() {
	t.order = t.order[:0]
	var sum cell
	for i, s := range t.samples {
		p := 1 / (1 + math.Exp(-t.score[i]))
		t.grad[i] = float32(s.Weight * (p - s.Yes))
		t.hess[i] = float32(s.Weight * max(p*(1-p), 1e-6))
		if t.o.Rows >= 1 || t.rng.Float64() < t.o.Rows {
			t.order = append(t.order, int32(i))
			sum.g, sum.h = sum.g+float64(t.grad[i]), sum.h+float64(t.hess[i])
		}
	}
	features := t.rng.Perm(len(t.bins))[:max(1, int(t.o.Features*float64(len(t.bins))))]
	slices.Sort(features)
	tree := Tree{{Feature: -1}}
	leaves := []leaf{{node: 0, from: 0, to: len(t.order), sum: sum}}
	for len(leaves) > 0 {
		l := leaves[0]
		leaves = leaves[1:]
		best := split{feature: -1}
		if l.depth < t.o.Depth {
			best = t.best(l, features)
		}
		if best.feature < 0 {
			tree[l.node] = Node{Feature: -1, Limit: float32(-t.o.Rate * l.sum.g / (l.sum.h + t.o.Lambda))}
			continue
		}
		middle := t.partition(l, best)
		left := len(tree)
		tree = append(tree, Node{Feature: -1}, Node{Feature: -1})
		limit := t.limits[best.feature][best.bin]
		//nolint:gosec // features and nodes are few
		tree[l.node] = Node{Feature: int16(best.feature), Left: uint16(left), Limit: limit}
		right := cell{l.sum.g - best.left.g, l.sum.h - best.left.h}
		leaves = append(leaves,
			leaf{node: left, from: l.from, to: middle, sum: best.left, depth: l.depth + 1},
			leaf{node: left + 1, from: middle, to: l.to, sum: right, depth: l.depth + 1})
	}
	t.model.Trees = append(t.model.Trees, tree)
	parallelRows(len(t.samples), func(i int) { t.score[i] += float64(tree.value(t.samples[i].Row)) })
}

func (t *trainer) best(l leaf, features []int) split {
	found := make([]split, len(features))
	rows := t.order[l.from:l.to]
	parallel(len(features), func(k int) {
		f := features[k]
		var hist [maxBins]cell
		bins := t.bins[f]
		for _, i := range rows {
			c := &hist[bins[i]]
			c.g += float64(t.grad[i])
			c.h += float64(t.hess[i])
		}
		found[k] = split{feature: -1}
		var left cell
		base := l.sum.g * l.sum.g / (l.sum.h + t.o.Lambda)
		for b := range t.limits[f] {
			left.g, left.h = left.g+hist[b].g, left.h+hist[b].h
			right := cell{l.sum.g - left.g, l.sum.h - left.h}
			if left.h < t.o.Least || right.h < t.o.Least {
				continue
			}
			gain := left.g*left.g/(left.h+t.o.Lambda) + right.g*right.g/(right.h+t.o.Lambda) - base
			if gain > found[k].gain+1e-12 {
				found[k] = split{feature: f, bin: b, gain: gain, left: left}
			}
		}
	})
	best := split{feature: -1}
	for _, s := range found {
		if s.feature >= 0 && s.gain > best.gain {
			best = s
		}
	}
	return best
}

// partition sorts the rows of a leaf into those that go left and those that go right, and returns where the latter
// begin.
func (t *trainer) partition(l leaf, s split) int {
	rows, bins := t.order[l.from:l.to], t.bins[s.feature]
	right := make([]int32, 0, len(rows))
	at := 0
	for _, i := range rows {
		if int(bins[i]) <= s.bin {
			rows[at] = i
			at++
		} else {
			right = append(right, i)
		}
	}
	copy(rows[at:], right)
	return l.from + at
}

func parallel(n int, do func(int)) {
	var wait sync.WaitGroup
	const workers = 2
	for w := range workers {
		wait.Go(func() {
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	wait.Wait()
}

func parallelRows(n int, do func(int)) {
	parallel(2, func(w int) {
		for i := w * n / 2; i < (w+1)*n/2; i++ {
			do(i)
		}
	})
}
