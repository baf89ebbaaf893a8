package edge

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
)

// ProblemContentType is the media type of errors.
const ProblemContentType = "application/problem+json"

// Problem is the body of every error: an RFC 9457 problem with a stable code.
type Problem struct {
	Type   string `json:"type" example:"about:blank" doc:"Always about:blank: the code tells problems apart."`
	Title  string `json:"title" example:"Bad Request" doc:"The phrase of the status."`
	Status int    `json:"status" example:"400" doc:"The HTTP status."`
	Detail string `json:"detail" example:"Enter the address of your website, for example https://example.com." doc:"One sentence for a person, which says what to do."`
	Code   string `json:"code" example:"required" doc:"Stable and machine-readable."`
	// Errors is left out unless the input is at fault.
	Errors []FieldProblem `json:"errors,omitempty" doc:"What is wrong with the input, by field. Submitted values are never repeated."`
	// RetryAfter repeats the header, for clients that can't read headers.
	RetryAfter int `json:"retry_after,omitempty" example:"2" doc:"Seconds to wait before the same request makes sense again."`

	// cause is what happened, for the log only.
	cause error
}

// FieldProblem is what is wrong with one field of the input.
type FieldProblem struct {
	Field  string `json:"field" example:"data.website" doc:"The JSON path of the field, or the name of a parameter."`
	Reason string `json:"reason" example:"Enter the address of your website, for example https://example.com." doc:"One sentence or phrase."`
}

// NewProblem returns a problem; detail is one sentence that says what to do.
func NewProblem(status int, code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// WithCause sets what happened, for the log.
func (p *Problem) WithCause(cause error) *Problem {
	p.cause = cause
	return p
}

// WithRetryAfter sets the wait that the problem asks for, at least a second.
func (p *Problem) WithRetryAfter(wait time.Duration) *Problem {
	p.RetryAfter = max(1, int((wait+time.Second-1)/time.Second))
	return p
}

// Error makes a Problem an error that handlers return.
func (p *Problem) Error() string { return p.Code }

// Unwrap returns what happened, for the log.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus returns the status, for huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type of a problem, whatever was negotiated.
func (*Problem) ContentType(string) string { return ProblemContentType }

// setHeaders sets the status and headers of the problem, even if no middleware ran.
func (p *Problem) setHeaders(c *fiber.Ctx) {
	c.Status(p.Status)
	c.Vary(fiber.HeaderAuthorization)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if p.RetryAfter > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(p.RetryAfter))
	}
	if p.Status == http.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
	}
}

// render replaces the response by the problem.
func (p *Problem) render(c *fiber.Ctx) {
	c.Response().ResetBody()
	p.setHeaders(c)
	c.Set(fiber.HeaderContentType, ProblemContentType)
	body, err := json.Marshal(p)
	if err != nil { // strings and integers only: cannot happen
		body = []byte(`{"type":"about:blank","status":500,"code":"internal_error"}`)
	}
	c.Response().SetBody(body)
}
