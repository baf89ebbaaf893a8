package jobs

import (
	"errors"
	"log/slog"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/queue"
)

// Without tracing there is no middleware.
func TestUntracedWorkHasNoMiddleware(t *testing.T) {
	t.Parallel()
	assert.Empty(t, queue.Traced(nil))
	ctx, s := queue.Span(t.Context(), "anything")
	queue.EndSpan(s, errors.New("anything"))
	assert.False(t, trace.SpanContextFromContext(ctx).IsValid())
	for _, metadata := range []string{"", "{}", "null", `{"traceparent": 7}`, `{"traceparent": "nonsense"}`} {
		assert.False(t, trace.SpanContextFromContext(queue.WithTraceOf(t.Context(), []byte(metadata))).IsValid(), metadata)
	}
}

// The job that takes over from a lost one goes on with its trace.
func TestASuccessorGoesOnWithTheTrace(t *testing.T) {
	t.Parallel()
	b := setup(t)
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(tracetest.NewInMemoryExporter()))
	var err error
	b.submit, err = flow.NewSubmitter(b.db.App, b.db.System, prometheus.NewRegistry(), slog.New(slog.DiscardHandler),
		queue.Traced(provider)...)
	require.NoError(t, err)
	ctx, request := provider.Tracer("test").Start(t.Context(), "request")
	submission, err := b.submit.SubmitWebsite(ctx, b.user, onboarding.WebsiteInput{Website: "https://example.com"})
	require.NoError(t, err)
	_, err = b.db.System.Exec(t.Context(),
		"update river_job set state = 'running', attempt = 1, attempted_at = now() - interval '1 minute', "+
			"attempted_by = '{lost}'")
	require.NoError(t, err)
	r := b.sweeper()
	r.River = b.submit.River
	require.NoError(t, r.Tick(t.Context()))

	var parents []string
	rows, err := b.db.System.Query(t.Context(), "select metadata ->> 'traceparent' from river_job order by id")
	require.NoError(t, err)
	for rows.Next() {
		var parent string
		require.NoError(t, rows.Scan(&parent))
		parents = append(parents, parent)
	}
	require.NoError(t, rows.Err())
	require.Len(t, parents, 2, "of submission %s", submission.ID)
	for _, parent := range parents {
		assert.Contains(t, parent, request.SpanContext().TraceID().String())
	}
}
