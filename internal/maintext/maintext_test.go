package maintext

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestTheCommittedModelIsTheDescribedOne(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("model.json")
	require.NoError(t, err)
	var described struct {
		SHA256      string `json:"sha256"`
		Bytes       int    `json:"bytes"`
		Attribution string `json:"attribution"`
	}
	require.NoError(t, json.Unmarshal(raw, &described))
	sum := sha256.Sum256(packed)
	assert.Equal(t, hex.EncodeToString(sum[:]), described.SHA256)
	assert.Len(t, packed, described.Bytes)
	assert.Contains(t, described.Attribution, "CC-BY-4.0")
	m := builtIn()
	s := Measure(shop(t))
	assert.Len(t, s.PageRow(), m.Types[0].Features, "retrain the model: its features have changed")
	assert.Len(t, s.BlockRows(m.PageTypes(s))[0], m.Blocks.Features, "retrain the model: its features have changed")
}

// build makes a page of nested elements: each line is the path of elements with their classes, and the text.
func build(t *testing.T, lines ...string) *Page {
	t.Helper()
	address, err := url.Parse("https://mill.example/bread")
	require.NoError(t, err)
	p := &Page{Address: address, Title: "Bread | Mill", Elements: []Element{{Parent: -1}}}
	known := map[string]int{}
	for _, line := range lines {
		path, text, _ := strings.Cut(line, ": ")
		at, key := 0, ""
		for step := range strings.SplitSeq(path, ">") {
			key += ">" + step
			if _, exists := known[key]; !exists {
				name, class, _ := strings.Cut(step, ".")
				e := Element{Parent: at, Tag: atom.Lookup([]byte(name)), Hidden: class == "hidden"}
				if class != "" {
					e.Labels = strings.FieldsFunc(class, func(r rune) bool { return r == '-' || r == ' ' })
				}
				known[key] = len(p.Elements)
				p.Elements = append(p.Elements, e)
			}
			at = known[key]
		}
		b := Block{Block: onboarding.Block{Kind: onboarding.BlockParagraph, Text: text}, Element: at, Words: len(strings.Fields(text))}
		switch p.Elements[at].Tag {
		case atom.H1, atom.H2:
			b.Kind, b.Level = onboarding.BlockHeading, int(p.Elements[at].Tag.String()[1]-'0')
		case atom.A:
			b.Linked = 1
		}
		p.Blocks = append(p.Blocks, b)
	}
	return p
}

const (
	prose = "We mill our flour on the river and bake it on stone, which takes two days, and we deliver it by cart. "
	other = "Every loaf rests for a night, because the crust wants time, and the crumb wants more of it than that. "
)

func shop(t *testing.T) *Page {
	t.Helper()
	return build(t, "body>nav>a: Home", "body>nav>a: Contact", "body>main>h1: Bread", "body>main>p: "+prose,
		"body>main>section>h2: How we bake", "body>main>section>p: "+other,
		"body>main>div.newsletter>p: Subscribe to our newsletter", "body>div.hidden>p: "+prose, "body>footer>p: © 2026 Mill")
}

// kept returns the texts that Read keeps.
func kept(p *Page) []string {
	var texts []string
	for i, is := range Read(p).Keep {
		if is {
			texts = append(texts, p.Blocks[i].Text)
		}
	}
	return texts
}

func TestSmallPagesAreReadByTheRulesOfFurniture(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"Bread", prose, "How we bake", other}, kept(shop(t)))
}

func TestFurniture(t *testing.T) {
	t.Parallel()
	text := []string{"body>main>h1: Bread", "body>main>p: " + prose, "body>main>div>p: " + other}
	for line, want := range map[string]bool{
		"body>nav>p: Our menu":                                  true,
		"body>div.hidden>p: An offer that is over":              true,
		"body>footer>p: © 2026 Mill":                            true,
		"body>blockquote>footer>p: Ann, a customer":             false,
		"body>div.cookie-consent>p: We use cookies":             true,
		"body>div.mobile-menu>p: All our breads":                true,
		"body>section.newsletter>p: Subscribe to it":            true,
		"body>div.related>a: Another page":                      true,
		"body>section.services>p: Milling for farms":            false,
		"body>aside>p: Open from six":                           true,
		"body>main>button.accordion>p: Choose":                  true,
		"body>main>details>summary>button>p: Do you deliver it": false,
	} {
		s := Measure(build(t, append(text, line)...))
		assert.Equal(t, want, s.facts[len(text)].furniture, line)
	}
	section := Measure(build(t, "body>div>p: "+prose, "body>section.cookies>h2: Cookies", "body>section.cookies>p: "+prose,
		"body>section.cookies>p: "+other, "body>div>p: "+strings.Repeat(other, 12)))
	assert.False(t, section.facts[2].furniture, "a section is text whatever its name")
	aside := Measure(build(t, "body>aside>p: "+prose))
	assert.False(t, aside.facts[0].furniture, "an aside is text when nothing else is")
	menu := Measure(build(t, "body>div>p: "+prose, "body>div>a: One", "body>div>a: Two", "body>div>a: Three", "body>div>a: Four"))
	assert.True(t, menu.facts[1].furniture && menu.facts[4].furniture, "a row of links is a menu")
}

func TestCommentsOfArticlesAreNoText(t *testing.T) {
	t.Parallel()
	p := build(t, "body>main>article>h1: Bread", "body>main>article>p: "+prose, "body>main>article>p: "+other,
		"body>main>div.comments>p: "+strings.Repeat("I liked it very much, thank you. ", 20))
	p.Article = strings.Repeat(prose, 4)
	for _, text := range kept(p) {
		assert.NotContains(t, text, "I liked it")
	}
}

func TestChooseKeepsWhatRaisesTheExpectedF1(t *testing.T) {
	t.Parallel()
	block := func(words int) Block { return Block{Words: words} }
	keep, f1 := Choose([]Block{block(100), block(10), block(100)}, []float64{0.99, 0.6, 0.01})
	assert.Equal(t, []bool{true, true, false}, keep)
	assert.Greater(t, f1, 0.9)
	_, unsure := Choose([]Block{block(100), block(100)}, []float64{0.5, 0.4})
	assert.Less(t, unsure, 0.75, "what may be wrong is expected to be wrong")
	keep, f1 = Choose(nil, nil)
	assert.Empty(t, keep)
	assert.Zero(t, f1)
}

func TestTopics(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"Customer reviews": topicReviews, "You may also like": topicRelated, "Leave a reply": topicComments,
		"In den Warenkorb": topicCart, "What’s included": topicSpecification, "Häufige Fragen": topicFAQ,
		"3 days ago": topicAgo, "Get a quote": topicOffer,
	} {
		assert.NotZero(t, topicsOf(wordsOf(text), nil)>>want&1, text)
	}
	assert.Zero(t, topicsOf(wordsOf("Leave the oven on"), nil))
}

func TestWordsAreRoundedWeights(t *testing.T) {
	t.Parallel()
	m := NewWords(0.5, []float64{1, -2, 0})
	assert.InDelta(t, 0.5+1-2, m.Score([]uint32{0, 1, 2}, 1), 0.02)
	assert.InDelta(t, 0.5-1, m.Score([]uint32{1}, 0.5), 0.02)
}
