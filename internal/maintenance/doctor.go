package maintenance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

// Doctor finds sessions whose rows contradict each other and repairs them. No
// transaction of this system leaves one behind: what it finds was made by a bug, by
// hand, or by a restored backup.
type Doctor struct {
	Lists   *pgxpool.Pool // sees all users
	Pool    *pgxpool.Pool
	River   *river.Client[pgx.Tx]
	Metrics *prometheus.CounterVec
	Log     *slog.Logger
	// Announce is told each session that was repaired; nil in a command.
	Announce flow.Announce
	Steps    *flow.StepMetrics // nil in a command
}

func NewDoctorMetrics(reg prometheus.Registerer) *prometheus.CounterVec {
	metrics := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "onboarding_doctor_findings_total",
		Help: "Contradictory sessions by what was found and what was done.",
	}, []string{"finding", "result"})
	for _, finding := range flow.Findings {
		for _, result := range []string{flow.DoctorRepaired, flow.DoctorRequeued, flow.DoctorGone, flow.DoctorError, flow.DoctorReported} {
			metrics.WithLabelValues(finding, result)
		}
	}
	reg.MustRegister(metrics)
	return metrics
}

// NewDoctor returns a doctor for a command. close must be called.
func NewDoctor(ctx context.Context, databaseURL string, reg prometheus.Registerer, log *slog.Logger) (doctor *Doctor, closePools func(), err error) {
	open := func(name, role string) (*pgxpool.Pool, error) {
		return postgres.OpenPool(ctx, postgres.PoolConfig{URL: databaseURL, Name: name, Role: role, MaxConns: 1, Registry: reg})
	}
	lists, err := open("doctor lists", postgres.RoleSystem)
	if err != nil {
		return nil, nil, err
	}
	pool, err := open("doctor", postgres.RoleApp)
	if err != nil {
		lists.Close()
		return nil, nil, err
	}
	closePools = func() { pool.Close(); lists.Close() }
	client, err := queue.NewClient(pool, log)
	if err != nil {
		closePools()
		return nil, nil, err
	}
	return &Doctor{Lists: lists, Pool: pool, River: client, Metrics: NewDoctorMetrics(reg), Log: log}, closePools, nil
}

// maxFindings bounds one examination.
const maxFindings = 200

// Examine returns the contradictions, at most 200 at a time.
func (d *Doctor) Examine(ctx context.Context) ([]flow.Finding, error) {
	rows, err := system.New(d.Lists).ListContradictions(ctx, system.ListContradictionsParams{
		Queued: onboarding.StepsWhere(onboarding.StepNumber.Queued), Finish: onboarding.StepFinish, MaxRows: maxFindings,
	})
	if err != nil {
		return nil, fmt.Errorf("list contradictions: %w", err)
	}
	found := make([]flow.Finding, len(rows))
	for i, row := range rows {
		found[i] = flow.Finding{Kind: row.Finding, SessionID: row.SessionID, UserID: row.UserID, Step: row.Step}
	}
	return found, nil
}

// CountSessions returns the number of sessions that an examination looks at.
func (d *Doctor) CountSessions(ctx context.Context) (int64, error) {
	n, err := system.New(d.Lists).CountSessions(ctx)
	if err != nil {
		return 0, fmt.Errorf("count sessions: %w", err)
	}
	return n, nil
}

// Repair makes a session consistent again, or queues the work whose result is
// missing, and returns which: repaired, requeued, or gone if there is nothing to
// repair any more.
func (d *Doctor) Repair(ctx context.Context, f flow.Finding) (result string, err error) {
	var c flow.Change
	err = postgres.InTx(ctx, d.Pool, f.UserID, func(tx pgx.Tx, q *postgres.Queries) error {
		if err := flow.LockSession(ctx, q, f.UserID); err != nil {
			return err
		}
		c = flow.Change{Tx: tx, Q: q, River: d.River, UserID: f.UserID, SessionID: f.SessionID}
		result, err = c.Repair(ctx, f)
		return err
	})
	switch {
	case errors.Is(err, onboarding.ErrSuperseded): // the account is gone
		result, err = flow.DoctorGone, nil
	case err != nil:
		result = flow.DoctorError
	}
	if err != nil {
		d.Metrics.WithLabelValues(f.Kind, result).Inc()
		return result, fmt.Errorf("repair session %s: %w", f.SessionID, err)
	}
	d.Steps.Changed(&c)
	d.Announce.Changed(f.SessionID)
	for _, job := range c.Stopped {
		if _, err := d.River.JobCancel(ctx, job); err != nil { // its worker learns it from its beat
			d.Log.WarnContext(ctx, "pointless job not cancelled", "job_id", job, "error", err)
		}
	}
	d.Report(ctx, f, result)
	return result, nil
}

// Report counts and logs what was found and done.
func (d *Doctor) Report(ctx context.Context, f flow.Finding, result string) {
	d.Metrics.WithLabelValues(f.Kind, result).Inc()
	d.Log.WarnContext(ctx, "contradictory session", "session_id", f.SessionID, "step", int(f.Step), "finding", f.Kind, "result", result)
}
