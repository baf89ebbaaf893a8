package webpage

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

func TestInlineElementsThatTouch(t *testing.T) {
	t.Parallel()
	for markup, want := range map[string]string{
		"<b>Entlastungsbetrag</b><span>131 €</span>":                       "Entlastungsbetrag 131 €",
		"<b>un</b>happy and <i>in</i><b>credible</b>":                      "unhappy and incredible",
		"<span>Home</span><a href=/a>About</a><a href=/b>Prices</a>":       "Home About Prices",
		"<strong>Preis</strong><span><em>€12</em></span>":                  "Preis €12",
		"<span>W</span><span>elcome</span> <span>t</span><span>o</span>us": "Welcome tous",
		"<a href=/a>cat</a>s and <a href=/b>dog</a>-house":                 "cats and dog-house",
		"H<sub>2</sub>O, 5 m<sup>2</sup>, the 3<sup>rd</sup>":              "H2O, 5 m2, the 3rd",
		"<span>Save 20%</span><!-- x --><span>today</span>":                "Save 20% today",
		"<span>Donau</span><wbr><span>dampf</span>":                        "Donaudampf",
		"<span>Hello</span><span>, world</span><span>!</span>":             "Hello, world!",
		"<span>(</span><span>new</span><span>)</span>":                     "(new)",
		"<time>5 May</time><span>Anna Lee</span>":                          "5 May Anna Lee",
		"<span><b>Öffnung</b></span><span><i>Montag</i></span>":            "Öffnung Montag",
	} {
		root, err := html.Parse(strings.NewReader("<p>" + markup + "</p>"))
		require.NoError(t, err)
		_, pieces := blocksOf(root)
		require.Len(t, pieces, 1, markup)
		assert.Equal(t, want, pieces[0].Text, markup)
		assert.Equal(t, want, labelText(root, 200), markup)
	}
}
