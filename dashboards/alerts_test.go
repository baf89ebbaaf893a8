package dashboards_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

const (
	runbookAddress = "https://github.com/alwrity/onboarding/blob/main/docs/runbooks/"
	runbookFolder  = "../docs/runbooks"
)

// rule is a recording rule or an alert.
type rule struct {
	Record, Alert, Expr, For string
	Labels                   map[string]string
	Annotations              map[string]string
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(content, into))
}

// rules returns the rules of alerts.yaml: the names that are recorded, and the alerts.
func rules(t *testing.T) (all []rule, recorded map[string]bool, alerts []rule) {
	t.Helper()
	var file struct {
		Groups []struct {
			Name  string
			Rules []rule
		}
	}
	readYAML(t, "alerts.yaml", &file)
	recorded = map[string]bool{}
	for _, group := range file.Groups {
		for _, r := range group.Rules {
			all = append(all, r)
			if r.Record != "" {
				recorded[r.Record] = true
			} else {
				alerts = append(alerts, r)
			}
		}
	}
	return all, recorded, alerts
}

var ourNames = regexp.MustCompile(`\bonboarding[_:][a-zA-Z0-9_:]+`)

var (
	ourSelector = regexp.MustCompile(`\b(onboarding_[a-zA-Z0-9_]+)\{([^}]*)\}`)
	matcher     = regexp.MustCompile(`(\w+)(=~|!~|!=|=)"([^"]*)"`)
	plainValues = regexp.MustCompile(`^[a-z0-9_|]+$`)
)

// assertNames checks the names of ours in an expression, their labels, and the values of
// those whose values are known beforehand.
func assertNames(t *testing.T, metrics recorder, recorded map[string]bool, where, expr string) {
	t.Helper()
	for _, name := range ourNames.FindAllString(expr, -1) {
		_, known := metrics.series(name)
		known = known || name == postgres.RoleApp || name == postgres.RoleSystem // in a statement
		assert.True(t, known || recorded[name], "%s: neither the code nor a rule makes %s", where, name)
	}
	for _, selector := range ourSelector.FindAllStringSubmatch(expr, -1) {
		m, _ := metrics.series(selector[1])
		for _, match := range matcher.FindAllStringSubmatch(selector[2], -1) {
			label, values := match[1], match[3]
			if label == "le" {
				continue
			}
			assert.True(t, m.labels[label], "%s: %s has no label %s", where, selector[1], label)
			if m.values[label] == nil || !plainValues.MatchString(values) {
				continue
			}
			for value := range strings.SplitSeq(values, "|") {
				assert.True(t, m.values[label][value], "%s: %s has no %s=%q", where, selector[1], label, value)
			}
		}
	}
}

func TestAlerts(t *testing.T) {
	t.Parallel()
	metrics := recordMetrics(t)
	all, recorded, alerts := rules(t)
	for _, r := range all {
		assertNames(t, metrics, recorded, r.Record+r.Alert, r.Expr)
		assert.Regexp(t, ourNames, r.Expr, r.Record+r.Alert)
	}
	assert.GreaterOrEqual(t, len(alerts), 20)
	names := map[string]bool{}
	for _, a := range alerts {
		assert.False(t, names[a.Alert], "%s stands twice", a.Alert)
		names[a.Alert] = true
		assert.Contains(t, []string{"critical", "warning"}, a.Labels["severity"], a.Alert)
		for _, text := range []string{"summary", "description"} {
			assert.NotEmpty(t, a.Annotations[text], "%s: %s", a.Alert, text)
			assert.NotContains(t, a.Annotations[text], "$value", "%s: Prometheus shows the value beside it", a.Alert)
		}
		assert.FileExists(t, filepath.Join(runbookFolder, runbookOf(t, a)+".md"), a.Alert)
	}
}

// Every alert has a case in which it fires and one in which it does not.
func TestEveryAlertIsTested(t *testing.T) {
	t.Parallel()
	var file struct {
		Tests []struct {
			Name          string
			AlertRuleTest []struct {
				Alertname string
				ExpAlerts []any `yaml:"exp_alerts"`
			} `yaml:"alert_rule_test"`
		}
	}
	readYAML(t, "alerts_test.yaml", &file)
	fires, quiet := map[string]bool{}, map[string]bool{}
	for _, test := range file.Tests {
		for _, c := range test.AlertRuleTest {
			fires[c.Alertname] = fires[c.Alertname] || len(c.ExpAlerts) > 0
			quiet[c.Alertname] = quiet[c.Alertname] || len(c.ExpAlerts) == 0
		}
	}
	_, _, alerts := rules(t)
	for _, a := range alerts {
		assert.True(t, fires[a.Alert], "%s: no test lets it fire", a.Alert)
		assert.True(t, quiet[a.Alert], "%s: no test keeps it quiet", a.Alert)
		delete(fires, a.Alert)
	}
	assert.Empty(t, fires, "tests of alerts that do not exist")
}

