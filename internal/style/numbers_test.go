package style

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
		Histogram: []onboarding.Bucket{{From: 1, To: ptr(4), Count: 4}, {From: 5, To: ptr(8), Count: 3}, {From: 9, Count: 1}},
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
	assert.InDelta(t, 0.5, variation([]float64{1, 3}), 1e-12)
	assert.InDelta(t, 2.0, spread([]float64{1, 3, 2}), 1e-12)
}

func TestTallyOrder(t *testing.T) {
	t.Parallel()
	tally := newTally()
	for _, term := range []string{"b", "a", "c", "c"} {
		tally.add(term, len(term))
	}
	tally.add("c", 7)
	assert.Equal(t, []onboarding.Term{{Text: "c", Count: 3, Pages: 2}, {Text: "a", Count: 1, Pages: 1}}, tally.top(2, 1))
	assert.NotNil(t, newTally().top(3, 1))
}

func TestWording(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "0.4%", percent(0.004))
	assert.Equal(t, "12%", percent(0.123))
	assert.Equal(t, "1 page", plural(1, "page"))
	assert.Equal(t, "a, b and c", enumerate([]string{"a", "b", "c"}))
	assert.Equal(t, "warm", label("warm (sentiment 0.4)"))
	assert.Equal(t, "“Clay (wet) pots”", label("“Clay (wet) pots” (slogan)"))
	assert.Equal(t, "“Clay (wet) pots”", label("“Clay (wet) pots”"))
	assert.Equal(t, "“all quoted”", quote("\"all quoted\""))
	assert.Equal(t, "b", band(2, []float64{2, 3}, "a", "b", "c"))
	assert.Equal(t, "“He said ‘no’ twice”", quote("He said “no” twice"))
	long := excerpt(strings.Repeat("word ", 60))
	assert.LessOrEqual(t, len([]rune(long)), 162)
	assert.True(t, strings.HasSuffix(long, "word …"))
}
