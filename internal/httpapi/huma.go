package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
)

const (
	basePath   = "/api/onboarding"
	pathHealth = "/healthz"
	pathReady  = "/readyz"

	bearerScheme = "bearer"
	ticketScheme = "ticket"

	// bodyExample is the end of the sentence "Send a JSON object…" of an operation.
	bodyExample = "body example"
)

// newAPI returns huma on the server's Fiber app, with everything switched off
// that would serve its own pages, add its own fields or speak of errors.
func newAPI(s *Server) huma.API {
	config := huma.DefaultConfig("ALwrity onboarding", "1")
	config.Info.Description = "The onboarding of a user, step by step. Work that takes time is queued: the answer is 202 and the step says how far it is. HEAD is answered wherever GET is."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil
	config.AllowAdditionalPropertiesByDefault = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		bearerScheme: {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "A token of the identity provider; the user is the claim sub."},
		ticketScheme: {Type: "apiKey", In: "query", Name: queryTicket, Description: "A one-time ticket of createStreamTicket, for streams where no header can be sent."},
	}
	config.Tags = []*huma.Tag{
		{Name: "onboarding", Description: "Where the user stands."},
		{Name: "steps", Description: "One step: reading and submitting."},
		{Name: "keys", Description: "The API keys of providers. They are never answered in full, unless the operator allows it."},
		{Name: "research", Description: "The research preferences."},
		{Name: "personas", Description: "Generating, following and storing the personas of step 4."},
		{Name: "streams", Description: "Live progress, pushed."},
		{Name: "account", Description: "What is stored about the caller, all of it: to take away, to delete."},
		{Name: "services", Description: "For other services, by the scopes of their tokens."},
		{Name: "admin", Description: "For operators: tokens with the role admin. Every call stands in the audit log, refused ones too."},
		{Name: "operations", Description: "For operators and clients' tools."},
	}
	config.Transformers = []huma.Transformer{problemTransformer}
	api := humafiber.New(s.app, config)
	api.UseMiddleware(applyProblem, bound, s.authenticate, s.admitOperator, s.remember)
	return api
}

// problemTransformer turns huma's errors into ours and notes every problem, so
// that applyProblem and the log know it.
func problemTransformer(ctx huma.Context, _ string, body any) (any, error) {
	var p *Problem
	switch e := body.(type) {
	case *huma.ErrorModel:
		example, _ := ctx.Operation().Metadata[bodyExample].(string)
		p = problemOfHuma(e, example)
	case *Problem:
		p = e
	default:
		return body, nil
	}
	exchangeOf(humafiber.Unwrap(ctx)).problem = p
	return p, nil
}

// applyProblem gives the answer the status and headers of its problem: huma has
// set its own status after the transformer ran. It also pins the media type, as
// there is only one.
func applyProblem(ctx huma.Context, next func(huma.Context)) {
	c := humafiber.Unwrap(ctx)
	c.Request().Header.Set(fiber.HeaderAccept, fiber.MIMEApplicationJSON)
	next(ctx)
	if p := exchangeOf(c).problem; p != nil {
		p.setHeaders(c)
	}
	if c.Response().StatusCode() == http.StatusNotModified {
		c.Response().Header.Del(fiber.HeaderContentType)
	}
}

// register adds an operation. Errors of handle are told by problemOf; statuses
// lists the problems that the document names beside those of every operation.
func register[I, O any](s *Server, op huma.Operation, statuses []int, handle func(context.Context, *I) (*O, error)) {
	op.MaxBodyBytes, op.BodyReadTimeout = -1, -1 // Fiber has read and bounded it
	if op.Metadata[public] != true {
		op.Security = []map[string][]string{{bearerScheme: {}}}
		statuses = append(slices.Clone(statuses), http.StatusUnauthorized, http.StatusServiceUnavailable)
		if repeatable(&op) {
			op.Parameters = append(op.Parameters, idempotencyParam())
			statuses = append(statuses, http.StatusBadRequest, http.StatusConflict)
		}
	}
	problem := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")
	content := map[string]*huma.MediaType{problemContentType: {Schema: problem}}
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses["default"] = &huma.Response{Description: "A problem.", Content: content}
	for _, status := range statuses {
		op.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status), Content: content}
	}
	if op.Metadata[conditional] == true {
		op.Responses["304"] = &huma.Response{Description: "The state is the one that If-None-Match names."}
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, problemOf(err)
		}
		return out, nil
	})
}
