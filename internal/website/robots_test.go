package website

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestParseRobots(t *testing.T) {
	t.Parallel()
	secret, open := mustURL(t, "https://example.com/secret?x=1"), mustURL(t, "https://example.com/open")
	tests := map[string]struct {
		file                   string
		secret, open, isBroken bool
	}{
		"none":           {"", true, true, false},
		"forbid":         {"User-agent: *\nDisallow: /secret\n", false, true, false},
		"only CR":        {"User-agent: *\rDisallow: /secret\r", false, true, false},
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
			found := parseRobots([]byte(test.file))
			assert.Equal(t, test.secret, found.allow(secret))
			assert.Equal(t, test.open, found.allow(open))
			assert.Equal(t, test.isBroken, found.malformed)
		})
	}
	assert.Equal(t, maxCrawlDelay, parseRobots([]byte("User-agent: *\nCrawl-delay: 3600\n")).delay)
}

func TestGroupsOfRobots(t *testing.T) {
	t.Parallel()
	const all = "User-agent: *\nDisallow: /all\n"
	tests := map[string]struct{ file, allowed, forbidden string }{
		"ours instead of all": {all + "User-agent: alwrityBOT\nDisallow: /ours\n", "/all", "/ours"},
		"with a version":      {all + "User-agent: ALwrityBot/1.0 (x)\nDisallow: /ours\n", "/all", "/ours"},
		"groups add up": {
			"User-agent: ALwrityBot\nDisallow: /a\n\nUser-agent: x\nDisallow: /b\n\nUser-agent: ALwrityBot\nDisallow: /c\n",
			"/b", "/c",
		},
		"one group for several": {
			"User-agent: x\nUser-agent: ALwrityBot\nCrawl-delay: 1\nUser-agent: y\nDisallow: /a\n",
			"/b", "/a",
		},
		"no part of a name":     {"User-agent: ALwrity\nDisallow: /\nUser-agent: ALwrityBot2\nDisallow: /\n", "/a", ""},
		"ours without rules":    {all + "User-agent: ALwrityBot\nDisallow:\n", "/all", ""},
		"comments and spaces":   {" User-Agent : * # all\n\tDISALLOW:/a # not this\n", "/b", "/a"},
		"unknown lines between": {"User-agent: *\nHost: x\nClean-param: y\nDisallow: /a\n", "/b", "/a"},
		"sitemap between":       {"User-agent: *\nSitemap: https://e.example/s.xml\nDisallow: /a\n", "/b", "/a"},
		"long line": {"User-agent: *\nDisallow: /" + strings.Repeat("x", maxRobotsLine) +
			"\nDisallow: /a\n", "/" + strings.Repeat("x", maxRobotsLine), "/a"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := parseRobots([]byte(test.file))
			assert.True(t, found.allow(mustURL(t, "https://example.com"+test.allowed)))
			if test.forbidden != "" {
				assert.False(t, found.allow(mustURL(t, "https://example.com"+test.forbidden)))
			}
		})
	}
	found := parseRobots(
		[]byte("Sitemap: https://e.example/a.xml\nUser-agent: x\nsitemap:https://e.example/b.xml#c\nCrawl-delay: " +
			"2\nUser-agent: *\nCrawl-delay: 0.5"),
	)
	assert.Equal(t, []string{"https://e.example/a.xml", "https://e.example/b.xml"}, found.sitemaps)
	assert.Equal(t, 500*time.Millisecond, found.delay)
	for _, delay := range []string{"NaN", "-1", "Inf", "1e400"} {
		wait := parseRobots([]byte("User-agent: *\nCrawl-delay: " + delay)).delay
		assert.True(t, wait >= 0 && wait <= maxCrawlDelay, delay)
	}
}

