package webpage

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func block(kind onboarding.BlockKind, text string) onboarding.Block {
	return onboarding.Block{Kind: kind, Text: text}
}

func TestFromTextBlocks(t *testing.T) {
	t.Parallel()
	const p, h, li, q, code = onboarding.BlockParagraph, onboarding.BlockHeading, onboarding.BlockListItem, onboarding.BlockQuote, onboarding.BlockCode
	for name, c := range map[string]struct {
		text string
		want []onboarding.Block
	}{
		"nothing":       {"", []onboarding.Block{}},
		"white space":   {" \n\t\r\n ", []onboarding.Block{}},
		"one line":      {"We bake.", []onboarding.Block{block(p, "We bake.")}},
		"wrapped":       {"We bake\n  at night.\n", []onboarding.Block{block(p, "We bake at night.")}},
		"blank lines":   {"One.\r\n\r\n\r\nTwo.", []onboarding.Block{block(p, "One."), block(p, "Two.")}},
		"heading":       {"# Our bread #\nWe bake.", []onboarding.Block{block(h, "Our bread"), block(p, "We bake.")}},
		"no heading":    {"#bread is a tag", []onboarding.Block{block(p, "#bread is a tag")}},
		"empty heading": {"# #\nText.", []onboarding.Block{block(p, "Text.")}},
		"list": {"We sell:\n- rye\n* wheat\n12) oats\nCome in.", []onboarding.Block{block(p,
			"We sell:"), block(li, "rye"), block(li, "wheat"), block(li, "oats"), block(p, "Come in.")}},
		"item in two lines": {
			"- rye\n  from here\n- oats",
			[]onboarding.Block{block(li, "rye from here"), block(li, "oats")},
		},
		"no list":   {"-5 degrees\n2026. A year", []onboarding.Block{block(p, "-5 degrees 2026. A year")}},
		"quotation": {"> Good\n> bread\nsays Ann", []onboarding.Block{block(q, "Good bread"), block(p, "says Ann")}},
		"code":      {"```\n# no\n\nx\n```\nText.", []onboarding.Block{block(code, "# no\n\nx"), block(p, "Text.")}},
		"open code": {"```go\nx", []onboarding.Block{block(code, "x")}},
		"control":   {"We\x00 b\x07ake\xff.", []onboarding.Block{block(p, "We bake\uFFFD.")}},
	} {
		site := FromText(onboarding.WebsiteInput{TextSample: c.text, BusinessDescription: c.text}, time.Time{})
		require.Len(t, site.Pages, 1, name)
		assert.Equal(t, c.want, site.Pages[0].Blocks, name)
	}
}

func TestFromTextSource(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 4, 5, 6, 7, 8, 0, time.UTC)
	site := FromText(onboarding.WebsiteInput{
		TextSample: "## Sample\n\n- a\n- b\n\ntext\n\n- c", BusinessDescription: " A\nbakery. ", Industry: " Food ",
		TargetAudience: "families, offices;\n\n and schools\n", BusinessGoals: "more\torders",
	}, at)
	assert.Empty(t, site.URL)
	assert.Equal(t, &onboarding.TextSource{
		Sample: true, Description: "A bakery.", Industry: "Food",
		Audience: "families, offices; and schools", Goals: "more orders",
	}, site.Text)
	assert.Equal(t, []string{"families", "offices", "schools"}, site.Text.Audiences())
	page := site.Pages[0]
	assert.Equal(t, at, page.FetchedAt)
	assert.Empty(t, page.URL)
	assert.Equal(t, []onboarding.Heading{{Level: 2, Text: "Sample"}}, page.Headings)
	assert.Equal(t, onboarding.Structure{Headings: [6]int{1: 1}, Paragraphs: 1, Lists: 2}, page.Structure)

	described := FromText(onboarding.WebsiteInput{TextSample: " \n", BusinessDescription: "A bakery."}, at)
	assert.False(t, described.Text.Sample)
	assert.Equal(t, "A bakery.", described.Pages[0].Text())
	assert.Empty(t, described.Text.Audiences())
}

// Whatever the text, its words arrive, and nothing that a database refuses.
func FuzzFromText(f *testing.F) {
	for _, seed := range []string{"", "# a\n- b\n> c\n```\nd", "- \n\x00", strings.Repeat("#",
		99), "1. \xff", ">", "```"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		site := FromText(onboarding.WebsiteInput{BusinessDescription: text, TargetAudience: text}, time.Time{})
		require.Len(t, site.Pages, 1)
		for _, b := range site.Pages[0].Blocks {
			assert.NotEmpty(t, b.Text)
			assert.NotEmpty(t, b.Kind)
			assert.NotContains(t, b.Text, "\x00")
			assert.Equal(t, strings.ToValidUTF8(b.Text, ""), b.Text)
		}
		assert.NotContains(t, site.Text.Audiences(), "")
	})
}
