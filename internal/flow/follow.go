package flow

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/queue"
)

// finish writes the inputs that were built, notes what changed of those that were not, and queues the
// builds that follow: of what was not built, and of what has changed during a build, even one that failed.
// Then it ends the jobs, the last that is locked.
func (g *group) finish(ctx context.Context) error {
	var changed app.ChangeInputsParams
	var builds []*member
	for _, m := range g.members {
		s := m.claim.Submission
		if m.changesInputs() {
			changed.SessionIds, changed.UserIds = append(changed.SessionIds, s.SessionID), append(changed.UserIds, s.UserID)
			changed.Documents = append(changed.Documents, m.document)
		}
		if m.wantsBuild() || m.changesInputs() && m.document == nil && !m.read.Building {
			builds = append(builds, m)
		}
	}
	p := postgres.NewPipeline()
	if len(changed.SessionIds) > 0 {
		_ = p.ChangeInputs(ctx, changed)
	}
	if err := g.queueBuilds(ctx, p, builds); err != nil {
		return err
	}
	return g.endJobs(ctx, p)
}

// divisionByZero is the SQLSTATE of CompleteAllJobs for jobs that are not in the runs that end them.
const divisionByZero = "22012"

// queueBuilds adds the statements that queue a build for each of some members.
func (g *group) queueBuilds(ctx context.Context, p *postgres.Pipeline, members []*member) error {
	kind := onboarding.KindPersonalizationInputs
	phase := onboarding.QueuedPhase(kind, false)
	for _, m := range members {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make submission id: %w", err)
		}
		place := queue.FollowUp(m.claim.Job.Queue)
		job, err := g.Wakings.Job(ctx, string(kind), queue.Work{SubmissionID: id}, place, false)
		if err != nil {
			return err
		}
		_ = p.QueueBuild(ctx, m.session())
		_, _ = p.QueueJob(ctx, job)
		_, _ = p.Submit(ctx, app.SubmitParams{
			ID: id, SessionID: m.session(), UserID: m.claim.Submission.UserID, Kind: kind, Input: []byte("{}"),
			ProgressCeiling: phase.To, Phase: phase.Name, Message: phase.Message,
		})
	}
	return nil
}

// endJobs sends p with the statements that release what was held for the users' share, and complete the jobs, the last
// that are locked.
func (g *group) endJobs(ctx context.Context, p *postgres.Pipeline) error {
	var params app.CompleteAllJobsParams
	for _, m := range g.members {
		if m.claim.Submission.Network {
			_ = p.ReleaseHeld(ctx, releaseParams(m.session()))
		}
		if row := m.ending.Row; row != nil && !m.endsJob() {
			params.Ids = append(params.Ids, row.ID)
			params.AttemptedAts = append(params.AttemptedAts, *row.AttemptedAt)
		}
	}
	_ = p.CompleteAllJobs(ctx, params)
	if g.commits {
		p.ThenCommit()
	}
	if _, err := p.Run(ctx, g.q); err != nil {
		if postgres.HasState(err, divisionByZero) { // of CompleteAllJobs
			err = fmt.Errorf("%w: %w", ErrAnotherRun, onboarding.ErrSuperseded)
		}
		return fmt.Errorf("complete jobs: %w", err)
	}
	for _, m := range g.members {
		if m.endsJob() {
			if err := m.ending.EndJob(ctx, g.tx); err != nil {
				return err
			}
		}
	}
	return nil
}
