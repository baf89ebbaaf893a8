package httpapi

import (
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/drift"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

// The table of endpoints in docs/api.md is that of the OpenAPI document.
func TestEndpointsDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Edge: edge.Config{Metrics: prometheus.NewRegistry(), Log: slog.New(slog.DiscardHandler)}})
	require.NoError(t, err)
	var document struct {
		Paths map[string]map[string]struct {
			Summary   string
			Responses map[string]any
		}
	}
	content, err := s.openAPI()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(content, &document))
	text := drift.Head("operation", "what")
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		if strings.HasPrefix(path, "/onboarding/") {
			continue // the wizard's other paths of the same operations
		}
		methods := map[string][]string{}
		for _, method := range slices.Sorted(maps.Keys(document.Paths[path])) {
			operation := document.Paths[path][method]
			what := operation.Summary + statusesBut200(operation.Responses)
			methods[what] = append(methods[what], strings.ToUpper(method))
		}
		for _, what := range slices.Sorted(maps.Keys(methods)) {
			text += drift.Row("`"+strings.Join(methods[what], ", ")+" "+strings.TrimPrefix(path, edge.BasePath)+"`", what)
		}
	}
	drift.Block(t, "../../docs/api.md", "endpoints", text)
}

// statusesBut200 names the good statuses of an operation that does not only answer 200.
func statusesBut200(responses map[string]any) string {
	var statuses []string
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		if status < "300" {
			statuses = append(statuses, status)
		}
	}
	if slices.Equal(statuses, []string{"200"}) {
		return ""
	}
	return " (" + strings.Join(statuses, ", ") + ")"
}
