package ops_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/ops"
)

// How long an answer about readiness is given again.
const (
	readyAge    = time.Second
	notReadyAge = 100 * time.Millisecond
)

// In the tests below time only moves when everything waits for it.

func TestAChangeIsToldAndLoggedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var down bool
		var out bytes.Buffer
		reg := prometheus.NewRegistry()
		health := ops.NewHealth(reg, ops.NewLogger(&out, nil,
			"api"), ops.Check{Name: "database", Probe: func(context.Context) error {
			if down {
				return errors.New("connection refused")
			}
			return nil
		}})
		readyz := func() (int, string) {
			time.Sleep(readyAge)
			answer := httptest.NewRecorder()
			ops.Handler(reg, health).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/readyz", nil))
			return answer.Code, answer.Body.String()
		}
		status, _ := readyz()
		assert.Equal(t, http.StatusOK, status)
		assert.Empty(t, out.String())

		down = true
		for range 2 {
			status, body := readyz()
			assert.Equal(t, http.StatusServiceUnavailable, status)
			assert.JSONEq(t,
				`{"status":"not_ready","checks":{"database":"failed"},"reasons":{"database":"connection refused"}}`, body)
		}
		assert.Equal(t, 1, strings.Count(out.String(), "readiness check failed"), "a change is logged once")
		assert.Contains(t, out.String(), "connection refused")
		assert.InDelta(t, 2, counted(t, reg), 0)

		down = false
		status, _ = readyz()
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, 1, strings.Count(out.String(), "readiness check recovered"))
	})
}

// counted returns the number of failed checks.
func counted(t *testing.T, reg *prometheus.Registry) float64 {
	t.Helper()
	families, err := reg.Gather()
	require.NoError(t, err)
	require.Len(t, families, 1)
	return families[0].GetMetric()[0].GetCounter().GetValue()
}

func TestManyWhoAskShareOneRunOfTheChecks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		var down atomic.Bool
		health := ops.NewHealth(prometheus.NewRegistry(), quiet(), ops.Check{Name: "database", Probe: func(
			ctx context.Context,
		) error {
			runs.Add(1)
			if down.Load() {
				return errors.New("connection refused")
			}
			return ctx.Err()
		}})
		gone, leave := context.WithCancel(t.Context())
		leave()
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() { assert.True(t, health.Report(gone).Ready(), "who has left spoils it for nobody") })
		}
		group.Wait()
		assert.EqualValues(t, 1, runs.Load())

		down.Store(true)
		time.Sleep(readyAge - time.Nanosecond)
		assert.True(t, health.Report(t.Context()).Ready(), "still the first report")
		time.Sleep(time.Nanosecond)
		assert.False(t, health.Report(t.Context()).Ready())
		assert.EqualValues(t, 2, runs.Load())

		down.Store(false)
		time.Sleep(notReadyAge - time.Nanosecond)
		assert.False(t, health.Report(t.Context()).Ready(), "still the second report")
		time.Sleep(time.Nanosecond)
		assert.True(t, health.Report(t.Context()).Ready(), "a recovery shows sooner")
		assert.EqualValues(t, 3, runs.Load())

		health.Drain()
		assert.Equal(t, ops.StatusDraining, health.Report(t.Context()).Status, "drained at once")
		assert.EqualValues(t, 3, runs.Load())
	})
}

func TestACheckThatHangsOrPanicsFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		reg := prometheus.NewRegistry()
		health := ops.NewHealth(reg, quiet(),
			ops.Check{Name: "hangs", Probe: func(context.Context) error { <-release; return nil }},
			ops.Check{Name: "panics", Probe: func(context.Context) error { panic("no") }},
			ops.Check{Name: "works", Probe: func(context.Context) error { return nil }},
		)
		began := time.Now()
		report := health.Report(t.Context())
		assert.Equal(t, 2*time.Second, time.Since(began))
		assert.False(t, report.Ready())
		assert.Equal(t, map[string]string{"hangs": ops.CheckFailed, "panics": ops.CheckFailed, "works": ops.CheckOK},
			report.Checks)
		require.NoError(t, testutil.GatherAndCompare(reg, strings.NewReader(`
# HELP onboarding_readiness_failures_total Readiness checks that failed, by check.
# TYPE onboarding_readiness_failures_total counter
onboarding_readiness_failures_total{check="hangs"} 1
onboarding_readiness_failures_total{check="panics"} 1
onboarding_readiness_failures_total{check="works"} 0
`), "onboarding_readiness_failures_total"))
	})
}
