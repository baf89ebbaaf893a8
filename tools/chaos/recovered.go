package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/walk"
)

// recovered waits until all processes are as before the fault: each is ready, and each API listens for changes and
// reads the analytics from a replica. It returns the lag of the replicas in seconds.
func (f *failover) recovered(ctx context.Context) (lag float64, err error) {
	for _, s := range slices.Concat(f.apis, f.workers) {
		if err := s.awaitReady(ctx, writeTime); err != nil {
			return 0, err
		}
	}
	token, err := f.issuer.Mint(auth.User{ID: "operator", Role: auth.RoleAdmin}, time.Hour)
	if err != nil {
		return 0, err
	}
	for _, s := range f.apis {
		if _, err := s.awaitMetric(ctx, "onboarding_listen_up", 1, 1); err != nil {
			return 0, err
		}
		behind, err := s.awaitMetric(ctx, "onboarding_replica_lag_seconds", 0, mostReplicaLag)
		if err != nil {
			return 0, err
		}
		lag = max(lag, behind)
		api := walk.Client{URL: "http://" + s.http, Token: token, HTTP: http.DefaultClient}
		if err := api.Call(ctx, http.MethodGet, "/admin/analytics/funnel", nil, nil); err != nil {
			return 0, fmt.Errorf("read the analytics: %w", err)
		}
	}
	return lag, nil
}

// mostReplicaLag is the lag in seconds up to which an API reads from a replica.
const mostReplicaLag = 60

// awaitMetric waits until a metric without labels is within bounds, and returns it.
func (s *slot) awaitMetric(ctx context.Context, name string, least, most float64) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	for {
		value, err := s.metric(ctx, name)
		if err == nil && value >= least && value <= most {
			return value, nil
		}
		if waitErr := walk.Wait(ctx, 200*time.Millisecond); waitErr != nil {
			return 0, fmt.Errorf("%s of %s is %f: %w", name, s.name, value, errors.Join(err, waitErr))
		}
	}
}

// metric reads a metric without labels.
func (s *slot) metric(ctx context.Context, name string) (float64, error) {
	address := "http://" + s.environ["METRICS_ADDR"] + "/metrics"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("%s has no metric %s", s.name, name)
}

// watchReadiness returns a function that ends it and returns how many processes were not ready meanwhile.
func (f *failover) watchReadiness(ctx context.Context) (stop func() int) {
	ctx, cancel := context.WithCancel(ctx)
	slots := slices.Concat(f.apis, f.workers)
	unready := make([]int, len(slots))
	var watching sync.WaitGroup
	for i, s := range slots {
		watching.Go(func() {
			for ctx.Err() == nil && unready[i] == 0 {
				if err := s.awaitReady(ctx, time.Second); err != nil && ctx.Err() == nil {
					unready[i] = 1
				}
				_ = wait(ctx, 200*time.Millisecond)
			}
		})
	}
	return func() (sum int) {
		cancel()
		watching.Wait()
		for _, n := range unready {
			sum += n
		}
		return sum
	}
}
