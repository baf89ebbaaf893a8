package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// fakeAPI has a /readyz that tests set, and counts the other requests.
type fakeAPI struct {
	*httptest.Server
	ready  atomic.Bool
	broken atomic.Bool
	served atomic.Int64
}

func newFakeAPI(t *testing.T) *fakeAPI {
	t.Helper()
	api := &fakeAPI{}
	api.ready.Store(true)
	api.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/readyz" && !api.ready.Load():
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.URL.Path == "/readyz":
		case api.broken.Load():
			panic(http.ErrAbortHandler)
		default:
			api.served.Add(1)
		}
	}))
	t.Cleanup(api.Close)
	return api
}

// The balancer follows /readyz, and failed requests are counted, not retried.
func TestBalancer(t *testing.T) {
	t.Parallel()
	first, second := newFakeAPI(t), newFakeAPI(t)
	b, err := startBalancer(t.Context(), []string{first.URL, second.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer b.stop()
	users := &counted{RoundTripper: &http.Transport{}}
	get := func() (status int) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.address+"/x", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := users.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		return response.StatusCode
	}
	await := func(api int, ready bool) {
		for range 200 {
			if b.backends[api].ready.Load() == ready {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Fatalf("API %d does not become ready=%t", api, ready)
	}
	for range 10 {
		get()
	}
	if first.served.Load() != 5 || second.served.Load() != 5 {
		t.Errorf("the two served %d and %d of 10", first.served.Load(), second.served.Load())
	}
	first.ready.Store(false)
	await(0, false)
	for range 10 {
		get()
	}
	if first.served.Load() != 5 {
		t.Error("one that is not ready served a request")
	}
	second.broken.Store(true)
	if status := get(); status != http.StatusBadGateway || b.broken.Load() != 1 {
		t.Errorf("a broken answer is %d, counted %d times", status, b.broken.Load())
	}
	second.ready.Store(false)
	await(1, false)
	if status := get(); status != http.StatusServiceUnavailable || b.unavailable.Load() != 1 {
		t.Errorf("without an API the answer is %d, counted %d times", status, b.unavailable.Load())
	}
	if users.requests.Load() != 22 || users.failed.Load() != 2 {
		t.Errorf("requests=%d failed=%d", users.requests.Load(), users.failed.Load())
	}
}

// A request that the HTTP client sends twice, because its connection was closed, is counted.
func TestBalancerSeesRepeats(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	api := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/x" && connections.Add(1) == 2 {
			panic(http.ErrAbortHandler) // on the connection that is used again
		}
	}))
	t.Cleanup(api.Close)
	b, err := startBalancer(t.Context(), []string{api.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer b.stop()
	for range 2 {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.address+"/x", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
	}
	if b.repeated.Load() != 1 || b.broken.Load() != 0 {
		t.Errorf("repeated=%d broken=%d", b.repeated.Load(), b.broken.Load())
	}
}
