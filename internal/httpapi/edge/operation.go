package edge

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// The names of what an operation's metadata says.
const (
	public        = "public"        // true: it needs no token
	writes        = "writes"        // true: it changes something although its method is GET
	oneTime       = "one time"      // true: its response must not be repeated nor stored
	deadline      = "deadline"      // time.Duration that it may take in the place of RequestTimeout
	authorization = "authorization" // func(*fiber.Ctx) (string, error) that reads the Authorization of a request
	kept          = "kept"          // func(huma.Context) Mark that a response is kept under
	bodyExample   = "body example"  // the end of the sentence "Send a JSON object…"
)

// Option says more about an operation.
type Option func(*huma.Operation)

// About describes the operation in sentences.
func About(description string) Option {
	return func(op *huma.Operation) { op.Description = strings.TrimSpace(description) }
}

// Refuses lists problems of the operation beside those that follow from its input.
func Refuses(statuses ...int) Option {
	return func(op *huma.Operation) { op.Errors = append(op.Errors, statuses...) }
}

// Status sets the status of success, which is 200 otherwise.
func Status(status int) Option {
	return func(op *huma.Operation) { op.DefaultStatus = status }
}

// Accepts says that the operation answers 202 as well, with the same body.
func Accepts(op *huma.Operation) {
	op.Responses["202"] = &huma.Response{Description: "The work continues; Location says where to look."}
}

// Public lets everybody call the operation, without a token.
func Public(op *huma.Operation) { op.Metadata[public] = true }

// OneTime keeps the response from being stored and repeated under an idempotency key.
func OneTime(op *huma.Operation) { op.Metadata[oneTime] = true }

// Within bounds the operation in the place of RequestTimeout.
func Within(limit time.Duration) Option {
	return func(op *huma.Operation) { op.Metadata[deadline] = limit }
}

// Waits gives an operation that waits up to bound the time to respond after it.
func Waits(bound time.Duration) Option { return Within(bound + 5*time.Second) }

// Example ends the sentence "Send a JSON object…", the detail of a problem without a body.
func Example(text string) Option {
	return func(op *huma.Operation) { op.Metadata[bodyExample] = text }
}

// Guard reads the Authorization of a request with read, and lets admit decide on it once
// the user is known.
func Guard(read func(*fiber.Ctx) (string, error), admit func(huma.Context, func(huma.Context))) Option {
	return func(op *huma.Operation) {
		op.Metadata[authorization] = read
		op.Middlewares = append(op.Middlewares, admit)
	}
}

// Register adds an operation. The route is a method and a path, as in "GET /healthz".
// Errors of handle are rendered by ProblemOf. The document names the problems that follow
// from the input: those of a body, of parameters, of a token, of an idempotency key.
func Register[I, O any](
	e *Edge, route, id, tag, summary string, handle func(context.Context, *I) (*O, error), options ...Option,
) {
	method, path, _ := strings.Cut(route, " ")
	op := huma.Operation{
		Method: method, Path: path, OperationID: id, Tags: []string{tag}, Summary: summary,
		Metadata: map[string]any{}, Responses: map[string]*huma.Response{},
		MaxBodyBytes: -1, BodyReadTimeout: -1, // Fiber has read and bounded it
	}
	for _, option := range options {
		option(&op)
	}
	e.secure(&op)
	inputs := parametersOf(reflect.TypeFor[I]())
	op.Errors = append(op.Errors, inputs.statuses()...)
	e.describeProblems(&op)
	if inputs.conditional {
		op.Responses["304"] = &huma.Response{Description: "The state is the one that If-None-Match names."}
	}
	if compressible(&op) { // the outermost, for what is kept and remembered is as it was
		op.Middlewares = append(huma.Middlewares{compress}, op.Middlewares...)
	}
	accepted := op.Responses["202"]
	huma.Register(e.API, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, ProblemOf(err)
		}
		return out, nil
	})
	if accepted != nil && op.Responses["200"] != nil {
		accepted.Headers, accepted.Content = op.Responses["200"].Headers, op.Responses["200"].Content
	}
}

// NoSecurity says of an operation that it needs no token; nil would say nothing.
func NoSecurity() []map[string][]string { return []map[string][]string{} }

// secure asks for a token, and takes idempotency keys where they make sense.
func (e *Edge) secure(op *huma.Operation) {
	if op.Metadata[public] == true {
		op.Security = NoSecurity()
		op.Errors = append(op.Errors, http.StatusUnsupportedMediaType)
		return
	}
	op.Security = []map[string][]string{{BearerScheme: {}}}
	op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable)
	if op.Metadata[deadline] != nil {
		op.Middlewares = append(op.Middlewares, e.countWaiting)
	}
	if op.Metadata[kept] != nil {
		op.Middlewares = append(op.Middlewares, e.keep)
	}
	if op.Method == http.MethodPost && op.Metadata[oneTime] != true {
		op.Parameters = append(op.Parameters, idempotencyParam())
		op.Middlewares = append(op.Middlewares, e.remember) // the last: what is refused before it is not remembered
		op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusConflict)
	}
}

// describeProblems replaces the errors of an operation by descriptions of their problems.
func (e *Edge) describeProblems(op *huma.Operation) {
	content := e.ProblemContent()
	op.Responses["default"] = &huma.Response{Description: "A problem.", Content: content}
	for _, status := range op.Errors {
		op.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status), Content: content}
	}
	op.Errors = nil
}

// parameters says which parts of a request an input type reads.
type parameters struct{ path, query, body, conditional bool }

func parametersOf(input reflect.Type) (p parameters) {
	for _, field := range reflect.VisibleFields(input) {
		p.path = p.path || field.Tag.Get("path") != ""
		p.query = p.query || field.Tag.Get("query") != ""
		p.body = p.body || field.Name == "Body"
		p.conditional = p.conditional || field.Tag.Get("header") == "If-None-Match"
	}
	return p
}

func (p parameters) statuses() (statuses []int) {
	if p.path {
		statuses = append(statuses, http.StatusNotFound)
	}
	if p.query || p.body {
		statuses = append(statuses, http.StatusBadRequest)
	}
	if p.body {
		statuses = append(statuses, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return statuses
}
