package website

import (
	"context"
	"errors"
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

func TestParseRobots(t *testing.T) {
	t.Parallel()
	secret, open := mustURL(t, "https://example.com/secret?x=1"), mustURL(t, "https://example.com/open")
	tests := map[string]struct {
		file                   string
		secret, open, isBroken bool
	}{
		"none":           {"", true, true, false},
		"forbid":         {"User-agent: *\nDisallow: /secret\n", false, true, false},
		"marks and CRLF": {"\ufeffUser-agent: *\r\nDisallow: /secret\r\n", false, true, false},
		"by query":       {"User-agent: *\nDisallow: /*?x=\n", false, true, false},
		"bad delay":      {"User-agent: *\nCrawl-delay: soon\nDisallow: /secret\n", false, true, true},
		"rule first":     {"Disallow: /open\nUser-agent: *\nDisallow: /secret\n", false, true, true},
		"a web page":     {"<!doctype html><html><body style='a:b'>Disallow: nothing</body></html>", true, true, false},
		"other agents":   {"User-agent: otherbot\nDisallow: /\n", true, true, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := parseRobots([]byte(test.file), "ALwrityBot")
			assert.Equal(t, test.secret, found.allow(secret))
			assert.Equal(t, test.open, found.allow(open))
			assert.Equal(t, test.isBroken, found.malformed)
		})
	}
	assert.Equal(t, maxCrawlDelay, parseRobots([]byte("User-agent: *\nCrawl-delay: 3600\n"), "ALwrityBot").delay)
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
		"Welcome | Acme Corp": "Acme Corp", "Acme - Tools for all": "Acme", "Tools": "", "Pricing: plans - Very long tail of words that is no name": "", "": "",
	} {
		assert.Equal(t, want, titleBrand(title, mustURL(t, "https://acme.example/")), title)
	}
}
