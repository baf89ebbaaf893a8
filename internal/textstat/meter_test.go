package textstat

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// sharedMeter is one meter for all tests: it is safe for concurrent use and keeps nothing
// between calls, which this way is tested too.
var sharedMeter = sync.OnceValues(NewMeter)

func newTestMeter(t testing.TB) *Meter {
	t.Helper()
	m, err := sharedMeter()
	require.NoError(t, err)
	return m
}

// measureText measures one text.
func measureText(t testing.TB, m *Meter, text, declared string) onboarding.Measurements {
	t.Helper()
	measured, err := m.Measure(t.Context(), []string{text}, declared)
	require.NoError(t, err)
	return measured
}

// corpusOf splits one text.
func corpusOf(t testing.TB, m *Meter, text, lang string) *Corpus {
	t.Helper()
	c, err := m.NewCorpus(t.Context(), [][]onboarding.Block{paragraphs(text)}, onboarding.TextLanguage{Code: lang, Spaced: !unspaced(lang)})
	require.NoError(t, err)
	return c
}
