package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/netip"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

// elsewhere finds addresses of hosts; those that stand below are names or examples.
var elsewhere = regexp.MustCompile(`(?:https?:|wss?:|["'(=])//[A-Za-z0-9][\w.-]*\.[A-Za-z]{2,}|@import|\burl\(`)

var harmless = []string{
	"http://www.w3.org",                 // names XML namespaces
	"https://github.com/leeoniya/uPlot", // a comment
	"https://example.com", "https://models.example.com",
}

func TestPageIsServed(t *testing.T) {
	t.Parallel()
	base := apitest.Serve(t, func(*httpapi.Config) {}).URL
	files := pageFiles(t)
	require.Greater(t, len(files), 20)
	for name, content := range files {
		address := base + "/" + name
		if path.Ext(name) == ".html" {
			address = base + "/" + strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, ".html"), "index"), "/")
		}
		if name == "not-found.html" {
			continue
		}
		whole := getPage(t, address, nil)
		require.Equal(t, http.StatusOK, whole.Status, name)
		assert.Equal(t, pageTypes[path.Ext(name)], whole.Header.Get("Content-Type"), name)
		assert.Equal(t, string(content), string(whole.Body), name)
		policy := whole.Header.Get("Content-Security-Policy")
		assert.Contains(t, policy, "default-src 'none'; script-src 'self'", name)
		assert.NotContains(t, policy, "unsafe", name)
		assert.Equal(t, "nosniff", whole.Header.Get("X-Content-Type-Options"), name)
		assert.Equal(t, "no-cache", whole.Header.Get("Cache-Control"), name)

		again := getPage(t, address, http.Header{"If-None-Match": {whole.Header.Get("ETag")}})
		assert.Equal(t, http.StatusNotModified, again.Status, name)
		zipped := getPage(t, address, http.Header{"Accept-Encoding": {"br, gzip"}})
		assert.Equal(t, "gzip", zipped.Header.Get("Content-Encoding"), name)
		assert.NotEqual(t, whole.Header.Get("ETag"), zipped.Header.Get("ETag"), name)
		reader, err := gzip.NewReader(bytes.NewReader(zipped.Body))
		require.NoError(t, err)
		unpacked, err := io.ReadAll(reader)
		require.NoError(t, err)
		assert.Equal(t, string(content), string(unpacked), name)
		refused := getPage(t, address, http.Header{"Accept-Encoding": {"gzip;q=0"}})
		assert.Empty(t, refused.Header.Get("Content-Encoding"), name)
	}
}

func TestAnUnknownAddressIsAPageForPeople(t *testing.T) {
	t.Parallel()
	base := apitest.Serve(t, func(*httpapi.Config) {}).URL
	browser := http.Header{"Accept": {"text/html,application/xhtml+xml,*/*;q=0.8"}, "If-None-Match": {"*"}}
	for _, path := range []string{"/nowhere", "/js/nothing.js", apitest.Base + "/nowhere"} {
		shown := getPage(t, base+path, browser)
		assert.Equal(t, http.StatusNotFound, shown.Status, path)
		assert.Equal(t, pageTypes[".html"], shown.Header.Get("Content-Type"), path)
		assert.Contains(t, string(shown.Body), "nothing at this address", path)
		assert.Contains(t, shown.Header.Get("Content-Security-Policy"), "default-src 'none'", path)
		apitest.RequireProblem(t, getPage(t, base+path, http.Header{"Accept": {"*/*"}}), http.StatusNotFound, "unknown_path")
		apitest.RequireProblem(t, ask(t, http.MethodPost, base+path, "", browser), http.StatusNotFound, "unknown_path")
	}
	apitest.RequireProblem(t, getPage(t, base+apitest.Base+"/start", browser), http.StatusMethodNotAllowed,
		"method_not_allowed")
}

var pageTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
	".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

func TestPageLoadsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	for name, content := range pageFiles(t) {
		text := string(content)
		for _, known := range harmless {
			text = strings.ReplaceAll(text, known, "")
		}
		assert.Empty(t, elsewhere.FindAllString(text, -1), "%s names another host", name)
		for _, parsing := range []string{
			"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser",
			"eval(", "new Function",
		} {
			assert.NotContains(t, text, parsing, "%s makes markup or code out of data", name)
		}
	}
	index := string(pageFiles(t)["index.html"])
	assert.NotRegexp(t, `<script(?:\s[^>]*)?>[^<]`, index, "a script in the page itself")
	assert.NotRegexp(t, `\s(?:style|on\w+)=`, index, "a style or a handler in the page itself")
}

var asJSON = http.Header{"Content-Type": {"application/json"}}

func TestDevelopmentTokenIsForDevelopmentOnly(t *testing.T) {
	t.Parallel()
	f := apitest.Serve(t, func(*httpapi.Config) {}) // like in production: nothing mints
	apitest.RequireProblem(t, ask(t, http.MethodPost, f.URL+"/development-token", `{"user":"dev"}`, asJSON),
		http.StatusNotFound, "unknown_path")
	assert.Contains(t, string(getPage(t, f.URL+"/", nil).Body), `data-sign-in="token"`)
}

func TestDevelopmentToken(t *testing.T) {
	t.Parallel()
	f := apitest.Serve(t, func(c *httpapi.Config) {
		c.DevelopmentToken = func(userID string) (string, error) {
			if userID == "" {
				return "", errors.New("no user")
			}
			return "token of " + userID, nil
		}
	})
	post := func(body string, header http.Header) apitest.Response {
		t.Helper()
		return ask(t, http.MethodPost, f.URL+"/development-token", body, header)
	}
	const body = `{"user":" dev "}`
	answer := post(body, asJSON)
	require.Equal(t, http.StatusOK, answer.Status)
	assert.Equal(t, "token of dev", answer.Object(t)["token"])
	assert.Contains(t, string(getPage(t, f.URL+"/", nil).Body), `data-sign-in="development"`)

	own := http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {f.URL}}
	require.Equal(t, http.StatusOK, post(body, withJSON(own)).Status)
	apitest.RequireProblem(t, post(body, http.Header{"Content-Type": {"text/plain"}}), http.StatusUnsupportedMediaType,
		"unsupported_media_type")
	apitest.RequireProblem(t, post(`{"user":""}`, asJSON), http.StatusBadRequest, "required")
	apitest.RequireProblem(t, post(`[`, asJSON), http.StatusBadRequest, "invalid_json")
}

