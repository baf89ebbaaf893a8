package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// failuresSince is how far the list of failures reaches back where no time is named.
const failuresSince = 7 * 24 * time.Hour

// FailedInput chooses submissions that failed.
type FailedInput struct {
	Kind  string                `query:"kind" maxLength:"100" example:"website_analysis" doc:"The kind of the work."`
	Code  string                `query:"code" maxLength:"100" example:"timeout" doc:"Why it failed."`
	Ours  bool                  `query:"ours" example:"true" doc:"Only what neither the user nor the user's website can mend."`
	Step  onboarding.StepNumber `query:"step" minimum:"0" example:"2" doc:"The step that it was for; 0 for any."`
	Since time.Time             `query:"since" example:"2026-11-28T09:00:00Z" doc:"Not those that failed before; 7 days ago if left out."`
	After string                `query:"after" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001" doc:"The next_after of the page before this one."`
	Limit int                   `query:"limit" minimum:"1" maximum:"500" default:"50" example:"50" doc:"Submissions of a page."`
}

// FailedBody is a page of submissions that failed.
type FailedBody struct {
	Submissions []FailedSubmission `json:"submissions" doc:"The newest failure first."`
	NextAfter   *uuid.UUID         `json:"next_after" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001" doc:"Asks for the next page; null at the end."`
}

// FailedSubmission is one piece of work that failed.
type FailedSubmission struct {
	ID         uuid.UUID              `json:"id" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001"`
	UserID     string                 `json:"user_id" example:"user_2abc"`
	Kind       onboarding.Kind        `json:"kind" example:"website_analysis"`
	Step       *onboarding.StepNumber `json:"step" example:"2" doc:"Null for work that completes no step."`
	Code       onboarding.FailureCode `json:"code" example:"timeout"`
	Ours       bool                   `json:"ours" doc:"Whether neither the user nor the user's website can mend it."`
	JobID      int64                  `json:"job_id" example:"4711"`
	CreatedAt  time.Time              `json:"created_at" example:"2026-11-28T10:16:00Z"`
	FinishedAt time.Time              `json:"finished_at" example:"2026-11-28T10:17:00Z"`
}

// SubmissionBody is one piece of work, without its content.
type SubmissionBody struct {
	UserSubmission
	UserID         string          `json:"user_id" example:"user_2abc"`
	Ours           bool            `json:"ours"`
	Newest         bool            `json:"newest" doc:"Whether its step names no newer one: retrying the step submits its input again."`
	Queue          *string         `json:"queue" example:"network" doc:"Null likewise."`
	Worker         *string         `json:"worker" example:"host_2026_11_28T10_15_00_000000" doc:"Null once its job is deleted."`
	Attempts       int             `json:"attempts" example:"1" doc:"Of at most 4; 0 once its job is deleted."`
	Recoveries     int             `json:"recoveries" example:"0"`
	SnoozedSeconds float64         `json:"snoozed_seconds" example:"12"`
	Timeline       []Moment        `json:"timeline" doc:"What happened, in its order. What a deleted job knew is left out: attempts that are an hour old."`
	ModelCalls     []UserModelCall `json:"model_calls" doc:"The newest first."`
	DeadJob        *DeadJobBody    `json:"dead_job"`
}

// Moment is something that happened to a submission.
type Moment struct {
	At     time.Time `json:"at" example:"2026-11-28T10:16:01Z"`
	What   string    `json:"what" enum:"queued,started,phase,attempt_failed,completed,failed,superseded,cancelled" example:"phase"`
	Detail *string   `json:"detail" example:"crawling" doc:"The phase, the number of the attempt, the worker, or the code of the failure."`
}

type submissionPath struct {
	ID uuid.UUID `path:"id" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001"`
}

func (h *Handlers) listFailed(ctx context.Context, in *FailedInput) (*edge.Output[FailedBody], error) {
	if err := checkTexts(map[string]string{"kind": in.Kind, "code": in.Code}); err != nil {
		return nil, err
	}
	q := system.New(h.cfg.Pool)
	params := system.ListFailedSubmissionsParams{
		Kind: in.Kind, Step: in.Step, Codes: in.codes(), Since: in.Since, BeforeAt: endOfTime,
		MaxRows: int32(in.Limit) + 1, //nolint:gosec // a page
	}
	if in.Since.IsZero() {
		params.Since = time.Now().Add(-failuresSince)
	}
	if in.After != "" {
		var err error
		if params.BeforeID, err = uuid.Parse(in.After); err != nil {
			return nil, edge.InvalidField("after", "Send the next_after of the page before.")
		}
		at, err := q.FinishedAt(ctx, params.BeforeID)
		if postgres.NotFound("submission", err) != nil || at == nil {
			return nil, edge.InvalidField("after", "The submission is gone; begin again without after.")
		}
		params.BeforeAt = *at
	}
	rows, err := q.ListFailedSubmissions(ctx, params)
	if err != nil {
		return nil, fmt.Errorf("list failed submissions: %w", err)
	}
	rows, next := edge.Page(rows, in.Limit, func(row system.ListFailedSubmissionsRow) uuid.UUID { return row.ID })
	return edge.OK(FailedBody{NextAfter: next, Submissions: edge.Map(rows, failedSubmission)}), nil
}

