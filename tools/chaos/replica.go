package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/walk"
)

// analytics waits until every API reads the analytics from a replica, and returns its lag in seconds.
func (f *failover) analytics(ctx context.Context) (most float64, err error) {
	token, err := f.issuer.Mint(auth.User{ID: "operator", Role: auth.RoleAdmin}, time.Hour)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	for _, s := range f.apis {
		for {
			lag, err := s.replicaLag(ctx)
			if err == nil && lag < readableLag {
				most = max(most, lag)
				break
			}
			if waitErr := walk.Wait(ctx, 200*time.Millisecond); waitErr != nil {
				return most, fmt.Errorf("%s reads from no replica, its lag is %.1f s: %w", s.name, lag, errors.Join(err, waitErr))
			}
		}
		api := walk.Client{URL: "http://" + s.http, Token: token, HTTP: http.DefaultClient}
		if err := api.Call(ctx, http.MethodGet, "/admin/analytics/funnel", nil, nil); err != nil {
			return most, fmt.Errorf("read the analytics: %w", err)
		}
	}
	return most, nil
}

// readableLag is the lag in seconds up to which an API reads from a replica.
const readableLag = 60

// replicaLag reads the metric of an API.
func (s *slot) replicaLag(ctx context.Context) (seconds float64, err error) {
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
		if value, ok := strings.CutPrefix(lines.Text(), "onboarding_replica_lag_seconds "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("%s has no metric of the lag", s.name)
}
