package webpage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// unclosed opens count elements that differ, so that the parser keeps all of them.
func unclosed(tag string, count int) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, "<%s a=%d>", tag, i)
	}
	return b.String()
}

// bombs are small pages whose trees are huge when they are parsed as they are: 450
// open formatting elements, and count blocks that reopen all of them.
func bombs(count int) map[string]string {
	const open = 450
	bold, paragraphs := "<p>"+unclosed("b", open), strings.Repeat("<p>x", count)
	closed := strings.Repeat("</b>", open)
	return map[string]string{
		"plain":        bold + paragraphs,
		"stray cell":   bold + "<td>" + paragraphs,
		"in a table":   "<table>" + unclosed("b", open) + "</table>" + paragraphs,
		"object":       bold + "<object>" + closed + "</object>" + paragraphs,
		"marquee":      bold + "<marquee>" + closed + "</marquee>" + paragraphs,
		"end in style": "<svg><p>" + bold + "<style>" + closed + "</style>" + paragraphs,
		"svg style":    "<svg><style>" + bold + "</style>" + paragraphs,
		"svg script":   `<svg><script type="application/ld+json">` + bold + "</script>" + paragraphs,
		"svg comment":  `<svg><script type="ld+json"><!-- </script><x y='--> ` + bold + " '>" + paragraphs,
		"svg title":    "<svg><title/>" + bold + paragraphs,
		"attribute":    `<svg><style></style><i t="` + bold + `">` + paragraphs,
		"cdata":        "<svg><![CDATA[<p>" + bold + "]]>" + paragraphs,
		"select":       "<select><textarea>" + bold + "</select></textarea>" + paragraphs,
		"noscript":     "<noscript>" + bold + "</noscript>" + paragraphs,
		"span":         strings.Repeat("<span>", 50) + bold + strings.Repeat("</span>x", 50) + closed + paragraphs,
		"span, repeated": strings.Repeat(strings.Repeat("<span>", 50)+bold+strings.Repeat("</span>x", 50)+
			closed, count/1000+1),
		"links":         bold + strings.Repeat("<a href=x>y<p>", count),
		"link around":   "<a>" + bold + strings.Repeat("</a>x<a>", count) + closed,
		"nobr":          strings.Repeat("<nobr>"+unclosed("b", 5), count/5),
		"void end tags": bold + strings.Repeat("</br></p>", count),
		"tag name":      "<x<b a=1>" + bold + paragraphs,
	}
}

func nodesOf(t *testing.T, page string) int {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	return countNodes(root, 1<<30)
}

// tokensIn counts the tokens that any reader of a page can find: its tags, and the
// text between them.
func tokensIn(page string) int { return 2*strings.Count(page, "<") + 1 }

// maxGrowth is how many nodes each token of a balanced page may cost: the parser
// adds a tbody and a tr to a cell, and a link to the text behind it.
const maxGrowth = 2

func TestTreeGrowsWithThePage(t *testing.T) {
	t.Parallel()
	exploding := []string{}
	for name, page := range bombs(1000) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			balanced, err := balance(t.Context(), page)
			require.NoError(t, err)
			assert.LessOrEqual(t, nodesOf(t, balanced), maxGrowth*tokensIn(page)+10)
		})
		if root, err := html.Parse(strings.NewReader(page)); err == nil && countNodes(root, 1<<30) > 20*tokensIn(page) {
			exploding = append(exploding, name)
		}
	}
	assert.GreaterOrEqual(t, len(exploding), 10, "the pages must be bombs for a parser: %v", exploding)
}

