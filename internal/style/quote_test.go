package style

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/textstat"
)

func TestQuotes(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "“all quoted”", quote("\"all quoted\""))
	assert.Equal(t, "“He said ‘no’ twice”", quote("He said “no” twice"))
	long := textstat.Excerpt(strings.Repeat("word ", 60))
	assert.LessOrEqual(t, len([]rune(long)), 162)
	assert.True(t, strings.HasSuffix(long, "word …"))
}
