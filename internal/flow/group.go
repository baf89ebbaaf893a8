package flow

import (
	"bytes"
	"context"
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
	// commits is set if the transaction is the group's alone, which its last statements commit.
	commits bool
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
		if rows, err = q.ReadEndings(ctx, ids); err != nil {
			return fmt.Errorf("read submissions: %w", err)
		}
		return results(members).Read(ctx, q)
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
	made := results(g.members)
	if err := made.Decide(); err != nil {
		return err
	}
	var ended int64
	var sources map[string]onboarding.Sources
	users, unsaved := g.builders()
	err := postgres.ReadTogether(ctx, g.q, func(q *postgres.Queries) (err error) {
		if err = made.Write(ctx, q); err == nil {
			err = g.saveResults(ctx, q)
		}
		if err != nil {
			return fmt.Errorf("save results: %w", err)
		}
		if ended, err = q.EndSubmissions(ctx, g.endings()); err != nil {
			return fmt.Errorf("end submissions: %w", err)
		}
		if len(users) > 0 {
			sources, err = postgres.ReadSources(ctx, q, users, unsaved)
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
	return g.finish(ctx)
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

// saveResults writes what the members leave beside versions, and deletes their checkpoints.
func (g *group) saveResults(ctx context.Context, q *postgres.Queries) error {
	var builds app.SaveBuildsParams
	var ids []uuid.UUID
	for _, m := range g.members {
		s, r := m.claim.Submission, m.ending.Result
		ids = append(ids, s.ID)
		if m.ending.Failure != nil {
			if err := m.bury(ctx, q); err != nil {
				return err
			}
			continue
		}
		for _, key := range r.Keys {
			if err := q.SetKeyStatus(ctx, key); err != nil {
				return err
			}
		}
		if r.Inputs != nil {
			builds.SessionIds, builds.Documents = append(builds.SessionIds, s.SessionID), append(builds.Documents, r.Inputs)
			builds.Revisions = append(builds.Revisions, m.ending.Revision)
		}
	}
	if len(builds.SessionIds) > 0 {
		if _, err := q.SaveBuilds(ctx, builds); err != nil {
			return err
		}
	}
	return q.DeleteCheckpoints(ctx, ids)
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

// builders are the users whose inputs the transaction builds, and those of them whose analysis is not
// just what it saves.
func (g *group) builders() (users, unsaved []string) {
	for _, m := range g.members {
		if !g.buildsNow(m) {
			continue
		}
		users = append(users, m.claim.Submission.UserID)
		if a := m.ending.Result.Analysis; a == nil || !a.WillSave() {
			unsaved = append(unsaved, m.claim.Submission.UserID)
		}
	}
	return users, unsaved
}

// buildsNow reports whether the transaction builds a member's inputs: a build that runs already reads
// the change, or is followed by one that does.
func (g *group) buildsNow(m *member) bool {
	return g.BuildInputs != nil && m.changesInputs() && !m.read.Building
}

// build makes the inputs of the members. A build that panics is left to a job, which fails with that.
func (g *group) build(sources map[string]onboarding.Sources) {
	for _, m := range g.members {
		if !g.buildsNow(m) {
			continue
		}
		in := sources[m.claim.Submission.UserID]
		if a := m.ending.Result.Analysis; a != nil && a.Stored() != nil {
			in.Analysis = a.Stored()
		}
		m.document = g.document(in)
	}
}

// document builds inputs, nil if that fails.
func (g *group) document(in onboarding.Sources) (document []byte) {
	defer func() {
		if recover() != nil {
			document = nil
		}
	}()
	document, err := onboarding.EncodeInputs(g.BuildInputs(in))
	if err != nil {
		return nil
	}
	return document
}
