package httpapi_test

import (
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

// The page has everything from this server: what it names is there, and its policy
// lets neither another host nor a script within the page do anything.
func TestTheDocumentationNeedsNoOtherHost(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	header, page := fetch(t, f.URL+"/docs")
	assert.Equal(t, "text/html; charset=utf-8", header.Get("Content-Type"))
	assert.NotContains(t, page, "://", "another host")
	named := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1)
	require.Greater(t, len(named), 4)
	for _, match := range named {
		header, content := fetch(t, f.URL+match[1])
		assert.NotEmpty(t, content, match[1])
		assert.NotEqual(t, "application/octet-stream", header.Get("Content-Type"), match[1])
	}
	policy := header.Get("Content-Security-Policy")
	assert.Contains(t, policy, "default-src 'none'")
	assert.Contains(t, policy, "script-src 'self';")
	assert.NotContains(t, policy, "unsafe-eval")
	assert.NotContains(t, policy, "http")
	assert.NotRegexp(t, `<script>|<style|\son\w+=`, strings.ToLower(page),
		"the policy forbids what stands within the page")
	assert.Equal(t, 404, f.Send(http.MethodGet, "/docs/missing.js", "").Status)
	assert.Equal(t, page, string(f.Send(http.MethodGet, "/docs", "").Body))
}

// fetch returns the headers and the unzipped body of a good answer.
func fetch(t *testing.T, url string) (http.Header, string) {
	t.Helper()
	answer, err := http.Get(url)
	require.NoError(t, err)
	content, err := io.ReadAll(answer.Body)
	require.NoError(t, errors.Join(err, answer.Body.Close()))
	require.Equal(t, 200, answer.StatusCode, url)
	return answer.Header, string(content)
}

func TestTheDocumentNeedsNoServer(t *testing.T) {
	t.Parallel()
	document, err := httpapi.Document()
	require.NoError(t, err)
	assert.Equal(t, string(apitest.New(t).Send(http.MethodGet, "/openapi.json", "").Body), string(document))
}

// A client that accepts gzip gets the document small.
func TestTheDocumentIsSentSmall(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.URL+"/openapi.json", nil)
	require.NoError(t, err)
	request.Header.Set("Accept-Encoding", "gzip")
	answer, err := (&http.Transport{DisableCompression: true}).RoundTrip(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, "gzip", answer.Header.Get("Content-Encoding"))
	assert.Less(t, answer.ContentLength, int64(60_000))
	assert.NotEmpty(t, answer.Header.Get("ETag"))
}

// The page lists the operations before any script runs.
func TestTheDocumentationListsTheOperations(t *testing.T) {
	t.Parallel()
	_, page := fetch(t, apitest.Works(t).URL+"/docs")
	doc, err := apitest.Described()
	require.NoError(t, err)
	for path := range doc.Paths.Map() {
		assert.Contains(t, page, "<code>"+path+"</code>")
	}
}
