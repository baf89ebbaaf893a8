package edge

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// BasePath is the path before those of the operations.
	BasePath = "/api/onboarding"
	// PathHealth reports whether the process runs.
	PathHealth = "/healthz"
	// PathReady reports whether the process can serve requests.
	PathReady = "/readyz"

	// BearerScheme is the security scheme of tokens in a header.
	BearerScheme = "bearer"
	// TicketScheme is the security scheme of one-time tickets in the query.
	TicketScheme = "ticket"

	// QueryTicket is the parameter of the query that has a ticket.
	QueryTicket = "ticket"
)

// newAPI returns huma on the Fiber app, without huma's own pages, fields and error format.
func newAPI(e *Edge) huma.API {
	config := huma.DefaultConfig("ALwrity onboarding", "")
	config.Info.Description = "The onboarding of a user, step by step. Work that takes time is queued: the response " +
		"is 202, and the step shows the progress. HEAD works wherever GET does."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.AllowAdditionalPropertiesByDefault = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		BearerScheme: {
			Type: "http", Scheme: "bearer", BearerFormat: "JWT",
			Description: "A token of the identity provider; the user is the claim sub.",
		},
		TicketScheme: {
			Type: "apiKey", In: "query", Name: QueryTicket,
			Description: "A one-time ticket of createStreamTicket, for streams where no header can be sent.",
		},
	}
	config.Tags = []*huma.Tag{
		{Name: "onboarding", Description: "The state of the onboarding."},
		{Name: "steps", Description: "One step: reading and submitting."},
		{Name: TagKeys, Description: "The API keys of providers. They are masked unless the operator allows otherwise."},
		{Name: "research", Description: "The research preferences."},
		{Name: "personas", Description: "Generating, following and storing the personas of step 4."},
		{Name: "streams", Description: "Live progress, pushed."},
		{Name: "account", Description: "Everything that is stored about the caller: export and deletion."},
		{Name: "history", Description: "The versions of analyses and personas."},
		{Name: "services", Description: "For other services, by the scopes of their tokens."},
		{
			Name:        "admin",
			Description: "For operators: tokens with the role admin. Every call is written to the audit log, refused ones too.",
		},
		{Name: "operations", Description: "For operators and clients' tools."},
	}
	config.Transformers = []huma.Transformer{problemTransformer}
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[onboarding.StepNumber](), reflect.TypeFor[stepSchema]())
	api := humafiber.New(e.App, config)
	api.UseMiddleware(applyProblem, applyDeadline, e.authenticate)
	return api
}

// stepSchema describes onboarding.StepNumber, which does not import huma.
type stepSchema int

// Schema bounds the number by the table of steps.
func (stepSchema) Schema(huma.Registry) *huma.Schema {
	first, last := 1.0, float64(onboarding.StepCount)
	return &huma.Schema{Type: huma.TypeInteger, Format: "int64", Minimum: &first, Maximum: &last}
}

// schemaName names the schema of a type; shapes that are filled with texts have the name of the shape.
func schemaName(t reflect.Type, hint string) string {
	return strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "String")
}

// problemTransformer replaces huma's errors by problems and keeps every problem for applyProblem and
// the log.
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

// applyProblem sets the status and headers of a problem: huma sets its own status after the
// transformer. It also fixes the media type, as there is only one.
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

// ProblemContent describes the body of a problem.
func (e *Edge) ProblemContent() map[string]*huma.MediaType {
	return map[string]*huma.MediaType{ProblemContentType: {Schema: SchemaOf[Problem](e)}}
}

// SchemaOf returns the reference to the schema of a type, which it adds to the document.
func SchemaOf[T any](e *Edge) *huma.Schema {
	return e.API.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
}
