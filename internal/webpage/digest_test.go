package webpage

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// digestFile digests a page of testdata.
func digestFile(t *testing.T, name, address string) onboarding.Page {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	page, err := Digest(t.Context(), body, "text/html", mustURL(t, address))
	require.NoError(t, err)
	return page
}

func TestDigestOfAnArticle(t *testing.T) {
	t.Parallel()
	page := digestFile(t, "article.html", "https://crumb.example/blog/text-orders/?utm_source=x")
	assert.Equal(t, "How we moved a bakery's ordering to text messages | Crumb & Kettle", page.Title)
	assert.Equal(t, "en-gb", page.Lang)
	assert.Equal(t, "utf-8", page.Charset)
	assert.Equal(t, "https://crumb.example/blog/text-orders/", page.Canonical)
	assert.Equal(t, "Mara Lindqvist", page.Meta["author"])
	assert.Equal(t, "article", page.OpenGraph["og:type"])
	assert.Equal(t, "summary", page.OpenGraph["twitter:card"])
	assert.Len(t, page.JSONLD, 2)
	assert.Equal(t, onboarding.Brand{
		Name: "Crumb & Kettle", Tagline: "Bread before breakfast",
		LogoAlts: []string{"Crumb and Kettle logo"},
		Claims: []onboarding.NameClaim{
			{Source: onboarding.NameOfOwner, Name: "Crumb & Kettle"},
			{Source: onboarding.NameOfSite, Name: "Crumb & Kettle"},
			{Source: onboarding.NameOfHomeLink, Name: "Crumb and Kettle"},
			{Source: onboarding.NameInCopyright, Name: "Crumb & Kettle"},
		},
	}, page.Brand)
	assert.Equal(t, []string{"+44 20 7946 0018"}, page.Contacts.Phones)
	assert.Equal(t, []string{"12 Millrace Lane, Hexham, NE46 1AB, GB"}, page.Contacts.Addresses)

	text := page.Text()
	assert.True(t, strings.HasPrefix(text, "For eleven years our regulars"),
		"title, byline and date are no text: %s", text)
	assert.True(t, strings.HasSuffix(text, "with a chair next to it."),
		"the newsletter, biography and comments are no text: %s", text)
	for _, part := range []string{"What changed for the crew", "Late orders wait until seven.", "I used to hear ringing"} {
		assert.Contains(t, text, part)
	}
	for _, part := range []string{"cookies", "Related:", "Photo:", "Paper bags with", "cheese counter", "About"} {
		assert.NotContains(t, text, part)
	}
	kinds := map[onboarding.BlockKind]int{}
	for _, block := range page.Blocks {
		kinds[block.Kind]++
	}
	assert.Equal(t, map[onboarding.BlockKind]int{"heading": 2, "paragraph": 4, "list_item": 2, "quote": 1}, kinds)
}

func TestDigestOfALandingPage(t *testing.T) {
	t.Parallel()
	page := digestFile(t, "landing.html", "https://northbound.example/")
	assert.Equal(t, []onboarding.Heading{
		{Level: 1, Text: "Back on the trail, not on the sofa"},
		{Level: 2, Text: "What we treat"},
		{Level: 3, Text: "Knees and ankles"},
		{Level: 3, Text: "Fingers and elbows"},
		{Level: 2, Text: "How it works"},
	}, page.Headings)
	assert.Equal(t, []onboarding.Link{{Text: "Book a first visit", Href: "https://northbound.example/book"}},
		page.CallsToAction)
	assert.Contains(t, page.Links, onboarding.Link{Text: "Treatments", Href: "https://northbound.example/treatments"})
	assert.Equal(t, onboarding.Contacts{
		Emails: []string{"hello@northbound.example"}, Phones: []string{"+441134960123"},
		Addresses: []string{"Northbound Physio, 4 Canal Wharf, Leeds LS11 5PS"},
	}, page.Contacts)
	assert.Equal(t, map[string]string{
		"instagram": "https://www.instagram.com/northboundphysio/", "x": "https://x.com/northbound",
		"linkedin": "https://uk.linkedin.com/company/northbound",
	}, page.Socials)
	assert.Equal(t, "Northbound Physio", page.Brand.Name)
	assert.Empty(t, page.Brand.Tagline, "a heading is only the site's slogan where its pages are compared")
	assert.Equal(t, [6]int{1, 2, 2}, page.Structure.Headings)
	assert.True(t, page.Structure.HasNavigation && page.Structure.HasFooter && page.Structure.HasSidebar)

	text := page.Text()
	for _, part := range []string{
		"Back on the trail", "Most knees that hurt", "Pulley strains",
		"You call or book online.", "Do I need a referral?", "bring the shoes that hurt",
	} {
		assert.Contains(t, text, part)
	}
	for _, part := range []string{"Skip to content", "Prices", "winter offer", "newsletter", "Company no.", "Share"} {
		assert.NotContains(t, text, part)
	}
}

