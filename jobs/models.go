package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/queue"
	"github.com/alwrity/onboarding/internal/upstream"
)

// Models calls the providers of language models. It does not retry. It
// returns *onboarding.RateLimitError, *onboarding.Failure, or an error that wraps
// onboarding.ErrBadAnswer; the usage of the answer is set whenever it is known.
type Models interface {
	Ask(ctx context.Context, credential onboarding.Credential, prompt onboarding.Prompt) (onboarding.Answer, error)
	// Check makes one cheap call with the key of a provider of language models.
	Check(ctx context.Context, credential onboarding.Credential) error
}

// Keys opens the API keys that the API has sealed, and makes fingerprints.
type Keys interface {
	upstream.Fingerprints
	Open(sealed []byte, userID, provider string) ([]byte, error)
}

// models asks the providers that a user has keys for, one after the other.
type models struct {
	client Models
	keys   Keys
	limits *upstream.Limiter
	log    *slog.Logger
}

// callTime is the time that a call to a provider may take, with a margin. With less time left
// the provider is not called, so that the local result is ready before the timeout.
const callTime = 50 * time.Second

// badAnswerTries is how often a provider is asked before its answers count as bad.
const badAnswerTries = 2

// asked is the result of a question: an answer, or nil for the local engine, and warnings.
type asked struct {
	Answer *onboarding.Answer `json:"answer"`
	// Provider gave the answer.
	Provider onboarding.Provider  `json:"provider"`
	Warnings []onboarding.Warning `json:"warnings"`
}

// ask puts a question to the providers of the keys, one after the other. It returns no answer
// if there is no key or no provider gives a usable one; then the local engine's result counts.
//
// A rate limit is returned so that the job waits, and the failure of a provider that does not answer so that
// the job retries, unless it is known to be down, until the submission's budget for that is used up. Then the
// next provider is asked. A refused key fails the submission.
func (m *models) ask(
	ctx context.Context, r *run, keys []onboarding.StoredKey, prompt onboarding.Prompt,
) (asked, error) {
	var out asked
	for _, key := range keys {
		info := key.Provider.Info()
		if !timeLeft(ctx, callTime) {
			out.Warnings = append(out.Warnings, onboarding.Warning{
				Code: "provider_passed_over", Message: "There was no time left to ask " + info.Name + ".",
			})
			continue
		}
		answer, err := m.askOne(ctx, r, key, prompt)
		switch {
		case err == nil:
			out.Answer, out.Provider = &answer, key.Provider
			return out, nil
		case !r.tryNext(ctx, err):
			return asked{}, err
		}
		m.log.InfoContext(ctx, "provider passed over", "provider", string(info.Provider), "submission_id",
			r.Submission.ID, "error", err)
		out.Warnings = append(out.Warnings, passedOver(info, err))
	}
	if len(out.Warnings) > 0 {
		out.Warnings = append(out.Warnings, onboarding.Warning{
			Code: "local_engine", Message: "No model gave a usable answer, so the result was made without one.",
		})
	}
	return out, nil
}

// modelKeys returns the user's keys of language model providers in the order of
// onboarding.Providers, in which they are asked.
func (r *run) modelKeys(ctx context.Context) ([]onboarding.StoredKey, error) {
	stored, err := r.keys(ctx)
	if err != nil {
		return nil, err
	}
	var keys []onboarding.StoredKey
	for _, info := range onboarding.Providers() {
		i := slices.IndexFunc(stored, func(k onboarding.StoredKey) bool { return k.Provider == info.Provider })
		if i >= 0 && info.Model != nil {
			keys = append(keys, stored[i])
		}
	}
	return keys, nil
}

// tryNext reports whether the next provider is asked after err.
func (r *run) tryNext(ctx context.Context, err error) bool {
	limit, limited := errors.AsType[*onboarding.RateLimitError](err)
	failure, failed := errors.AsType[*onboarding.Failure](err)
	switch {
	case ctx.Err() != nil:
		return false
	case errors.Is(err, upstream.ErrDown): // others have waited for it
		return true
	case limited:
		return r.Submission.Snoozed+snoozeOf(limit) > snoozeBudget
	case failed:
		return failure.Code != onboarding.FailureKeyRefused && (!failure.Temporary() || r.Job.Attempts >= attemptBudget)
	default:
		return errors.Is(err, onboarding.ErrBadAnswer) || errors.Is(err, errSealed)
	}
}

// errSealed means that a stored key can't be opened.
var errSealed = errors.New("the stored key can't be opened")

