package drift

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDifference(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "- b\n+ c", difference("a\nb\nx", "a\nc\nx"))
	assert.Equal(t, "+ b", difference("a", "a\nb"))
	assert.Equal(t, "- b", difference("a\nb", "a"))
	assert.Empty(t, difference("a", "a"))
}
