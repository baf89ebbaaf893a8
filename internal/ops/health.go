package ops

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// checkTimeout bounds one check, so that an answer about readiness comes even
// when what is checked hangs.
const checkTimeout = 2 * time.Second

// The values of Report.Status and of its checks.
const (
	StatusReady    = "ready"
	StatusNotReady = "not_ready"
	StatusDraining = "draining"
	CheckOK        = "ok"
	CheckFailed    = "failed"
)

// Check is one thing that a process needs to do its work.
type Check struct {
	// Name is shown to people and is a label of a metric: lower snake case.
	Name string
	// Probe returns nil when the thing is there.
	Probe func(context.Context) error
}

// Report says whether a process is ready. It holds no details: those are logged.
type Report struct {
	Status string `json:"status" enum:"ready,not_ready,draining" doc:"Whether requests should be sent here."`
	// Checks maps the name of each check to CheckOK or CheckFailed.
	Checks map[string]string `json:"checks" doc:"Each thing that is needed: ok or failed."`
}

// Ready tells whether work should be sent to the process.
func (r Report) Ready() bool { return r.Status == StatusReady }

// Health knows whether a process is ready. It is safe for concurrent use.
type Health struct {
	log      *slog.Logger
	checks   []Check
	failures *prometheus.CounterVec
	draining atomic.Bool

	mu     sync.Mutex
	failed map[string]bool // by check: how it ended last
}

// NewHealth returns the health of a process that needs what checks say.
func NewHealth(reg prometheus.Registerer, log *slog.Logger, checks ...Check) *Health {
	h := &Health{
		log: log, checks: checks, failed: map[string]bool{},
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_readiness_failures_total",
			Help: "Readiness checks that failed, by check.",
		}, []string{"check"}),
	}
	reg.MustRegister(h.failures)
	for _, check := range checks {
		h.failures.WithLabelValues(check.Name)
	}
	return h
}

// Drain makes the process not ready for good, because it is about to stop.
func (h *Health) Drain() { h.draining.Store(true) }

// Report runs the checks, all at once, each for at most two seconds.
func (h *Health) Report(ctx context.Context) Report {
	errs := make([]error, len(h.checks))
	var group sync.WaitGroup
	for i, check := range h.checks {
		group.Go(func() { errs[i] = probe(ctx, check) })
	}
	group.Wait()

	report := Report{Status: StatusReady, Checks: make(map[string]string, len(h.checks))}
	for i, check := range h.checks {
		report.Checks[check.Name] = CheckOK
		if errs[i] != nil {
			report.Checks[check.Name] = CheckFailed
			report.Status = StatusNotReady
		}
		h.note(ctx, check.Name, errs[i])
	}
	if h.draining.Load() {
		report.Status = StatusDraining
	}
	return report
}

// probe runs one check. A check that ignores its context is given up on.
func probe(ctx context.Context, check Check) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Errorf("check panicked: %v", r)
			}
		}()
		done <- check.Probe(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// note counts a failure and logs when a check changes, not each time it is asked.
func (h *Health) note(ctx context.Context, name string, err error) {
	h.mu.Lock()
	changed := h.failed[name] != (err != nil)
	h.failed[name] = err != nil
	h.mu.Unlock()
	if err != nil {
		h.failures.WithLabelValues(name).Inc()
	}
	switch {
	case changed && err != nil:
		h.log.WarnContext(ctx, "readiness check failed", "check", name, "error", err)
	case changed:
		h.log.InfoContext(ctx, "readiness check recovered", "check", name)
	}
}
