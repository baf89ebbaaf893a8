package website

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKeyOfAnAddress(t *testing.T) {
	t.Parallel()
	same := map[string]string{
		"https://www.Example.com/":              "http://example.com",
		"https://example.com/a/":                "https://example.com/a#part",
		"https://example.com/a/index.html":      "https://example.com/a",
		"https://example.com/a?utm_source=x":    "https://example.com/a",
		"https://example.com/a?b=2&a=1&gclid=9": "https://example.com/a?a=1&b=2",
		"https://example.com:443/a":             "https://example.com/a",
	}
	for a, b := range same {
		assert.Equal(t, key(mustURL(t, a)), key(mustURL(t, b)), a)
	}
	for a, b := range map[string]string{"https://example.com/a": "https://example.com/b", "https://example.com/a?p=1": "https://example.com/a?p=2", "https://shop.example.com/": "https://example.com/", "https://example.com:8443/": "https://example.com/"} {
		assert.NotEqual(t, key(mustURL(t, a)), key(mustURL(t, b)), a)
	}
}

func TestKindOfAddress(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]kind{
		"/about": kindAbout, "/about-us.html": kindAbout, "/company/team": kindTeam, "/services/acupuncture": kindOffer, "/blog": kindBlog, "/blog/index.html": kindBlog,
		"/blog/hello": kindPost, "/2024/05/hello": kindPost, "/kontakt": kindContact, "/impressum": kindLegal, "/privacy-policy": kindLegal, "/x/y": kindOther, "/Our_Story": kindAbout,
	} {
		assert.Equal(t, want, kindOfAddress(mustURL(t, "https://example.com"+path)), path)
	}
}

func TestPagesThatAreSkipped(t *testing.T) {
	t.Parallel()
	pages := newPool()
	for _, path := range []string{"/login", "/wp-admin/", "/a.pdf", "/a.JPG", "/file.tar.gz", "/feed", "/tag/x/", "/cart", "/video.mp4"} {
		pages.add(mustURL(t, "https://example.com"+path))
	}
	assert.Empty(t, pages.waiting)
	for _, path := range []string{"/v2.0", "/a.php", "/a.html", "/released-1.5-beta", "/blogin"} {
		pages.add(mustURL(t, "https://example.com"+path))
	}
	assert.Len(t, pages.waiting, 5)
}

func TestParseSitemapThatIsBroken(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"/a"}, parseSitemap([]byte(`<urlset><url><loc>/a</loc></url><url><loc>/b`)).pages)
	assert.Empty(t, parseSitemap([]byte("<!doctype html><p>no sitemap")).pages)
	assert.Empty(t, parseSitemap([]byte(`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>`)).maps)
}

func TestTurns(t *testing.T) {
	t.Parallel()
	all := newTurns()
	end, err := all.take(t.Context(), "a")
	require.NoError(t, err)
	other, err := all.take(t.Context(), "b")
	require.NoError(t, err)
	other()

	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	_, err = all.take(ctx, "a")
	require.ErrorIs(t, err, gone)

	got := make(chan func())
	go func() {
		next, _ := all.take(context.Background(), "a")
		got <- next
	}()
	select {
	case <-got:
		t.Fatal("two requests to one host")
	case <-time.After(20 * time.Millisecond):
	}
	end()
	(<-got)()
	assert.Empty(t, all.hosts)
}

func TestWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "one": 1, "don't stop — now, 2026": 4, "私たちは": 2, "a-b": 2} {
		assert.Equal(t, want, words(text), text)
	}
}

func TestLongTextIsCutAtSpaces(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "ab cd", atSpace("ab cd ef", 7))
	assert.Equal(t, "abcdefg", atSpace("abcdefgh", 7))
	assert.Equal(t, "a", cut("aé", 2))
}

func TestTitleBrand(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Welcome | Acme": "Acme", "Home - Contact us": "", "Welcome | Other Name": "", "Acme - Tools for all": "Acme", "Tools": "", "Pricing: plans - Very long tail of words that is no name": "", "": "",
	} {
		assert.Equal(t, want, titleBrand(title, mustURL(t, "https://acme.example/")), title)
	}
}

func TestInvisibleCharacters(t *testing.T) {
	t.Parallel()
	for _, r := range []rune{
		0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x202E, 0x2060, 0x2064, 0x2069, 0x206F,
		0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0xFFFB, 0x1D173, 0xE0000, 0xE0001, 0xE0020, 0xE0041, 0xE007F, 0xE0100, 0xE01EF, 0x01, 0x7F, 0x86,
	} {
		assert.Equal(t, "ab", fold("a"+string(r)+"b"), "U+%04X", r)
	}
	assert.Equal(t, "\u0646\u200c\u0647 \u0915\u094d\u200d\u0937", fold("\u0646\u200c\u0647 \u0915\u094d\u200d\u0937"), "Persian and Hindi are spelled with them")
	assert.Equal(t, "\U0001F468\u200d\U0001F469", fold("\U0001F468\ufe0f\u200d\U0001F469"))
	assert.Equal(t, "\u0646\u200c\u0647", fold("\u0646\u200c\u200d\u200c\u200d\u0647"), "one of them says all")
	assert.Equal(t, "\u0646 \u0647", fold("\u0646 \u200c\u200d\u0647"))
	for _, visible := range []string{"é", "日本", "ё", "ß", "\u0644\u064e", "e\u0327", "½ € ™ → ●"} {
		assert.NotEmpty(t, fold(visible))
		assert.Len(t, []rune(fold("a"+visible)), 1+len([]rune(fold(visible))), visible)
	}
}

func TestTurnsAreOfTheSite(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://a.example/", "https://A.example:443/x", "http://www.a.example:80/"} {
		assert.Equal(t, "a.example", bareHost(mustURL(t, address)))
	}
	site := newFakeSite(t, map[string]string{"/": htmlPage("home")}, nil)
	port := site.URL[strings.LastIndex(site.URL, ":"):]
	crawler := newTestCrawler(t, local(Config{}), fakeDNS(t, map[string]string{"a.test": "127.0.0.1", "www.a.test": "127.0.0.1"}))
	end, err := crawler.turns.take(t.Context(), "a.test"+port)
	require.NoError(t, err)
	defer end()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for _, host := range []string{"A.test", "www.a.test", "WWW.A.TEST"} {
		_, err = crawler.get(ctx, request{address: mustURL(t, "http://"+host+port+"/"), purpose: forPage, limit: 1000}, time.Minute)
		require.ErrorIs(t, err, context.DeadlineExceeded, host)
	}
	assert.Zero(t, site.asked("/"))
}
