package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// group is a transaction that ends submissions of different sessions.
type group struct {
	*Changer
	tx pgx.Tx
	q  *postgres.Queries
	// members are those that end, by session. All hold the locks of their sessions.
	members []*member
}

// read locks the sessions and decides, under the locks, which members end: the fence.
func (g *group) read(ctx context.Context, members []*member, wait bool) error {
	var sessions, ids []uuid.UUID
	for _, m := range members {
		sessions, ids = append(sessions, m.session()), append(ids, m.claim.Submission.ID)
	}
	lock := (*postgres.Queries).LockSessions
	if wait {
		lock = (*postgres.Queries).AwaitSessions
	}
	var locked []uuid.UUID
	var rows []app.ReadEndingsRow
	err := postgres.ReadTogether(ctx, g.q, func(q *postgres.Queries) (err error) {
		if locked, err = lock(q, ctx, sessions); err != nil {
			return fmt.Errorf("lock sessions: %w", err)
		}
		rows, err = q.ReadEndings(ctx, ids)
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range members {
		if !slices.Contains(locked, m.session()) {
			m.locked, m.err = !wait, onboarding.ErrSuperseded // the account was deleted, unless it is locked
			continue
		}
		if m.decide(rows); m.err == nil && !m.unknown {
			g.members = append(g.members, m)
		}
	}
	return nil
}

// decide decides by what was read whether a member ends. One whose commit was not answered has
// ended already if the submission has: only its own job ends it like that.
func (m *member) decide(rows []app.ReadEndingsRow) {
	s, unknown := m.claim.Submission, m.unknown
	m.unknown = false
	i := slices.IndexFunc(rows, func(row app.ReadEndingsRow) bool { return row.ID == s.ID })
	switch {
	case i < 0 || rows[i].JobID != m.claim.Job.ID:
		m.err = onboarding.ErrSuperseded
		return
	case unknown && rows[i].Status == m.status():
		m.unknown = true
		return
	case rows[i].Status != onboarding.SubmissionInProgress:
		m.err = onboarding.ErrSuperseded
		return
	}
	m.read, m.step = rows[i], onboarding.StepStatus(rows[i].StepStatus)
	if s.Step != 0 && !m.step.CanBecome(m.ending.stepStatus()) {
		m.err = fmt.Errorf("set step %d: it is %s and can't become %s", s.Step, m.step, m.ending.stepStatus())
	}
}

// write ends the members, or returns an error if one of them can't end.
func (g *group) write(ctx context.Context) error {
	if len(g.members) == 0 {
		return nil
	}
	p := postgres.NewPipeline()
	if err := g.saveResults(ctx, p); err != nil {
		return fmt.Errorf("save results: %w", err)
	}
	if _, err := p.Run(ctx, g.q); err != nil {
		return fmt.Errorf("save results: %w", err)
	}
	var ended int64
	var sources map[string]onboarding.Sources
	err := postgres.ReadTogether(ctx, g.q, func(q *postgres.Queries) (err error) {
		if ended, err = q.EndSubmissions(ctx, g.endings()); err != nil {
			return fmt.Errorf("end submissions: %w", err)
		}
		if users := g.builders(); len(users) > 0 {
			sources, err = postgres.ReadSources(ctx, q, users)
		}
		return err
	})
	if err != nil {
		return err
	}
	if ended != int64(len(g.members)) {
		return fmt.Errorf("%d of %d submissions ended: %w", ended, len(g.members), onboarding.ErrSuperseded)
	}
	g.build(sources)
	if err := g.writeInputs(ctx); err != nil {
		return err
	}
	return g.endJobs(ctx)
}

// endings are the parameters of the statement that ends the submissions.
func (g *group) endings() (p app.EndSubmissionsParams) {
	for _, m := range g.members {
		s, e := m.claim.Submission, m.ending
		code, reason := e.reason()
		p.Ids, p.JobIds = append(p.Ids, s.ID), append(p.JobIds, m.claim.Job.ID)
		p.Statuses, p.StepStatuses = append(p.Statuses, string(m.status())), append(p.StepStatuses, string(e.stepStatus()))
		p.Progresses, p.Messages = append(p.Progresses, m.progress()), append(p.Messages, m.message())
		p.Codes, p.Reasons = append(p.Codes, code), append(p.Reasons, reason)
		p.Results = append(p.Results, e.Result.Answer)
	}
	return p
}

// saveResults adds what the members leave, and the deletion of their checkpoints.
func (g *group) saveResults(ctx context.Context, p *postgres.Pipeline) error {
	var builds app.SaveBuildsParams
	var ids []uuid.UUID
	for _, m := range g.members {
		s, r := m.claim.Submission, m.ending.Result
		ids = append(ids, s.ID)
		if m.ending.Failure != nil {
			_ = m.bury(ctx, p.Queries)
			continue
		}
		if r.Save != nil {
			if err := r.Save(ctx, g.q, p); err != nil {
				return err
			}
		}
		for _, key := range r.Keys {
			_ = p.SetKeyStatus(ctx, key)
		}
		if r.Inputs != nil {
			builds.SessionIds, builds.Documents = append(builds.SessionIds, s.SessionID), append(builds.Documents, r.Inputs)
			builds.Revisions = append(builds.Revisions, m.ending.Revision)
		}
	}
	if len(builds.SessionIds) > 0 {
		_, _ = p.SaveBuilds(ctx, builds)
	}
	return p.DeleteCheckpoints(ctx, ids)
}

// bury writes the dead job of a submission whose failure its user can't fix.
func (m *member) bury(ctx context.Context, q *postgres.Queries) error {
	code := m.ending.Failure.Code
	if !code.Dead() {
		return nil
	}
	s, job := m.claim.Submission, m.claim.Job
	params := app.BuryJobParams{
		SubmissionID: s.ID, SessionID: s.SessionID, UserID: s.UserID, JobID: job.ID, Kind: s.Kind, Code: code,
		Attempts: job.Attempts, Recoveries: job.Recoveries,
	}
	if s.Step != 0 {
		params.Step = &s.Step
	}
	return q.BuryJob(ctx, params)
}

// byID orders members by their sessions, the order in which sessions are locked.
func byID(a, b *member) int {
	x, y := a.session(), b.session()
	return bytes.Compare(x[:], y[:])
}

// builders are the users whose inputs the transaction builds.
func (g *group) builders() (users []string) {
	for _, m := range g.members {
		if g.buildsNow(m) {
			users = append(users, m.claim.Submission.UserID)
		}
	}
	return users
}

// buildsNow reports whether the transaction builds a member's inputs: a build that runs already reads
// the change, or is followed by one that does.
func (g *group) buildsNow(m *member) bool {
	return g.BuildInputs != nil && m.changesInputs() && !m.read.Building
}

// build makes the inputs of the members. A build that panics is left to a job, which fails with that.
func (g *group) build(sources map[string]onboarding.Sources) {
	for _, m := range g.members {
		if g.buildsNow(m) {
			m.document = g.document(sources[m.claim.Submission.UserID])
		}
	}
}

// document builds inputs, nil if that fails.
func (g *group) document(in onboarding.Sources) (document []byte) {
	defer func() {
		if recover() != nil {
			document = nil
		}
	}()
	document, err := json.Marshal(g.BuildInputs(in))
	if err != nil {
		return nil
	}
	return document
}
