package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// site is a small website that counts its requests and can hold one page back.
type site struct {
	url string

	mu      sync.Mutex
	fetched map[string]int
	held    string        // the path that is held back, "" for none
	reached chan struct{} // receives when the held path is requested
	free    chan struct{} // closed to release it
}

// sitePages are linked from the start page in this order.
var sitePages = []string{"/about", "/services", "/pricing", "/contact", "/faq"}

func newSite(t *testing.T, held string) *site {
	t.Helper()
	s := &site{fetched: map[string]int{}, held: held, reached: make(chan struct{}, 10), free: make(chan struct{})}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Cleanup(s.release)
	s.url = server.URL
	return s
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.fetched[r.URL.Path]++
	held := s.held == r.URL.Path
	s.mu.Unlock()
	if held {
		s.reached <- struct{}{}
		select {
		case <-s.free:
		case <-r.Context().Done():
			return
		}
	}
	if r.URL.Path == "/robots.txt" || r.URL.Path == "/sitemap.xml" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<html lang="en"><head><title>Page %[1]s of the bakery</title></head><body><nav>`, r.URL.Path)
	for _, path := range sitePages {
		fmt.Fprintf(w, `<a href="%[1]s">Our page %[1]s</a>`, path)
	}
	fmt.Fprintf(w, `</nav><main><h1>Bread of %s</h1>`, r.URL.Path)
	for range 4 {
		fmt.Fprintf(w, `<p>We bake our bread every morning before the town wakes up. You can smell it from
			the corner of %s, and you are welcome to come in and taste a slice while it is warm.</p>`, r.URL.Path)
	}
	fmt.Fprint(w, `</main></body></html>`)
}

// release stops holding the page back.
func (s *site) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held != "" {
		s.held = ""
		close(s.free)
	}
}

// counts returns how often each path was requested.
func (s *site) counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := make(map[string]int, len(s.fetched))
	for path, n := range s.fetched {
		counts[path] = n
	}
	return counts
}
