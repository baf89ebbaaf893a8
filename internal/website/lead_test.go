package website

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// refresh is a page that only leads on.
func refresh(target string) string {
	return `<title>Redirecting</title><meta http-equiv="refresh" content="0; url=` + target + `">` +
		`<h1>Redirecting</h1><p>Click <a href="` + target + `">here</a> if you are not redirected in a moment.</p>`
}

func TestStartPagesThatLeadOn(t *testing.T) {
	t.Parallel()
	there := htmlPage("there")
	tests := map[string]struct {
		pages map[string]string
		want  string
	}{
		"one refresh":   {map[string]string{"/": refresh("/en/"), "/en/": there}, "/en/"},
		"three of them": {map[string]string{"/": refresh("/1"), "/1": refresh("2"), "/2": refresh("/en/"), "/en/": there}, "/en/"},
		"by script":     {map[string]string{"/": `<script>location.replace("/en/")</script>`, "/en/": there}, "/en/"},
		"script, then refresh": {map[string]string{
			"/": `<script>window.location="/1"</script><h1>Moved</h1>`, "/1": refresh("/en/"), "/en/": there,
		}, "/en/"},
		"canonical beside":  {map[string]string{"/": `<link rel=canonical href="/en/">` + refresh("/en/"), "/en/": there}, "/en/"},
		"to itself":         {map[string]string{"/": there + `<meta http-equiv=refresh content=30>`}, ""},
		"with enough text":  {map[string]string{"/": htmlPage("here") + strings.Repeat("<p>A page of its own that says much.</p>", 10) + refresh("/en/"), "/en/": there}, ""},
		"after a long time": {map[string]string{"/": there + `<meta http-equiv=refresh content="600;url=/en/">`, "/en/": there}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newFakeSite(t, test.pages, nil)
			found, err := newTestCrawler(t, limits{maxPages: 1}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
			require.NoError(t, err)
			assert.Equal(t, []string{test.want}, pathsOf(found, site.URL))
			assert.Equal(t, site.URL, found.Pages[0].RequestedURL)
			again, err := newTestCrawler(t, limits{maxPages: 1}, nil).Crawl(t.Context(),
				onboarding.Crawl{URL: site.URL, Held: found.Pages})
			require.NoError(t, err)
			assert.Equal(t, found.Pages, again.Pages, "a held page is the start page")
		})
	}
}

func TestPagesThatLeadNowhere(t *testing.T) {
	t.Parallel()
	chain := map[string]string{}
	for i := range 9 {
		chain[fmt.Sprint("/", i)] = refresh(fmt.Sprint("/", i+1))
	}
	chain["/"], chain["/9"] = refresh("/0"), htmlPage("there")
	for name, test := range map[string]struct {
		pages map[string]string
		code  onboarding.FailureCode
	}{
		"in a circle":       {map[string]string{"/": refresh("/1"), "/1": refresh("/")}, onboarding.FailureTooManyRedirects},
		"too far":           {chain, onboarding.FailureTooManyRedirects},
		"to no page":        {map[string]string{"/": refresh("/gone")}, onboarding.FailurePageNotFound},
		"to an empty page":  {map[string]string{"/": refresh("/1"), "/1": "<p>x"}, onboarding.FailureEmptyPage},
		"to what is closed": {map[string]string{"/robots.txt": "User-agent: *\nDisallow: /1", "/": refresh("/1"), "/1": htmlPage("there")}, onboarding.FailureRobots},
		"frame of no page":  {map[string]string{"/": `<frameset><frame src="/gone">`}, onboarding.FailurePageNotFound},
		"frame of itself":   {map[string]string{"/": `<frameset><frame src="/">`}, onboarding.FailureEmptyPage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newFakeSite(t, test.pages, nil)
			_, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
			assert.Equal(t, test.code, failureIn(t, err).Code)
			assert.LessOrEqual(t, len(site.paths), 2+maxHops+maxFrames)
		})
	}
}

