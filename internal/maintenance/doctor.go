package maintenance

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// Doctor finds sessions whose rows contradict each other and repairs them. No
// transaction of this system leaves one behind: what it finds was made by a bug, by
// hand, or by a restored backup.
type Doctor struct {
	lists   *pgxpool.Pool // sees all users
	changer *flow.Changer
	metrics *prometheus.CounterVec
}

// NewDoctor returns a doctor. lists must assume the system role.
func NewDoctor(lists *pgxpool.Pool, changer *flow.Changer, reg prometheus.Registerer) *Doctor {
	metrics := metric.Counters(reg, "onboarding_doctor_findings_total",
		"Contradictory sessions by what was found and what was done.", metric.By("finding",
			flow.Findings...), metric.By("result",
			flow.DoctorRepaired, flow.DoctorRequeued, flow.DoctorGone, flow.DoctorError, flow.DoctorReported))
	return &Doctor{lists: lists, changer: changer, metrics: metrics}
}

// maxFindings bounds one examination.
const maxFindings = 200

// Examine returns the contradictions, at most 200 at a time.
func (d *Doctor) Examine(ctx context.Context) ([]flow.Finding, error) {
	found, err := system.New(d.lists).ListContradictions(ctx, system.ListContradictionsParams{
		Queued: onboarding.StepsWhere(onboarding.StepNumber.Queued), Finish: onboarding.StepFinish, MaxRows: maxFindings,
	})
	if err != nil {
		return nil, fmt.Errorf("list contradictions: %w", err)
	}
	return found, nil
}

// CountSessions returns the number of sessions that an examination looks at.
func (d *Doctor) CountSessions(ctx context.Context) (int64, error) {
	n, err := system.New(d.lists).CountSessions(ctx)
	if err != nil {
		return 0, fmt.Errorf("count sessions: %w", err)
	}
	return n, nil
}

// Repair makes a session consistent again, as flow.Changer.Repair does, and counts and logs
// what it did.
func (d *Doctor) Repair(ctx context.Context, f flow.Finding) (result string, err error) {
	if result, err = d.changer.Repair(ctx, f); err != nil {
		d.metrics.WithLabelValues(f.Kind, result).Inc()
		return result, err
	}
	d.report(ctx, f, result)
	return result, nil
}

// report counts and logs what was found and done.
func (d *Doctor) report(ctx context.Context, f flow.Finding, result string) {
	d.metrics.WithLabelValues(f.Kind, result).Inc()
	d.changer.Log.WarnContext(ctx, "contradictory session", "session_id", f.SessionID, "step", int(f.Step), "finding",
		f.Kind, "result", result)
}

// Run repairs all contradictions, or only reports them. The next run continues where this one
// stops.
func (d *Doctor) Run(ctx context.Context, reportOnly bool) error {
	found, err := d.Examine(ctx)
	errs := []error{err}
	for _, f := range found {
		if ctx.Err() != nil {
			break
		}
		if reportOnly {
			d.report(ctx, f, flow.DoctorReported)
			continue
		}
		if _, err := d.Repair(ctx, f); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
