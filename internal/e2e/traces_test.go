package e2e_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	traces "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/alwrity/onboarding/internal/llm/llmtest"
)

// spanCollector takes traces as OpenTelemetry's collectors do: protobuf over HTTP.
type spanCollector struct {
	t     *testing.T
	url   string
	mu    sync.Mutex
	spans []*traces.Span
	// services are those of the resources that sent, by span.
	services map[string]string
	text     strings.Builder
}

func newSpanCollector(t *testing.T) *spanCollector {
	t.Helper()
	c := &spanCollector{t: t, services: map[string]string{}}
	server := httptest.NewServer(http.HandlerFunc(c.take))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

func (c *spanCollector) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	assert.NoError(c.t, err)
	assert.Equal(c.t, "/v1/traces", r.URL.Path)
	var sent collector.ExportTraceServiceRequest
	if !assert.NoError(c.t, proto.Unmarshal(body, &sent)) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text.WriteString(protojson.Format(&sent))
	for _, resource := range sent.GetResourceSpans() {
		service := ""
		for _, attribute := range resource.GetResource().GetAttributes() {
			if attribute.GetKey() == "service.name" {
				service = attribute.GetValue().GetStringValue()
			}
		}
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				c.spans = append(c.spans, span)
				c.services[string(span.GetSpanId())] = service
			}
		}
	}
}

// servicesOf returns which services sent some of the spans.
func (c *spanCollector) servicesOf(trace []*traces.Span) map[string]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	services := map[string]bool{}
	for _, span := range trace {
		services[c.services[string(span.GetSpanId())]] = true
	}
	return services
}

// trace returns the spans of the trace that the span of that name is part of, once
// it holds the span of the other name.
func (c *spanCollector) trace(begin, end string) []*traces.Span {
	c.t.Helper()
	var found []*traces.Span
	require.Eventually(c.t, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		i := slices.IndexFunc(c.spans, func(s *traces.Span) bool { return s.GetName() == begin })
		if i < 0 {
			return false
		}
		found = nil
		for _, span := range c.spans {
			if bytes.Equal(span.GetTraceId(), c.spans[i].GetTraceId()) {
				found = append(found, span)
			}
		}
		return slices.ContainsFunc(found, func(s *traces.Span) bool { return s.GetName() == end })
	}, 20*time.Second, 50*time.Millisecond, "no trace from %q to %q", begin, end)
	return found
}

// path returns the names from the root of a trace down to its first span of that name.
func path(spans []*traces.Span, name string, under string) []string {
	byID := map[string]*traces.Span{}
	for _, span := range spans {
		byID[string(span.GetSpanId())] = span
	}
	for _, span := range spans {
		if span.GetName() != name {
			continue
		}
		var names []string
		for at := span; at != nil; at = byID[string(at.GetParentSpanId())] {
			names = append(names, at.GetName())
		}
		slices.Reverse(names)
		names = slices.Compact(names) // a statement is prepared under its own name
		if slices.Contains(names, under) {
			return names
		}
	}
	return nil
}

// One trace leads from the request that submits a website through the queue to the
// fetches, the model and the commit of the result, and the lines of the log carry it.
func TestOneTraceFromTheSubmissionToTheCommit(t *testing.T) {
	t.Parallel()
	e, shop, spans := setup(t), newSite(t, ""), newSpanCollector(t)
	e.logs = &lockedBuffer{}
	model := modelServer(t, llmtest.OpenAI)
	e.settings = map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": spans.url, "OTEL_BSP_SCHEDULE_DELAY": "50", "MODEL_OPENAI_URL": model.URL(),
	}
	e.worker()
	api := e.api()
	require.Equal(t, 200, api.call(http.MethodPost, "/api/onboarding/api-keys",
		map[string]any{"provider": "openai", "api_key": canaryKeys["openai"]}).status)
	submitted := api.submit(shop.url + "/?token=canary")
	require.Equal(t, http.StatusAccepted, submitted.status, submitted.body)
	api.completed(30 * time.Second)

	const request, run = "POST /api/onboarding/step/:n/complete", "river.work/website_analysis"
	trace := spans.trace(request, run)
	for name, want := range map[string][]string{
		"Submit":         {request, "batch start", "Submit"},
		"fetch page":     {request, run, "fetch page"},
		"model call":     {request, run, "model call"},
		"EndSubmissions": {request, run, "finish submission", "batch start", "EndSubmissions"},
		"COMMIT":         {request, run, "finish submission", "batch start", "COMMIT"},
	} {
		assert.Equal(t, want, path(trace, name, want[len(want)-3]), "%s, of %v", name, names(trace))
	}
	assert.Equal(t, map[string]bool{"onboarding-api": true, "onboarding-worker": true}, spans.servicesOf(trace))
	holdsNoData(t, spans, shop.url)
	logsCarryTheTrace(t, e.logs.String(), trace, submitted.text("submission_id"))
}

func names(spans []*traces.Span) []string {
	var all []string
	for _, span := range spans {
		all = append(all, span.GetName())
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// holdsNoData looks for what must be in no span: users, addresses, keys, statements.
func holdsNoData(t *testing.T, spans *spanCollector, website string) {
	t.Helper()
	spans.mu.Lock()
	defer spans.mu.Unlock()
	text := spans.text.String()
	assert.Greater(t, len(text), 1000)
	for _, secret := range []string{
		"user_ann", strings.TrimPrefix(website, "http://"), "token=canary", canary,
		"select ", "SELECT ",
	} {
		assert.NotContains(t, text, secret)
	}
}

// logsCarryTheTrace reads the lines of both programs about the submission.
func logsCarryTheTrace(t *testing.T, log string, trace []*traces.Span, submissionID string) {
	t.Helper()
	want := hex.EncodeToString(trace[0].GetTraceId())
	var request, run map[string]any
	for line := range strings.Lines(log) {
		var fields map[string]any
		if json.Unmarshal([]byte(line), &fields) != nil || fields["trace_id"] != want {
			continue
		}
		switch {
		case fields["msg"] == "request":
			request = fields
		case fields["msg"] == "job run ended" && fields["submission_id"] == submissionID:
			run = fields
		}
	}
	require.NotNil(t, request, "no line of the request")
	require.NotNil(t, run, "no line of the run")
	assert.NotEmpty(t, request["request_id"])
	assert.Equal(t, request["user"], run["user"], "the same user under the same fingerprint")
	assert.Regexp(t, "^[0-9a-f]{32}$", run["user"])
	for _, key := range []string{"job_id", "attempt", "session_id"} {
		assert.NotEmpty(t, run[key], key)
	}
	assert.NotContains(t, log, "user_ann")
}
