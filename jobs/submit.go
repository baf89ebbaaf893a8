package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// fetchCooldown is River's debounce. On the insert-only client it bounds the rate
// of notifications, which serialise commits; on workers the wait before a fetch.
const fetchCooldown = 5 * time.Millisecond

// What became of a submission.
const (
	submitAccepted = "accepted"
	submitJoined   = "joined"
)

// Submitter accepts work: it writes the submission and queues its job in one
// transaction.
type Submitter struct {
	pool    *pgxpool.Pool
	river   *river.Client[pgx.Tx]
	log     *slog.Logger
	counter *prometheus.CounterVec
}

// NewSubmitter returns a submitter that writes through pool, which must assume
// the app role.
func NewSubmitter(pool *pgxpool.Pool, reg prometheus.Registerer, log *slog.Logger) (*Submitter, error) {
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		FetchCooldown:       fetchCooldown,
		Logger:              log,
		SkipUnknownJobCheck: true, // it has no workers
	})
	if err != nil {
		return nil, fmt.Errorf("make the queue client: %w", err)
	}
	s := &Submitter{pool: pool, river: client, log: log, counter: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "onboarding_submissions_total",
		Help: "Submissions by kind and result: accepted, or joined to an identical one that was running.",
	}, []string{"kind", "result"})}
	for kind := range timeouts {
		s.counter.WithLabelValues(string(kind), submitAccepted)
		s.counter.WithLabelValues(string(kind), submitJoined)
	}
	reg.MustRegister(s.counter)
	return s, nil
}

// request is what submit writes.
type request struct {
	kind  onboarding.Kind
	step  onboarding.StepNumber
	input any // marshals to the submission's input
}

// SubmitWebsite submits step 2 from a website address as the user typed it. An
// identical analysis that is still running is joined; another one of the step is
// superseded. It returns *onboarding.InputError for an address that can't be one.
func (s *Submitter) SubmitWebsite(ctx context.Context, userID, website string) (onboarding.Submission, error) {
	address, err := onboarding.NormalizeURL(website)
	if err != nil {
		return onboarding.Submission{}, err
	}
	return s.submit(ctx, userID, request{
		kind:  onboarding.KindWebsiteAnalysis,
		step:  onboarding.StepWebsite,
		input: onboarding.WebsiteInput{Website: address},
	})
}

// submit runs the transaction of a submission and cancels the job that it made
// pointless after the commit.
func (s *Submitter) submit(ctx context.Context, userID string, req request) (onboarding.Submission, error) {
	input, err := json.Marshal(req.input)
	if err != nil {
		return onboarding.Submission{}, fmt.Errorf("encode input: %w", err)
	}
	var t submitTx
	err = postgres.InTx(ctx, s.pool, userID, func(tx pgx.Tx, q *postgres.Queries) error {
		t = submitTx{tx: tx, q: q, river: s.river, userID: userID, req: req, input: input}
		return t.run(ctx)
	})
	if err != nil {
		return onboarding.Submission{}, fmt.Errorf("submit step %d: %w", req.step, err)
	}
	result := submitAccepted
	if t.joined {
		result = submitJoined
	}
	s.counter.WithLabelValues(string(req.kind), result).Inc()
	if t.olderJob != 0 {
		s.cancelJob(ctx, t.olderJob)
	}
	return t.submission, nil
}

// cancelJob tells the worker of a superseded job to stop. It may fail: the worker
// also learns it from its next beat.
func (s *Submitter) cancelJob(ctx context.Context, jobID int64) {
	if _, err := s.river.JobCancel(ctx, jobID); err != nil && !errors.Is(err, river.ErrNotFound) {
		s.log.WarnContext(ctx, "superseded job not cancelled", "job_id", jobID, "error", err)
	}
}