func TestDigestOfAnyCharset(t *testing.T) {
	t.Parallel()
	const russian = "Мы печём хлеб каждое утро и развозим его по всему городу до восьми часов."
	const japaneseText = "私たちは毎朝パンを焼いて、八時までに町中へ届けています。お気軽にご連絡ください。"
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	tests := map[string]struct {
		enc         encoding.Encoding
		contentType string
		meta        string
		text        string
		charset     string
	}{
		"windows-1251 by header": {charmap.Windows1251, "text/html; charset=windows-1251", "", russian, "windows-1251"},
		"windows-1251 by meta": {
			charmap.Windows1251, "text/html", `<meta charset="windows-1251">`, russian,
			"windows-1251",
		},
		"koi8-r by old meta": {
			charmap.KOI8R, "", `<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">`,
			russian, "koi8-r",
		},
		"late meta": {charmap.Windows1251, "text/html", "<!--" + strings.Repeat("x", 2000) +
			`--><meta charset="windows-1251">`, russian, "windows-1251"},
		"shift_jis":        {japanese.ShiftJIS, "text/html; charset=Shift_JIS", "", japaneseText, "shift_jis"},
		"euc-jp by meta":   {japanese.EUCJP, "text/html", `<meta charset=euc-jp>`, japaneseText, "euc-jp"},
		"utf-16 by mark":   {utf16, "text/html", "", russian, "utf-16le"},
		"utf-8 undeclared": {encoding.Nop, "text/html", "<!--" + strings.Repeat("x", 2000) + "-->", russian, "utf-8"},
		"utf-8 with mark":  {unicode.UTF8BOM, "text/html", "", russian, "utf-8"},
		"latin-1": {
			charmap.Windows1252, "text/html; charset=iso-8859-1", "",
			"Wir backen “früh” und liefern überall hin für jeden.", "windows-1252",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, err := test.enc.NewEncoder().Bytes([]byte("<html><head>" + test.meta + "<title>t</title></head><body><p>" +
				test.text + "</p></body></html>"))
			require.NoError(t, err)
			page, err := Digest(t.Context(), body, test.contentType, mustURL(t, "https://example.com/a"))
			require.NoError(t, err)
			assert.Equal(t, test.text, page.Text())
			assert.Equal(t, test.charset, page.Charset)
		})
	}
}

func TestDigestSurvivesWhatPagesHold(t *testing.T) {
	t.Parallel()
	const text = "<p>Enough words to make this a page that can be read.</p>"
	tests := map[string]string{
		"deep json-ld":   `<script type="application/ld+json">` + strings.Repeat("[", 20_000) + `</script>` + text,
		"nul in json-ld": `<script type="application/ld+json">{"@type":"Thing","name":"a\u0000b"}</script>` + text,
		"many links":     text + strings.Repeat(`<a href="/x">link</a> `, 5000),
		"many of all": text +
			strings.Repeat(`<h2>h</h2><img src="/i.png"><button>Buy</button> a@b.example +1 202 555 0100 `, 3000),
		"one long word": text + "<p>" + strings.Repeat("a", 1<<20) + "</p>",
		"one long line": text + "<p>" + strings.Repeat("word ", 1<<18) + "</p>",
		"long attributes": `<meta name="` + strings.Repeat("n", 100_000) + `" content="` +
			strings.Repeat("v", 100_000) + `">` + text,
		"nested templates": strings.Repeat("<template>", 300) + "x" + strings.Repeat("</template>", 300) + text,
		"frames":           "<frameset><frame src=a></frameset>" + text,
		"no markup":        "Enough words to make this a page that can be read.",
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := Digest(t.Context(), []byte(body), "text/html", mustURL(t, "https://example.com/"))
			if err != nil {
				requireFailure(t, err)
				return
			}
			assertBounded(t, page)
		})
	}
}

