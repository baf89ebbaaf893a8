package website

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// pathsOf returns the paths of the pages in order, without the host.
func pathsOf(site onboarding.Site, host string) []string {
	paths := make([]string, len(site.Pages))
	for i, page := range site.Pages {
		paths[i] = strings.TrimPrefix(page.URL, host)
	}
	return paths
}

func codesOf(warnings []onboarding.Warning) []string {
	codes := []string{}
	for _, w := range warnings {
		codes = append(codes, w.Code)
	}
	return codes
}

func TestCrawlChoosesUsefulPages(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"/": htmlPage("home", "/privacy", "/login", "/misc/a", "/misc/b", "/files/price-list.pdf", "/blog/", "/blog/one",
			"/blog/two", "/services?utm_source=nav",
			"/about/#team", "https://elsewhere.example/about", "mailto:a@b.example", "/cart"),
		"/about/": htmlPage("about"), "/services": htmlPage("services", "/pricing"), "/pricing": htmlPage("pricing"),
		"/blog/":    htmlPage("blog", "/blog/three"),
		"/blog/one": htmlPage("one"), "/blog/two": htmlPage("two"), "/blog/three": htmlPage("three"),
		"/misc/a": htmlPage("misc a"), "/misc/b": htmlPage("misc b"), "/privacy": htmlPage("privacy"),
		"/contact":     htmlPage("contact"),
		"/sitemap.xml": `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>/contact</loc></url><url><loc>https://elsewhere.example/x</loc></url></urlset>`,
	}
	site := newFakeSite(t, pages, nil)
	crawler := newTestCrawler(t, limits{maxPages: 8}, nil)
	type kept struct {
		url     string
		planned int
	}
	var keeps []kept
	found, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: site.URL, Keep: func(
		_ context.Context, p onboarding.Page, planned int,
	) error {
		keeps = append(keeps, kept{strings.TrimPrefix(p.URL, site.URL), planned})
		return nil
	}})
	require.NoError(t, err)
	assert.Equal(t, []string{"", "/about/", "/services", "/pricing", "/blog/", "/blog/one", "/blog/two", "/contact"},
		pathsOf(found, site.URL))
	assert.Equal(t, new(true), found.HasSitemap)
	assert.Equal(t, new(false), found.HasRobots)
	require.NotNil(t, found.Sitemap)
	assert.Equal(t, 1, found.Sitemap.Structure.TotalURLs, "addresses of other websites are not the site's")
	assert.Empty(t, found.Warnings)
	assert.Contains(t, found.Known, site.URL+"/contact")
	assert.Contains(t, found.Known, site.URL+"/services")
	assert.NotContains(t, strings.Join(found.Known, " "), "elsewhere")
	require.Len(t, keeps, 8)
	for i, keep := range keeps {
		assert.Equal(t, pathsOf(found, site.URL)[i], keep.url)
		assert.Equal(t, 8, keep.planned)
	}
	assert.Zero(t, site.asked("/login")+site.asked("/cart")+site.asked("/files/price-list.pdf"))
	assert.InDelta(t, 8, testutil.ToFloat64(crawler.metrics.pages.WithLabelValues(pageRead)), 0)

	again, err := newTestCrawler(t, limits{maxPages: 8}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Equal(t, pathsOf(found, site.URL), pathsOf(again, site.URL), "the choice is deterministic")
}

func TestCrawlIsPolite(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{
		"/robots.txt": "User-agent: *\nDisallow: /secret\nCrawl-delay: 0.1\nSitemap: /maps.xml\n",
		"/maps.xml":   `<urlset><url><loc>/open</loc></url></urlset>`,
		"/":           htmlPage("home", "/secret", "/about"), "/about": htmlPage("about"), "/open": htmlPage("open"),
		"/secret": htmlPage("secret"),
	}, nil)
	start := time.Now()
	found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"", "/about", "/open"}, pathsOf(found, site.URL))
	assert.GreaterOrEqual(t, time.Since(start), 200*time.Millisecond, "the pause between pages")
	assert.Equal(t, []string{"robots_forbidden"}, codesOf(found.Warnings))
	assert.Zero(t, site.asked("/secret"))
	assert.Zero(t, site.asked("/sitemap.xml"), "robots.txt names another one")
	assert.Equal(t, 1, site.asked("/robots.txt"))
	for _, header := range site.headers {
		assert.Equal(t, userAgent, header.Get("User-Agent"))
		assert.Empty(t, header.Get("Referer")+header.Get("Cookie"))
	}
}

