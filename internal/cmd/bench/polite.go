package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/upstream"
	"github.com/alwrity/onboarding/internal/walk"
)

// What is measured, and the goal.
const (
	politeCalls   = 5000
	politeGoal    = 0.01 // share of the calls answered 429
	politeWorkers = 4
	politeSlots   = 8 // callers of each worker
	// The hidden limit, in calls a second, before and after it changes.
	politeLimit      = 160.0
	politeLimitLater = 80.0
)

// politeFigures count the calls, and those that exceeded the limit.
type politeFigures struct {
	calls, limited int64
	took           time.Duration
}

func (f politeFigures) share() float64 { return float64(f.limited) / float64(max(f.calls, 1)) }

func (f politeFigures) met() bool { return f.calls >= politeCalls && f.share() <= politeGoal }

func (f politeFigures) String() string {
	return fmt.Sprintf("polite: calls=%d limited=%d share=%.2f%% calls_per_second=%.0f met=%t",
		f.calls, f.limited, 100*f.share(), float64(f.calls)/f.took.Seconds(), f.met())
}

// runPolite measures how many calls of several workers are answered 429 by a server
// whose hidden limit changes once.
func runPolite(ctx context.Context, databaseURL string, stdout io.Writer) (bool, error) {
	figures, err := measurePoliteness(ctx, databaseURL)
	if err == nil {
		_, err = fmt.Fprintln(stdout, figures)
	}
	return figures.met(), err
}

// measurePoliteness makes the calls: a third under the first limit, a third under the
// second, and the last third with the workers restarted.
func measurePoliteness(ctx context.Context, databaseURL string) (f politeFigures, err error) {
	hidden := &hiddenLimit{}
	server := httptest.NewServer(hidden)
	defer server.Close()
	began := time.Now()
	for part, limit := range []rate.Limit{politeLimit, politeLimitLater, politeLimitLater} {
		hidden.SetLimit(limit)
		hidden.SetBurst(int(limit) / 10)
		left := int64(politeCalls / 3)
		if part == 2 {
			left = politeCalls - hidden.calls.Load()
		}
		if err := politeFleet(ctx, databaseURL, server.URL, left); err != nil {
			return f, err
		}
	}
	return politeFigures{calls: hidden.calls.Load(), limited: hidden.limited.Load(), took: time.Since(began)}, nil
}

// politeFleet makes calls from several workers, each with a pool and a limiter of its
// own, as processes have them.
func politeFleet(ctx context.Context, databaseURL, serverURL string, calls int64) error {
	var left atomic.Int64
	left.Store(calls)
	group, ctx := errgroup.WithContext(ctx)
	for range politeWorkers {
		registry := prometheus.NewRegistry()
		pool, err := openPool(ctx, databaseURL, postgres.RoleSystem, 4)
		if err != nil {
			return err
		}
		defer pool.Close()
		limiter := upstream.NewLimiter(pool, registry)
		for range politeSlots {
			group.Go(func() error {
				for left.Add(-1) >= 0 {
					if err := politeCall(ctx, limiter, serverURL); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	return group.Wait()
}

// politeCall makes one call. Without a permit, it waits as its job would.
func politeCall(ctx context.Context, limiter *upstream.Limiter, serverURL string) error {
	upstream := upstream.Upstream{Name: "bench", Subject: "bench", Pace: upstream.ProviderPace}
	for {
		done, err := limiter.Acquire(ctx, upstream)
		var limit *onboarding.RateLimitError
		if errors.As(err, &limit) {
			if err := walk.Wait(ctx, limit.RetryAfter); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		answer, err := askOnce(ctx, serverURL)
		done(answer)
		return err
	}
}

// politeClient keeps a connection for each caller.
var politeClient = &http.Client{
	Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: politeWorkers * politeSlots},
}

// askOnce returns the rate limit that the server answers with, if any.
func askOnce(ctx context.Context, serverURL string) (limit, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, serverURL, nil)
	if err != nil {
		return nil, err
	}
	resp, err := politeClient.Do(req)
	if err != nil {
		return nil, err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusTooManyRequests {
		return nil, nil
	}
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	return &onboarding.RateLimitError{RetryAfter: time.Duration(seconds) * time.Second, Subject: "bench"}, nil
}

// hiddenLimit is a server with a token bucket unknown to its clients.
type hiddenLimit struct {
	rate.Limiter

	calls, limited atomic.Int64
}

// hiddenLatency is how long an answer takes.
const hiddenLatency = 30 * time.Millisecond

// ServeHTTP implements http.Handler.
func (h *hiddenLimit) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h.calls.Add(1)
	if !h.Allow() {
		h.limited.Add(1)
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	time.Sleep(hiddenLatency)
}
