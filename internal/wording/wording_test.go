package wording_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

func TestWording(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "0.4%", wording.Percent(0.004))
	assert.Equal(t, "12%", wording.Percent(0.123))
	assert.Equal(t, "1 page", wording.Plural(1, "page"))
	assert.Equal(t, "2 pages", wording.Plural(2, "page"))
	assert.Equal(t, "12", wording.Number(12.04))
	assert.Equal(t, "none", wording.Rare(0))
	assert.Equal(t, "0.3", wording.Rare(0.31))
	assert.Equal(t, "a, b and c", wording.Enumerate([]string{"a", "b", "c"}))
	assert.Equal(t, "b", wording.Band(2, []float64{2, 3}, "a", "b", "c"))
	assert.Equal(t, "c", wording.Band(3, []float64{2, 3}, "a", "b", "c"))
	assert.Equal(t, "äö…", wording.Cut("äöüß", 3))
	assert.Equal(t, "äöü", wording.Cut("äöü", 3))
	assert.Equal(t, "an unknown language", wording.Language(onboarding.TextLanguage{Name: "x"}))
}

func TestVisible(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a\u202eb\u2066c\u200bd\u2060e\ufefff": "abcdef", "\x1b[31ma\x00b\x7f": "[31mab", "a\tb\nc\u00a0d": "a b c d",
		"a\U000e0041b": "ab", "a\xffb": "ab", "می\u200cخواهم": "می\u200cخواهم", "👩\u200d💻 e\u0301": "👩\u200d💻 e\u0301",
	} {
		assert.Equal(t, want, wording.Visible(text), "%q", text)
	}
}
