package dashboards_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const todo = "not drawn yet"

// notShown lists the metrics that are not on the dashboard, with the reason.
var notShown = map[string]string{
	"onboarding_auth_keys_read_timestamp_seconds": todo, "onboarding_database_connections": todo, "onboarding_database_dead_rows": todo,
	"onboarding_database_invalid_indexes": todo, "onboarding_database_live_rows": todo, "onboarding_database_max_connections": todo,
	"onboarding_database_notification_queue_usage": todo, "onboarding_database_oldest_transaction_seconds": todo,
	"onboarding_database_partitions_left": todo, "onboarding_database_pool_abandoned_waits_total": todo,
	"onboarding_database_pool_acquires_total": todo, "onboarding_database_table_bytes": todo,
	"onboarding_database_vacuum_timestamp_seconds": todo, "onboarding_job_completion_seconds": todo,
	"onboarding_job_last_success_timestamp_seconds": todo, "onboarding_job_snoozed_seconds_total": todo,
	"onboarding_model_key_checks_total": todo, "onboarding_queue_jobs": todo, "onboarding_queue_oldest_seconds": todo,
	"onboarding_schema_version": todo, "onboarding_schema_version_needed": todo, "onboarding_step_seconds": todo,
	"onboarding_step_transitions_total": todo, "onboarding_submission_attempts": todo, "onboarding_watches_total": todo,
	"onboarding_watching":                         todo,
	"onboarding_style_analyses_total":             "how analyses end shows in the runs of their jobs and the failures",
	"onboarding_style_words_total":                "the size of websites: for capacity planning, no sign of health",
	"onboarding_model_tokens_total":               "the cost shows what matters of it",
	"onboarding_persona_quality_score":            "a property of websites, no sign of health",
	"onboarding_stream_events_total":              "traffic: for capacity planning, no sign of health",
	"onboarding_website_received_bytes_total":     "traffic: for capacity planning, no sign of health",
	"onboarding_retention_deleted_rows_total":     "upkeep: what grows shows in the sizes of the tables",
	"onboarding_rollup_errors_total":              "the log says why, and the age of the analytics is what matters of it",
	"onboarding_rollup_sessions_total":            "traffic: for capacity planning, no sign of health",
	"onboarding_rollup_through_timestamp_seconds": "each answer of the analytics says through when it counts",
	"onboarding_dead_jobs_total":                  "a part of the failures, which are shown",
}

const dataSource = "${datasource}"

type dataSourceRef struct{ Type, UID string }

type gridPos struct{ H, W, X, Y int }

type target struct {
	RefID, Expr, LegendFormat string
	Datasource                dataSourceRef
}

type panel struct {
	ID                       int
	Type, Title, Description string
	Datasource               dataSourceRef
	GridPos                  gridPos
	FieldConfig              struct{ Defaults struct{ Unit string } }
	Targets                  []target
}

type dashboard struct {
	UID, Title, Refresh string
	SchemaVersion       int
	Time                struct{ From, To string }
	Templating          struct {
		List []struct{ Name, Type, Query string }
	}
	Panels []panel
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	content, err := os.ReadFile("onboarding.json")
	require.NoError(t, err)
	var d dashboard
	require.NoError(t, json.Unmarshal(content, &d))
	return d
}

// charts returns the panels that are not rows.
func (d dashboard) charts() []panel {
	return slices.DeleteFunc(slices.Clone(d.Panels), func(p panel) bool { return p.Type == "row" })
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	d := readDashboard(t)
	assert.Equal(t, "onboarding", d.UID, "links hold the uid: it stays")
	assert.GreaterOrEqual(t, d.SchemaVersion, 38, "Grafana 10")
	for _, set := range []string{d.Title, d.Refresh, d.Time.From, d.Time.To} {
		assert.NotEmpty(t, set)
	}
	require.Len(t, d.Templating.List, 1)
	variable := d.Templating.List[0]
	assert.Equal(t, dataSource, "${"+variable.Name+"}")
	assert.Equal(t, "datasource", variable.Type)
	assert.Equal(t, "prometheus", variable.Query)
	require.NotEmpty(t, d.charts())
}

