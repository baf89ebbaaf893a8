package alert

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// What the database says of an alert is what Prometheus says of it.
func TestRulesAreThoseOfPrometheus(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../dashboards/alerts.yaml")
	require.NoError(t, err)
	var file struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr         string
				Labels, Annotations map[string]string
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(content, &file))
	bounds := map[string][]string{
		"QueueOld": {fmt.Sprint("> ", queueOldSeconds)}, "BulkQueueOld": {fmt.Sprint("> ", bulkQueueOldSeconds)},
		"WorkerAbsent": {"absent("}, "JobsDead": {fmt.Sprint(deadShare, " * ")},
		"StepsFailing":   {fmt.Sprint("> ", failingShare), fmt.Sprint(">= ", failingLeast)},
		"StartsBurnFast": {fmt.Sprint("> ", startsFast), fmt.Sprint("> ", startsFastLonger), fmt.Sprint(">= ", startsLeast)},
	}
	for _, rule := range rules {
		found := false
		for _, group := range file.Groups {
			for _, theirs := range group.Rules {
				if theirs.Alert != rule.name {
					continue
				}
				found = true
				assert.Equal(t, theirs.Labels["severity"], rule.severity, rule.name)
				assert.Equal(t, theirs.Annotations["summary"], rule.summary, rule.name)
				assert.Equal(t, theirs.Annotations["description"], rule.about, rule.name)
				assert.Equal(t, theirs.Annotations["runbook_url"], runbooks+strings.TrimSuffix(rule.name, "Fast")+".md")
				require.NotEmpty(t, bounds[rule.name], rule.name)
				for _, bound := range bounds[rule.name] {
					assert.Contains(t, theirs.Expr, bound, rule.name)
				}
			}
		}
		assert.True(t, found, "%s is no alert of Prometheus", rule.name)
	}
}

func TestPrometheusIsAsked(t *testing.T) {
	t.Parallel()
	said := `{"status":"success","data":{"alerts":[
		{"labels":{"alertname":"QueueOld","severity":"critical"},"annotations":{"summary":"s"},"state":"pending","activeAt":"2026-11-28T10:00:00Z"},
		{"labels":{"alertname":"JobsDead","severity":"warning","kind":"k"},"annotations":{"runbook_url":"https://r.example"},"state":"firing"}]}}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/sub/api/v1/alerts" {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write([]byte(said))
	}))
	t.Cleanup(server.Close)
	prometheus, err := NewPrometheus(server.URL + "/sub/")
	require.NoError(t, err)
	alerts, err := prometheus.Active(t.Context())
	require.NoError(t, err)
	require.Len(t, alerts, 2)
	assert.Equal(t, "JobsDead", alerts[0].Name, "what fires stands before what may")
	assert.Equal(t, map[string]string{"kind": "k"}, alerts[0].Labels)
	assert.Equal(t, "https://r.example", *alerts[0].Runbook)
	assert.Equal(t, Pending, alerts[1].State)

	elsewhere, err := NewPrometheus(server.URL)
	require.NoError(t, err)
	_, err = elsewhere.Active(t.Context())
	require.Error(t, err)
	said = "<html>"
	_, err = prometheus.Active(t.Context())
	require.Error(t, err)
}
