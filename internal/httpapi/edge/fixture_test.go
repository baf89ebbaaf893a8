package edge_test

import (
	"context"
	"testing"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

// pathOwn is where the operations of serveOwn are.
const pathOwn = "/own"

// serveOwn serves a GET and a POST that do what the test says.
func serveOwn(t *testing.T, set func(*edge.Config), do func(context.Context) error) *apitest.Fixture {
	t.Helper()
	return apitest.ServeEdge(t, set, func(e *edge.Edge) {
		handle := func(ctx context.Context, _ *struct{}) (*edge.Output[string], error) { return edge.OK("done"), do(ctx) }
		edge.Register(e, "GET "+pathOwn, "get", "tests", "Do it", handle)
		edge.Register(e, "POST "+pathOwn, "post", "tests", "Do it", handle)
		edge.Register(e, "POST "+pathOwn+"/waits", "waits", "tests", "Do it", handle, edge.Waits(50*time.Second))
	})
}

func asItIs(*edge.Config) {}
