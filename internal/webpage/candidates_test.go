package webpage

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func digestOf(t *testing.T, body string) onboarding.Page {
	t.Helper()
	page, err := Digest(t.Context(), []byte(body), "text/html", mustURL(t, "https://mill.example/"))
	require.NoError(t, err)
	return page
}

// Only a page whose main text is uncertain carries what a model can choose it from.
func TestOnlyUnsurePagesHaveCandidates(t *testing.T) {
	t.Parallel()
	prose := "<p>" + strings.Repeat("We mill our flour on the river and bake it on stone, which takes two days. ", 4) + "</p>"
	sure := digestOf(t, "<title>Mill</title><article><h1>How we mill</h1>"+strings.Repeat(prose, 8)+"</article>")
	require.False(t, sure.Extraction.Unsure(), "confidence %g", sure.Extraction.Confidence)
	assert.Empty(t, sure.Candidates)

	menus := strings.Repeat("<nav><p>Rye bread with seeds is baked daily.</p></nav>", 200)
	unsure := digestOf(t, "<title>Mill</title><h1>Mill</h1><p>We bake bread.</p>"+menus)
	require.True(t, unsure.Extraction.Unsure(), "confidence %g", unsure.Extraction.Confidence)
	asked, kept := 0, []string{}
	for _, c := range unsure.Candidates {
		if c.Asked {
			asked++
		}
		if c.Kept {
			kept = append(kept, c.Text)
		}
	}
	assert.Equal(t, 150, asked)
	assert.Equal(t, unsure.Text(), strings.Join(kept, "\n\n"))
}
