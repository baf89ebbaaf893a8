package admin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

const (
	// shownSubmissions, shownEvents and shownModelCalls bound what a response shows of one user.
	shownSubmissions = 50
	shownEvents      = 200
	shownModelCalls  = 50
)

// UserFilter chooses users.
type UserFilter struct {
	Prefix      string                `query:"prefix" json:"prefix,omitempty" maxLength:"255" example:"user_2" doc:"How the id begins; the whole id finds one user."`
	Step        onboarding.StepNumber `query:"step" json:"step,omitempty" minimum:"0" example:"2" doc:"The step that the next two are about; 0 for any."`
	Status      string                `query:"status" json:"status,omitempty" enum:"pending,in_progress,completed,skipped,failed" example:"failed" doc:"The status of the step."`
	FailureCode string                `query:"failure_code" json:"failure_code,omitempty" maxLength:"100" example:"host_not_found" doc:"Why the step failed."`
	After       string                `query:"after" json:"after,omitempty" maxLength:"255" example:"user_2abc" doc:"The next_after of the page before this one."`
}

func (f UserFilter) check(path string) error {
	return checkTexts(map[string]string{
		path + "prefix": f.Prefix, path + "failure_code": f.FailureCode,
		path + "after": f.After,
	})
}

// UsersInput asks for a page of users.
type UsersInput struct {
	UserFilter
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"50" example:"50" doc:"Users of a page."`
}

// UsersBody is one page of users.
type UsersBody struct {
	Users     []UserRow `json:"users" doc:"In the order of their ids."`
	NextAfter *string   `json:"next_after" example:"user_2abc" doc:"Asks for the next page; null at the end."`
}

// UserRow is the state of one user.
type UserRow struct {
	UserID      string                               `json:"user_id" example:"user_2abc"`
	StartedAt   time.Time                            `json:"started_at" example:"2026-11-28T10:15:00Z"`
	UpdatedAt   time.Time                            `json:"updated_at" example:"2026-11-28T10:20:00Z"`
	CompletedAt *time.Time                           `json:"completed_at" example:"2026-11-28T10:30:00Z" doc:"When the onboarding was finished, null before."`
	Steps       [onboarding.StepCount]UserStepStatus `json:"steps"`
}

// UserStepStatus is the status of one step of a user.
type UserStepStatus struct {
	Step        onboarding.StepNumber `json:"step" example:"2"`
	Status      string                `json:"status" example:"failed"`
	FailureCode *string               `json:"failure_code" example:"host_not_found"`
}

// UserStateBody is what support needs to know about a user.
type UserStateBody struct {
	UserID      string           `json:"user_id" example:"user_2abc"`
	SessionID   uuid.UUID        `json:"session_id" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000000"`
	Version     int64            `json:"version" example:"17" doc:"Grows by one with each change of a step."`
	StartedAt   time.Time        `json:"started_at" example:"2026-11-28T10:15:00Z"`
	UpdatedAt   time.Time        `json:"updated_at" example:"2026-11-28T10:20:00Z"`
	CompletedAt *time.Time       `json:"completed_at" example:"2026-11-28T10:30:00Z"`
	Steps       []UserStep       `json:"steps" minItems:"6" maxItems:"6"`
	Submissions []UserSubmission `json:"submissions" doc:"The newest 50, the newest first."`
	Events      []UserEvent      `json:"events" doc:"The newest 200, the newest first."`
	ModelCalls  []UserModelCall  `json:"model_calls" doc:"The newest 50, the newest first."`
}

// UserStep is one step of a user.
type UserStep struct {
	Step         onboarding.StepNumber `json:"step" example:"2"`
	Status       onboarding.StepStatus `json:"status" example:"failed"`
	FailureCode  *string               `json:"failure_code" example:"host_not_found"`
	HoldsResult  bool                  `json:"holds_result" doc:"Whether a result counts that no reset has cleared."`
	SubmissionID *uuid.UUID            `json:"submission_id" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001" doc:"The newest submission."`
	StartedAt    *time.Time            `json:"started_at" example:"2026-11-28T10:16:00Z"`
	CompletedAt  *time.Time            `json:"completed_at" example:"2026-11-28T10:17:00Z"`
	UpdatedAt    time.Time             `json:"updated_at" example:"2026-11-28T10:17:00Z"`
}

// UserSubmission is one piece of work that a user asked for, without its content.
type UserSubmission struct {
	ID          uuid.UUID                   `json:"id" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001"`
	Kind        onboarding.Kind             `json:"kind" example:"website_analysis"`
	Step        *onboarding.StepNumber      `json:"step" example:"2" doc:"Null for work that completes no step."`
	Status      onboarding.SubmissionStatus `json:"status" example:"failed"`
	Progress    float64                     `json:"progress" example:"30"`
	Phase       string                      `json:"phase" example:"crawling"`
	FailureCode *string                     `json:"failure_code" example:"host_not_found"`
	JobID       int64                       `json:"job_id" example:"4711" doc:"Its newest job, as in the logs."`
	JobState    *string                     `json:"job_state" example:"completed" doc:"The state of its job, null once that is deleted."`
	CreatedAt   time.Time                   `json:"created_at" example:"2026-11-28T10:16:00Z"`
	FinishedAt  *time.Time                  `json:"finished_at" example:"2026-11-28T10:17:00Z"`
}

