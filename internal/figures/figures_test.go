package figures

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAround(t *testing.T) {
	t.Parallel()
	words := strings.Repeat("word ", 10)
	for _, test := range []struct {
		name, text string
		digits     int
		want       string
	}{
		{"no digits", words, 1, ""},
		{"at both ends", "1 " + words + "2", 1, "1 word\nword 2"},
		{"reach of two meets", "a 1 bcdefg 2 h", 1, "a 1 bcdefg 2 h"},
		{"close together", "and +49 (0)89 12 34 now", 9, "and +49 (0)89 12 34 now"},
		{"too few close together", "in 2024 " + words + "and 2025", 5, ""},
		{"enough with the gap", words + "20 24", 4, "\nword 20 24"},
	} {
		assert.Equal(t, test.want, Around(test.text, test.digits, 5), test.name)
	}
}
