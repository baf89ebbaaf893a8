package config_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/alwrity/onboarding/internal/config"
)

// service is a service of compose.yaml.
type service struct {
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
	Volumes     []string          `yaml:"volumes"`
	ReadOnly    bool              `yaml:"read_only"`
	Healthcheck struct {
		Test []string `yaml:"test"`
	} `yaml:"healthcheck"`
	Deploy struct {
		Replicas int `yaml:"replicas"`
	} `yaml:"deploy"`
}

func TestComposeIsADeployment(t *testing.T) {
	t.Parallel()
	var compose struct {
		Services map[string]service `yaml:"services"`
		Volumes  map[string]any     `yaml:"volumes"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "../../compose.yaml")), &compose))
	apiService, workers := compose.Services["api"], compose.Services["worker"]
	with := func(s service) config.Options {
		environment := map[string]string{"DATA_DIR": "/data"} // as the image sets it
		for name, value := range s.Environment {
			environment[name] = value
		}
		return config.Options{Environment: environment}
	}
	api, err := config.LoadAPI(with(apiService))
	require.NoError(t, err)
	worker, err := config.LoadWorker(with(workers))
	require.NoError(t, err)

	assert.Equal(t, "/data/seal_keys.json", api.SealKeysFile)
	assert.Equal(t, api.SealKeysFile, worker.SealKeysFile)
	assert.Equal(t, []string{"keys:/data"}, apiService.Volumes)
	assert.Equal(t, apiService.Volumes, workers.Volumes, "the workers open what the api has sealed")
	assert.Equal(t, workers.Deploy.Replicas, api.WorkerProcesses)
	assert.Equal(t, config.APIMetricsPort, api.MetricsAddr)
	assert.Equal(t, config.WorkerMetricsPort, worker.MetricsAddr)
	assert.Equal(t, []string{"http://localhost:3000"}, api.CORSOrigins)
	for name, program := range map[string]string{"api": "api", "worker": "worker", "migrate": "worker"} {
		s := compose.Services[name]
		assert.True(t, s.ReadOnly, name)
		assert.Equal(t, program, s.Command[0], name)
		if name != "migrate" {
			assert.Equal(t, []string{"CMD", program, "health"}, s.Healthcheck.Test)
		}
	}

	scraped := read(t, "../../deploy/compose/prometheus.yml")
	for job, port := range map[string]string{"api": config.APIMetricsPort, "worker": config.WorkerMetricsPort} {
		assert.Contains(t, scraped, "job_name: "+job+"\n")
		assert.Contains(t, scraped, "{names: ["+job+"], type: A, port: "+strings.TrimPrefix(port, ":")+",")
	}
	for _, s := range compose.Services {
		for _, volume := range s.Volumes {
			if source, _, _ := strings.Cut(volume, ":"); strings.HasPrefix(source, "./") {
				_, err := os.Stat("../../" + source)
				require.NoError(t, err)
			}
		}
	}
}

// TestUnitsAreADeployment loads the settings that the systemd units give the programs.
func TestUnitsAreADeployment(t *testing.T) {
	t.Parallel()
	assignments := regexp.MustCompile(`[A-Z_]+=\S+`)
	settings := func(unit string) config.Options {
		environment := map[string]string{}
		text := read(t, "../../deploy/systemd/environment.example")
		for line := range strings.Lines(read(t, "../../deploy/systemd/"+unit)) {
			if rest, ok := strings.CutPrefix(line, "Environment="); ok {
				text += strings.ReplaceAll(rest, "%i", "1")
			}
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			for _, one := range assignments.FindAllString(line, -1) {
				name, value, _ := strings.Cut(one, "=")
				environment[name] = value
			}
		}
		return config.Options{Environment: environment}
	}
	api, err := config.LoadAPI(settings("onboarding-api.service"))
	require.NoError(t, err)
	worker, err := config.LoadWorker(settings("onboarding-worker@.service"))
	require.NoError(t, err)
	assert.Equal(t, config.Production, api.Deploy)
	assert.Equal(t, api.SealKeysFile, worker.SealKeysFile)
	assert.NotEqual(t, api.MetricsAddr, worker.MetricsAddr)
	assert.Contains(t, read(t, "../../deploy/nginx/onboarding.conf"), "server "+api.HTTPAddr+";")
}