func TestCrawlTakesEachPageOnce(t *testing.T) {
	t.Parallel()
	home := htmlPage("home", "/index.html", "/?utm_campaign=x", "/about", "/about/", "/about/index.html",
		"/about?fbclid=1", "/copy", "/moved", "/a?b=1&a=2", "/a?a=2&b=1")
	site := newFakeSite(t, map[string]string{
		"/": home, "/index.html": home, "/about": htmlPage("about"), "/copy": htmlPage("about"),
		"/a?a=2&b=1": htmlPage("query"),
	}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			redirect("/about")(w, r)
			return
		}
		http.NotFound(w, r)
	})
	crawler := newTestCrawler(t, limits{}, nil)
	found, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Equal(t, []string{"", "/about", "/a?a=2&b=1"}, pathsOf(found, site.URL))
	assert.Zero(t, site.asked("/index.html"))
	assert.InDelta(t, 2, testutil.ToFloat64(crawler.metrics.pages.WithLabelValues(pageDuplicate)), 0)
}

func TestCrawlLeavesOutPagesThatFail(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{
		"/":      htmlPage("home", "/about", "/missing", "/broken", "/empty", "/listing/", "/away"),
		"/about": htmlPage("about"), "/empty": `<a href="/found">x</a>`, "/found": htmlPage("found"),
		"/listing/":           `<pre><a href="inner.html">inner.html</a> <a href="b.html">a second file.html</a></pre>`,
		"/listing/inner.html": htmlPage("inner"),
	}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/broken":
			status(500)(w, r)
		case "/away":
			redirect("http://localhost/")(w, r)
		default:
			http.NotFound(w, r)
		}
	})
	found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"", "/about", "/found", "/listing/inner.html"}, pathsOf(found, site.URL))
	assert.ElementsMatch(t, []string{
		"page_not_found", "page_not_found", "website_error", "page_empty",
		"redirect_forbidden",
	}, codesOf(found.Warnings))
	for _, w := range found.Warnings {
		assert.Regexp(t, `^The page /\S+ was left out because .+\.$`, w.Message)
	}
}

func TestCrawlStopsWhenAskedToWait(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{"/": htmlPage("home", "/about", "/contact")}, func(
		w http.ResponseWriter, r *http.Request,
	) {
		if r.URL.Path == "/about" {
			status(429)(w, r)
			return
		}
		http.NotFound(w, r)
	})
	found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Len(t, found.Pages, 1)
	assert.Equal(t, []string{"website_rate_limited"}, codesOf(found.Warnings))
	assert.Zero(t, site.asked("/contact"))
}

func TestCrawlKeepsToTheBudget(t *testing.T) {
	t.Parallel()
	slow := func(fast string) *fakeSite {
		return newFakeSite(t, map[string]string{fast: htmlPage("home", "/about")}, func(
			w http.ResponseWriter, r *http.Request,
		) {
			if r.URL.Path == "/robots.txt" || strings.HasSuffix(r.URL.Path, ".xml") {
				http.NotFound(w, r)
				return
			}
			<-r.Context().Done()
		})
	}
	cfg := limits{siteBudget: 300 * time.Millisecond, pageTimeout: 10 * time.Second}

	site := slow("/")
	found, err := newTestCrawler(t, cfg, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Len(t, found.Pages, 1)
	assert.Equal(t, []string{"site_budget"}, codesOf(found.Warnings))

	_, err = newTestCrawler(t, cfg, nil).Crawl(t.Context(), onboarding.Crawl{URL: slow("/other").URL})
	assert.Equal(t, onboarding.FailureTooSlow, failureIn(t, err).Code)
}

func TestCrawlThatIsCancelled(t *testing.T) {
	t.Parallel()
	for _, hang := range []string{"/", "/about"} {
		ctx, cancel := context.WithCancel(t.Context())
		site := newFakeSite(t, nil, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case hang:
				cancel()
				<-r.Context().Done()
			case "/":
				body("text/html", htmlPage("home", "/about"))(w, r)
			default:
				http.NotFound(w, r)
			}
		})
		_, err := newTestCrawler(t, limits{}, nil).Crawl(ctx, onboarding.Crawl{URL: site.URL})
		require.ErrorIs(t, err, context.Canceled, hang)
		var failure *onboarding.Failure
		assert.NotErrorAs(t, err, &failure)
	}
}