func TestPromtool(t *testing.T) {
	t.Parallel()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed; make ops-test needs it")
	}
	for _, args := range [][]string{
		{"check", "config", "prometheus.yml"}, {"check", "rules", "alerts.yaml"}, {"test", "rules", "alerts_test.yaml"},
	} {
		out, err := exec.CommandContext(t.Context(), promtool, args...).CombinedOutput()
		assert.NoError(t, err, "%s", out)
	}
}

var (
	runbookHeading = regexp.MustCompile(`(?m)^#+ .+$`)
	codeBlock      = regexp.MustCompile("(?ms)^```(\\w+)\n(.+?)^```$")
	inlineCode     = regexp.MustCompile("`([^`]+)`")
	pageLink       = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	placeholder    = regexp.MustCompile(`\b[A-Z]{2,}(_[A-Z]+)*\b`)
)

// burnAlert is an alert on an objective: the fast and the slow one have a page together.
var burnAlert = regexp.MustCompile(`^(\w+Burn)(Fast|Slow)$`)

// runbookOf returns the page of an alert, which its annotation has to name.
func runbookOf(t *testing.T, a rule) string {
	t.Helper()
	name := burnAlert.ReplaceAllString(a.Alert, "$1")
	assert.Equal(t, runbookAddress+name+".md", a.Annotations["runbook_url"], a.Alert)
	return name
}

// runbook is one page.
type runbook struct{ name, text string }

func runbooks(t *testing.T) []runbook {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(runbookFolder, "*.md"))
	require.NoError(t, err)
	var all []runbook
	for _, path := range paths {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		all = append(all, runbook{strings.TrimSuffix(filepath.Base(path), ".md"), string(content)})
	}
	return all
}

func TestRunbooks(t *testing.T) {
	t.Parallel()
	metrics := recordMetrics(t)
	_, recorded, alerts := rules(t)
	for _, page := range runbooks(t) {
		for _, link := range pageLink.FindAllStringSubmatch(page.text, -1) {
			assert.FileExists(t, filepath.Join(runbookFolder, link[1]), page.name)
		}
		if page.name == "README" {
			continue
		}
		isAlert := slices.ContainsFunc(alerts, func(a rule) bool { return runbookOf(t, a) == page.name })
		assert.True(t, isAlert, "%s belongs to no alert", page.name)
		assert.Equal(t, []string{"# " + page.name, "## First look", "## Mend", "## Afterwards"},
			runbookHeading.FindAllString(codeBlock.ReplaceAllString(page.text, ""), -1), page.name)
		assert.Contains(t, page.text, "\nWho notices: ", page.name)
		look := page.text[strings.Index(page.text, "## First look"):strings.Index(page.text, "## Mend")]
		assert.Contains(t, look, "```promql", "%s: the query to look at first", page.name)
		assertNames(t, metrics, recorded, page.name, page.text)
	}
}

// codes returns what stands between backquotes in a line of its own or with others.
func codes(text string) (all []string) {
	for _, code := range inlineCode.FindAllStringSubmatch(codeBlock.ReplaceAllString(text, ""), -1) {
		all = append(all, strings.ReplaceAll(code[1], "\n", " "))
	}
	return all
}

// The database understands the statements of the runbooks.
func TestRunbookStatements(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), pgtest.NewURL(t))
	require.NoError(t, err)
	defer conn.Close(t.Context())
	asked := 0
	for _, page := range runbooks(t) {
		for _, statement := range statements(page.text) {
			for range strings.SplitSeq(strings.TrimSuffix(statement, ";"), ";") {
				asked++
			}
			_, err := conn.Exec(t.Context(), "begin; "+placeholder.ReplaceAllString(statement, "0")+"; rollback")
			assert.NoError(t, err, "%s: %s", page.name, statement)
		}
	}
	assert.Greater(t, asked, 15)
}

// statements returns the SQL of a page, without those that name an object for the
// reader to fill in.
func statements(text string) (all []string) {
	for _, block := range codeBlock.FindAllStringSubmatch(text, -1) {
		if block[1] == "sql" {
			all = append(all, strings.TrimSuffix(strings.TrimSpace(block[2]), ";"))
		}
	}
	for _, code := range codes(text) {
		if strings.HasPrefix(code, "select ") {
			all = append(all, code)
		}
	}
	return all
}
