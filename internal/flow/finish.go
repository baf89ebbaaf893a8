package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/rivertype"
	"go.opentelemetry.io/otel/attribute"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/queue"
)

// WriteTimeout bounds the transactions that outlive the job's context, the completion
// among them.
const WriteTimeout = 5 * time.Second

// EndJob ends the job's own row.
type EndJob func(ctx context.Context, tx pgx.Tx) error

// Ending is a final outcome of a submission.
type Ending struct {
	// Failure is nil for success.
	Failure *onboarding.Failure
	// Result is that of success.
	Result Result
	// Revision is what a build of the inputs has read, 0 if it read nothing.
	Revision int64
	// Row is the run of the job that the same transaction completes; nil if its row has ended.
	Row *rivertype.JobRow
	// EndJob, if not nil, ends the job in the same transaction instead.
	EndJob EndJob
}

// Finish is the completion transaction: session, step, the fenced submission, the
// result, the step event, and the end of the job, or nothing at all. It returns
// onboarding.ErrSuperseded if the submission has ended or names another job, or if the job is not
// in this run any more, which is ErrAnotherRun as well. Endings that come at a time share a transaction.
func (r *Claim) Finish(ctx context.Context, e Ending) (err error) {
	ctx, cancel := context.WithTimeout(ctx, WriteTimeout)
	defer cancel()
	ctx, s := queue.Span(ctx, "finish submission", attribute.Bool("completes", e.Failure == nil))
	defer func() { queue.EndSpan(s, err) }()
	m := &member{claim: r, ending: e}
	if r.Endings == nil {
		err = r.endAlone(ctx, m)
	} else {
		err = r.Endings.end(ctx, r.Changer, m)
	}
	if err != nil {
		return fmt.Errorf("finish submission %s: %w", r.Submission.ID, err)
	}
	r.Metrics.finished(r.Submission, e.Failure, m.step)
	r.ended()
	return nil
}

// ErrAnotherRun means that the job of an ending is not running any more, or has begun another run.
var ErrAnotherRun = errors.New("the job is not in this run")

// endAlone ends a submission in a transaction of its own, which waits for the lock of the session.
func (s *Changer) endAlone(ctx context.Context, m *member) error {
	for {
		err := s.endTogether(ctx, []*member{m}, true)
		switch {
		case postgres.HasState(err, "40001", "40P01"), errors.Is(err, postgres.ErrCommitUnknown):
			if ctx.Err() == nil { // what became of it is read under the lock
				time.Sleep(endPause)
				continue
			}
		case err == nil:
			err = m.err
		}
		return err
	}
}

// endPause is the wait before an ending is tried again.
const endPause = 10 * time.Millisecond

// endTogether ends the submissions of members, of a session each, in one transaction. With wait it
// waits for their sessions, else it leaves out those that are locked. An error means that nothing was
// written; else each member knows what became of it.
func (s *Changer) endTogether(ctx context.Context, members []*member, wait bool) error {
	users := make([]string, len(members))
	for i, m := range members {
		users[i] = m.claim.Submission.UserID
		m.err, m.locked = nil, false
	}
	err := postgres.InTxOfUsers(ctx, s.Pool, users, func(tx pgx.Tx, q *postgres.Queries) error {
		g := &group{Changer: s, tx: tx, q: q, commits: !slices.ContainsFunc(members, (*member).endsJob)}
		if err := g.read(ctx, members, wait); err != nil {
			return err
		}
		return g.write(ctx)
	})
	if errors.Is(err, postgres.ErrCommitUnknown) {
		for _, m := range members {
			m.unknown = m.unknown || m.err == nil && !m.locked
		}
	}
	return err
}

// end ends the submission within a transaction of its user.
func (r *Claim) end(ctx context.Context, tx pgx.Tx, q *postgres.Queries, e Ending) error {
	g, m := &group{Changer: r.Changer, tx: tx, q: q}, &member{claim: r, ending: e}
	if err := g.read(ctx, []*member{m}, true); err != nil {
		return err
	}
	return errors.Join(m.err, g.write(ctx))
}

// member is the ending of one submission, and what becomes of it.
type member struct {
	claim  *Claim
	ending Ending
	done   chan error // of the members of groups

	// step is the status that the step had, "" for a submission without one.
	step     onboarding.StepStatus
	read     app.ReadEndingsRow
	document []byte // of the inputs, nil if a build is still to come
	// locked is set if the session was locked by others, err if the submission can't end so.
	locked bool
	err    error
	// unknown is set after a commit whose answer was lost.
	unknown bool
}

func (m *member) session() uuid.UUID { return m.claim.Submission.SessionID }

// endsJob reports whether the ending has its own way to end the job.
func (m *member) endsJob() bool { return m.ending.EndJob != nil }

// status is that of the submission after its end, progress and message are what is shown of it.
func (m *member) status() onboarding.SubmissionStatus {
	if m.ending.Failure != nil {
		return onboarding.SubmissionFailed
	}
	return onboarding.SubmissionCompleted
}

func (m *member) progress() float64 {
	if m.ending.Failure == nil {
		return 100
	}
	m.claim.entering.Lock()
	defer m.claim.entering.Unlock()
	return m.claim.progress().End()
}

func (m *member) message() string {
	if _, sentence := m.ending.reason(); sentence != "" {
		return sentence
	}
	return m.claim.Submission.Kind.Info().Done
}

// reason returns the code and the sentence of a failure, "" for success.
func (e Ending) reason() (code, sentence string) {
	if e.Failure == nil {
		return "", ""
	}
	return string(e.Failure.Code), Storable(e.Failure.Sentence())
}

// stepStatus returns the new status of the step.
func (e Ending) stepStatus() onboarding.StepStatus {
	if e.Failure != nil {
		return onboarding.StepFailed
	}
	return onboarding.StepCompleted
}

// changesInputs reports whether the inputs are built from the result.
func (m *member) changesInputs() bool {
	return m.ending.Failure == nil && m.claim.Submission.Kind.Info().RebuildsInputs
}

// wantsBuild reports whether something has changed since a build, which ends now, has read its sources. A
// build that read nothing, because its worker was lost, has been queued for a revision.
func (m *member) wantsBuild() bool {
	return m.claim.Submission.Kind == onboarding.KindPersonalizationInputs &&
		m.read.WantedRevision > max(m.read.BuildingRevision, m.ending.Revision)
}
