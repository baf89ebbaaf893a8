package training

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/alwrity/onboarding/internal/maintext"
	"github.com/alwrity/onboarding/internal/trees"
)

// Settings of the models, found by cross-validation.
var (
	typeOptions = trees.Options{
		Rounds: 250, Depth: 5, Rate: 0.04, Features: 0.05, Rows: 0.6, Least: 1, Lambda: 1, Seed: 1,
	}
	blockOptions = trees.Options{
		Rounds: 140, Depth: 5, Rate: 0.08, Features: 0.2, Rows: 0.5, Least: 1, Lambda: 1, Seed: 1,
	}
)

// Train fits a model to pages. The blocks are trained with probabilities of types that come from models that have not
// seen their hosts, as they will be when the model is used.
func Train(pages []*Page, progress func(step string)) *maintext.Model {
	m := &maintext.Model{}
	var folds []int
	for _, p := range pages {
		if !slices.Contains(folds, p.fold) {
			folds = append(folds, p.fold)
		}
	}
	slices.Sort(folds)
	for _, fold := range folds {
		seen, unseen := split(pages, fold)
		trainTypes(m, seen)
		for _, p := range unseen {
			p.types = m.PageTypes(p.sheet)
		}
		progress("types")
	}
	trainTypes(m, pages)
	progress("types")
	for _, p := range pages {
		p.rows = p.sheet.BlockRows(p.types)
	}
	m.Blocks = *trees.Train(blockSamples(pages), blockOptions)
	progress("blocks")
	trainBlockWords(m, pages)
	progress("words")
	return m
}

// split returns the pages outside a fold and those in it.
func split(pages []*Page, fold int) (outside, inside []*Page) {
	for _, p := range pages {
		if p.fold == fold {
			inside = append(inside, p)
		} else {
			outside = append(outside, p)
		}
	}
	return outside, inside
}

func trainTypes(m *maintext.Model, pages []*Page) {
	m.Types = make([]trees.Model, len(maintext.Types))
	for k, kind := range maintext.Types {
		samples := make([]trees.Sample, len(pages))
		for i, p := range pages {
			samples[i] = trees.Sample{Row: p.pageRow, Weight: 1}
			if p.Type == kind {
				samples[i].Yes = 1
			}
		}
		m.Types[k] = *trees.Train(samples, typeOptions)
	}
	trainTypeWords(m, pages)
}

// trainTypeWords fits softmax regression by stochastic gradient descent. Rare words and very common ones are left out.
func trainTypeWords(m *maintext.Model, pages []*Page) {
	const rounds, least, penalty = 60, 6, 1e-4
	counts := map[uint32]int{}
	for _, p := range pages {
		for _, t := range p.pageTerms {
			counts[t]++
		}
	}
	most := len(pages) * 4 / 5
	terms := make([][]uint32, len(pages))
	for i, p := range pages {
		for _, t := range p.pageTerms {
			if counts[t] >= least && counts[t] < most {
				terms[i] = append(terms[i], t)
			}
		}
	}
	weights, bias := make([][]float64, len(maintext.Types)), make([]float64, len(maintext.Types))
	for k := range weights {
		weights[k] = make([]float64, maintext.PageBuckets)
	}
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // repeatable, no secret
	order := rng.Perm(len(pages))
	for round := range rounds {
		rate := 3 / (1 + float64(round)/6)
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			scale := maintext.TermScale(pages[i].pageTerms)
			scores := make([]float64, len(weights))
			for k := range weights {
				scores[k] = bias[k]
				for _, t := range terms[i] {
					scores[k] += weights[k][t] * scale
				}
			}
			maintext.Softmax(scores)
			for k := range weights {
				if maintext.Types[k] == pages[i].Type {
					scores[k]--
				}
				bias[k] -= rate * scores[k] * 0.1
				for _, t := range terms[i] {
					weights[k][t] -= rate * (scores[k]*scale + penalty*weights[k][t])
				}
			}
		}
	}
	m.TypeWords = make([]maintext.Words, len(weights))
	for k := range weights {
		m.TypeWords[k] = maintext.NewWords(bias[k], weights[k])
	}
}

// power is the power of a block's words by which it counts: short blocks count more than their words.
const power = 0.7

// eachBlock calls do with each block that has words, and its weight: each page has the same weight in all.
func eachBlock(pages []*Page, do func(p *Page, i int, weight float64)) {
	const pageWeight = 400
	for _, p := range pages {
		total := 0.0
		for _, words := range p.words {
			total += math.Pow(float64(len(words)), power)
		}
		for i, words := range p.words {
			if len(words) > 0 {
				do(p, i, pageWeight*math.Pow(float64(len(words)), power)/total)
			}
		}
	}
}

func blockSamples(pages []*Page) []trees.Sample {
	var samples []trees.Sample
	eachBlock(pages, func(p *Page, i int, weight float64) {
		samples = append(samples, trees.Sample{Row: p.rows[i], Yes: p.labels[i], Weight: weight})
	})
	return samples
}

// trainBlockWords fits logistic regression by adaptive gradient descent (Duchi, Hazan and Singer 2011).
func trainBlockWords(m *maintext.Model, pages []*Page) {
	const rounds, least, rate, penalty, most = 4, 5, 0.1, 1e-3, 4
	type sample struct {
		terms       []uint32
		yes, weight float64
	}
	counts := make([]int, maintext.BlockBuckets)
	for _, p := range pages {
		seen := map[uint32]bool{}
		for _, terms := range p.terms {
			for _, t := range terms {
				if !seen[t] {
					seen[t] = true
					counts[t]++
				}
			}
		}
	}
	var samples []sample
	eachBlock(pages, func(p *Page, i int, weight float64) {
		samples = append(samples, sample{p.terms[i], p.labels[i], min(most, 0.75*weight)})
	})
	weights, squares, bias := make([]float64, len(counts)), make([]float64, len(counts)), 0.0
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // repeatable, no secret
	for range rounds {
		rng.Shuffle(len(samples), func(i, j int) { samples[i], samples[j] = samples[j], samples[i] })
		for _, s := range samples {
			score := bias
			for _, t := range s.terms {
				score += weights[t]
			}
			gradient := s.weight * (trees.Sigmoid(score) - s.yes)
			bias -= 0.01 * gradient
			for _, t := range s.terms {
				if counts[t] < least {
					continue
				}
				g := gradient + penalty*weights[t]
				squares[t] += g * g
				weights[t] -= rate * g / math.Sqrt(squares[t]+1)
			}
		}
	}
	m.BlockWords = maintext.NewWords(bias, weights)
}
