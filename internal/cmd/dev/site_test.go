package main

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/cmd/worker"
)

// samplePages returns the pages of the sample site by their paths.
func samplePages(t *testing.T) (folder fs.FS, pages map[string]*goquery.Document) {
	t.Helper()
	folder, err := openSite("")
	require.NoError(t, err)
	pages = map[string]*goquery.Document{}
	require.NoError(t, fs.WalkDir(folder, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".html" {
			return err
		}
		file, err := folder.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		pages[name], err = goquery.NewDocumentFromReader(file)
		return err
	}))
	return folder, pages
}

func TestSampleSiteIsWhole(t *testing.T) {
	t.Parallel()
	folder, pages := samplePages(t)
	assert.GreaterOrEqual(t, len(pages), 8)
	sitemap, err := fs.ReadFile(folder, "sitemap.xml")
	require.NoError(t, err)
	for name, page := range pages {
		assert.Equal(t, 1, page.Find("h1").Length(), "%s has one main heading", name)
		for _, needed := range []string{
			"title", "nav", "footer", "link[rel=canonical]", `meta[name=description]`,
			`meta[property="og:title"]`,
		} {
			assert.Positive(t, page.Find(needed).Length(), "%s has %s", name, needed)
		}
		canonical, _ := page.Find("link[rel=canonical]").Attr("href")
		assert.Contains(t, string(sitemap), "<loc>"+canonical+"</loc>", name)
		page.Find("a[href], img[src], link[rel=stylesheet]").Each(func(_ int, s *goquery.Selection) {
			target := s.AttrOr("href", s.AttrOr("src", ""))
			assertResolves(t, folder, name, target)
		})
		page.Find(`script[type="application/ld+json"]`).Each(func(_ int, s *goquery.Selection) {
			assert.True(t, json.Valid([]byte(s.Text())), "JSON-LD of %s", name)
		})
	}
}

// assertResolves checks that a relative link of a page names a file of the site.
func assertResolves(t *testing.T, folder fs.FS, page, target string) {
	t.Helper()
	address, err := url.Parse(target)
	if !assert.NoError(t, err) || address.Scheme != "" {
		return
	}
	_, err = fs.Stat(folder, path.Join(path.Dir(page), address.Path))
	assert.NoError(t, err, "%s links to %s", page, target)
}

func TestSamplePostsAreLongEnough(t *testing.T) {
	t.Parallel()
	_, pages := samplePages(t)
	posts := 0
	for name, page := range pages {
		if kind, _ := page.Find(`meta[property="og:type"]`).Attr("content"); kind != "article" {
			continue
		}
		posts++
		words := len(strings.Fields(page.Find("article").Text()))
		assert.True(t, words >= 400 && words <= 700, "%s has %d words", name, words)
	}
	assert.Equal(t, 3, posts)
}

func TestServeSite(t *testing.T) {
	t.Parallel()
	folder, err := openSite("")
	require.NoError(t, err)
	address, stop, err := worker.ServeFolder(t.Context(), folder)
	require.NoError(t, err)
	page := fetch(t, address+"/")
	canonical, _ := page.Find("link[rel=canonical]").Attr("href")
	assert.Equal(t, address+"/", canonical, "the site names the address that it is served under")
	require.NoError(t, stop())
}

func fetch(t *testing.T, address string) *goquery.Document {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	response, err := (&http.Client{}).Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	page, err := goquery.NewDocumentFromReader(response.Body)
	require.NoError(t, err)
	return page
}

func TestOpenSiteNeedsAFolder(t *testing.T) {
	t.Parallel()
	_, err := openSite("site.go")
	assert.EqualError(t, err, "there is no folder site.go to serve")
}
