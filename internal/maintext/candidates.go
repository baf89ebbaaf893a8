package maintext

import (
	"cmp"
	"math"
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// maxAsked bounds the blocks of a page that a model is asked about.
const maxAsked = 150

// Candidates returns the blocks that are kept or asked about, in reading order. Of a page with more than 150 blocks
// those are asked about whose probabilities are nearest to the least that is kept.
func Candidates(blocks []Block, c Choice) []onboarding.Candidate {
	asked := c.mostDoubtful(maxAsked)
	var out []onboarding.Candidate
	for i, b := range blocks {
		if c.Keep[i] || asked[i] {
			out = append(out, onboarding.Candidate{Block: b.Block, Words: b.Words, Kept: c.Keep[i], Asked: asked[i]})
		}
	}
	return out
}

// mostDoubtful marks the n blocks that could most easily have been judged otherwise.
func (c Choice) mostDoubtful(n int) []bool {
	least := 1.0
	order := make([]int, len(c.Keep))
	for i, keep := range c.Keep {
		if order[i] = i; keep {
			least = min(least, c.Probabilities[i])
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(math.Abs(c.Probabilities[a]-least), math.Abs(c.Probabilities[b]-least))
	})
	doubtful := make([]bool, len(order))
	for _, i := range order[:min(n, len(order))] {
		doubtful[i] = true
	}
	return doubtful
}
