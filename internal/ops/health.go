package ops

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
)

// checkTimeout bounds one check, so that an answer about readiness comes even
// when what is checked hangs.
const checkTimeout = 2 * time.Second

// A report is answered again for readyAge, or notReadyAge so that a recovery shows
// soon: anyone may request it, and must not make the checks run each time.
const (
	readyAge    = time.Second
	notReadyAge = 100 * time.Millisecond
)

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

// Report is whether a process is ready. It holds no details, so that anyone may read it.
type Report struct {
	Status string `json:"status" enum:"ready,not_ready,draining" doc:"Whether requests should be sent here."`
	// Checks maps the name of each check to CheckOK or CheckFailed.
	Checks map[string]string `json:"checks" doc:"Each thing that is needed: ok or failed."`
}

// Ready reports whether work should be sent to the process.
func (r Report) Ready() bool { return r.Status == StatusReady }

// Details is a Report with the reasons, which may name hosts and logins: for operators.
type Details struct {
	Report
	// Reasons are the errors of the checks that failed, by name.
	Reasons map[string]string `json:"reasons,omitempty"`
}

// Health knows whether a process is ready. It is safe for concurrent use.
type Health struct {
	log      *slog.Logger
	checks   []Check
	failures *prometheus.CounterVec
	draining atomic.Bool

	mu     sync.Mutex
	latest Details   // never changed once it stands here
	until  time.Time // how long latest is answered
}

// NewHealth returns the health of a process that needs what checks say.
func NewHealth(reg prometheus.Registerer, log *slog.Logger, checks ...Check) *Health {
	var names []string
	for _, check := range checks {
		names = append(names, check.Name)
	}
	return &Health{log: log, checks: checks, failures: metric.Counters(reg, "onboarding_readiness_failures_total",
		"Readiness checks that failed, by check.", metric.By("check", names...))}
}

// Drain makes the process not ready for good, because it is about to stop.
func (h *Health) Drain() { h.draining.Store(true) }

// Report reports whether the process is ready. The checks run all at once, each for
// at most two seconds, and their result is shared by all callers meanwhile and for
// a short time after; a call to Drain shows at once. The checks must not be changed.
func (h *Health) Report(ctx context.Context) Report { return h.Details(ctx).Report }

// Details is Report with the reasons.
func (h *Health) Details(ctx context.Context) Details {
	found := h.found(ctx)
	if h.draining.Load() {
		found.Status = StatusDraining
	}
	return found
}

// found returns how each check ended. The lock is held while the checks run:
// other callers wait for the result.
func (h *Health) found(ctx context.Context) Details {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Now().Before(h.until) {
		return h.latest
	}
	// The result belongs to all callers: the first of them may leave.
	h.latest = h.run(context.WithoutCancel(ctx))
	age := notReadyAge
	if h.latest.Ready() {
		age = readyAge
	}
	h.until = time.Now().Add(age)
	return h.latest
}

func (h *Health) run(ctx context.Context) Details {
	errs := make([]error, len(h.checks))
	var group sync.WaitGroup
	for i, check := range h.checks {
		group.Go(func() { errs[i] = probe(ctx, check) })
	}
	group.Wait()

	found := Details{Report: Report{Status: StatusReady, Checks: map[string]string{}}, Reasons: map[string]string{}}
	for i, check := range h.checks {
		found.Checks[check.Name] = CheckOK
		if errs[i] != nil {
			found.Status = StatusNotReady
			found.Checks[check.Name] = CheckFailed
			found.Reasons[check.Name] = errs[i].Error()
		}
		h.note(ctx, check.Name, errs[i])
	}
	return found
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
		return fmt.Errorf("no answer within %s", checkTimeout)
	}
}

// note counts a failure and logs when a check changes, not each time it is asked.
func (h *Health) note(ctx context.Context, name string, err error) {
	failedBefore := h.latest.Checks[name] == CheckFailed
	if err != nil {
		h.failures.WithLabelValues(name).Inc()
	}
	switch {
	case err != nil && !failedBefore:
		h.log.WarnContext(ctx, "readiness check failed", "check", name, "error", err)
	case err == nil && failedBefore:
		h.log.InfoContext(ctx, "readiness check recovered", "check", name)
	}
}