// codes returns the codes that are asked for, none for all.
func (in *FailedInput) codes() []string {
	codes := []string{}
	for _, code := range slices.Sorted(maps.Keys(onboarding.FailureCodes())) {
		if (in.Ours || in.Code != "") && (!in.Ours || code.Dead()) && (in.Code == "" || in.Code == string(code)) {
			codes = append(codes, string(code))
		}
	}
	if len(codes) == 0 && (in.Ours || in.Code != "") {
		codes = append(codes, "") // which no failure has
	}
	return codes
}

func failedSubmission(row system.ListFailedSubmissionsRow) FailedSubmission {
	failed := FailedSubmission{
		ID: row.ID, UserID: row.UserID, Kind: row.Kind, Step: row.Step, JobID: row.JobID, CreatedAt: row.CreatedAt,
	}
	if row.FailureCode != nil {
		failed.Code = onboarding.FailureCode(*row.FailureCode)
		failed.Ours = failed.Code.Dead()
	}
	if row.FinishedAt != nil {
		failed.FinishedAt = *row.FinishedAt
	}
	return failed
}

func (h *Handlers) submission(ctx context.Context, in *submissionPath) (*edge.Output[SubmissionBody], error) {
	q := system.New(h.cfg.Pool)
	row, err := q.GetSubmission(ctx, in.ID)
	if err := postgres.NotFound("submission", err); err != nil {
		return nil, err
	}
	events, eventsErr := listEvents(ctx, q, row.SessionID, &row.ID)
	calls, callsErr := listModelCalls(ctx, q, row.SessionID, &row.ID)
	dead, deadErr := h.cfg.Dead.Get(ctx, row.ID)
	if errors.Is(deadErr, onboarding.ErrNotFound) {
		deadErr = nil
	}
	if err := errors.Join(eventsErr, callsErr, deadErr); err != nil {
		return nil, fmt.Errorf("read submission: %w", err)
	}
	body := SubmissionBody{
		UserSubmission: UserSubmission{
			ID: row.ID, Kind: row.Kind, Step: row.Step, Status: row.Status, Progress: row.Progress, Phase: row.Phase,
			FailureCode: row.FailureCode, JobID: row.JobID, JobState: row.JobState, CreatedAt: row.CreatedAt,
			FinishedAt: row.FinishedAt,
		},
		UserID: row.UserID, Newest: row.Newest, Queue: edge.OrNil(row.Queue), Worker: edge.OrNil(row.Worker),
		Attempts: int(row.AttemptsUsed + row.Attempt), Recoveries: int(row.Recoveries),
		SnoozedSeconds: float64(row.SnoozedMs) / 1000, ModelCalls: calls,
	}
	if dead.ID != uuid.Nil {
		shown := DeadJobBody(dead)
		body.DeadJob, body.Attempts, body.Recoveries = &shown, dead.Attempts, dead.Recoveries
	}
	if row.FailureCode != nil {
		body.Ours = onboarding.FailureCode(*row.FailureCode).Dead()
	}
	body.Timeline, err = timeline(row, events)
	return edge.OK(body), err
}

// timeline puts together what the submission, its job and its events know.
func timeline(row system.GetSubmissionRow, events []UserEvent) ([]Moment, error) {
	moments := []Moment{{At: row.CreatedAt, What: "queued", Detail: edge.OrNil(row.Queue)}}
	var failures []struct {
		At      time.Time `json:"at"`
		Attempt int       `json:"attempt"`
	}
	if err := json.Unmarshal(row.Failures, &failures); err != nil {
		return nil, fmt.Errorf("read the attempts of job %d: %w", row.JobID, err)
	}
	for _, failure := range failures {
		moments = append(moments, Moment{At: failure.At, What: "attempt_failed", Detail: new(fmt.Sprint(failure.Attempt))})
	}
	if row.AttemptedAt != nil {
		moments = append(moments, Moment{At: *row.AttemptedAt, What: "started", Detail: edge.OrNil(row.Worker)})
	}
	for _, event := range events {
		works := event.Status == string(onboarding.StepInProgress) && event.Phase != nil
		if works && *event.Phase != onboarding.PhaseQueued.Name {
			moments = append(moments, Moment{At: event.At, What: "phase", Detail: event.Phase})
		}
	}
	slices.SortStableFunc(moments, func(a, b Moment) int { return a.At.Compare(b.At) })
	if row.FinishedAt != nil {
		moments = append(moments, Moment{At: *row.FinishedAt, What: string(row.Status), Detail: row.FailureCode})
	}
	return moments, nil
}
