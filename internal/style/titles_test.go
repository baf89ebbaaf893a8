package style

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/style/styletest"
	"github.com/alwrity/onboarding/internal/textstat"
)

func TestBrandIsNoKeyword(t *testing.T) {
	t.Parallel()
	pages := []onboarding.Page{{Brand: onboarding.Brand{Name: "Zorbex Bikes"}}}
	assert.Equal(t, textstat.WordSet{"zorbex": true}, brandWords(pages, textstat.WordSet{"bikes": true}, nil))
}

// The headings of a page that is cut are read from its digest, so that no advice says
// that a keyword stands in none.
func TestPageTitlesOfCutPage(t *testing.T) {
	t.Parallel()
	p := styletest.Page("https://x.example/", "Rye", "# Sourdough bread")
	p.Blocks = nil
	for _, cut := range []bool{false, true} {
		c := &textstat.Corpus{Lang: onboarding.TextLanguage{Code: textstat.English, Spaced: true}, Cut: []bool{cut}}
		var got []string
		for _, title := range pageTitles(c, []onboarding.Page{p}, nil, []string{pagetype.Other}) {
			got = append(got, textstat.JoinWords(title.Words))
		}
		assert.Equal(t, cut, slices.Contains(got, "sourdough bread"), got)
		assert.Contains(t, got, "rye")
	}
}
