package maintenance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
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

const (
	// maxFindings bounds one examination.
	maxFindings = 200
	// doctorChunk is how many sessions one statement looks at.
	doctorChunk = 200
	// doctorSlice is the time whose changes are looked at together.
	doctorSlice = 15 * time.Second
	// doctorLater is after what time what has changed is looked at once more: a build may take so long.
	doctorLater = 11 * time.Minute
	// doctorBack is how far back changes are looked for; what is older the walk through all finds.
	doctorBack = time.Hour
	// doctorWalk is how many chunks of all sessions one run looks at: what is not changed by this system
	// contradicts itself only by a hand or a restored backup.
	doctorWalk = 25
	// doctorTime is how long one run goes on.
	doctorTime = 3 * time.Second
)

// The tasks of the doctor.
const (
	taskChanged = "doctor_changed"
	taskLater   = "doctor_later"
	taskWalk    = "doctor_walk"
)

// Examine returns the contradictions of all sessions, at most 200. It reads all, a chunk at a time.
func (d *Doctor) Examine(ctx context.Context) (all []flow.Finding, err error) {
	q := system.New(d.lists)
	for after := uuid.Nil; len(all) < maxFindings; {
		ids, err := q.ListSessionIDs(ctx, system.ListSessionIDsParams{AfterID: after, MaxRows: doctorChunk})
		if err != nil {
			return nil, fmt.Errorf("list sessions: %w", err)
		}
		if len(ids) == 0 {
			break
		}
		found, err := d.look(ctx, q, ids)
		if err != nil {
			return nil, err
		}
		all, after = append(all, found...), ids[len(ids)-1]
	}
	return all[:min(len(all), maxFindings)], nil
}

// look returns the contradictions of some sessions.
func (d *Doctor) look(ctx context.Context, q *system.Queries, ids []uuid.UUID) ([]flow.Finding, error) {
	found, err := q.ListContradictions(ctx, system.ListContradictionsParams{
		Ids: ids, Queued: onboarding.StepsWhere(onboarding.StepNumber.Queued), Finish: onboarding.StepFinish,
		MaxRows: maxFindings,
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

// Run repairs contradictions, or only reports them: of the sessions that have changed since the last run, at
// once and again after a while, and of the next part of all sessions. It costs by what is new.
func (d *Doctor) Run(ctx context.Context, reportOnly bool) error {
	r := doctorRun{
		Doctor: d, q: system.New(d.lists), reportOnly: reportOnly, end: time.Now().Add(doctorTime),
		seen: map[flow.Finding]bool{},
	}
	err := errors.Join(r.changed(ctx, taskChanged, 0), r.changed(ctx, taskLater, doctorLater), r.walk(ctx))
	return errors.Join(append(r.errs, err)...)
}

// doctorRun is one run.
type doctorRun struct {
	*Doctor

	q          *system.Queries
	reportOnly bool
	end        time.Time
	seen       map[flow.Finding]bool
	errs       []error // of single sessions
}

// changed treats the sessions that have changed since the last run, up to some time ago.
func (r *doctorRun) changed(ctx context.Context, task string, ago time.Duration) error {
	progress, err := r.q.GetProgress(ctx, task)
	if err != nil {
		return fmt.Errorf("read how far the doctor is: %w", err)
	}
	until := progress.Now.Add(-ago)
	from := progress.At
	if oldest := until.Add(-doctorBack); from.Before(oldest) {
		from = oldest
	}
	for from.Before(until) && time.Now().Before(r.end) {
		next := from.Add(doctorSlice)
		if next.After(until) {
			next = until
		}
		ids, err := r.q.ListChangedIDs(ctx, system.ListChangedIDsParams{Since: from, Until: next})
		if err != nil {
			return fmt.Errorf("list changed sessions: %w", err)
		}
		for chunk := range slices.Chunk(ids, doctorChunk) {
			r.treat(ctx, chunk)
		}
		if err := r.q.SetProgress(ctx, system.SetProgressParams{Task: task, At: next}); err != nil {
			return fmt.Errorf("note how far the doctor is: %w", err)
		}
		from = next
	}
	return nil
}

// walk treats the next part of all sessions.
func (r *doctorRun) walk(ctx context.Context) error {
	progress, err := r.q.GetProgress(ctx, taskWalk)
	if err != nil {
		return fmt.Errorf("read how far the doctor is: %w", err)
	}
	after := progress.ID
	for range doctorWalk {
		ids, err := r.q.ListSessionIDs(ctx, system.ListSessionIDsParams{AfterID: after, MaxRows: doctorChunk})
		if err != nil {
			return fmt.Errorf("list sessions: %w", err)
		}
		r.treat(ctx, ids)
		if after = uuid.Nil; len(ids) == doctorChunk {
			after = ids[len(ids)-1]
		}
		if err := r.q.SetProgress(ctx, system.SetProgressParams{Task: taskWalk, ID: after}); err != nil {
			return fmt.Errorf("note how far the doctor is: %w", err)
		}
		if after == uuid.Nil || time.Now().After(r.end) {
			break
		}
	}
	return nil
}

// treat repairs or reports the contradictions of some sessions. What fails keeps nothing else: the walk comes
// back to it.
func (r *doctorRun) treat(ctx context.Context, ids []uuid.UUID) {
	if len(ids) == 0 {
		return
	}
	found, err := r.look(ctx, r.q, ids)
	r.errs = append(r.errs, err)
	for _, f := range found {
		switch {
		case ctx.Err() != nil:
			return
		case r.seen[f]:
		case r.reportOnly:
			r.report(ctx, f, flow.DoctorReported)
		default:
			_, err := r.Repair(ctx, f)
			r.errs = append(r.errs, err)
		}
		r.seen[f] = true
	}
}
