package system

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Report is how far users come and how long they wait. Its size does not grow with
// their number.
type Report struct {
	// Since and Until bound the window: everything but Sessions and the present state
	// in Funnel happened within it.
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	// Sessions are all that are stored.
	Sessions int64 `json:"sessions"`
	// Started and Finished count the sessions that did so within the window, each for
	// itself: who finished in it may have started before.
	Started  int64 `json:"started"`
	Finished int64 `json:"finished"`
	// Funnel has one entry for each step, about the sessions that started.
	Funnel []FunnelStep `json:"funnel"`
	// Times are in the order of the steps, each step as a whole before its engines,
	// the most used engine first. Steps that no work completed are left out.
	Times []StepTimes `json:"times"`
	// Failures are in the order of their number.
	Failures []FailureCount `json:"failures"`
	// Days are all days of the window, of which the first may be a part.
	Days []DayCount `json:"days"`
}

// FunnelStep is one step of the sessions that started in the window.
type FunnelStep struct {
	Step onboarding.StepNumber `json:"step"`
	// Reached counts the sessions in which anything was submitted, skipped or
	// completed for the step.
	Reached int64 `json:"reached"`
	// Where the step stands now. A step that was reset is pending, hence in none.
	InProgress int64 `json:"in_progress"`
	Completed  int64 `json:"completed"`
	Failed     int64 `json:"failed"`
	Skipped    int64 `json:"skipped"`
	// DropOff is the share of the sessions, 0 to 1, whose highest step that is done
	// comes before this one.
	DropOff float64 `json:"drop_off"`
}

// StepTimes are the times from the submission of a step to its completion.
type StepTimes struct {
	Step onboarding.StepNumber `json:"step"`
	// Engine is "" for the step as a whole, "unknown" where the result is not stored
	// any more, otherwise the engine of the result.
	Engine        string  `json:"engine,omitempty"`
	Completions   int64   `json:"completions"`
	MedianSeconds float64 `json:"median_seconds"`
	P95Seconds    float64 `json:"p95_seconds"`
}

// unknownEngine stands for the engine of a result that a newer one has replaced.
const unknownEngine = "unknown"

// FailureCount is how often work failed in one way.
type FailureCount struct {
	// Step is the step that failed, 0 for work without a step, which Kind then names.
	// Of the latter only what is still stored is counted.
	Step  onboarding.StepNumber  `json:"step,omitempty"`
	Kind  onboarding.Kind        `json:"kind,omitempty"`
	Code  onboarding.FailureCode `json:"code"`
	Count int64                  `json:"count"`
}

// DayCount is what happened on one day (UTC).
type DayCount struct {
	// Day has the form 2006-01-02.
	Day      string `json:"day"`
	Started  int64  `json:"started"`
	Finished int64  `json:"finished"`
}

// Snapshots begins transactions.
type Snapshots interface {
	BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error)
}

// ErrTooSlow says that a statement took longer than it may.
var ErrTooSlow = errors.New("the statement took too long")

// ReadReport reads the report of the last window from one snapshot: five statements,
// each of which may take as long as timeout, or ends with ErrTooSlow.
func ReadReport(ctx context.Context, db Snapshots, window, timeout time.Duration) (Report, error) {
	var report Report
	tx, err := db.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return report, fmt.Errorf("begin the report: %w", err)
	}
	defer func() { _ = tx.Rollback(ctx) }() // there is nothing to lose
	q := New(tx)
	if err := q.BoundStatements(ctx, fmt.Sprintf("%dms", timeout.Milliseconds())); err != nil {
		return report, fmt.Errorf("bound the statements: %w", err)
	}
	if err := report.readCounts(ctx, q, window); err != nil {
		return report, tooSlow(err)
	}
	for _, read := range []func(context.Context, *Queries) error{
		report.readFunnel, report.readTimes, report.readFailures, report.readDays,
	} {
		if err := read(ctx, q); err != nil {
			return report, tooSlow(err)
		}
	}
	return report, nil
}

// queryCanceled is the SQLSTATE of a statement that ran into its timeout.
const queryCanceled = "57014"

func tooSlow(err error) error {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && pgErr.Code == queryCanceled {
		return fmt.Errorf("%w: %w", ErrTooSlow, err)
	}
	return err
}

func (r *Report) readCounts(ctx context.Context, q *Queries, window time.Duration) error {
	row, err := q.CountProgress(ctx, window.Seconds())
	if err != nil {
		return fmt.Errorf("count sessions: %w", err)
	}
	r.Since, r.Until = row.Since.UTC(), row.Until.UTC()
	r.Sessions, r.Started, r.Finished = row.Sessions, row.Started, row.Finished
	return nil
}

func (r *Report) readFunnel(ctx context.Context, q *Queries) error {
	rows, err := q.ListFunnel(ctx, r.Since)
	if err != nil {
		return fmt.Errorf("read the funnel: %w", err)
	}
	r.Funnel = make([]FunnelStep, len(rows))
	for i, row := range rows {
		r.Funnel[i] = FunnelStep{
			Step: onboarding.StepNumber(row.Step), Reached: row.Reached, InProgress: row.InProgress,
			Completed: row.Completed, Failed: row.Failed, Skipped: row.Skipped,
			DropOff: float64(row.Dropped) / float64(max(r.Started, 1)),
		}
	}
	return nil
}

func (r *Report) readTimes(ctx context.Context, q *Queries) error {
	rows, err := q.ListStepTimes(ctx, r.Since)
	if err != nil {
		return fmt.Errorf("read the times of the steps: %w", err)
	}
	r.Times = make([]StepTimes, len(rows))
	for i, row := range rows {
		if row.Engine == "" && !row.AllEngines {
			row.Engine = unknownEngine
		}
		r.Times[i] = StepTimes{
			Step: onboarding.StepNumber(row.Step), Engine: row.Engine, Completions: row.Completions,
			MedianSeconds: row.MedianSeconds, P95Seconds: row.P95Seconds,
		}
	}
	return nil
}

func (r *Report) readFailures(ctx context.Context, q *Queries) error {
	rows, err := q.ListFailures(ctx, r.Since)
	if err != nil {
		return fmt.Errorf("read failures: %w", err)
	}
	r.Failures = make([]FailureCount, len(rows))
	for i, row := range rows {
		r.Failures[i] = FailureCount{
			Step: onboarding.StepNumber(row.Step), Kind: onboarding.Kind(row.Kind),
			Code: onboarding.FailureCode(row.Code), Count: row.Submissions,
		}
	}
	return nil
}

func (r *Report) readDays(ctx context.Context, q *Queries) error {
	rows, err := q.ListDays(ctx, r.Since)
	if err != nil {
		return fmt.Errorf("read days: %w", err)
	}
	r.Days = make([]DayCount, len(rows))
	for i, row := range rows {
		r.Days[i] = DayCount(row)
	}
	return nil
}
