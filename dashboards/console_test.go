package dashboards_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var consolePanel = regexp.MustCompile(`(\w+): \["([\w-]+)", (\d+)\]`)

// The console leads from an alert to a panel that is there, for every alert that has a runbook.
func TestTheConsoleNamesPanels(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../internal/httpapi/web/js/ops/grafana.js")
	require.NoError(t, err)
	panels := map[string]bool{}
	for _, d := range readDashboards(t) {
		for _, p := range d.charts() {
			panels[d.UID+" "+strconv.Itoa(p.ID)] = true
		}
	}
	named := map[string]bool{}
	for _, found := range consolePanel.FindAllSubmatch(source, -1) {
		named[string(found[1])] = true
		assert.True(t, panels[string(found[2])+" "+string(found[3])], "%s names the panel %s of %s", found[1], found[3], found[2])
	}
	runbooks, err := os.ReadDir("../docs/runbooks")
	require.NoError(t, err)
	for _, runbook := range runbooks {
		if name := strings.TrimSuffix(runbook.Name(), ".md"); name != "README" {
			assert.True(t, named[name], "the console has no panel for %s", name)
		}
	}
}
