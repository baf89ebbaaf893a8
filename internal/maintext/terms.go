package maintext

import (
	"math"
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/trees"
)

// Terms are words by their hash, each with the place where it stands; these are the numbers of hashes. Several words
// may share one.
const (
	PageBuckets  = 1 << 14
	BlockBuckets = 1 << 15
)

// hash returns the bucket of a word in a place (FNV-1a).
func hash(place byte, word string, buckets uint32) uint32 {
	h := uint32(2166136261)
	h = (h ^ uint32(place)) * 16777619
	for i := range len(word) {
		h = (h ^ uint32(word[i])) * 16777619
	}
	return (h ^ h>>15) % buckets
}

// PageTerms returns the terms of the title and the text, each once, in ascending order.
func (s *Sheet) PageTerms() []uint32 {
	var found [PageBuckets]bool
	for _, word := range wordsOf(s.Title) {
		found[hash('t', word, PageBuckets)] = true
	}
	for i := range s.facts {
		for _, word := range s.facts[i].words {
			found[hash('w', word, PageBuckets)] = true
		}
	}
	var terms []uint32
	for term := range uint32(PageBuckets) {
		if found[term] {
			terms = append(terms, term)
		}
	}
	return terms
}

// BlockTerms returns the terms of each block, of the heading above it and of the elements around it, each once, in
// ascending order.
func (s *Sheet) BlockTerms() [][]uint32 {
	all := make([][]uint32, len(s.Blocks))
	s.eachBlockTerms(func(i int, terms []uint32) {
		slices.Sort(terms)
		all[i] = slices.Clone(slices.Compact(terms))
	})
	return all
}

// scoreBlocks returns the log odds of the terms of each block.
func (m *Words) scoreBlocks(s *Sheet) []float64 {
	scores := make([]float64, len(s.Blocks))
	seen := make([]bool, BlockBuckets)
	s.eachBlockTerms(func(i int, terms []uint32) {
		once := terms[:0]
		for _, term := range terms {
			if !seen[term] {
				seen[term], once = true, append(once, term)
			}
		}
		scores[i] = m.Score(once, 1)
		for _, term := range once {
			seen[term] = false
		}
	})
	return scores
}

// eachBlockTerms calls yield with the terms of each block, some more than once. Yield may change them, and does not
// keep them.
func (s *Sheet) eachBlockTerms(yield func(i int, terms []uint32)) {
	const ownWords, headingWords, ancestors, labels = 25, 8, 9, 8
	names := make([][]uint32, len(s.nodes))
	for i := range s.nodes {
		own := s.nodes[i].names[:min(len(s.nodes[i].names), labels)]
		names[i] = make([]uint32, 0, len(own)+1)
		for _, word := range own {
			names[i] = append(names[i], hash('c', word, BlockBuckets))
		}
		names[i] = append(names[i], hash('e', s.Elements[i].Tag.String(), BlockBuckets))
	}
	var terms []uint32
	var heading []string
	for i := range s.Blocks {
		b, words := &s.Blocks[i], s.facts[i].words
		terms = terms[:0]
		for _, word := range words[:min(len(words), ownWords)] {
			terms = append(terms, hash('w', word, BlockBuckets))
		}
		for _, word := range heading[:min(len(heading), headingWords)] {
			terms = append(terms, hash('h', word, BlockBuckets))
		}
		for at, distance := b.Element, 0; at > 0 && distance < ancestors; at, distance = s.Elements[at].Parent, distance+1 {
			terms = append(terms, names[at]...)
			if distance < 2 {
				for _, word := range s.nodes[at].names[:min(len(s.nodes[at].names), labels)] {
					terms = append(terms, hash('n', word, BlockBuckets))
				}
			}
		}
		if b.Kind == onboarding.BlockHeading {
			heading = words
		}
		yield(i, terms)
	}
}

// Words is a linear model of terms: log odds.
type Words struct {
	Bias float32
	// Scale is the weight of one step of Steps, which hold the weight of each term as a signed byte.
	Scale float32
	Steps []byte
}

// NewWords rounds the weights of a trained model.
func NewWords(bias float64, weights []float64) Words {
	most := 1e-9
	for _, w := range weights {
		most = max(most, math.Abs(w))
	}
	m := Words{Bias: float32(bias), Scale: float32(most / 127), Steps: make([]byte, len(weights))}
	for i, w := range weights {
		m.Steps[i] = byte(int8(math.Round(w / most * 127))) //nolint:gosec // two's complement
	}
	return m
}

// Score returns the log odds of terms, each of which counts scale times its weight.
func (m *Words) Score(terms []uint32, scale float64) float64 {
	sum := 0
	for _, t := range terms {
		sum += int(int8(m.Steps[t])) //nolint:gosec // two's complement
	}
	return float64(m.Bias) + float64(sum)*float64(m.Scale)*scale
}

// Softmax turns scores into probabilities, in place.
func Softmax(scores []float64) {
	most, sum := slices.Max(scores), 0.0
	for i, v := range scores {
		scores[i] = math.Exp(v - most)
		sum += scores[i]
	}
	for i := range scores {
		scores[i] /= sum
	}
}

// mix returns the probability between a and b, by their log odds.
func mix(a, b, shareOfB float64) float64 {
	return trees.Sigmoid((1-shareOfB)*trees.Logit(a) + shareOfB*trees.Logit(b))
}