func TestPanels(t *testing.T) {
	t.Parallel()
	d := readDashboard(t)
	ids, titles := map[int]bool{}, map[string]bool{}
	for i, p := range d.Panels {
		assert.Positive(t, p.ID, p.Title)
		assert.NotEmpty(t, p.Title, p.ID)
		assert.False(t, ids[p.ID], "id %d stands twice", p.ID)
		assert.False(t, titles[p.Title], "title %q stands twice", p.Title)
		ids[p.ID], titles[p.Title] = true, true
		for _, other := range d.Panels[:i] {
			assert.False(t, overlap(p.GridPos, other.GridPos), "%s lies over %s", p.Title, other.Title)
		}
		assert.True(t, p.GridPos.X >= 0 && p.GridPos.X+p.GridPos.W <= 24, "%s leaves the grid", p.Title)
	}
	for _, p := range d.charts() {
		assertChart(t, p)
	}
}

func overlap(a, b gridPos) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}

func assertChart(t *testing.T, p panel) {
	t.Helper()
	want := dataSourceRef{Type: "prometheus", UID: dataSource}
	assert.NotEmpty(t, p.Description, p.Title)
	assert.NotEmpty(t, p.FieldConfig.Defaults.Unit, p.Title)
	assert.Equal(t, want, p.Datasource, p.Title)
	assert.NotEmpty(t, p.Targets, p.Title)
	refs := map[string]bool{}
	for _, target := range p.Targets {
		assert.Equal(t, want, target.Datasource, p.Title)
		assert.NotEmpty(t, target.LegendFormat, p.Title)
		assert.NotEmpty(t, target.RefID, p.Title)
		assert.False(t, refs[target.RefID], "%s: refId %s stands twice", p.Title, target.RefID)
		refs[target.RefID] = true
	}
}

var legendLabel = regexp.MustCompile(`\{\{(\w+)\}\}`)

func TestExpressions(t *testing.T) {
	t.Parallel()
	metrics := recordMetrics(t)
	shown := map[string]bool{}
	for _, p := range readDashboard(t).charts() {
		for _, target := range p.Targets {
			e, err := parse(target.Expr)
			if !assert.NoError(t, err, target.Expr) {
				continue
			}
			assertKnown(t, metrics, e, target.Expr)
			for _, name := range e.metrics {
				shown[name] = true
			}
			for _, label := range legendLabel.FindAllStringSubmatch(target.LegendFormat, -1) {
				assert.Contains(t, e.grouped, label[1], "%s: legend %s", target.Expr, target.LegendFormat)
			}
		}
	}
	assertShown(t, metrics, shown)
}

// assertKnown checks the metrics of an expression and that each of its labels is
// one of these.
func assertKnown(t *testing.T, metrics recorder, e expression, expr string) {
	t.Helper()
	assert.NotEmpty(t, e.metrics, expr)
	labels := map[string]bool{}
	for _, name := range e.metrics {
		m, ok := metrics.series(name)
		assert.True(t, ok, "%s: the code has no metric %s", expr, name)
		maps.Copy(labels, m.labels)
		if strings.HasSuffix(name, "_bucket") {
			labels["le"] = true
		}
	}
	for _, label := range slices.Concat(e.selected, e.grouped) {
		assert.True(t, labels[label], "%s: no metric of it has the label %s", expr, label)
	}
}

// assertShown checks that every metric of ours is on the dashboard or has a reason
// not to be.
func assertShown(t *testing.T, metrics recorder, shown map[string]bool) {
	t.Helper()
	for name, m := range metrics.found {
		if !strings.HasPrefix(name, "onboarding_") {
			continue
		}
		series := name
		if m.histogram {
			series += "_bucket"
		}
		reason, excepted := notShown[name]
		assert.NotEqual(t, excepted, shown[series], "%s is on the dashboard, or in notShown: one of both", name)
		assert.True(t, !excepted || reason != "", name)
	}
	for name := range notShown {
		assert.Contains(t, metrics.found, name, "notShown names a metric that the code does not have")
	}
	for name, path := range metricsInSource(t) {
		assert.Contains(t, metrics.found, name, "%s: recordMetrics does not make what registers it", path)
	}
}
