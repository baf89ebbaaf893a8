package admin

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// replaysAtOnce bounds what one request replays, each job in a transaction of its own.
	replaysAtOnce = 200
	// replayTime bounds its duration.
	replayTime = 30 * time.Second
)

// errPageFull ends the replays of one request.
var errPageFull = errors.New("enough for one request")

// DeadFilter chooses dead jobs.
type DeadFilter struct {
	Kind   string    `query:"kind" json:"kind,omitempty" maxLength:"100" example:"website_analysis" doc:"The kind of the work."`
	Code   string    `query:"code" json:"code,omitempty" maxLength:"100" example:"worker_lost" doc:"Why it failed."`
	UserID string    `query:"user_id" json:"user_id,omitempty" maxLength:"255" example:"user_2abc" doc:"Whose it is."`
	Since  time.Time `query:"since" json:"since,omitzero" example:"2026-03-01T00:00:00Z" doc:"Not those that died before."`
}

func (f DeadFilter) filter(path string) (bulk.DeadFilter, error) {
	err := checkTexts(map[string]string{path + "kind": f.Kind, path + "code": f.Code, path + "user_id": f.UserID})
	return bulk.DeadFilter{
		Kind: onboarding.Kind(f.Kind), Code: onboarding.FailureCode(f.Code), UserID: f.UserID, Since: f.Since,
	}, err
}

// DeadJobsInput asks for a page of dead jobs.
type DeadJobsInput struct {
	DeadFilter
	Unreplayed bool   `query:"unreplayed" example:"true" doc:"Only those that were not replayed."`
	After      string `query:"after" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001" doc:"The next_after of the page before this one."`
	Limit      int    `query:"limit" minimum:"1" maximum:"500" default:"50" example:"50" doc:"Jobs of a page."`
}

// DeadJobBody is work that failed for a reason that its user can't fix.
type DeadJobBody struct {
	ID         uuid.UUID              `json:"id" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001" doc:"The id of its submission."`
	UserID     string                 `json:"user_id" example:"user_2abc"`
	JobID      int64                  `json:"-"`
	Kind       onboarding.Kind        `json:"kind" example:"website_analysis"`
	Step       *onboarding.StepNumber `json:"step" example:"2" doc:"Null for work that completes no step."`
	Code       onboarding.FailureCode `json:"code" example:"worker_lost"`
	Attempts   int                    `json:"attempts" example:"4"`
	Recoveries int                    `json:"recoveries" example:"0"`
	DiedAt     time.Time              `json:"died_at" example:"2026-03-02T10:15:00Z"`
	ReplayedAs *uuid.UUID             `json:"replayed_as" format:"uuid" doc:"The submission that took its place."`
	ReplayedAt *time.Time             `json:"replayed_at" example:"2026-03-02T10:20:00Z"`
}

// DeadJobsBody is a page of dead jobs.
type DeadJobsBody struct {
	Jobs      []DeadJobBody `json:"jobs" doc:"The newest first. They are kept for 90 days."`
	NextAfter *uuid.UUID    `json:"next_after" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001" doc:"Asks for the next page; null at the end."`
}

// ReplayBody is the outcome of the replay of one job.
type ReplayBody struct {
	ID         uuid.UUID  `json:"id" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001"`
	UserID     string     `json:"user_id" example:"user_2abc"`
	Outcome    string     `json:"outcome" enum:"replayed,already_replayed,refused" example:"replayed"`
	ReplayedAs *uuid.UUID `json:"replayed_as" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000002"`
	Code       *string    `json:"code" example:"moved_on" doc:"Why it was refused."`
	Reason     *string    `json:"reason" example:"Something newer was submitted in its place." doc:"The same in a sentence."`
}

// ReplayRequest chooses the dead jobs that are replayed.
type ReplayRequest struct {
	DeadFilter
	After string `json:"after,omitempty" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001" doc:"The next_after of the answer before this one."`
}

// ReplaysBody is the outcome of many.
type ReplaysBody struct {
	Replays   []ReplayBody `json:"replays" doc:"The newest first, at most 200."`
	NextAfter *uuid.UUID   `json:"next_after" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001" doc:"There may be more: send the request again with this as after. Null at the end."`
}

type deadJobPath struct {
	ID uuid.UUID `path:"id" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001"`
}

func (h *Handlers) deadJob(ctx context.Context, in *deadJobPath) (*edge.Output[DeadJobBody], error) {
	job, err := h.cfg.Dead.Get(ctx, in.ID)
	return edge.OK(DeadJobBody(job)), err
}

func (h *Handlers) replayDeadJob(ctx context.Context, in *deadJobPath) (*edge.Output[ReplayBody], error) {
	replay, err := h.cfg.Dead.Replay(ctx, edge.UserID(ctx), in.ID)
	return edge.OK(replayBody(replay)), err
}

func (h *Handlers) listDeadJobs(ctx context.Context, in *DeadJobsInput) (*edge.Output[DeadJobsBody], error) {
	filter, err := in.filter("")
	if err != nil {
		return nil, err
	}
	filter.Unreplayed = in.Unreplayed
	after, err := h.deadJobAfter(ctx, in.After)
	if err != nil {
		return nil, err
	}
	found, err := h.cfg.Dead.List(ctx, filter, after, in.Limit+1)
	jobs, next := edge.Page(found, in.Limit, func(job bulk.DeadJob) uuid.UUID { return job.ID })
	return edge.OK(DeadJobsBody{
		Jobs: edge.Map(jobs, func(job bulk.DeadJob) DeadJobBody { return DeadJobBody(job) }), NextAfter: next,
	}), err
}

// deadJobAfter returns the dead job that a page follows, nil for the first page.
func (h *Handlers) deadJobAfter(ctx context.Context, after string) (*bulk.DeadJob, error) {
	if after == "" {
		return nil, nil //nolint:nilnil // the first page follows nothing
	}
	id, err := uuid.Parse(after)
	if err != nil {
		return nil, edge.InvalidField("after", "Send the next_after of the page before.")
	}
	last, err := h.cfg.Dead.Get(ctx, id)
	if errors.Is(err, onboarding.ErrNotFound) {
		return nil, edge.InvalidField("after", "The dead job is gone; begin again without after.")
	}
	return &last, err
}

func (h *Handlers) replayDeadJobs(
	ctx context.Context, in *edge.BodyInput[ReplayRequest],
) (*edge.Output[ReplaysBody], error) {
	filter, err := in.Body.filter("")
	if err != nil {
		return nil, err
	}
	after, err := h.deadJobAfter(ctx, in.Body.After)
	if err != nil {
		return nil, err
	}
	body := ReplaysBody{Replays: []ReplayBody{}}
	began := time.Now()
	err = h.cfg.Dead.ReplayAll(ctx, edge.UserID(ctx), filter, after, func(replay bulk.Replay) error {
		body.Replays = append(body.Replays, replayBody(replay))
		if len(body.Replays) == replaysAtOnce || time.Since(began) > replayTime {
			body.NextAfter = &replay.ID
			return errPageFull
		}
		return nil
	})
	if err != nil && !errors.Is(err, errPageFull) {
		return nil, err
	}
	return edge.OK(body), nil
}

func replayBody(replay bulk.Replay) ReplayBody {
	return ReplayBody{
		ID: replay.ID, UserID: replay.UserID, Outcome: string(replay.Outcome), ReplayedAs: edge.OrNil(replay.ReplayedAs),
		Code: edge.OrNil(replay.Code), Reason: edge.OrNil(replay.Reason),
	}
}