// Later pages lead on too, but not away from the website.
func TestLaterPagesThatLeadOn(t *testing.T) {
	t.Parallel()
	elsewhere := newFakeSite(t, map[string]string{"/": htmlPage("elsewhere")}, nil)
	away := strings.Replace(elsewhere.URL, "127.0.0.1", "elsewhere.test", 1)
	site := newFakeSite(t, map[string]string{
		"/": htmlPage("home", "/moved", "/away", "/frames"), "/moved": refresh("/new"), "/new": htmlPage("new"),
		"/away": refresh(away + "/"), "/frames": `<frameset><frame src="` + away + `/"><frame src="/inner"></frameset>`,
		"/inner": htmlPage("inner"),
	}, nil)
	found, err := newTestCrawler(t, limits{}, fakeDNS(t, map[string]string{"elsewhere.test": "127.0.0.1"})).
		Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Equal(t, []string{"", "/new", "/frames"}, pathsOf(found, site.URL))
	assert.Equal(t, []string{"redirect_forbidden"}, codesOf(found.Warnings))
	assert.Empty(t, elsewhere.paths)
}

func TestFramesAreParts(t *testing.T) {
	t.Parallel()
	const navigation = `<p><a href="/about">About</a> <a href="/main">Main</a></p>`
	main := htmlPage("main", "/contact")
	for name, pages := range map[string]map[string]string{
		"frameset": {
			"/":    `<title>Shop</title><frameset cols="20%,80%"><frame src="nav"><frame src="/main"></frameset>`,
			"/nav": navigation, "/main": main,
		},
		"iframe":           {"/": `<title>Shop</title>` + navigation + `<iframe src="/main"></iframe>`, "/main": main},
		"HTML of its own":  {"/": `<title>Shop</title><a href="/about">About</a><iframe srcdoc="` + strings.ReplaceAll(main, `"`, "&quot;") + `"></iframe>`},
		"frames in frames": {"/": `<title>Shop</title><frameset><frame src="/1"></frameset>`, "/1": navigation + `<iframe src="/main">`, "/main": main},
		"that lead on":     {"/": `<title>Shop</title>` + navigation + `<iframe src="/1"></iframe>`, "/1": refresh("/main"), "/main": main},
		"beside lost ones": {"/": `<title>Shop</title>` + navigation + `<iframe src="/gone"></iframe><iframe src="/main"></iframe>`, "/main": main},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pages["/about"], pages["/contact"] = htmlPage("about"), htmlPage("contact")
			site := newFakeSite(t, pages, nil)
			found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
			require.NoError(t, err)
			paths := pathsOf(found, site.URL)
			assert.Subset(t, paths, []string{"", "/about", "/contact"})
			assert.NotContains(t, paths, "/nav", "a part is no page")
			assert.Equal(t, "Shop", found.Pages[0].Title)
			assert.Contains(t, found.Pages[0].Text(), "This page speaks about main")
			assert.Empty(t, found.Warnings)
			assert.LessOrEqual(t, site.asked("/main"), 1)
		})
	}
}