// assertBounded checks that a digest is fit to be stored: bounded, valid UTF-8 and
// without NUL, which PostgreSQL's jsonb refuses.
func assertBounded(t *testing.T, page onboarding.Page) {
	t.Helper()
	assert.LessOrEqual(t, len(page.Links), maxLinks)
	assert.LessOrEqual(t, len(page.Images), maxImages)
	assert.LessOrEqual(t, len(page.Headings), maxHeadings)
	assert.LessOrEqual(t, len(page.CallsToAction), maxActions)
	assert.LessOrEqual(t, len(page.Meta)+len(page.OpenGraph), maxMeta)
	assert.LessOrEqual(t, len(page.Contacts.Emails), maxContacts)
	assert.LessOrEqual(t, len(page.Blocks), maxBlocks)
	assert.LessOrEqual(t, len(page.Text()), maxMainText+maxBlockText+2*maxBlocks)
	raw, err := json.Marshal(page)
	require.NoError(t, err)
	assert.Less(t, len(raw), 4<<20)
	assert.NotContains(t, string(raw), `\u0000`)
	assert.NotContains(t, string(raw), "\x00")
}

func TestBrandClaims(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]onboarding.NameClaim{
		`<header><a href="/"><img alt="Logo Mill &amp; Co"></a> <a href="/about">About</a></header>`: {
			{Source: onboarding.NameOfHomeLink, Name: "Mill & Co"},
		},
		`<footer><p>© 2019–2026 by Mühle Nord GmbH. Alle Rechte vorbehalten.</p></footer>`: {
			{Source: onboarding.NameInCopyright, Name: "Mühle Nord GmbH"},
		},
		`<footer>© 2026 山田自転車店 〒154-0001 東京都世田谷区池尻1-2-3 電話 03-1234-5678</footer>`: {
			{Source: onboarding.NameInCopyright, Name: "山田自転車店"},
		},
		`<footer>© 2026 Bakkerij De Molen 030 123 45 67 info@molen.example</footer>`: {
			{Source: onboarding.NameInCopyright, Name: "Bakkerij De Molen"},
		},
		`<footer>Utrecht | De Molen © 2026</footer>`: {
			{Source: onboarding.NameInCopyright, Name: "De Molen"},
		},
		`<footer>Copyright © 2026, Moulin | Tous droits réservés</footer>`: {
			{Source: onboarding.NameInCopyright, Name: "Moulin"},
		},
		`<script type="application/ld+json">{"@type":"Person","name":"Gina"}</script>`: nil,
	} {
		page, err := Digest(t.Context(), []byte(body+"<p>We grind wheat and rye for the whole town.</p>"),
			"text/html; charset=utf-8", mustURL(t, "https://host.test/"))
		require.NoError(t, err)
		assert.Equal(t, want, page.Brand.Claims, body)
	}
}

func TestJSONLDIsReadLeniently(t *testing.T) {
	t.Parallel()
	page, err := Digest(t.Context(), []byte(`<script type="application/ld+json">
		<!-- [{"@type":"Organization","name":"Line
break & Co","logo":{"@type":"ImageObject"}}, {"@type":"WebSite","name":"Site"}]; --></script>
		<script type='application/LD+JSON'>{"@context":"https://schema.org","@graph":[{"@type":["Thing","Brand"],"name":"B"}]}</script>
		<script type="application/ld+json">{broken}</script><p>Some words of text are needed here.</p>`), "text/html",
		mustURL(t, "https://example.com/"))
	require.NoError(t, err)
	assert.Len(t, page.JSONLD, 3)
	assert.Equal(t, "Line break & Co", page.Brand.Name)
}

func TestArticleBodyOfTheMetadata(t *testing.T) {
	t.Parallel()
	sentence := "The river rose twice that spring, and both times the mill stood in water up to its second step, %s."
	var paragraphs, truth strings.Builder
	for _, end := range []string{
		"as in the year before", "which nobody had expected", "while the owner slept",
		"until the bridge was opened", "and then it was over",
	} {
		line := strings.Replace(sentence, "%s", end, 1)
		paragraphs.WriteString("<p>" + line + "</p>")
		truth.WriteString(line + " ")
	}
	lead := "<p>Our readers chose this piece as the best of the month, and we print it again with thanks to " +
		"all of them.</p>"
	body, err := json.Marshal(map[string]string{"@type": "NewsArticle", "articleBody": truth.String()})
	require.NoError(t, err)
	page, err := Digest(t.Context(), []byte(`<script type="application/ld+json">`+string(body)+`</script><article>`+lead+
		paragraphs.String()+
		`<p>The next piece will be printed here in June, when the jury has met again in the town hall.</p></article>`),
		"text/html", mustURL(t, "https://example.com/river"))
	require.NoError(t, err)
	assert.Len(t, page.Blocks, 5, page.Text())
	assert.NotContains(t, page.Text(), "readers chose")
	assert.NotContains(t, page.Text(), "June")
}

