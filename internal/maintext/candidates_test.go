package maintext

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// On a long page the blocks near the bound are asked about; those that are surely main text stay, the rest is left out.
func TestCandidatesAreTheDoubtfulBlocks(t *testing.T) {
	t.Parallel()
	const n, kept = 1000, 400
	var blocks []Block
	var choice Choice
	for i := range n {
		text := fmt.Sprintf("block %d", i)
		blocks = append(blocks, Block{Block: onboarding.Block{Kind: onboarding.BlockParagraph, Text: text}, Words: 2})
		choice.Keep = append(choice.Keep, i < kept)
		choice.Probabilities = append(choice.Probabilities, 1-float64(i)/n)
	}
	asked := 0
	got := Candidates(blocks, choice)
	for i, c := range got {
		require.Equal(t, blocks[i].Block, c.Block, "in the order of the page")
		assert.Equal(t, i < kept, c.Kept)
		assert.Equal(t, 2, c.Words)
		if c.Asked {
			asked++
			assert.InDelta(t, kept, i, maxAsked/2+2)
		}
	}
	assert.Equal(t, maxAsked, asked)
	assert.InDelta(t, kept+maxAsked/2, len(got), 2)
	assert.Len(t, Candidates(blocks[:3], Choice{Keep: make([]bool, 3), Probabilities: make([]float64, 3)}), 3)
}
