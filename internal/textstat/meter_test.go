package textstat

import (
	"strings"
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
	return measureTexts(t, m, []string{text}, declared)
}

// measureTexts measures texts as if each were a page.
func measureTexts(t testing.TB, m *Meter, texts []string, declared string) onboarding.Measurements {
	t.Helper()
	pages := make([][]onboarding.Block, len(texts))
	for i, text := range texts {
		pages[i] = paragraphs(text)
	}
	c, err := m.NewCorpus(t.Context(), pages, DetectLanguage(strings.Join(texts, "\n\n"), declared))
	require.NoError(t, err)
	measured, err := m.MeasureCorpus(t.Context(), c, HeadingTitles(c), WordSet{}, WordSet{}, make([]string, len(texts)))
	require.NoError(t, err)
	return measured
}

// paragraphs splits plain text into paragraph blocks at blank lines.
func paragraphs(text string) []onboarding.Block {
	var blocks []onboarding.Block
	for part := range strings.SplitSeq(text, "\n\n") {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			blocks = append(blocks, onboarding.Block{Kind: onboarding.BlockParagraph, Text: part})
		}
	}
	return blocks
}

// corpusOf splits one text.
func corpusOf(t testing.TB, m *Meter, text, lang string) *Corpus {
	t.Helper()
	c, err := m.NewCorpus(t.Context(), [][]onboarding.Block{paragraphs(text)},
		onboarding.TextLanguage{Code: lang, Reliable: true, Spaced: !unspaced(lang)})
	require.NoError(t, err)
	return c
}
