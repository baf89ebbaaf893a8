package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// The contradictions that the doctor finds; the statement ListContradictions says
// what each is.
const (
	findingStepWithoutWork        = "step_without_work"
	findingWorkWithoutStep        = "work_without_step"
	findingResultMissing          = "result_missing"
	findingCompletedWithoutResult = "completed_without_result"
	findingFinishContradicted     = "finish_contradicted"
	findingInputsStale            = "inputs_stale"
)

var findings = []string{
	findingStepWithoutWork, findingWorkWithoutStep, findingResultMissing, findingCompletedWithoutResult,
	findingFinishContradicted, findingInputsStale,
}

// What the doctor did with a contradiction.
const (
	doctorRepaired = "repaired"
	doctorRequeued = "requeued"
	doctorGone     = "gone" // it was resolved before the doctor came
	doctorError    = "error"
	doctorReported = "reported" // and left as it is
)

// Finding is a session whose rows contradict each other.
type Finding struct {
	// Kind names the contradiction, lower snake case.
	Kind      string
	SessionID uuid.UUID
	UserID    string
	// Step is the step at fault, 0 if it is none.
	Step onboarding.StepNumber
}

// Doctor finds sessions whose rows contradict each other and repairs them. No
// transaction of this system leaves one behind: what it finds was made by a bug, by
// hand, or by a restored backup.
type Doctor struct {
	lists   *pgxpool.Pool // sees all users
	pool    *pgxpool.Pool
	river   *river.Client[pgx.Tx]
	metrics *prometheus.CounterVec
	log     *slog.Logger
	// announce is told each session that was repaired; nil in a command.
	announce announce
	steps    *stepMetrics // nil in a command
}

func newDoctorMetrics(reg prometheus.Registerer) *prometheus.CounterVec {
	metrics := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "onboarding_doctor_findings_total",
		Help: "Contradictory sessions by what was found and what was done.",
	}, []string{"finding", "result"})
	for _, finding := range findings {
		for _, result := range []string{doctorRepaired, doctorRequeued, doctorGone, doctorError, doctorReported} {
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
	client, err := newInsertClient(pool, log)
	if err != nil {
		closePools()
		return nil, nil, err
	}
	return &Doctor{lists: lists, pool: pool, river: client, metrics: newDoctorMetrics(reg), log: log}, closePools, nil
}

// maxFindings bounds one examination.
const maxFindings = 200

// Examine returns the contradictions, at most 200 at a time.
func (d *Doctor) Examine(ctx context.Context) ([]Finding, error) {
	rows, err := system.New(d.lists).ListContradictions(ctx, system.ListContradictionsParams{
		Queued: onboarding.StepsWhere(onboarding.StepNumber.Queued), Finish: onboarding.StepFinish, MaxRows: maxFindings,
	})
	if err != nil {
		return nil, fmt.Errorf("list contradictions: %w", err)
	}
	found := make([]Finding, len(rows))
	for i, row := range rows {
		found[i] = Finding{Kind: row.Finding, SessionID: row.SessionID, UserID: row.UserID, Step: row.Step}
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

// Repair makes a session consistent again, or queues the work whose result is
// missing, and returns which: repaired, requeued, or gone if there is nothing to
// repair any more.
func (d *Doctor) Repair(ctx context.Context, f Finding) (result string, err error) {
	var c change
	err = postgres.InTx(ctx, d.pool, f.UserID, func(tx pgx.Tx, q *postgres.Queries) error {
		if err := lockSession(ctx, q, f.UserID); err != nil {
			return err
		}
		c = change{tx: tx, q: q, river: d.river, userID: f.UserID, sessionID: f.SessionID}
		result, err = c.repair(ctx, f)
		return err
	})
	switch {
	case errors.Is(err, onboarding.ErrSuperseded): // the account is gone
		result, err = doctorGone, nil
	case err != nil:
		result = doctorError
	}
	if err != nil {
		d.metrics.WithLabelValues(f.Kind, result).Inc()
		return result, fmt.Errorf("repair session %s: %w", f.SessionID, err)
	}
	d.steps.changed(&c)
	d.announce.changed(f.SessionID)
	for _, job := range c.stopped {
		if _, err := d.river.JobCancel(ctx, job); err != nil { // its worker learns it from its beat
			d.log.WarnContext(ctx, "pointless job not cancelled", "job_id", job, "error", err)
		}
	}
	d.report(ctx, f, result)
	return result, nil
}

// report counts and logs what was found and done.
func (d *Doctor) report(ctx context.Context, f Finding, result string) {
	d.metrics.WithLabelValues(f.Kind, result).Inc()
	d.log.WarnContext(ctx, "contradictory session", "session_id", f.SessionID, "step", int(f.Step), "finding", f.Kind, "result", result)
}

// doctorEvery is how often a worker looks for contradictions.
const doctorEvery = time.Minute

// doctorArgs are the args of the periodic examination.
type doctorArgs struct{}

// Kind returns the kind of the job.
func (doctorArgs) Kind() string { return "doctor" }

// doctorPeriod is the periodic job of whichever worker leads.
func doctorPeriod() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(doctorEvery), func() (river.JobArgs, *river.InsertOpts) {
		return doctorArgs{}, &river.InsertOpts{Queue: QueueBulk, MaxAttempts: 1}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

type doctorWorker struct {
	river.WorkerDefaults[doctorArgs]
	doctor     *Doctor
	retention  *retention
	reportOnly bool
}

// Timeout implements river.Worker: shorter than the time after which a job that
// nobody beats for counts as lost.
func (*doctorWorker) Timeout(*river.Job[doctorArgs]) time.Duration { return deadAfter - time.Second }

// Work implements river.Worker. What it does not get done the next one does.
func (w *doctorWorker) Work(ctx context.Context, _ *river.Job[doctorArgs]) error {
	errs := []error{w.retention.run(ctx, system.New(w.doctor.lists))}
	found, err := w.doctor.Examine(ctx)
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	for _, f := range found {
		if ctx.Err() != nil {
			break
		}
		if w.reportOnly {
			w.doctor.report(ctx, f, doctorReported)
			continue
		}
		if _, err := w.doctor.Repair(ctx, f); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