func TestKeepThatFails(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{"/": htmlPage("home", "/about"), "/about": htmlPage("about")}, nil)
	gone := errors.New("gone")
	for want := 1; want <= 2; want++ {
		calls := 0
		_, err := newTestCrawler(t, limits{},
			nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL, Keep: func(context.Context, onboarding.Page, int) error {
			if calls++; calls == want {
				return gone
			}
			return nil
		}})
		assert.Same(t, gone, err)
		assert.Equal(t, want, calls)
	}
}

func TestHeldPagesAreNotFetchedAgain(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{
		"/": htmlPage("home", "/about", "/contact"), "/about": htmlPage("about", "/team"), "/contact": htmlPage("contact"),
		"/team": htmlPage("team"),
	}, nil)
	var held []onboarding.Page
	stop := errors.New("the worker died")
	_, err := newTestCrawler(
		t, limits{}, nil,
	).Crawl(t.Context(), onboarding.Crawl{URL: site.URL, Keep: func(_ context.Context, p onboarding.Page, _ int) error {
		if held = append(held, p); len(held) == 2 {
			return stop
		}
		return nil
	}})
	require.ErrorIs(t, err, stop)

	held[0], held[1] = held[1], held[0] // the order of storage is not the order of fetching
	var kept []string
	found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{
		URL:  site.URL,
		Held: held, Keep: func(_ context.Context, p onboarding.Page, planned int) error {
			kept = append(kept, fmt.Sprint(strings.TrimPrefix(p.URL, site.URL), " of ", planned))
			return nil
		},
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"", "/about", "/team", "/contact"}, pathsOf(found, site.URL))
	assert.Equal(t, []string{"/team of 4", "/contact of 4"}, kept)
	assert.Equal(t, 1, site.asked("/"))
	assert.Equal(t, 1, site.asked("/about"))
	assert.True(t, strings.HasPrefix(found.Pages[1].RequestedURL, site.URL))
}

func TestOneRequestAtATimePerHost(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{
		"/":      htmlPage("home", "/about", "/contact", "/team"),
		"/about": htmlPage("about"), "/contact": htmlPage("contact"), "/team": htmlPage("team"),
	}, nil)
	crawler := newTestCrawler(t, limits{}, nil)
	var crawls sync.WaitGroup
	for range 6 {
		crawls.Go(func() {
			found, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
			assert.NoError(t, err)
			assert.Len(t, found.Pages, 4)
		})
	}
	crawls.Wait()
	assert.Equal(t, 1, site.most)
}

func TestHostOfTheSite(t *testing.T) {
	t.Parallel()
	resolver := fakeDNS(t, map[string]string{
		"acme.test": "127.0.0.1", "www.acme.test": "127.0.0.1",
		"shop.acme.test": "127.0.0.1", "acme-new.test": "127.0.0.1", "evil.test": "127.0.0.1",
	})
	var port string
	site := newFakeSite(t, nil, func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := strings.Cut(r.Host, ":")
		switch {
		case r.URL.Path == "/robots.txt" || strings.HasSuffix(r.URL.Path, ".xml"):
			http.NotFound(w, r)
		case host == "acme.test" && r.URL.Path == "/":
			redirect("http://shop.acme.test"+port+"/start")(w, r)
		case host == "evil.test":
			redirect("http://acme-new.test"+port+"/")(w, r)
		default:
			body("text/html", htmlPage(host+r.URL.Path, "/about", "http://shop.acme.test"+port+
				"/faq", "http://www.shop.acme.test"+port+"/team", "http://acme.test"+port+"/news"))(w, r)
		}
	})
	port = site.URL[strings.LastIndex(site.URL, ":"):]
	crawler := newTestCrawler(t, limits{}, resolver)

	found, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: "http://acme.test" + port})
	require.NoError(t, err)
	assert.Equal(t, []string{"http://shop.acme.test" + port + "/start", "http://shop.acme.test" + port +
		"/about", "http://shop.acme.test" + port + "/faq"},
		pathsOf(found, ""))
	assert.Equal(t, "http://acme.test"+port, found.Pages[0].RequestedURL)
	assert.Equal(t, []string{"host_not_found"}, codesOf(found.Warnings), "www.shop is the same site, but does not exist")

	found, err = crawler.Crawl(t.Context(), onboarding.Crawl{URL: "http://evil.test" + port})
	require.NoError(t, err)
	assert.Contains(t, codesOf(found.Warnings), "redirected")
	assert.Equal(t, "http://acme-new.test"+port+"/", found.Pages[0].URL)
}

