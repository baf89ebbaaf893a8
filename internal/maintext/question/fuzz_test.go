package question

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Whatever a model answers, it only chooses among the blocks of the page, in their order.
func FuzzMerge(f *testing.F) {
	f.Add([]byte(`{"blocks":[2,1,99,-1]}`))
	f.Add([]byte(`{"blocks":[1e9,"1"],"text":"We sell arms and nothing else."}`))
	page := unsure("We mill flour for the bakers of three valleys.", "Subscribe", "We deliver on Mondays and on Thursdays.")
	all := []string{}
	for _, c := range page.Candidates {
		all = append(all, c.Text)
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		merged, err := Merge(page, onboarding.Answer{Value: value, Model: "m"})
		if err != nil {
			require.ErrorIs(t, err, onboarding.ErrBadAnswer)
			return
		}
		require.NotEmpty(t, merged.Blocks)
		assert.Subset(t, all, texts(merged))
		assert.LessOrEqual(t, len(merged.Blocks), len(all))
	})
}