// askOne asks one provider, twice if its answer is bad. Answers that a former run was charged
// for and did not keep count: a run that is repeated because of another provider does not pay
// for the same bad answers again.
func (m *models) askOne(
	ctx context.Context, r *run, key onboarding.StoredKey, prompt onboarding.Prompt,
) (answer onboarding.Answer, err error) {
	credential, err := m.open(r.Submission.UserID, key)
	if err != nil {
		return answer, err
	}
	charged, err := postgres.AsUser(r.Pool, r.Submission.UserID).CountModelCalls(ctx, app.CountModelCallsParams{
		SessionID: r.Submission.SessionID, SubmissionID: r.Submission.ID, Provider: key.Provider, Prompt: prompt.Name,
	})
	if err != nil {
		return answer, fmt.Errorf("count the calls of %s: %w", key.Provider, err)
	}
	err = onboarding.ErrBadAnswer // if no attempt is left
	for range badAnswerTries - int(charged) {
		answer, err = m.call(ctx, key, credential, prompt)
		if recordErr := m.record(ctx, r, key.Provider, prompt, answer); recordErr != nil {
			return answer, recordErr
		}
		if err == nil {
			answer, err = storableAnswer(answer)
		}
		if !errors.Is(err, onboarding.ErrBadAnswer) {
			break
		}
	}
	m.noteRefusal(ctx, r, key, err)
	return answer, err
}

// call asks a provider, with a permit of the limiter.
func (m *models) call(
	ctx context.Context, key onboarding.StoredKey, credential onboarding.Credential, prompt onboarding.Prompt,
) (answer onboarding.Answer, err error) {
	err = m.permitted(ctx, key, "model call", func(ctx context.Context, s trace.Span) error {
		answer, err = m.client.Ask(ctx, credential, prompt)
		s.SetAttributes(attribute.String("prompt", prompt.Name),
			attribute.Int("input_tokens", int(answer.Usage.InputTokens)),
			attribute.Int("output_tokens", int(answer.Usage.OutputTokens)))
		return err
	})
	return answer, err
}

// permitted calls a provider with a permit of the limiter, in a span of that name.
func (m *models) permitted(
	ctx context.Context, key onboarding.StoredKey, name string, call func(context.Context, trace.Span) error,
) (err error) {
	done, err := m.limits.Acquire(ctx, upstream.ProviderUpstream(m.keys, key))
	if err != nil {
		return err
	}
	defer func() { done(err) }()
	ctx, s := queue.Span(ctx, name, attribute.String("provider", string(key.Provider)))
	defer func() { queue.EndSpan(s, err) }()
	return call(ctx, s)
}

// open opens a key for one call.
func (m *models) open(userID string, key onboarding.StoredKey) (onboarding.Credential, error) {
	opened, err := m.keys.Open(key.Sealed, userID, string(key.Provider))
	if err != nil {
		return onboarding.Credential{}, fmt.Errorf("%w: %w", errSealed, err)
	}
	defer clear(opened)
	return onboarding.Credential{
		Provider: key.Provider, Key: onboarding.Secret(opened), BaseURL: key.BaseURL,
		Model: key.Model,
	}, nil
}

// recordPause is the wait between two attempts to write a charge while the database is
// unavailable, recordTimeout bounds them.
const (
	recordPause   = 500 * time.Millisecond
	recordTimeout = 30 * time.Second
)

// record writes the charge of a call, even after the end of ctx. A short outage must neither
// lose a charge nor cause another one.
func (m *models) record(
	ctx context.Context, r *run, provider onboarding.Provider, prompt onboarding.Prompt, answer onboarding.Answer,
) error {
	if answer.Usage == (onboarding.Usage{}) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	for {
		err := postgres.AsUser(r.Pool, r.Submission.UserID).RecordModelCall(ctx, app.RecordModelCallParams{
			SessionID: r.Submission.SessionID, UserID: r.Submission.UserID, SubmissionID: r.Submission.ID,
			Provider: provider, Model: flow.Storable(answer.Model), Prompt: prompt.Name,
			InputTokens: answer.Usage.InputTokens, CachedTokens: answer.Usage.CachedTokens,
			OutputTokens: answer.Usage.OutputTokens, CostMicros: answer.Usage.CostMicros,
		})
		if err == nil || !postgres.Unavailable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(recordPause):
		}
	}
}

// noteRefusal records that a provider refused a key, if err is its refusal.
func (m *models) noteRefusal(ctx context.Context, r *run, key onboarding.StoredKey, err error) {
	if failure, ok := errors.AsType[*onboarding.Failure](err); !ok || failure.Code != onboarding.FailureKeyRefused {
		return
	}
	refused := keyStatus(r.Submission, key, onboarding.KeyRefused, onboarding.FailureKeyRefused)
	err = postgres.AsUser(r.Pool, r.Submission.UserID).SetKeyStatus(ctx, refused)
	if err != nil { // the failure of the step names the provider too
		m.log.WarnContext(ctx, "refused key not recorded", "provider", string(key.Provider), "error", err)
	}
}

// passedOver returns the warning of why a provider's answer is not part of the result.
func passedOver(info onboarding.ProviderInfo, err error) onboarding.Warning {
	failure, failed := errors.AsType[*onboarding.Failure](err)
	_, limited := errors.AsType[*onboarding.RateLimitError](err)
	message := info.Name + " gave no usable answer."
	switch {
	case errors.Is(err, upstream.ErrDown):
		message = info.Name + " could not be reached lately, so it was not asked; it is tried again in a few minutes."
	case failed:
		message = failure.Sentence()
	case limited:
		message = info.Name + " is limiting requests."
	case errors.Is(err, errSealed):
		message = "The stored key of " + info.Name + " can't be opened. Store it again in step 1."
	}
	return onboarding.Warning{Code: "provider_passed_over", Message: message}
}