func TestPathsOfRobots(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rules, path string
		allowed     bool
	}{
		{"Disallow: /", "/", false},
		{"Disallow: /fish", "/fish.html", false},
		{"Disallow: /fish", "/Fish", true},
		{"Disallow: /fish", "/catfish", true},
		{"Disallow: /fish/", "/fish", true},
		{"Disallow: /p*.pdf$", "/x/p.pdf", true},
		{"Disallow: /p*.pdf$", "/p/x.pdf", false},
		{"Disallow: /p*.pdf$", "/p/x.pdf?a", true},
		{"Disallow: /*.php$", "/a.php", false},
		{"Disallow: /*.php$", "/a.php.php", false},
		{"Disallow: /*.php$", "/a.php5", true},
		{"Disallow: /*.php", "/a.php5", false},
		{"Disallow: *.php", "/a/b.php", false},
		{"Disallow: /a*b*c$", "/a-b-b-c", false},
		{"Disallow: /a*b*c$", "/a-c-b", true},
		{"Disallow: /ab*b$", "/ab", true},
		{"Disallow: /a$", "/a", false},
		{"Disallow: /a$", "/ab", true},
		{"Disallow: /a*$", "/ab", false},
		{"Disallow: /$", "/", false},
		{"Disallow: /$", "/a", true},
		{"Disallow: /a$b", "/a$b", false},
		{"Disallow: /caf\u00e9", "/caf%C3%A9/menu", false},
		{"Disallow: /caf%c3%a9", "/caf\u00e9", false},
		{"Disallow: /%61%7Eb", "/a~b", false},
		{"Disallow: /a~b", "/%61%7eb", false},
		{"Disallow: /a%2Fb", "/a/b", true},
		{"Disallow: /a/b", "/a%2fb", true},
		{"Disallow: /a%2fb", "/a%2Fb", false},
		{"Disallow: /a%2Ab", "/a*b", false},
		{"Disallow: /a%2Ab", "/axb", true},
		{"Disallow: /a%24", "/a$", false},
		{"Disallow: /*?x=", "/a?x=1", false},
		{"Disallow: /100%", "/100%25", false},
		{"Disallow: /\nAllow: /p", "/page", true},
		{"Allow: /p\nDisallow: /", "/other", false},
		{"Disallow: /folder\nAllow: /folder", "/folder/page", true},
		{"Allow: /page\nDisallow: /*.htm", "/page.htm", false},
		{"Allow: /$\nDisallow: /", "/", true},
		{"Allow: /$\nDisallow: /", "/page.htm", false},
		{"Disallow: /example/page/disallowed.gif\nAllow: /example/page/", "/example/page/disallowed.gif", false},
	}
	for _, test := range tests {
		found := parseRobots([]byte("User-agent: *\n" + test.rules))
		assert.Equal(t, test.allowed, found.allow(mustURL(t, "https://example.com"+test.path)), "%s for %s",
			test.rules, test.path)
	}
}

// TestRobotsWithManyWildcards is not parallel: it measures time. Each file is what a search
// that tries all ways, or a rule per step, takes minutes for.
func TestRobotsWithManyWildcards(t *testing.T) {
	address := mustURL(t, "https://example.com/"+strings.Repeat("a", onboarding.MaxURLLength-30))
	for name, file := range map[string]string{
		"one line":   "Disallow: /" + strings.Repeat("*", 200_000) + "$zz",
		"long lines": strings.Repeat("Disallow: /"+strings.Repeat("*a", 990)+"*b$\n", 250),
		"many lines": strings.Repeat("Disallow: /*a*b$\n", maxRobots/18),
		"agents":     strings.Repeat("User-agent: *\n", maxRobots/14),
	} {
		start := time.Now()
		found := parseRobots([]byte("User-agent: *\n" + file))
		parsed := time.Since(start)
		for range 10 {
			assert.True(t, found.allow(address), name)
		}
		t.Logf("%s: read in %v, asked in %v", name, parsed, (time.Since(start)-parsed)/10)
		assert.Less(t, time.Since(start), 5*time.Second, name)
	}
}