// TestTreeOfRandomTags compares the bound with what the parser really builds.
func TestTreeOfRandomTags(t *testing.T) {
	t.Parallel()
	names := strings.Fields(
		"b i em font code nobr a a span p div td tr table caption object marquee select option button svg math mi style " +
			"script title textarea template h1 li br label x-y html body frameset",
	)
	random := rand.New(rand.NewPCG(7, 7))
	for range 60 {
		var page strings.Builder
		for i := range 3000 {
			name := names[random.IntN(len(names))]
			switch random.IntN(5) {
			case 0, 1:
				fmt.Fprintf(&page, "<%s a=%d>", name, i)
			case 2, 3:
				fmt.Fprintf(&page, "</%s>", name)
			default:
				page.WriteString("x")
			}
		}
		balanced, err := balance(t.Context(), page.String())
		require.NoError(t, err)
		root, err := html.Parse(strings.NewReader(balanced))
		if err != nil {
			continue // nested too deeply
		}
		assert.LessOrEqual(t, countNodes(root, 1<<30), maxGrowth*tokensIn(page.String())+10)
	}
}

// digestIn digests a page and checks that this took a moment only: what these tests
// look for takes minutes or more memory than there is.
func digestIn(t *testing.T, body string) (onboarding.Page, error) {
	t.Helper()
	start := time.Now()
	page, err := Digest(t.Context(), []byte(body), "text/html; charset=utf-8", mustURL(t, "https://example.com/a"))
	took := time.Since(start)
	t.Logf("%d kB in %v", len(body)>>10, took)
	assert.Less(t, took, 2*time.Minute) // a busy machine and the race detector need some
	return page, err
}

// TestBombsOfFullSize is not parallel: it measures time.
func TestBombsOfFullSize(t *testing.T) {
	for name, page := range bombs(5 << 20 / 4) {
		t.Run(name, func(t *testing.T) {
			if _, err := digestIn(t, page); err != nil {
				requireFailure(t, err)
			}
		})
	}
	for name, page := range bombs(5000) {
		t.Run("small "+name, func(t *testing.T) {
			if _, err := digestIn(t, page); err != nil {
				requireFailure(t, err)
			}
		})
	}
}

// TestDeepAndWidePages is not parallel: it measures time. Each page makes one rule
// look at everything around, or everything under, each of its many elements.
func TestDeepAndWidePages(t *testing.T) {
	const deep, wide = 400, 20_000
	text := "<p>Enough words to make this a page that can be read.</p>"
	styled := strings.Repeat(`<div style="`+strings.Repeat("a:b;", 1250)+`">`, deep)
	tests := map[string]string{
		"hidden headings":   text + "<div hidden>" + styled + strings.Repeat("<h2>x</h2>", wide),
		"hidden buttons":    text + "<div hidden>" + styled + strings.Repeat("<button>Buy now</button>", wide),
		"links in a menu":   text + "<nav>" + styled + strings.Repeat("<a href=x>Buy it</a>", wide/2),
		"images":            text + styled + strings.Repeat("<img alt=x>", 3*wide),
		"nested headings":   text + strings.Repeat("<h1><div>", 240) + strings.Repeat("<u></u>", wide),
		"nested buttons":    text + strings.Repeat("<div role=button>", deep) + strings.Repeat("<img>", 2*wide),
		"nested links":      text + strings.Repeat("<a href=x><table><td>", 90) + strings.Repeat("<img>", 2*wide),
		"nested headers":    text + strings.Repeat("<header>", deep) + strings.Repeat("<img>", 2*wide) + "<h1>x",
		"attributes":        text + "<div" + strings.Repeat(" a", 100_000) + ">",
		"attributes, named": text + "<div " + unclosedAttrs(100_000) + ">",
		"bodies":            text + strings.Repeat("x", 10) + bodies(wide),
		"paragraphs": text +
			strings.Repeat("<p>A sentence of some words, with a comma in it, that is here again and again.</p>", 20_000),
		"line breaks":       text + strings.Repeat("<br>", 25_000),
		"small sections":    text + strings.Repeat("<div><p>Some, words, here, of, no, use.</p></div>", 4_500),
		"sections of links": text + strings.Repeat("<div><a href=x>Some, words, here</a></div>", 7_000),
		"lists": text + "<ul>" +
			strings.Repeat("<li>Some, words, here, of, no, use at all, but that is that", 20_000),
		"tables":   text + strings.Repeat("<table><tr><td>Some, words, here", 100) + strings.Repeat("<td>x", 7_500),
		"headings": text + strings.Repeat("<h2>Some words here</h2>", 12_000),
		"spans":    text + strings.Repeat("<span>", deep) + strings.Repeat("<span>x </span>", 20_000),
		"bare divs": text + strings.Repeat("<div>Some words here, that are a text, in a div", 300) +
			strings.Repeat("<div>x</div>", 20_000),
		"consent boxes": text + strings.Repeat("<div class=cookie-banner>", deep) +
			strings.Repeat("<p>We use cookies, and more cookies, but ask nobody.</p>", 20_000),
		"hidden answers": text + strings.Repeat("<h3>Why?</h3><div hidden>", deep/2) + strings.Repeat("<p>x</p>", wide),
		"shadow trees": text + strings.Repeat("<x-a><template shadowrootmode=open><slot></slot></template>", deep/2) +
			strings.Repeat("<p>x</p>", wide),
		"layout tables": text + strings.Repeat("<table><tr><td>x", 100) + strings.Repeat("<br>", wide),
		"deep paragraphs": text + strings.Repeat("<div>", deep) +
			strings.Repeat("<p>A sentence of some words, with a comma in it, that is here again.</p>", 7_500),
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			page, err := digestIn(t, body)
			require.NoError(t, err)
			assert.NotEmpty(t, page.Text())
		})
	}
}

