package website

import (
	"context"
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
	for a, b := range map[string]string{
		"https://example.com/a":     "https://example.com/b",
		"https://example.com/a?p=1": "https://example.com/a?p=2", "https://shop.example.com/": "https://example.com/",
		"https://example.com:8443/": "https://example.com/",
	} {
		assert.NotEqual(t, key(mustURL(t, a)), key(mustURL(t, b)), a)
	}
}

func TestKindOfAddress(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]kind{
		"/about": kindAbout, "/about-us.html": kindAbout, "/company/team": kindTeam, "/services/acupuncture": kindOffer,
		"/blog": kindBlog, "/blog/index.html": kindBlog,
		"/blog/hello": kindPost, "/2024/05/hello": kindPost, "/kontakt": kindContact, "/impressum": kindLegal,
		"/privacy-policy": kindLegal, "/x/y": kindOther, "/Our_Story": kindAbout,
	} {
		assert.Equal(t, want, kindOfAddress(mustURL(t, "https://example.com"+path)), path)
	}
}

func TestPagesThatAreSkipped(t *testing.T) {
	t.Parallel()
	pages := newPool()
	for _, path := range []string{
		"/login", "/wp-admin/", "/a.pdf", "/a.JPG", "/file.tar.gz", "/feed", "/tag/x/", "/cart",
		"/video.mp4",
	} {
		pages.add(mustURL(t, "https://example.com"+path))
	}
	assert.Empty(t, pages.waiting)
	for _, path := range []string{"/v2.0", "/a.php", "/a.html", "/released-1.5-beta", "/blogin"} {
		pages.add(mustURL(t, "https://example.com"+path))
	}
	assert.Len(t, pages.waiting, 5)
}

func TestHostLocksAreOfTheSite(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://a.example/", "https://A.example:443/x", "http://www.a.example:80/"} {
		assert.Equal(t, "a.example", bareHost(mustURL(t, address)))
	}
	site := newFakeSite(t, map[string]string{"/": htmlPage("home")}, nil)
	port := site.URL[strings.LastIndex(site.URL, ":"):]
	crawler := newTestCrawler(t, limits{}, fakeDNS(t, map[string]string{"a.test": "127.0.0.1", "www.a.test": "127.0.0.1"}))
	end, err := crawler.hosts.Acquire(t.Context(), "a.test"+port)
	require.NoError(t, err)
	defer end()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for _, host := range []string{"A.test", "www.a.test", "WWW.A.TEST"} {
		_, err = crawler.get(ctx,
			request{address: mustURL(t, "http://"+host+port+"/"), purpose: forPage, limit: 1000}, time.Minute)
		require.ErrorIs(t, err, context.DeadlineExceeded, host)
	}
	assert.Zero(t, site.asked("/"))
}
