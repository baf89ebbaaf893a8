package website

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestStartPageThatOnlyRefreshes(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{
		"/": `<meta http-equiv="Refresh" content="0; URL='/en/'">`, "/en/": htmlPage("english", "/en/about"),
		"/en/about": htmlPage("about"),
	}, nil)
	found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Equal(t, []string{"/en/", "/en/about"}, pathsOf(found, site.URL))
	assert.Equal(t, site.URL, found.Pages[0].RequestedURL)
}

func TestCrawlLeavesATroubledSiteAlone(t *testing.T) {
	t.Parallel()
	links := func(kind string) []string {
		var all []string
		for i := range 60 {
			all = append(all, fmt.Sprintf("/%s/%d", kind, i))
		}
		return all
	}
	troubled := newFakeSite(t,
		map[string]string{"/": htmlPage("home", links("x")...), "/robots.txt": "", "/sitemap.xml": ""}, status(500))
	found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: troubled.URL})
	require.NoError(t, err)
	assert.Len(t, found.Warnings, maxTemporary)

	rotten := newFakeSite(t, map[string]string{"/": htmlPage("home", links("y")...)}, nil)
	found, err = newTestCrawler(t, limits{maxPages: 4}, nil).Crawl(t.Context(), onboarding.Crawl{URL: rotten.URL})
	require.NoError(t, err)
	assert.Len(t, found.Warnings, triesPerPage*4)
	assert.Len(t, found.Known, 60)
}

func TestCrawlWithAllPagesHeld(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{
		"/": htmlPage("home", "/about"), "/about": htmlPage("about"),
		"/sitemap.xml": "<urlset><url><loc>/a</loc></url></urlset>",
	}, nil)
	crawler := newTestCrawler(t, limits{maxPages: 2}, nil)
	first, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	second, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: site.URL, Held: first.Pages})
	require.NoError(t, err)
	assert.Equal(t, first, second)
	assert.Equal(t, 1, site.asked("/")*site.asked("/about"))

	site.Close()
	third, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: site.URL, Held: first.Pages})
	require.NoError(t, err)
	assert.Equal(t, first.Pages, third.Pages)
}

func TestFiveRedirectsAreFollowed(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{"/robots.txt": "", "/0": htmlPage("there")}, func(
		w http.ResponseWriter, r *http.Request,
	) {
		left := int(r.URL.Path[1] - '0')
		redirect(fmt.Sprint("/", left-1))(w, r)
	})
	found, err := newTestCrawler(t, limits{maxPages: 1}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL + "/5"})
	require.NoError(t, err)
	assert.Equal(t, site.URL+"/0", found.Pages[0].URL)
	_, err = newTestCrawler(t, limits{maxPages: 1}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL + "/6"})
	assert.Equal(t, onboarding.FailureTooManyRedirects, failureIn(t, err).Code)
}

func TestRefreshIsRelativeToWhereTheStartPageStands(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{
		"/en/": `<meta http-equiv="refresh" content="0; url=welcome.html">`, "/en/welcome.html": htmlPage("welcome"),
		"/robots.txt": "",
	}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			redirect("/en/")(w, r)
			return
		}
		http.NotFound(w, r)
	})
	found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Equal(t, []string{"/en/welcome.html"}, pathsOf(found, site.URL))
}

func TestSitemapIsKnownOrNot(t *testing.T) {
	t.Parallel()
	const listed = "<urlset><url><loc>/listed</loc></url></urlset>"
	elsewhere := "User-agent: *\nDisallow:\nSitemap: https://elsewhere.example/map.xml\n"
	tests := map[string]struct {
		robots  string
		sitemap http.HandlerFunc
		want    *bool
		listed  int
	}{
		"read":                     {"", body("text/xml", listed), new(true), 1},
		"not found":                {"", status(404), new(false), 0},
		"gone":                     {"", status(410), new(false), 0},
		"broken":                   {"", status(500), nil, 0},
		"forbidden":                {"", status(403), nil, 0},
		"a web page":               {"", body("text/html", htmlPage("app")), nil, 0},
		"leads away":               {"", redirect("https://elsewhere.example/map.xml"), nil, 0},
		"named elsewhere":          {elsewhere, status(404), new(true), 0},
		"named elsewhere and here": {elsewhere, body("text/xml", listed), new(true), 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newFakeSite(t,
				map[string]string{"/": htmlPage("home"), "/listed": htmlPage("listed"), "/robots.txt": test.robots}, test.sitemap)
			found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
			require.NoError(t, err)
			assert.Equal(t, test.want, found.HasSitemap)
			assert.Equal(t, test.listed > 0, found.Sitemap != nil)
			assert.Equal(t, new(true), found.HasRobots)
			assert.Equal(t, test.listed, site.asked("/listed"))
			assert.Equal(t, 1, site.asked("/sitemap.xml"))
		})
	}
}

func TestIndexOfSitemapsLeavesTheRulesAlone(t *testing.T) {
	t.Parallel()
	named := make([]string, 1, 8)
	named[0] = "/index.xml"
	site := newFakeSite(t,
		map[string]string{"/index.xml": "<sitemapindex><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>"}, nil)
	crawler := newTestCrawler(t, limits{}, nil)
	s := &crawl{crawler: crawler, start: mustURL(t, site.URL+"/"), caller: t.Context()}
	_, exists, err := s.readSitemaps(t.Context(), named)
	require.NoError(t, err)
	assert.Equal(t, new(true), exists)
	assert.Equal(t, []string{"/index.xml", ""}, named[:2])
	assert.Equal(t, 1, site.asked("/a.xml"))
}
