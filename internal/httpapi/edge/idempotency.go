package edge

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

const (
	headerIdempotencyKey = "Idempotency-Key"
	// headerReplayed marks a replayed response.
	headerReplayed = "Idempotency-Replayed"
	// rememberTimeout bounds the storing of a response, even after the request's deadline.
	rememberTimeout = 5 * time.Second
)

var idempotencyKeyPattern = regexp.MustCompile(`^[!-~]{1,255}$`)

// rememberedHeaders are the headers that are stored with a response.
var rememberedHeaders = []string{
	fiber.HeaderContentType, fiber.HeaderLocation, fiber.HeaderRetryAfter,
	fiber.HeaderETag, fiber.HeaderCacheControl,
}

// idempotencyParam describes the header in the document.
func idempotencyParam() *huma.Param {
	least, most := 1, 255
	return &huma.Param{
		Name: headerIdempotencyKey, In: "header",
		Description: "Any name for this request, visible ASCII. The same request with the same key within 24 hours is " +
			"answered as the first one was.",
		Schema: &huma.Schema{Type: huma.TypeString, MinLength: &least, MaxLength: &most},
	}
}

// remember runs a POST with an idempotency key once and replays its response afterwards. Responses that
// ask to retry, internal errors and unfinished work included, are not stored.
func (e *Edge) remember(ctx huma.Context, next func(huma.Context)) {
	c := humafiber.Unwrap(ctx)
	if len(c.Request().Header.PeekAll(headerIdempotencyKey)) == 0 {
		next(ctx)
		return
	}
	answered, claim, err := e.claim(ctx, c)
	switch {
	case err != nil:
		Refuse(c, err)
	case answered != nil:
		replay(c, answered)
	default:
		e.runOnce(ctx, c, claim, next)
	}
}

// claimLifetime is how long a request may hold its key: its deadline, the storing of its response, and
// a little more. A client that repeats a request after the process died waits no longer.
func (e *Edge) claimLifetime(op *huma.Operation) time.Duration {
	limit, ok := op.Metadata[deadline].(time.Duration)
	if !ok {
		limit = e.RequestTimeout
	}
	return limit + rememberTimeout + time.Second
}

func (e *Edge) claim(ctx huma.Context, c *fiber.Ctx) (*postgres.RememberedAnswer, *postgres.Claim, error) {
	key := c.Get(headerIdempotencyKey)
	if !idempotencyKeyPattern.MatchString(key) {
		return nil, nil, &onboarding.InputError{
			Field: headerIdempotencyKey, Code: "invalid_idempotency_key",
			Reason: "The idempotency key must have 1 to 255 visible ASCII characters.",
		}
	}
	owner := User(ctx.Context()).ID
	lifetime := e.claimLifetime(ctx.Operation())
	answered, claim, err := e.Requests.Claim(ctx.Context(), owner, key, lifetime, func(salt []byte) []byte {
		hash := sha256.New()
		for _, part := range [][]byte{salt, []byte(owner), []byte(c.Method()), []byte(c.OriginalURL()), c.Body()} {
			_ = binary.Write(hash, binary.BigEndian, uint64(len(part))) // a hash takes everything
			_, _ = hash.Write(part)
		}
		return hash.Sum(nil)
	})
	switch {
	case errors.Is(err, postgres.ErrRequestReused):
		return nil, nil, &onboarding.ConflictError{
			Code:   "idempotency_key_reused",
			Reason: "This idempotency key was used for another request. Take a new one for every request.",
		}
	case errors.Is(err, postgres.ErrRequestRunning):
		return nil, nil, &onboarding.ConflictError{
			Code: "request_in_flight", Reason: "The same request is still being answered. Try again in a moment.",
			RetryAfter: RetryAfter,
		}
	case errors.Is(err, postgres.ErrRequestsFull):
		return nil, nil, &onboarding.LimitError{
			Code: "too_many_idempotency_keys", Reason: fmt.Sprintf("You have used %d idempotency keys within 24 hours. "+
				"Send the request without one, or try again later.", postgres.MostRequests),
			RetryAfter: time.Hour,
		}
	}
	return answered, claim, err
}

// runOnce runs the request and stores its response. The key is released if that panics or the response
// must not be stored.
func (e *Edge) runOnce(ctx huma.Context, c *fiber.Ctx, claim *postgres.Claim, next func(huma.Context)) {
	kept := false
	defer func() {
		if !kept {
			e.settleClaim(ctx.Context(), claim.Forget)
		}
	}()
	unfinished := false // see MarkUnfinished
	next(huma.WithValue(ctx, unfinishedKey{}, &unfinished))
	if unfinished {
		return
	}
	answer := postgres.RememberedAnswer{
		Status: c.Response().StatusCode(), Headers: map[string]string{},
		Body: c.Response().Body(),
	}
	if problem := exchangeOf(c).problem; problem != nil {
		if problem.Status >= http.StatusInternalServerError || problem.RetryAfter > 0 {
			return
		}
		answer.Status = problem.Status // applyProblem sets it later
	}
	for _, name := range rememberedHeaders {
		if value := string(c.Response().Header.Peek(name)); value != "" {
			answer.Headers[name] = value
		}
	}
	kept = e.settleClaim(ctx.Context(), func(ctx context.Context) error { return claim.Answer(ctx, answer) })
}

// settleClaim ends a claim. An error is only logged: the response is made, and the claim expires.
func (e *Edge) settleClaim(ctx context.Context, end func(context.Context) error) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rememberTimeout)
	defer cancel()
	err := end(ctx)
	if err != nil {
		e.Log.LogAttrs(ctx, slog.LevelWarn, "response not stored", slog.String("error", err.Error()))
	}
	return err == nil
}

// replay sends a stored response.
func replay(c *fiber.Ctx, answered *postgres.RememberedAnswer) {
	c.Set(headerReplayed, "true")
	if answered.Status >= http.StatusBadRequest {
		problem := &Problem{}
		if err := json.Unmarshal(answered.Body, problem); err != nil {
			Refuse(c, internalProblem(fmt.Errorf("decode remembered problem: %w", err)))
			return
		}
		Refuse(c, problem)
		c.Response().SetBody(answered.Body)
		return
	}
	for name, value := range answered.Headers {
		c.Set(name, value)
	}
	c.Status(answered.Status)
	c.Response().SetBody(answered.Body)
}

// Refuse responds with the problem of err.
func Refuse(c *fiber.Ctx, err error) {
	problem := ProblemOf(err)
	exchangeOf(c).problem = problem
	problem.render(c)
}

// unfinishedKey is the key of a *bool that MarkUnfinished sets.
type unfinishedKey struct{}

// MarkUnfinished marks a response that only says that work goes on. Such a response is not replayed:
// see remember.
func MarkUnfinished(ctx context.Context) {
	if unfinished, ok := ctx.Value(unfinishedKey{}).(*bool); ok {
		*unfinished = true
	}
}