func unclosedAttrs(count int) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, " a%d=b", i)
	}
	return b.String()
}

func bodies(count int) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, "<body a%d=b>", i)
	}
	return b.String()
}

func TestBalancedPageSaysTheSame(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		`<p>a <b>bold <i>word</i></b> 1 < 2 &lt;b&gt; &amp; x</p>`:               `<p>a <b>bold <i>word</i></b> 1 &lt; 2 &lt;b&gt; &amp; x</p>`,
		`<p><b>one<p>two</b> three`:                                              `<p>one</p><p>two three</p>`,
		`<b><span class="x">a</b>b</span>`:                                       `<b><span class="x">a</span></b>b`,
		`<a href="/?a=1&amp;b=&quot;<">x</a>`:                                    `<a href="/?a=1&amp;b=&#34;&lt;">x</a>`,
		`<script>if (a < b) { "<b>" }</script><textarea>a <b> c</textarea>`:      `<script></script><textarea>a &lt;b&gt; c</textarea>`,
		`<svg viewBox="0 0 1 1"><style/><path d="M0"/><title>t</title></svg>end`: `<svg viewBox="0 0 1 1"><style></style><path d="M0"></path><title>t</title></svg>end`,
		`<p>x<!-- <b> -->y</p><iframe><b>z</iframe>`:                             `<p>xy</p><iframe></iframe>`,
		`<a href=1>one <a href=2>two</a>`:                                        `<a href="1">one </a><a href="2">two</a>`,
		`<i class="a" class="b" hidden>x</i>`:                                    `<i class="a" hidden="">x</i>`,
	}
	for page, want := range tests {
		root, err := parse(t.Context(), "<!doctype html><title>A <b> title</title><body>"+page)
		require.NoError(t, err)
		var written strings.Builder
		require.NoError(t, html.Render(&written, root))
		assert.Equal(t, `<!DOCTYPE html><html><head><title>A &lt;b&gt; title</title></head><body>`+want+
			`</body></html>`, written.String(), page)
	}
}

func TestDigestEndsWithItsContext(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	_, err := Digest(ctx, []byte("<p>"), "text/html", mustURL(t, "https://example.com/"))
	require.ErrorIs(t, err, gone)
	_, err = html.Parse(untilDone{ctx, strings.NewReader("<p>")})
	require.ErrorIs(t, err, gone)
}
