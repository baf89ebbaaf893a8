package e2e_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// badSite is a server with one bad page a path.
func badSite(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	html := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, body)
		}
	}
	mux.HandleFunc("/error",
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	mux.HandleFunc("/forbidden", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	mux.HandleFunc("/empty", html("<html><body><script>app()</script></body></html>"))
	mux.HandleFunc("/nested", html(strings.Repeat("<div>", 10_000)+"deep"))
	mux.HandleFunc("/binary", html("<p>"+strings.Repeat("\x81\xfe\xff ", 20_000)))
	mux.HandleFunc("/pdf", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/pdf")
		fmt.Fprint(w, "%PDF-1.7")
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		for chunk := bytes.Repeat([]byte("<p>more text</p>"), 4096); ; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/circle", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/circle?again="+r.URL.Query().Get("again")+"1", http.StatusFound)
	})
	mux.HandleFunc("/to-metadata", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
	})
	mux.HandleFunc("/secret/page", html("<p>secret</p>"))
	mux.HandleFunc("/robots.txt", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "User-agent: *\nDisallow: /secret/\n")
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// Every bad website ends as a failed step with its code and a sentence, the worker
// lives, and a good website works afterwards.
func TestBadWebsites(t *testing.T) {
	t.Parallel()
	e, bad := setup(t), badSite(t)
	e.worker()
	api := e.api()
	tests := []struct{ website, code string }{
		{bad + "/missing", "page_not_found"},
		{bad + "/error", "website_error"},
		{bad + "/forbidden", "access_denied"},
		{bad + "/empty", "page_empty"},
		{bad + "/nested", "page_too_complex"},
		{bad + "/binary", "page_unreadable"},
		{bad + "/pdf", "not_html"},
		{bad + "/large", "page_too_large"},
		{bad + "/circle", "too_many_redirects"},
		{bad + "/secret/page", "robots_forbidden"},
		{bad + "/to-metadata", "redirect_forbidden"},
		{"http://" + freeAddress(t), "website_unreachable"},
		{"http://169.254.169.254/latest/meta-data/", "address_forbidden"},
		{"http://10.0.0.1", "address_forbidden"},
		{"http://[::1]", "address_forbidden"},
		{"http://[64:ff9b::a9fe:a9fe]", "address_forbidden"},
		{"http://①⑦②.16.0.1", "address_forbidden"},
		{"http://8.8.8.8:8080", "port_forbidden"},
	}
	var clients []*client
	for i, test := range tests { // one user each
		c := api.as(e, fmt.Sprintf("user_%d", i))
		a := c.submit(test.website)
		require.Equal(t, http.StatusAccepted, a.status, test.website)
		clients = append(clients, c)
	}
	for i, test := range tests {
		a := clients[i].until("the step does not fail", 40*time.Second,
			func(a answer) bool { return a.text("status") == "failed" })
		assert.Equal(t, test.code, a.text("error.code"), test.website)
		assert.Contains(t, a.text("error.detail"), "ebsite", test.website)
		assert.NotContains(t, a.text("error.detail"), "meta-data", "no more of the address than its host")
	}
	shop := newSite(t, "")
	require.Equal(t, http.StatusAccepted, clients[0].submit(shop.url).status)
	clients[0].completed(20 * time.Second)
}

// Addresses that are visibly wrong are refused at once.
func TestBadAddressesAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	api := setup(t).api()
	for website, code := range map[string]string{
		"":                              "required",
		"not a website":                 "invalid_url",
		"file:///etc/passwd":            "unsupported_scheme",
		"javascript:alert(1)":           "unsupported_scheme",
		"https://ann:pass@example.com/": "userinfo_in_url",
	} {
		a := api.submit(website)
		assert.Equal(t, http.StatusBadRequest, a.status, website)
		assert.Equal(t, code, a.text("code"), website)
		assert.NotContains(t, a.text("detail"), "pass@")
	}
	assert.Equal(t, "pending", api.step().text("status"))
}