func TestHiddenCharactersAreRemoved(t *testing.T) {
	t.Parallel()
	page, err := Digest(t.Context(), []byte(
		"<p>Plain\u200b te\u00adxt \U000E0041\U000E0042with\u202e hidden\x01 parts e\u0301 and \u0646\u200c\u0647 kept.</p>",
	), "text/html; charset=utf-8", mustURL(t, "https://example.com/"))
	require.NoError(t, err)
	assert.Equal(t, "Plain text with hidden parts é and \u0646\u200c\u0647 kept.", page.Text())
}

func FuzzDigest(f *testing.F) {
	for _, name := range []string{"article.html", "landing.html"} {
		body, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(f, err)
		f.Add(body, "text/html")
	}
	f.Add([]byte("<p>\xff\xfe"), "text/html; charset=utf-16")
	f.Add([]byte(
		`<base href="::"><a href="//[">x</a><script type="application/ld+json">{"@graph":[1,null,{"@type":7}]}</script>`,
	), "")
	f.Add([]byte("<table><td><b><table><td></b><p><a><svg><p><math><mi><select><option>"), "text/html; charset=bogus")
	address := mustURL(&testing.T{}, "https://example.com/path")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		page, err := Digest(t.Context(), body, contentType, address)
		if err != nil {
			requireFailure(t, err)
			return
		}
		assertBounded(t, page)
		again, err := Digest(t.Context(), bytes.Clone(body), contentType, address)
		require.NoError(t, err)
		assert.Equal(t, page, again)
	})
}

func TestBoilerplateIsNotJudgedByItsClassAlone(t *testing.T) {
	t.Parallel()
	const head = `<meta property="og:type" content="article"><body class="single has-sidebar social"><main class="post-content related">`
	paragraph := func(i string) string {
		return "<p>Paragraph " + i +
			" tells at some length how a credit is granted, who signs the papers, and why the bank wants them back by noon, " +
			"although nobody there is known to read anything before three in the afternoon.</p>"
	}
	tests := map[string]string{
		"page builder": `<div class="elementor-widget-container widget">` + paragraph("one") +
			`</div><div class="elementor-widget widget">` + paragraph("two") + paragraph("three") + `</div>`,
		"topic": `<section class="credit-cards promo">` + paragraph("one") + paragraph("two") +
			`</section><section class="social-lending">` + paragraph("three") + `</section>`,
		"plain": paragraph("one") + paragraph("two") + paragraph("three"),
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			extra := `<div class="related"><a href="/a">Another article of ours</a></div><p class="photo-credit">Picture of the bank by somebody</p>`
			page, err := Digest(t.Context(), []byte(head+body+extra+"</main></body>"), "text/html",
				mustURL(t, "https://bank.example/credit"))
			require.NoError(t, err)
			for _, i := range []string{"one", "two", "three"} {
				assert.Contains(t, page.Text(), "Paragraph "+i)
			}
			assert.NotContains(t, page.Text(), "Another article")
		})
	}
}

func TestLogos(t *testing.T) {
	t.Parallel()
	const text = "<p>Enough words to make this a page that can be read.</p>"
	page, err := Digest(t.Context(), []byte(text+
		`<div class="site-logo"><a href="/"><span><img alt="Acme"></span></a></div><img alt="Bee" src="/LOGO.svg"><img alt="Cee" class="brand"><img alt="Dee">`),
		"text/html", mustURL(t, "https://example.com/"))
	require.NoError(t, err)
	assert.Equal(t, []string{"Acme", "Bee", "Cee"}, page.Brand.LogoAlts)
	page, err = Digest(t.Context(), []byte(text+strings.Repeat("<img alt=x>", maxImages)+`<img alt="late logo">`),
		"text/html", mustURL(t, "https://example.com/"))
	require.NoError(t, err)
	assert.Empty(t, page.Brand.LogoAlts)
}

func TestHiddenPartsAreNotListed(t *testing.T) {
	t.Parallel()
	page, err := Digest(t.Context(),
		[]byte(`<h1>Seen</h1><p>Enough words to make this a page that can be read.</p><div style="color:red;Display : none"><section><h2>Unseen</h2><button>Buy it</button></section></div>`+
			`<nav><ul><li><a href="/a">Buy a menu</a></ul></nav><p><a href="/b">Buy a book</a>`), "text/html",
		mustURL(t, "https://example.com/"))
	require.NoError(t, err)
	assert.Equal(t, []onboarding.Heading{{Level: 1, Text: "Seen"}}, page.Headings)
	assert.Equal(t, []onboarding.Link{{Text: "Buy a book", Href: "https://example.com/b"}}, page.CallsToAction)
}
