package edge_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

// pathOwn is where the operations of serveOwn are.
const pathOwn = "/own"

// serveOwn serves a GET and a POST that do what the test says.
func serveOwn(t *testing.T, set func(*edge.Config), do func(context.Context) error) *apitest.Fixture {
	t.Helper()
	return apitest.ServeEdge(t, set, func(e *edge.Edge) {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			edge.Register(e, huma.Operation{Method: method, Path: pathOwn, OperationID: method + "own"}, nil,
				func(ctx context.Context, _ *struct{}) (*edge.Output[string], error) { return edge.OK("done"), do(ctx) })
		}
		edge.Register(e, huma.Operation{
			Method: http.MethodPost, Path: pathOwn + "/waits", OperationID: "waits", Metadata: edge.Waits(50 * time.Second),
		}, nil, func(ctx context.Context, _ *struct{}) (*edge.Output[string], error) { return edge.OK("done"), do(ctx) })
	})
}

func asItIs(*edge.Config) {}
