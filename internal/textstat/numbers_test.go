package textstat

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestDistribution(t *testing.T) {
	t.Parallel()
	d := distribution([]int{9, 2, 4, 4, 5, 4, 7, 5}, []int{4, 8})
	assert.Equal(t, &onboarding.Distribution{
		Mean: 5, Median: 4, P10: 2, P90: 9, StDev: 2, Max: 9,
		Histogram: []onboarding.Bucket{{From: 1, To: new(4), Count: 4}, {From: 5, To: new(8), Count: 3}, {From: 9, Count: 1}},
	}, d)
	assert.Nil(t, distribution(nil, []int{4}))
}

func TestMATTR(t *testing.T) {
	t.Parallel()
	// Windows of three over a b a c: {a b a} has 2, {b a c} has 3 different words.
	assert.InDelta(t, (2.0/3+3.0/3)/2, *mattr(strings.Fields("a b a c"), 3), 1e-4)
	assert.Nil(t, mattr(strings.Fields("a b"), 3))
	assert.InDelta(t, 1.0/3, *mattr(strings.Fields("a a a a a"), 3), 1e-4)
}

func TestRatios(t *testing.T) {
	t.Parallel()
	assert.Nil(t, ratio(1, 0))
	assert.Nil(t, rounded(math.NaN()))
	assert.Nil(t, rounded(math.Inf(1)))
	assert.InDelta(t, 0.3333, *ratio(1, 3), 1e-12)
	mean, deviation := meanAndDeviation([]float64{1, 3})
	assert.InDelta(t, 2.0, mean, 1e-12)
	assert.InDelta(t, 1.0, deviation, 1e-12)
}

func TestTallyOrder(t *testing.T) {
	t.Parallel()
	tally := NewTally()
	for _, term := range []string{"b", "a", "c", "c"} {
		tally.Add(term, len(term))
	}
	tally.Add("c", 7)
	assert.Equal(t, []onboarding.Term{{Text: "c", Count: 3, Pages: 2}, {Text: "a", Count: 1, Pages: 1}}, tally.Top(2, 1))
	assert.NotNil(t, NewTally().Top(3, 1))
}
