package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/engine"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"
)

// TestDefectsAreNoticed breaks one file after the other in a copy of the tree.
func TestDefectsAreNoticed(t *testing.T) {
	t.Parallel()
	for name, defect := range map[string]struct {
		check          func(context.Context, options, *report)
		file, old, new string
	}{
		"unknown key of compose":      {checkCompose, "compose.yaml", "read_only: true", "readonly: true"},
		"image without the version":   {checkCompose, "compose.yaml", "${VERSION:-dev}\n  restart", "latest\n  restart"},
		"mounted file is missing":     {checkCompose, "compose.yaml", "./dashboards/alerts.yaml", "./dashboards/rules.yaml"},
		"killed too soon":             {checkCompose, "compose.yaml", "stop_grace_period: 40s", "stop_grace_period: 30s"},
		"pods killed too soon":        {checkChart, "deploy/chart/values.yaml", "preStopSeconds: 5", "preStopSeconds: 15"},
		"image of root":               {checkImage, "Dockerfile", "USER 65532:65532", "USER 0:0"},
		"unstamped image":             {checkImage, "Dockerfile", "version=$VERSION", "version=1"},
		"unknown field of a pod":      {checkChart, "deploy/chart/templates/worker.yaml", "enableServiceLinks", "enableServiceLink"},
		"unknown field of KEDA":       {checkChart, "deploy/chart/templates/worker.yaml", "maxReplicaCount", "maxReplicas"},
		"wrong type for KEDA":         {checkChart, "deploy/chart/templates/worker.yaml", "pollingInterval: 15", "pollingInterval: 15s"},
		"unknown field of a monitor":  {checkChart, "deploy/chart/templates/monitor.yaml", "interval:", "intervall:"},
		"writable root":               {checkChart, "deploy/chart/templates/_helpers.tpl", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"},
		"selector of nothing":         {checkChart, "deploy/chart/templates/network.yaml", `"component" "migrate"`, `"component" "migration"`},
		"value that has no schema":    {checkChart, "deploy/chart/ci/full-values.yaml", "keda: {", "kedas: {"},
		"alert that nobody raises":    {checkMonitoring, "deploy/alertmanager/alertmanager.yml", "QueueOld|", "QueueLong|"},
		"metric that nobody has":      {checkMonitoring, "deploy/chart/templates/worker.yaml", "workers_wanted", "queue_age_seconds"},
		"workflow with a wrong input": {checkWorkflows, ".github/workflows/release.yml", "runs-on: ubuntu-latest", "run-on: ubuntu-latest"},
		"chart of another version":    {checkRelease, "deploy/chart/Chart.yaml", "version: 1.", "version: 0."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath("promtool"); err != nil && strings.HasPrefix(name, "metric") {
				t.Skip("promtool reads the query")
			}
			o := options{tree: copyTree(t), programs: t.TempDir(), stamp: "1.2.3"}
			before := failures(t, o, defect.check)
			path := filepath.Join(o.tree, defect.file)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			broken := strings.Replace(string(content), defect.old, defect.new, 1)
			if broken == string(content) {
				t.Fatalf("%s does not contain %q", defect.file, defect.old)
			}
			if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
				t.Fatal(err)
			}
			if after := failures(t, o, defect.check); after <= before {
				t.Errorf("nothing was noticed: %d failures before, %d after", before, after)
			}
		})
	}
}

// failures returns how many checks fail. There are no programs, so that some always do.
func failures(t *testing.T, o options, check func(context.Context, options, *report)) int {
	t.Helper()
	var out bytes.Buffer
	r := &report{out: io.MultiWriter(&out, t.Output())}
	check(t.Context(), o, r)
	return strings.Count(out.String(), "FAILED")
}

func copyTree(t *testing.T) string {
	t.Helper()
	to := t.TempDir()
	for _, part := range []string{"Dockerfile", "compose.yaml", "CHANGELOG.md", "scripts", "deploy", "dashboards", "docs", ".github"} {
		if info, err := os.Stat("../../" + part); err != nil {
			t.Fatal(err)
		} else if info.IsDir() {
			err = os.CopyFS(filepath.Join(to, part), os.DirFS("../../"+part))
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		content, err := os.ReadFile("../../" + part)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, part), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func TestSplitCommand(t *testing.T) {
	t.Parallel()
	got := splitCommand(`/bin/sh -c 'for i in 1 2; do exit 0; done'`)
	if len(got) != 3 || got[2] != "for i in 1 2; do exit 0; done" {
		t.Errorf("%q", got)
	}
}

// existing stands for a cluster that has one Secret.
type existing struct {
	dynamic.NamespaceableResourceInterface
	secret *unstructured.Unstructured
}

func (e existing) GetClientFor(string, string) (dynamic.NamespaceableResourceInterface, bool, error) {
	return e, true, nil
}

func (e existing) Namespace(string) dynamic.ResourceInterface { return e }

func (e existing) Get(context.Context, string, meta.GetOptions, ...string) (*unstructured.Unstructured, error) {
	return e.secret, nil
}

// An upgrade keeps the key ring that the installation has made: without it users would lose their API keys.
func TestUpgradeKeepsTheGeneratedRing(t *testing.T) {
	t.Parallel()
	ring := `{"sealing":{},"fingerprint":{}}`
	there := existing{secret: &unstructured.Unstructured{Object: map[string]any{
		"data": map[string]any{"SEAL_KEYS": base64.StdEncoding.EncodeToString([]byte(ring))},
	}}}
	c, values, err := loadValues(options{tree: "../.."}, "walk-values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files, err := engine.RenderWithClientProvider(c, values, there)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(files["onboarding/templates/secrets.yaml"], "\n---")
	var secret core.Secret
	if err := yaml.UnmarshalStrict([]byte(first), &secret); err != nil {
		t.Fatal(err)
	}
	if secret.StringData["SEAL_KEYS"] != ring || secret.Annotations["helm.sh/resource-policy"] != "keep" {
		t.Errorf("%s", first)
	}
}

// What a program's own settings say wins, false too, and numbers are written out.
func TestSettingsOfThePrograms(t *testing.T) {
	t.Parallel()
	objects, err := render(options{tree: "../..", stamp: "1.2.3"}, "full-values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, o := range objects {
		d, ok := o.value.(*apps.Deployment)
		if !ok {
			continue
		}
		container := d.Spec.Template.Spec.Containers[0]
		for _, name := range []string{"ENABLE_WEBSITE_BRAND_COLUMNS", "BODY_LIMIT_BYTES", "DATABASE_CONNS", "API_PROCESSES", "WORKER_PROCESSES"} {
			got[container.Name+" "+name] = plainValue(container, name)
		}
	}
	want := map[string]string{
		"api ENABLE_WEBSITE_BRAND_COLUMNS": "false", "worker ENABLE_WEBSITE_BRAND_COLUMNS": "true",
		"api BODY_LIMIT_BYTES": "2097152", "worker BODY_LIMIT_BYTES": "", "api DATABASE_CONNS": "8", "worker DATABASE_CONNS": "8",
		"api API_PROCESSES": "3", "worker API_PROCESSES": "3", "api WORKER_PROCESSES": "12", "worker WORKER_PROCESSES": "12",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