func TestFrameOfAnotherDomain(t *testing.T) {
	t.Parallel()
	shown := newFakeSite(t, map[string]string{"/": htmlPage("shown", "/about"), "/about": htmlPage("about")}, nil)
	port := shown.URL[strings.LastIndex(shown.URL, ":"):]
	resolver := fakeDNS(t, map[string]string{"shown.test": "127.0.0.1", "name.test": "127.0.0.1"})
	for name, page := range map[string]string{
		"frameset": `<frameset rows="100%,*"><frame src="http://shown.test` + port + `/"><noframes>x</noframes></frameset>`,
		"iframe":   `<iframe src="http://shown.test` + port + `/" style="width:100%;height:100%"></iframe>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newFakeSite(t, map[string]string{"/": page}, nil)
			found, err := newTestCrawler(t, limits{}, resolver).
				Crawl(t.Context(), onboarding.Crawl{URL: strings.Replace(site.URL, "127.0.0.1", "name.test", 1)})
			require.NoError(t, err)
			assert.Equal(t, []string{"/", "/about"}, pathsOf(found, "http://shown.test"+port))
			assert.Equal(t, []string{"redirected"}, codesOf(found.Warnings))
		})
	}
}

func TestPageWithoutFrames(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{
		"/": `<frameset><frame src="/gone"><noframes>` + htmlPage("old") + `</noframes></frameset>`,
	}, nil)
	found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Contains(t, found.Pages[0].Text(), "This page speaks about old")
}

// Frames and hops share the size of one page.
func TestFramesAreBounded(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{
		"/":  `<frameset><frame src="/1"><frame src="/2"><frame src="/3"></frameset>`,
		"/1": htmlPage("one"), "/2": htmlPage("two") + strings.Repeat("<!-- much -->", 1000), "/3": htmlPage("three"),
	}, nil)
	found, err := newTestCrawler(t, limits{maxBytes: 2000}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Contains(t, found.Pages[0].Text(), "one")
	assert.NotContains(t, found.Pages[0].Text(), "two")
	assert.Contains(t, found.Pages[0].Text(), "three")
}

func TestCanonicalIsAPageToRead(t *testing.T) {
	t.Parallel()
	canonical := func(title, target string, links ...string) string {
		return strings.Replace(htmlPage(title, links...), "<title>", `<link rel="canonical" href="`+target+`"><title>`, 1)
	}
	all := []string{"/", "/about", "/services", "/prices"}
	tests := map[string]struct {
		pages map[string]string
		want  []string
	}{
		"of other pages": {map[string]string{
			"/": canonical("home", "/services", all...), "/about": canonical("about", "/prices", all...),
			"/services": canonical("services", "/services", all...), "/prices": canonical("prices", "/prices", all...),
		}, []string{"", "/about", "/services", "/prices"}},
		"all of the start page": {map[string]string{
			"/": canonical("home", "/", all...), "/about": canonical("about", "/", all...),
			"/services": canonical("services", "/", all...), "/prices": canonical("prices", "/", all...),
		}, []string{"", "/about", "/services", "/prices"}},
		"that no link names": {map[string]string{
			"/": canonical("home", "/about"), "/about": canonical("about", "/about"),
		}, []string{"", "/about"}},
		"of no page":         {map[string]string{"/": canonical("home", "/gone")}, []string{""}},
		"of another website": {map[string]string{"/": canonical("home", "http://elsewhere.example/")}, []string{""}},
		"of a copy": {map[string]string{
			"/": canonical("home", "/", "/a?sort=1"), "/a?sort=1": canonical("a", "/a"), "/a": canonical("a", "/a"),
		}, []string{"", "/a?sort=1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newFakeSite(t, test.pages, nil)
			found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
			require.NoError(t, err)
			assert.ElementsMatch(t, test.want, pathsOf(found, site.URL))
		})
	}
}

// cookieWall answers 302 to where the request went until its cookie comes back.
func cookieWall(name string, next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie(name); err != nil && r.URL.Path != "/robots.txt" {
			http.SetCookie(w, &http.Cookie{Name: name, Value: "canary", Path: "/", HttpOnly: true})
			redirect(r.URL.RequestURI())(w, r)
			return
		}
		next.ServeHTTP(w, r)
	}
}

func TestCookiesAreSentBack(t *testing.T) {
	t.Parallel()
	pages := map[string]string{"/": htmlPage("home", "/about"), "/about": htmlPage("about")}
	serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, known := pages[r.URL.Path]
		if !known {
			http.NotFound(w, r)
			return
		}
		body("text/html", page)(w, r)
	})
	for name, handler := range map[string]http.HandlerFunc{
		"one redirect":  cookieWall("a", serve),
		"two redirects": cookieWall("a", cookieWall("b", serve)),
		"a refresh": func(w http.ResponseWriter, r *http.Request) {
			if _, err := r.Cookie("a"); err != nil && r.URL.Path != "/robots.txt" {
				w.Header().Set("Set-Cookie", "a=1; Path=/")
				body("text/html", refresh(r.URL.RequestURI()))(w, r)
				return
			}
			serve(w, r)
		},
		"a page that loads itself again": func(w http.ResponseWriter, r *http.Request) {
			if _, err := r.Cookie("a"); err != nil && r.URL.Path != "/robots.txt" {
				w.Header().Set("Set-Cookie", "a=1")
				body("text/html", `<meta http-equiv="refresh" content="1">One moment, please, we check your browser.`)(w, r)
				return
			}
			serve(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newFakeSite(t, nil, handler)
			found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
			require.NoError(t, err)
			assert.Equal(t, []string{site.URL, site.URL + "/about"},
				[]string{strings.TrimSuffix(found.Pages[0].URL, "/"), found.Pages[1].URL})
		})
	}
}

// Cookies belong to the hosts that set them and to one crawl, and keep to a size.
func TestCookiesAreScoped(t *testing.T) {
	t.Parallel()
	var port string
	seen := map[string]string{}
	site := newFakeSite(t, nil, func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := strings.Cut(r.Host, ":")
		if r.URL.Path == "/" {
			seen[host] = r.Header.Get("Cookie")
		}
		switch {
		case r.URL.Path != "/":
			http.NotFound(w, r)
		case host == "first.test":
			w.Header().Add("Set-Cookie", "own=1")
			w.Header().Add("Set-Cookie", "suffix=1; Domain=test")
			w.Header().Add("Set-Cookie", "foreign=1; Domain=second.test")
			w.Header().Add("Set-Cookie", "large="+strings.Repeat("x", maxCookie))
			redirect("http://second.test"+port+"/")(w, r)
		case host == "second.test":
			w.Header().Add("Set-Cookie", "whole=1; Domain=second.test")
			w.Header().Add("Set-Cookie", "safe=1; Domain=second.test; Secure")
			w.Header().Add("Set-Cookie", "old=1; Domain=second.test; Max-Age=0")
			redirect("http://www.second.test"+port+"/")(w, r)
		default:
			body("text/html", htmlPage("there"))(w, r)
		}
	})
	port = site.URL[strings.LastIndex(site.URL, ":"):]
	resolver := fakeDNS(t, map[string]string{
		"first.test": "127.0.0.1", "second.test": "127.0.0.1", "www.second.test": "127.0.0.1",
	})
	crawler := newTestCrawler(t, limits{}, resolver)
	for range 2 {
		_, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: "http://first.test" + port})
		require.NoError(t, err)
		assert.Equal(t, map[string]string{"first.test": "", "second.test": "", "www.second.test": "whole=1"}, seen)
	}
}

func TestCookiesThatAreTooMany(t *testing.T) {
	t.Parallel()
	sent := 0
	site := newFakeSite(t, nil, func(w http.ResponseWriter, r *http.Request) {
		sent = max(sent, len(r.Header.Get("Cookie")))
		for i := range 12 {
			w.Header().Add("Set-Cookie", fmt.Sprintf("c%d%d=%s", len(r.URL.RawQuery), i, strings.Repeat("x", 3000)))
		}
		body("text/html", htmlPage("home", "/a?1", "/a?22", "/a?333"))(w, r)
	})
	_, err := newTestCrawler(t, limits{maxPages: 3}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Positive(t, sent)
	assert.LessOrEqual(t, sent, maxCookieSent)
}

// The log and the errors hold no cookie.
func TestCookiesAreNotLogged(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, nil, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "a=canary")
		redirect(r.URL.Path)(w, r)
	})
	_, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	assert.Equal(t, onboarding.FailureTooManyRedirects, failureIn(t, err).Code)
	assert.NotContains(t, err.Error(), "canary")
}

// Names are in ASCII wherever they are compared or asked for, and shown as people write them.
func TestNamesOfOtherScripts(t *testing.T) {
	t.Parallel()
	var port string
	site := newFakeSite(t, nil, func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := strings.Cut(r.Host, ":")
		switch {
		case host == "xn--strae-oqa.test":
			redirect("http://bücher.test"+port+"/")(w, r)
		case host == "xn--bcher-kva.test" && r.URL.Path == "/":
			body("text/html", htmlPage("home", "http://BÜCHER.test"+port+"/about", "http://bücher.test"+port+"/about"))(w, r)
		case host == "xn--bcher-kva.test" && r.URL.Path == "/about":
			body("text/html", htmlPage("about"))(w, r)
		default:
			http.NotFound(w, r)
		}
	})
	port = site.URL[strings.LastIndex(site.URL, ":"):]
	resolver := fakeDNS(t, map[string]string{"xn--bcher-kva.test": "127.0.0.1", "xn--strae-oqa.test": "127.0.0.1"})
	found, err := newTestCrawler(t, limits{}, resolver).
		Crawl(t.Context(), onboarding.Crawl{URL: "http://xn--strae-oqa.test" + port})
	require.NoError(t, err)
	assert.Equal(t, []string{"/", "/about"}, pathsOf(found, "http://xn--bcher-kva.test"+port))
	require.Len(t, found.Warnings, 1)
	assert.Equal(t, "The website straße.test leads to bücher.test, which was read instead.", found.Warnings[0].Message)
}