// submitTx is the transaction of one submission: session, step, older submission,
// job, in that order.
type submitTx struct {
	tx     pgx.Tx
	q      *postgres.Queries
	river  *river.Client[pgx.Tx]
	userID string
	req    request
	input  []byte

	submission onboarding.Submission // new or joined
	olderJob   int64                 // the job of the submission that it replaced, or 0
	joined     bool
}

func (t *submitTx) run(ctx context.Context) error {
	sessionID, err := postgres.LockOrCreateSession(ctx, t.q, t.userID)
	if err != nil {
		return err
	}
	id, err := t.replaceRunning(ctx, sessionID)
	if err != nil {
		return err
	}
	if !t.joined {
		if id, err = t.queue(ctx, sessionID); err != nil {
			return err
		}
	}
	t.submission, err = postgres.SubmissionByID(ctx, t.q, id)
	return err
}

// queue inserts the job and the submission that it belongs to.
func (t *submitTx) queue(ctx context.Context, sessionID uuid.UUID) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return id, fmt.Errorf("make submission id: %w", err)
	}
	args := kindArgs{kind: string(t.req.kind), Work: Work{SubmissionID: id, UserID: t.userID}}
	job, err := t.river.InsertTx(ctx, t.tx, args, insertOpts(QueueInteractive))
	if err != nil {
		return id, fmt.Errorf("queue job: %w", err)
	}
	return id, t.write(ctx, sessionID, id, job.Job.ID)
}

// replaceRunning joins the step's running submission if it is the same work, and
// returns its id; another one is superseded.
func (t *submitTx) replaceRunning(ctx context.Context, sessionID uuid.UUID) (uuid.UUID, error) {
	step, err := t.q.LockStep(ctx, postgres.LockStepParams{SessionID: sessionID, Step: t.req.step})
	if err != nil {
		return uuid.Nil, fmt.Errorf("lock step: %w", err)
	}
	if step.Status != onboarding.StepInProgress || step.SubmissionID == nil {
		return uuid.Nil, nil
	}
	running, err := t.q.LockRunning(ctx, postgres.LockRunningParams{Kind: t.req.kind, Input: t.input, ID: *step.SubmissionID})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return uuid.Nil, nil
	case err != nil:
		return uuid.Nil, fmt.Errorf("lock running submission: %w", err)
	case running.Identical:
		t.joined = true
		return running.ID, nil
	}
	t.olderJob = running.JobID
	return uuid.Nil, t.supersede(ctx, running.ID)
}

// supersede ends the older submission. Its checkpoints go with it.
func (t *submitTx) supersede(ctx context.Context, id uuid.UUID) error {
	if err := t.q.SupersedeSubmission(ctx, id); err != nil {
		return fmt.Errorf("supersede submission %s: %w", id, err)
	}
	if err := t.q.DeletePages(ctx, id); err != nil {
		return fmt.Errorf("delete checkpoints of submission %s: %w", id, err)
	}
	return nil
}

func (t *submitTx) write(ctx context.Context, sessionID, id uuid.UUID, jobID int64) error {
	err := t.q.CreateSubmission(ctx, postgres.CreateSubmissionParams{
		ID: id, SessionID: sessionID, UserID: t.userID, Kind: t.req.kind, Step: &t.req.step, Input: t.input, JobID: jobID,
		ProgressCeiling: onboarding.PhaseQueued.To, Phase: onboarding.PhaseQueued.Name, Message: onboarding.PhaseQueued.Message,
	})
	if err != nil {
		return fmt.Errorf("write submission: %w", err)
	}
	err = t.q.SetStepInProgress(ctx, postgres.SetStepInProgressParams{SubmissionID: &id, SessionID: sessionID, Step: t.req.step})
	if err != nil {
		return fmt.Errorf("set step in progress: %w", err)
	}
	if err := t.q.RecordStep(ctx, postgres.RecordStepParams{SessionID: sessionID, Step: t.req.step}); err != nil {
		return fmt.Errorf("record step: %w", err)
	}
	return nil
}