func TestSitemaps(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	zipper := gzip.NewWriter(&packed)
	_, _ = zipper.Write([]byte(`<urlset><url><loc>/from-gz</loc></url></urlset>`))
	require.NoError(t, zipper.Close())
	site := newFakeSite(t, map[string]string{
		"/":            htmlPage("home"),
		"/sitemap.xml": `<?xml version="1.0" encoding="ISO-8859-1"?><sitemapindex><sitemap><loc>/a.xml.gz</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap><sitemap><loc>http://elsewhere.example/c.xml</loc></sitemap></sitemapindex>`,
		"/a.xml.gz":    packed.String(),
		"/b.xml":       `<urlset><url><loc> /from-b </loc><image:image><image:loc>/pic</image:loc></image:image></url><sitemap><loc>/deeper.xml</loc></sitemap>`,
		"/from-gz":     htmlPage("gz"), "/from-b": htmlPage("b"),
	}, nil)
	found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Equal(t, []string{"", "/from-gz", "/from-b"}, pathsOf(found, site.URL))
	assert.Equal(t, new(true), found.HasSitemap)
	assert.Zero(t, site.asked("/deeper.xml"))
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	crawler := New(loopback, registry, slog.New(slog.DiscardHandler))
	site := newFakeSite(t,
		map[string]string{"/": htmlPage("home", "/missing", "/copy"), "/copy": htmlPage("home", "/missing", "/copy")}, nil)
	_, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.InDelta(t, 1, testutil.ToFloat64(crawler.metrics.refusals.WithLabelValues("page_not_found")), 0)
	assert.InDelta(t, 1, testutil.ToFloat64(crawler.metrics.pages.WithLabelValues(pageRead)), 0)
	assert.InDelta(t, 1, testutil.ToFloat64(crawler.metrics.pages.WithLabelValues(pageDuplicate)), 0)
	assert.Positive(t, testutil.ToFloat64(crawler.metrics.bytes))
	problems, err := testutil.GatherAndLint(registry)
	require.NoError(t, err)
	assert.Empty(t, problems)
}

// Each request waits for its turn at the host that it goes to, and says when the host
// finds it too much.
func TestEachRequestAcquiresAPermit(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{"/": htmlPage("home", "/about"), "/about": htmlPage("about")}, nil)
	crawler := newTestCrawler(t, limits{}, nil)
	var asked []string
	told := 0
	_, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: site.URL, Acquire: func(
		_ context.Context, host string,
	) (func(error), error) {
		asked = append(asked, host)
		return func(err error) {
			told++
			var limit *onboarding.RateLimitError
			assert.NotErrorAs(t, err, &limit)
		}, nil
	}})
	require.NoError(t, err)
	assert.Len(t, asked, site.asked("/robots.txt")+site.asked("/sitemap.xml")+site.asked("/")+
		site.asked("/about"), "robots.txt and sitemap too")
	assert.Equal(t, len(asked), told)
	assert.Equal(t, strings.TrimPrefix(site.URL, "http://"), asked[0])

	far := &onboarding.RateLimitError{RetryAfter: time.Minute}
	_, err = crawler.Crawl(t.Context(),
		onboarding.Crawl{URL: site.URL, Acquire: func(context.Context, string) (func(error), error) { return nil, far }})
	require.ErrorIs(t, err, far)
}

func TestRateLimitReachesThePermit(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	t.Cleanup(site.Close)
	var told error
	_, err := newTestCrawler(t, limits{},
		nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL, Acquire: func(context.Context, string) (func(error), error) {
		return func(err error) { told = err }, nil
	}})
	require.Error(t, err)
	var limit *onboarding.RateLimitError
	require.ErrorAs(t, told, &limit)
	assert.Equal(t, 7*time.Second, limit.RetryAfter)
}
