package dashboards_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/dashboards"
)

// notShown lists the metrics that are on no dashboard, with the reason.
var notShown = map[string]string{
	"onboarding_stream_events_total":          "traffic: for capacity planning, no sign of health",
	"onboarding_website_received_bytes_total": "traffic: for capacity planning, no sign of health",
	"onboarding_rollup_sessions_total":        "traffic: for capacity planning, no sign of health",
}

const (
	dataSource  = "${datasource}"
	runbookBase = "${runbooks}/"
	// leastPanels is how many there are at least, on all dashboards.
	leastPanels = 40
)

type dataSourceRef struct{ Type, UID string }

type gridPos struct{ H, W, X, Y int }

type target struct {
	RefID, Expr, LegendFormat, Format string
	Datasource                        dataSourceRef
}

type panel struct {
	ID                       int
	Type, Title, Description string
	Datasource               dataSourceRef
	GridPos                  gridPos
	FieldConfig              struct {
		Defaults struct {
			Unit       string
			Thresholds struct {
				Mode  string
				Steps []struct {
					Color string
					Value *float64
				}
			}
		}
	}
	Links   []struct{ Title, URL string }
	Targets []target
}

type dashboard struct {
	UID, Title, Description, Refresh string
	SchemaVersion                    int
	Tags                             []string
	Time                             struct{ From, To string }
	Templating                       struct {
		List []struct {
			Name, Type string
			Query      any
		}
	}
	Annotations struct {
		List []struct {
			Name, Expr string
			Enable     bool
		}
	}
	Panels []panel
}

// readDashboards returns the dashboards by the name of their file.
func readDashboards(t *testing.T) map[string]dashboard {
	t.Helper()
	entries, err := dashboards.Files.ReadDir(".")
	require.NoError(t, err)
	all := map[string]dashboard{}
	for _, entry := range entries {
		content, err := dashboards.Files.ReadFile(entry.Name())
		require.NoError(t, err)
		var d dashboard
		require.NoError(t, json.Unmarshal(content, &d), entry.Name())
		all[entry.Name()] = d
	}
	return all
}

// charts returns the panels that are not rows.
func (d dashboard) charts() []panel {
	return slices.DeleteFunc(slices.Clone(d.Panels), func(p panel) bool { return p.Type == "row" })
}

func TestDashboards(t *testing.T) {
	t.Parallel()
	all := readDashboards(t)
	uids, titles, panels := map[string]bool{}, map[string]bool{}, 0
	for file, d := range all {
		assert.False(t, uids[d.UID], "%s: uid %q stands twice", file, d.UID)
		assert.False(t, titles[d.Title], "%s: title %q stands twice", file, d.Title)
		uids[d.UID], titles[d.Title] = true, true
		assert.GreaterOrEqual(t, d.SchemaVersion, 38, "Grafana 10")
		assert.Equal(t, []string{"onboarding"}, d.Tags, "by which the dashboards link to each other")
		for _, set := range []string{d.Title, d.Description, d.Refresh, d.Time.From, d.Time.To} {
			assert.NotEmpty(t, set, file)
		}
		require.GreaterOrEqual(t, len(d.Templating.List), 3, file)
		source, books := d.Templating.List[0], d.Templating.List[1]
		assert.Equal(t, dataSource, "${"+source.Name+"}")
		assert.Equal(t, "datasource", source.Type)
		assert.Equal(t, any("prometheus"), source.Query)
		assert.Equal(t, runbookBase, "${"+books.Name+"}/")
		assert.NotEmpty(t, books.Query)
		assertVariables(t, file, d)
		assertAnnotations(t, file, d)
		panels += len(d.charts())
	}
	assert.Equal(t, "onboarding", all["onboarding.json"].UID, "links hold the uid: it stays")
	assert.GreaterOrEqual(t, panels, leastPanels)
}

// assertVariables checks that an expression uses each variable that chooses, and names no other.
func assertVariables(t *testing.T, file string, d dashboard) {
	t.Helper()
	used := map[string]bool{}
	for _, p := range d.charts() {
		for _, target := range p.Targets {
			for _, name := range choosing.FindAllStringSubmatch(target.Expr, -1) {
				assert.Equal(t, name[1], name[2], "%s: %s", file, target.Expr)
				used[name[1]] = true
			}
		}
	}
	for _, variable := range d.Templating.List[2:] {
		assert.True(t, used[variable.Name], "%s: nothing is chosen by %s", file, variable.Name)
		assert.Contains(t, fmt.Sprint(variable.Query), variable.Name+")", file)
		delete(used, variable.Name)
	}
	assert.Empty(t, used, "%s: variables that it does not have", file)
}

var choosing = regexp.MustCompile(`(\w+)=~"\$(\w+)"`)

// assertAnnotations checks that the releases and the alerts are marked.
func assertAnnotations(t *testing.T, file string, d dashboard) {
	t.Helper()
	marks := map[string]string{}
	for _, mark := range d.Annotations.List {
		assert.True(t, mark.Enable, "%s: %s", file, mark.Name)
		require.NoError(t, balanced(mark.Expr), "%s: %s", file, mark.Name)
		marks[mark.Name] = mark.Expr
	}
	assert.Contains(t, marks["Releases"], "onboarding_build_info", file)
	assert.Contains(t, marks["Alerts"], "ALERTS{", file)
}

