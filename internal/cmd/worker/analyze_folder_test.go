package worker

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answer is what a request got, after redirects.
type answer struct {
	status                  int
	path, contentType, body string
}

func get(t *testing.T, address string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	response, err := (&http.Client{}).Do(request)
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return answer{response.StatusCode, response.Request.URL.Path, response.Header.Get("Content-Type"), string(body)}
}

func TestFolderHandler(t *testing.T) {
	t.Parallel()
	handler, err := FolderHandler(fstest.MapFS{
		"index.html": {
			Data: []byte(`<link rel="canonical" href="https://shop.example/"><a href="https://other.example/">`),
		},
		"blog/index.html": {Data: []byte(`blog`)},
		"robots.txt":      {Data: []byte("Sitemap: https://shop.example/sitemap.xml")},
		"sitemap.xml": {Data: []byte("<s:urlset><s:url><image:loc>https://cdn.example/i.png</image:loc>" +
			"<s:loc> https://shop.example/</s:loc></s:url></s:urlset>")},
		"old/index.htm": {Data: []byte(`old`)},
		"x.xhtml":       {Data: []byte(`https://shop.example`)},
		"site.css":      {Data: []byte("/* https://shop.example */")},
	})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)

	home := get(t, server.URL+"/")
	assert.Equal(t, "text/html", home.contentType)
	assert.Equal(t, `<link rel="canonical" href="`+server.URL+`/"><a href="https://other.example/">`, home.body)

	assert.Equal(t, "Sitemap: "+server.URL+"/sitemap.xml", get(t, server.URL+"/robots.txt").body)
	assert.Contains(t, get(t, server.URL+"/sitemap.xml").body, server.URL+"/<")
	assert.Contains(t, get(t, server.URL+"/site.css").body, "https://shop.example",
		"only pages, XML and text are rewritten")

	blog := get(t, server.URL+"/blog")
	assert.Equal(t, "/blog/", blog.path, "a folder is redirected to its slash")
	assert.Equal(t, "blog", blog.body)

	assert.Equal(t, "old", get(t, server.URL+"/old/").body)
	strict := get(t, server.URL+"/x.xhtml")
	assert.Equal(t, "application/xhtml+xml "+server.URL, strict.contentType+" "+strict.body)

	for _, path := range []string{"/missing.html", "/blog/index.html/x", "/..%2f..%2fetc/passwd"} {
		assert.Equal(t, http.StatusNotFound, get(t, server.URL+path).status, path)
	}
}

func TestFolderHandlerWithoutSitemapServesFilesAsTheyAre(t *testing.T) {
	t.Parallel()
	handler, err := FolderHandler(fstest.MapFS{"a.html": {Data: []byte("https://shop.example")}})
	require.NoError(t, err)
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/a.html", http.NoBody))
	assert.Equal(t, "https://shop.example", recorder.Body.String())
}

func TestFolderHandlerNeedsAPage(t *testing.T) {
	t.Parallel()
	_, err := FolderHandler(fstest.MapFS{"notes.txt": {Data: []byte("nothing to read")}})
	require.Error(t, err)
	assert.True(t, strings.HasPrefix(err.Error(), "the folder holds no"), err)
}
