package question

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// minWords is the least text that can be the main text of a page.
	minWords = 5
	// chosenConfidence is the confidence in a main text that a model chose. It is an assumption, not measured: better
	// than the uncertain choice that it replaces, below what the models of package maintext reach on clear pages.
	chosenConfidence = 0.8
)

// Merge returns the page with the main text that a model chose in its answer to Prompt, in the order of the page.
// Numbers that no block has are ignored. Blocks that were not asked about stay. An answer of another shape, or one that
// chooses fewer than five words, is an error that wraps onboarding.ErrBadAnswer.
func Merge(page onboarding.Page, given onboarding.Answer) (onboarding.Page, error) {
	var a answer
	if err := json.Unmarshal(given.Value, &a); err != nil {
		return page, fmt.Errorf("%w: it does not fit the schema", onboarding.ErrBadAnswer)
	}
	chosen := map[int]bool{}
	for _, number := range a.Blocks {
		chosen[number] = true
	}
	kept, number, words := []onboarding.Block{}, 0, 0
	for _, c := range page.Candidates {
		keep := c.Kept
		if c.Asked {
			number++
			if keep = chosen[number]; keep {
				words += c.Words
			}
		}
		if keep {
			kept = append(kept, c.Block)
		}
	}
	if words < minWords {
		return page, fmt.Errorf("%w: it chooses no text", onboarding.ErrBadAnswer)
	}
	page.Blocks, page.Candidates = kept, nil
	page.Extraction.Confidence = chosenConfidence
	page.Extraction.Model = cmp.Or(given.Model, "of unknown name")
	return page, nil
}
