package httpapi

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/admin"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

// Every route of the router stands in the document, but the files of the pages, their
// sessions, what belongs to the page of operators, and what only a developer's machine has.
func TestEveryRouteStandsInTheDocument(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Edge: edge.Config{Metrics: prometheus.NewRegistry(), Log: slog.New(slog.DiscardHandler)}})
	require.NoError(t, err)
	var document struct {
		Paths map[string]map[string]any
	}
	content, err := s.openAPI()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(content, &document))
	parameter := regexp.MustCompile(`:(\w+)`)
	routes := 0
	for _, route := range s.edge.App.GetRoutes(true) {
		isFile := route.Path == "/" ||
			strings.Contains(route.Path[strings.LastIndex(route.Path, "/"):], ".") && route.Path != "/openapi.json"
		if route.Method == http.MethodHead || isFile || route.Path == pathDevelopmentToken || route.Path == pathSession ||
			strings.HasPrefix(route.Path, admin.PathOps) {
			continue
		}
		at := parameter.ReplaceAllString(strings.Replace(route.Path, "*", ":url", 1), "{$1}") // the one wildcard takes a URL
		assert.Contains(t, document.Paths[at], strings.ToLower(route.Method), "%s %s is not described",
			route.Method, route.Path)
		routes++
	}
	described := 0
	for _, operations := range document.Paths {
		described += len(operations)
	}
	assert.Equal(t, described, routes, "what is described is served")
}
