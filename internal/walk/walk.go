// Package walk goes through the six onboarding steps over HTTP, as a user's client does.
// The demos, their load and the chaos runs share it.
package walk

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// User is one user. Call sends a request for a path below /api/onboarding, as
// [Client.Call] does.
type User struct {
	Call func(ctx context.Context, method, path string, body, into any) error
}

// InOrder does one thing after the other until one fails.
func InOrder(ctx context.Context, steps ...func(context.Context) error) error {
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Get reads a document.
func (u User) Get(ctx context.Context, path string, into any) error {
	return u.Call(ctx, http.MethodGet, path, nil, into)
}

// Post sends a request that has no body.
func (u User) Post(ctx context.Context, path string) error {
	return u.Call(ctx, http.MethodPost, path, struct{}{}, nil)
}

// Skip leaves a step out.
func (u User) Skip(ctx context.Context, n onboarding.StepNumber) error {
	return u.Post(ctx, fmt.Sprintf("/step/%d/skip", n))
}

// Finish is step 6.
func (u User) Finish(ctx context.Context) error { return u.Post(ctx, "/complete") }

// StoreKeys completes step 1 with API keys, by provider.
func (u User) StoreKeys(ctx context.Context, keys map[string]string) error {
	return u.complete(ctx, onboarding.StepProviders, map[string]any{"api_keys": keys}, nil)
}

// SubmitWebsite submits step 2 and returns the id of the submission.
func (u User) SubmitWebsite(ctx context.Context, address string) (submissionID string, err error) {
	return u.submit(ctx, onboarding.StepWebsite, map[string]any{"website": address})
}

// Research completes step 3 with these content types.
func (u User) Research(ctx context.Context, contentTypes ...string) error {
	data := map[string]any{"research_depth": "Deep", "content_types": contentTypes}
	return u.complete(ctx, onboarding.StepResearch, data, nil)
}

// SubmitPersonas submits step 4 and returns the id of the submission.
func (u User) SubmitPersonas(ctx context.Context, platforms ...string) (submissionID string, err error) {
	return u.submit(ctx, onboarding.StepPersonalization, map[string]any{"selected_platforms": platforms})
}

func (u User) submit(ctx context.Context, n onboarding.StepNumber, data map[string]any) (string, error) {
	var accepted struct {
		SubmissionID string `json:"submission_id"`
	}
	err := u.complete(ctx, n, data, &accepted)
	if err == nil && accepted.SubmissionID == "" {
		err = fmt.Errorf("step %d was accepted without a submission_id", n)
	}
	return accepted.SubmissionID, err
}

func (u User) complete(ctx context.Context, n onboarding.StepNumber, data map[string]any, into any) error {
	body := map[string]any{"data": data, "validation_errors": []string{}}
	return u.Call(ctx, http.MethodPost, fmt.Sprintf("/step/%d/complete", n), body, into)
}

// Step is the state of a step.
type Step struct {
	Status       onboarding.StepStatus `json:"status"`
	SubmissionID string                `json:"submission_id"`
	Progress     float64               `json:"progress"`
	Message      string                `json:"message"`
	Error        struct {
		Code   string `json:"code"`
		Detail string `json:"detail"`
	} `json:"error"`
}

// FailedError is a step that failed, with the sentence for its user.
type FailedError struct {
	Step   onboarding.StepNumber
	Detail string
}

func (e *FailedError) Error() string { return fmt.Sprintf("step %d failed: %s", e.Step, e.Detail) }

// Await polls a step until it is completed, and shows each state before. It returns
// *FailedError if the step fails.
func (u User) Await(ctx context.Context, n onboarding.StepNumber, every time.Duration, show func(Step)) error {
	for {
		var step Step
		if err := u.Get(ctx, fmt.Sprintf("/step/%d", n), &step); err != nil {
			return err
		}
		switch step.Status {
		case onboarding.StepCompleted:
			return nil
		case onboarding.StepFailed:
			return &FailedError{n, step.Error.Detail}
		default:
			show(step)
		}
		if err := Wait(ctx, every); err != nil {
			return err
		}
	}
}

// Wait returns after the given time, or when ctx ends with its cause.
func Wait(ctx context.Context, wait time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(wait):
		return nil
	}
}
