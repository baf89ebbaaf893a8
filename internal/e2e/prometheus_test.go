package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// monitor is a Prometheus that scrapes every second, with the committed rules.
type monitor struct {
	t       *testing.T
	url     string
	dir     string
	targets []string
}

const prometheusConfig = `
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [%s]
scrape_configs:
  - job_name: onboarding
    file_sd_configs: [{files: [targets.json], refresh_interval: 1s}]
`

func startMonitor(t *testing.T) *monitor {
	t.Helper()
	rules, err := filepath.Abs("../../dashboards/alerts.yaml")
	require.NoError(t, err)
	m := &monitor{t: t, dir: t.TempDir()}
	require.NoError(t,
		os.WriteFile(filepath.Join(m.dir, "prometheus.yaml"), fmt.Appendf(nil, prometheusConfig, rules), 0o600))
	m.watch()
	address := freeAddress(t)
	m.url = "http://" + address
	cmd := exec.Command("prometheus", "--config.file=prometheus.yaml", "--storage.tsdb.path=data", "--web.listen-address="+
		address, "--log.level=warn")
	cmd.Dir = m.dir
	output := &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = output, output
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("prometheus:\n%s", output)
		}
	})
	require.Eventually(t, func() bool {
		response, err := http.Get(m.url + "/-/ready")
		return err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusOK
	}, 30*time.Second, 100*time.Millisecond, "Prometheus does not start")
	return m
}

// watch adds processes by the addresses of their metrics.
func (m *monitor) watch(addresses ...string) {
	m.t.Helper()
	m.targets = append(m.targets, addresses...)
	groups, err := json.Marshal([]map[string][]string{{"targets": append([]string{}, m.targets...)}})
	require.NoError(m.t, err)
	path := filepath.Join(m.dir, "targets.json")
	require.NoError(m.t, os.WriteFile(path+".new", groups, 0o600))
	require.NoError(m.t, os.Rename(path+".new", path), "Prometheus never sees half of it")
}

// alert is one that is pending or firing.
type alert struct {
	State  string
	Labels map[string]string
}

func (m *monitor) alerts() (all []alert) {
	m.t.Helper()
	response, err := http.Get(m.url + "/api/v1/alerts")
	require.NoError(m.t, err)
	defer response.Body.Close()
	var body struct{ Data struct{ Alerts []alert } }
	require.NoError(m.t, json.NewDecoder(response.Body).Decode(&body))
	return body.Data.Alerts
}

// active returns the names of the alerts that are pending or firing.
func (m *monitor) active() map[string]bool {
	active := map[string]bool{}
	for _, a := range m.alerts() {
		active[a.Labels["alertname"]] = true
	}
	return active
}

// missing returns which of these alerts are neither pending nor firing.
func (m *monitor) missing(names []string) []string {
	active := m.active()
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return active[name] })
}

// sees waits until all these alerts are pending or firing.
func (m *monitor) sees(t *testing.T, wait time.Duration, names ...string) {
	t.Helper()
	began := time.Now()
	for deadline := began.Add(wait); ; time.Sleep(500 * time.Millisecond) {
		missing := m.missing(names)
		if len(missing) == 0 {
			t.Logf("seen after %s: %s", time.Since(began).Round(100*time.Millisecond), strings.Join(names, ", "))
			return
		}
		require.True(t, time.Now().Before(deadline), "not seen: %v; seen: %v", missing, m.active())
	}
}

var alertLine = regexp.MustCompile(`(?m)^\s+- alert: (\w+)$`)

// alertNames returns the names of all alerts.
func alertNames(t *testing.T) (names []string) {
	t.Helper()
	content, err := os.ReadFile("../../dashboards/alerts.yaml")
	require.NoError(t, err)
	for _, match := range alertLine.FindAllStringSubmatch(string(content), -1) {
		names = append(names, match[1])
	}
	require.NotEmpty(t, names)
	return names
}