// UserEvent is one change of a step, without its message.
type UserEvent struct {
	Version      int64                 `json:"version" example:"17"`
	At           time.Time             `json:"at" example:"2026-11-28T10:17:00Z"`
	Step         onboarding.StepNumber `json:"step" example:"2"`
	Status       string                `json:"status" example:"failed"`
	SubmissionID *uuid.UUID            `json:"submission_id" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001"`
	Progress     *float64              `json:"progress" example:"30"`
	Phase        *string               `json:"phase" example:"crawling"`
	FailureCode  *string               `json:"failure_code" example:"host_not_found"`
}

// UserModelCall is what one call to a model provider used, without its texts.
type UserModelCall struct {
	At           time.Time           `json:"at" example:"2026-11-28T10:16:30Z"`
	SubmissionID uuid.UUID           `json:"submission_id" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001"`
	Provider     onboarding.Provider `json:"provider" example:"openai"`
	Model        string              `json:"model" example:"gpt-4o-mini"`
	Prompt       string              `json:"prompt" example:"analysis"`
	InputTokens  int64               `json:"input_tokens" example:"2100"`
	CachedTokens int64               `json:"cached_tokens" example:"0"`
	OutputTokens int64               `json:"output_tokens" example:"640"`
	CostMicros   *int64              `json:"cost_micros" example:"1200" doc:"Null where the price is not known."`
}

// UserPath names a user in the path.
type UserPath struct {
	UserID string `path:"user_id" example:"user_2abc" doc:"The user's id, percent-encoded."`
}

func (h *Handlers) listUsers(ctx context.Context, in *UsersInput) (*edge.Output[UsersBody], error) {
	if err := in.check(""); err != nil {
		return nil, err
	}
	q := system.New(h.cfg.Pool)
	ids, next, err := findUsers(ctx, q, in.UserFilter, in.Limit, listTime)
	if err != nil {
		return nil, err
	}
	rows, err := q.ListUsers(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	body := UsersBody{Users: []UserRow{}, NextAfter: next}
	for _, row := range rows {
		user := UserRow{UserID: row.UserID, StartedAt: row.StartedAt, UpdatedAt: row.UpdatedAt, CompletedAt: row.CompletedAt}
		for i := range min(len(row.Statuses), len(user.Steps)) {
			user.Steps[i] = UserStepStatus{
				Step: onboarding.StepNumber(i + 1), Status: row.Statuses[i],
				FailureCode: edge.OrNil(row.FailureCodes[i]),
			}
		}
		body.Users = append(body.Users, user)
	}
	return edge.OK(body), nil
}

func (h *Handlers) userState(ctx context.Context, in *UserPath) (*edge.Output[UserStateBody], error) {
	q, id := system.New(h.cfg.Pool), edge.PathUserID(in.UserID)
	session, err := q.GetUser(ctx, id)
	if err := postgres.NotFound("user", err); err != nil {
		return nil, err
	}
	steps, stepsErr := q.ListUserSteps(ctx, session.ID)
	submissions, submissionsErr := q.ListUserSubmissions(ctx,
		system.ListUserSubmissionsParams{SessionID: session.ID, MaxRows: shownSubmissions})
	events, eventsErr := listEvents(ctx, q, session.ID, nil)
	calls, callsErr := listModelCalls(ctx, q, session.ID, nil)
	if err := errors.Join(stepsErr, submissionsErr, eventsErr, callsErr); err != nil {
		return nil, fmt.Errorf("read user: %w", err)
	}
	return edge.OK(UserStateBody{
		UserID: id, SessionID: session.ID, Version: session.Version, StartedAt: session.StartedAt,
		UpdatedAt: session.UpdatedAt, CompletedAt: session.CompletedAt,
		Steps: edge.Map(steps, func(row system.ListUserStepsRow) UserStep { return UserStep(row) }),
		Submissions: edge.Map(submissions,
			func(row system.ListUserSubmissionsRow) UserSubmission { return UserSubmission(row) }),
		Events: events, ModelCalls: calls,
	}), nil
}

// listEvents returns the newest step events of a session, those of one submission if it is not nil.
func listEvents(ctx context.Context, q *system.Queries, session uuid.UUID, submission *uuid.UUID) ([]UserEvent, error) {
	rows, err := q.ListUserEvents(ctx, system.ListUserEventsParams{
		SessionID: session, SubmissionID: submission, MaxRows: shownEvents,
	})
	return edge.Map(rows, func(row system.ListUserEventsRow) UserEvent { return UserEvent(row) }), err
}

// listModelCalls returns the newest model calls of a session, those of one submission if it is not nil.
func listModelCalls(
	ctx context.Context, q *system.Queries, session uuid.UUID, submission *uuid.UUID,
) ([]UserModelCall, error) {
	rows, err := q.ListUserModelCalls(ctx, system.ListUserModelCallsParams{
		SessionID: session, SubmissionID: submission, MaxRows: shownModelCalls,
	})
	return edge.Map(rows, func(row system.ListUserModelCallsRow) UserModelCall { return UserModelCall(row) }), err
}
