package style

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/textstat"
)

func TestWording(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "0.4%", percent(0.004))
	assert.Equal(t, "12%", percent(0.123))
	assert.Equal(t, "1 page", plural(1, "page"))
	assert.Equal(t, "a, b and c", enumerate([]string{"a", "b", "c"}))
	assert.Equal(t, "“all quoted”", quote("\"all quoted\""))
	assert.Equal(t, "b", band(2, []float64{2, 3}, "a", "b", "c"))
	assert.Equal(t, "“He said ‘no’ twice”", quote("He said “no” twice"))
	long := textstat.Excerpt(strings.Repeat("word ", 60))
	assert.LessOrEqual(t, len([]rune(long)), 162)
	assert.True(t, strings.HasSuffix(long, "word …"))
}