func TestPanels(t *testing.T) {
	t.Parallel()
	for file, d := range readDashboards(t) {
		ids, titles := map[int]bool{}, map[string]bool{}
		for i, p := range d.Panels {
			assert.Positive(t, p.ID, p.Title)
			assert.NotEmpty(t, p.Title, p.ID)
			assert.False(t, ids[p.ID], "%s: id %d stands twice", file, p.ID)
			assert.False(t, titles[p.Title], "%s: title %q stands twice", file, p.Title)
			ids[p.ID], titles[p.Title] = true, true
			for _, other := range d.Panels[:i] {
				assert.False(t, overlap(p.GridPos, other.GridPos), "%s: %s lies over %s", file, p.Title, other.Title)
			}
			assert.True(t, p.GridPos.X >= 0 && p.GridPos.X+p.GridPos.W <= 24, "%s: %s leaves the grid", file, p.Title)
		}
		widths := map[int]int{}
		for _, p := range d.charts() {
			assertChart(t, p)
			widths[p.GridPos.Y] += p.GridPos.W
		}
		for y, width := range widths {
			assert.Equal(t, 24, width, "%s: the row at %d has a gap", file, y)
		}
	}
}

// Latencies that have a quantile have a heatmap on their dashboard.
func TestLatenciesHaveHeatmaps(t *testing.T) {
	t.Parallel()
	for file, d := range readDashboards(t) {
		quantiles, heatmaps := 0, 0
		for _, p := range d.charts() {
			if strings.Contains(p.Targets[0].Expr, "histogram_quantile") {
				quantiles++
			}
			if p.Type == "heatmap" {
				heatmaps++
				assert.Equal(t, "heatmap", p.Targets[0].Format, p.Title)
				assert.Contains(t, p.Targets[0].Expr, "sum by (le)", p.Title)
			}
		}
		assert.True(t, quantiles == 0 || heatmaps > 0, file)
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
	assertThresholds(t, p)
	if assert.NotEmpty(t, p.Links, "%s: no runbook", p.Title) {
		book, ok := strings.CutPrefix(p.Links[0].URL, runbookBase)
		assert.True(t, ok, "%s: %s", p.Title, p.Links[0].URL)
		assert.FileExists(t, filepath.Join("../docs/runbooks", book), p.Title)
	}
	refs := map[string]bool{}
	for _, target := range p.Targets {
		assert.Equal(t, want, target.Datasource, p.Title)
		assert.NotEmpty(t, target.LegendFormat, p.Title)
		assert.NotEmpty(t, target.RefID, p.Title)
		assert.False(t, refs[target.RefID], "%s: refId %s stands twice", p.Title, target.RefID)
		refs[target.RefID] = true
	}
}

// assertThresholds checks that the thresholds of a panel begin without a value and rise.
func assertThresholds(t *testing.T, p panel) {
	t.Helper()
	thresholds := p.FieldConfig.Defaults.Thresholds
	assert.Equal(t, "absolute", thresholds.Mode, p.Title)
	require.NotEmpty(t, thresholds.Steps, p.Title)
	assert.Nil(t, thresholds.Steps[0].Value, p.Title)
	last := 0.0
	for _, step := range thresholds.Steps[1:] {
		if assert.NotNil(t, step.Value, p.Title) {
			assert.Greater(t, *step.Value, last, p.Title)
			last = *step.Value
		}
	}
}

var legendLabel = regexp.MustCompile(`\{\{(\w+)\}\}`)

func TestExpressions(t *testing.T) {
	t.Parallel()
	metrics := recordMetrics(t)
	shown := map[string]bool{}
	for file, d := range readDashboards(t) {
		for _, p := range d.charts() {
			for _, target := range p.Targets {
				assert.NoError(t, check(metrics, target.Expr), "%s, %s: %s", file, p.Title, target.Expr)
				e := dashboards.Parse(target.Expr)
				for _, s := range e.Selectors {
					shown[metrics.nameOf(s.Metric)] = true
				}
				for _, label := range legendLabel.FindAllStringSubmatch(target.LegendFormat, -1) {
					assert.Contains(t, e.Grouped, label[1], "%s: legend %s", target.Expr, target.LegendFormat)
				}
			}
		}
	}
	assertShown(t, metrics, shown)
}

// assertShown checks that every metric of ours is on a dashboard or has a reason not to
// be.
func assertShown(t *testing.T, metrics recorder, shown map[string]bool) {
	t.Helper()
	for name := range metrics.found {
		if !strings.HasPrefix(name, "onboarding_") {
			continue
		}
		reason, excepted := notShown[name]
		assert.NotEqual(t, excepted, shown[name], "%s is on a dashboard, or in notShown: one of both", name)
		assert.True(t, !excepted || reason != "", name)
	}
	for name := range notShown {
		assert.Contains(t, metrics.found, name, "notShown names a metric that the code does not have")
	}
	for name, path := range metricsInSource(t) {
		assert.Contains(t, metrics.found, name, "%s: recordMetrics does not make what registers it", path)
	}
}
