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
	// headerReplayed marks a repeated answer.
	headerReplayed = "Idempotency-Replayed"
	// rememberTimeout bounds the storing of an answer, also after the request's own
	// deadline.
	rememberTimeout = 5 * time.Second
)

var idempotencyKeyPattern = regexp.MustCompile(`^[!-~]{1,255}$`)

// rememberedHeaders are those of an answer that a repetition carries as well.
var rememberedHeaders = []string{fiber.HeaderContentType, fiber.HeaderLocation, fiber.HeaderRetryAfter, fiber.HeaderETag, fiber.HeaderCacheControl}

// idempotencyParam describes the header in the document.
func idempotencyParam() *huma.Param {
	least, most := 1, 255
	return &huma.Param{
		Name: headerIdempotencyKey, In: "header",
		Description: "Any name for this request, visible ASCII. The same request with the same key within 24 hours is answered as the first one was.",
		Schema:      &huma.Schema{Type: huma.TypeString, MinLength: &least, MaxLength: &most},
	}
}

// remember answers a POST that names an idempotency key once: repetitions get the first
// answer. What asks to come again, faults on our side and work that goes on included, is
// not remembered.
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
		e.answerOnce(ctx, c, claim, next)
	}
}

// hold is how long a request may hold its key: as long as it may take, the storing of
// its answer included, and a little more. Who repeats it because the process died does
// not wait longer.
func (e *Edge) hold(op *huma.Operation) time.Duration {
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
			Field: headerIdempotencyKey, Code: "invalid_idempotency_key", Reason: "The idempotency key must have 1 to 255 visible ASCII characters.",
		}
	}
	owner := User(ctx.Context()).ID
	answered, claim, err := e.Requests.Claim(ctx.Context(), owner, key, e.hold(ctx.Operation()), func(salt []byte) []byte {
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
			Code: "idempotency_key_reused", Reason: "This idempotency key was used for another request. Take a new one for every request.",
		}
	case errors.Is(err, postgres.ErrRequestRunning):
		return nil, nil, &onboarding.ConflictError{
			Code: "request_in_flight", Reason: "The same request is still being answered. Try again in a moment.", RetryAfter: RetryAfter,
		}
	}
	return answered, claim, err
}

// answerOnce answers the request and remembers how. The key is free again if that
// panics or the answer is not for keeping.
func (e *Edge) answerOnce(ctx huma.Context, c *fiber.Ctx, claim *postgres.Claim, next func(huma.Context)) {
	kept := false
	defer func() {
		if !kept {
			e.settleClaim(ctx.Context(), claim.Forget)
		}
	}()
	goesOn := false // see markGoesOn
	next(huma.WithValue(ctx, goesOnKey{}, &goesOn))
	if goesOn {
		return
	}
	answer := postgres.RememberedAnswer{Status: c.Response().StatusCode(), Headers: map[string]string{}, Body: c.Response().Body()}
	if problem := exchangeOf(c).problem; problem != nil {
		if problem.Status >= http.StatusInternalServerError || problem.RetryAfter > 0 {
			return
		}
		answer.Status = problem.Status // the answer gets it later, see applyProblem
	}
	for _, name := range rememberedHeaders {
		if value := string(c.Response().Header.Peek(name)); value != "" {
			answer.Headers[name] = value
		}
	}
	kept = e.settleClaim(ctx.Context(), func(ctx context.Context) error { return claim.Answer(ctx, answer) })
}

// settleClaim ends a claim. What goes wrong is only logged: the request has its answer,
// and the claim ends by itself.
func (e *Edge) settleClaim(ctx context.Context, end func(context.Context) error) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rememberTimeout)
	defer cancel()
	err := end(ctx)
	if err != nil {
		e.Log.LogAttrs(ctx, slog.LevelWarn, "answer not remembered", slog.String("error", err.Error()))
	}
	return err == nil
}

// replay gives an answer again.
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

// Refuse answers with the problem of err in the place of the operation.
func Refuse(c *fiber.Ctx, err error) {
	problem := ProblemOf(err)
	exchangeOf(c).problem = problem
	problem.render(c)
}

// goesOnKey is the key of a *bool that markGoesOn sets.
type goesOnKey struct{}

// GoesOn says that an answer only tells that work goes on, which is no answer to repeat: see remember.
func GoesOn(ctx context.Context) {
	if goesOn, ok := ctx.Value(goesOnKey{}).(*bool); ok {
		*goesOn = true
	}
}