// Neither a page whose name was made to resolve to this machine, nor another page of it, nor whoever is behind a
// proxy gets a token.
func TestDevelopmentTokenIsForTheOwnPage(t *testing.T) {
	t.Parallel()
	f := apitest.Serve(t, func(c *httpapi.Config) {
		c.DevelopmentToken = func(string) (string, error) { return "token", nil }
		c.Edge.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} // they change nothing here
	})
	port := f.URL[strings.LastIndex(f.URL, ":"):]
	for name, test := range map[string]struct {
		code   string
		header http.Header
	}{
		"a rebound name":            {"loopback_only", http.Header{"Host": {"rebound.example" + port}}},
		"a name of its own":         {"loopback_only", http.Header{"Host": {"localhost.evil.example"}}},
		"an address of the network": {"loopback_only", http.Header{"Host": {"192.168.0.7" + port}}},
		"a forwarded host": {
			"loopback_only",
			http.Header{"Host": {"rebound.example"}, "X-Forwarded-Host": {"localhost"}},
		},
		"forwarded to this machine": {"loopback_only", http.Header{"X-Forwarded-Host": {"localhost"}}},
		"forwarded for":             {"loopback_only", http.Header{"X-Forwarded-For": {"127.0.0.1"}}},
		"forwarded proto":           {"loopback_only", http.Header{"X-Forwarded-Proto": {"http"}}},
		"RFC 7239":                  {"loopback_only", http.Header{"Forwarded": {"for=127.0.0.1;host=localhost"}}},
		"a proxy that says so":      {"loopback_only", http.Header{"Via": {"1.1 proxy"}}},
		"the address of a client":   {"loopback_only", http.Header{"X-Real-Ip": {"127.0.0.1"}}},
		"a proxy of a network":      {"loopback_only", http.Header{"Cf-Connecting-Ip": {"127.0.0.1"}}},
		"other spellings":           {"loopback_only", http.Header{"X_Forwarded_For": {"127.0.0.1"}}},
		"an old spelling":           {"loopback_only", http.Header{"Forwarded-For": {"127.0.0.1"}}},
		"a remote address":          {"loopback_only", http.Header{"X-Remote-Addr": {"127.0.0.1"}}},
		"an originating address":    {"loopback_only", http.Header{"X-Originating-Ip": {"127.0.0.1"}}},
		"an original host":          {"loopback_only", http.Header{"X-Original-Host": {"localhost"}}},
		"a plug-in of a server":     {"loopback_only", http.Header{"Wl-Proxy-Client-Ip": {"127.0.0.1"}}},
		"a network of caches":       {"loopback_only", http.Header{"Cdn-Loop": {"cdn"}}},
		"a load balancer":           {"loopback_only", http.Header{"X-Amzn-Trace-Id": {"Root=1"}}},
		"another origin":            {"cross_origin", http.Header{"Origin": {"https://evil.example"}}},
		"an origin without a name":  {"cross_origin", http.Header{"Origin": {"null"}}},
		"another port":              {"cross_origin", http.Header{"Origin": {"http://127.0.0.1:1"}}},
		"another scheme":            {"cross_origin", http.Header{"Origin": {strings.Replace(f.URL, "http", "https", 1)}}},
		"another name of it":        {"cross_origin", http.Header{"Origin": {"http://localhost" + port}}},
		"another site":              {"cross_origin", http.Header{"Sec-Fetch-Site": {"cross-site"}}},
		"another port, new browser": {"cross_origin", http.Header{"Sec-Fetch-Site": {"same-site"}}},
		"no page":                   {"cross_origin", http.Header{"Sec-Fetch-Site": {"none"}}},
		"one of the two": {
			"cross_origin",
			http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {"https://evil.example"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := ask(t, http.MethodPost, f.URL+"/development-token", `{"user":"dev"}`, withJSON(test.header))
			apitest.RequireProblem(t, answer, http.StatusForbidden, test.code)
		})
	}
	for _, host := range []string{"localhost", "LOCALHOST:1", "127.0.0.1", "127.1.2.3", "[::1]:80"} {
		answer := ask(t, http.MethodPost, f.URL+"/development-token", `{"user":"dev"}`, withJSON(http.Header{"Host": {host}}))
		assert.Equal(t, http.StatusOK, answer.Status, host)
	}
}

// withJSON adds the media type of JSON to headers.
func withJSON(header http.Header) http.Header {
	header = header.Clone()
	header.Set("Content-Type", "application/json")
	return header
}

func pageFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files, folder := map[string][]byte{}, os.DirFS("web")
	require.NoError(t, fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(folder, name)
		return err
	}))
	return files
}

// getPage reads as a browser does; what it sends is not in the document of the API.
func getPage(t *testing.T, address string, header http.Header) apitest.Response {
	t.Helper()
	return ask(t, http.MethodGet, address, "", header)
}

func ask(t *testing.T, method, address, body string, header http.Header) apitest.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	require.NoError(t, err)
	request.Host = header.Get("Host")
	for name, values := range header {
		request.Header[name] = values
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	answer, err := client.Do(request)
	require.NoError(t, err)
	content, err := io.ReadAll(answer.Body)
	require.NoError(t, errors.Join(err, answer.Body.Close()))
	return apitest.Response{Status: answer.StatusCode, Header: answer.Header, Body: content}
}
