package website

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// However broken a robots.txt is, its rules are bounded, and equal addresses are judged alike.
func FuzzParseRobots(f *testing.F) {
	for _, seed := range [][2]string{
		{"User-agent: *\nDisallow: /*a*b$\nAllow: /a%2Ab\nCrawl-delay: 1e9\nSitemap: /s.xml\n", "/a*b"},
		{"\xef\xbb\xbfUser-agent: ALwrityBot\rDisallow: /ü%C3%BC\r", "/üü"},
		{"Disallow: *\n", "/"},
		{"User-agent: *\nDisallow: " + strings.Repeat("*a", 50) + "b$\nCrawl-delay: NaN\n", "/" + strings.Repeat("a", 60)},
	} {
		f.Add([]byte(seed[0]), seed[1])
	}
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		found := parseRobots(body)
		require.GreaterOrEqual(t, found.delay, 0*maxCrawlDelay)
		require.LessOrEqual(t, found.delay, maxCrawlDelay)
		require.LessOrEqual(t, len(found.paths)+len(found.sitemaps), len(body))
		escaped := escapePath(path)
		require.Equal(t, escaped, escapePath(escaped))
		at, again := &url.URL{Opaque: path}, &url.URL{Opaque: escaped}
		require.Equal(t, found.allow(at), found.allow(again), "%q", path)
	})
}
