package admin_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/alert"
	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// counted has what ended in the last hour counted for the curves.
func counted(f *apitest.Fixture) {
	f.T.Helper()
	require.NoError(f.T, rollup.CountWork(f.T.Context(), system.New(f.DB.System), time.Now().Add(-time.Hour), time.Now()))
}

// Without a Prometheus the database tells what it can.
func TestAlertsOfTheDatabase(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	path := adminPath + "/alerts"
	f.Exec("insert into worker_beats (client_id) values ('me')")
	quiet := operate(f, 200, http.MethodGet, path, "")
	assert.Equal(t, "database", quiet["source"])
	assert.Empty(t, quiet["alerts"])
	assert.Nil(t, quiet["problem"])
	assert.Contains(t, quiet["known"], "JobsDead")

	f.Exec("delete from worker_beats")
	f.Exec(`insert into river_job (kind, queue, args, max_attempts, state, scheduled_at)
		values ('website_analysis', 'network', '{}', 1, 'available', now() - interval '31 s')`)
	people(f, "u", 6)
	failWebsite(f, "timeout", "u00001", "u00002", "u00003", "u00004", "u00005", "u00006")
	f.ExecAs("u00001", `insert into dead_jobs (submission_id, session_id, user_id, job_id, kind, step, code, attempts, recoveries)
		select id, session_id, user_id, job_id, kind, step, failure_code, 4, 0 from submissions where user_id = 'u00001'`)
	counted(f)
	loud := operate(f, 200, http.MethodGet, path, "")
	assert.Equal(t, "QueueOld WorkerAbsent JobsDead StepsFailing", found(t, loud, "alerts", "name"))
	dead := apitest.List(t, loud, "alerts")[2]
	assert.Equal(t, map[string]any{"kind": "website_analysis", "code": "timeout"}, dead["labels"])
	assert.Equal(t, "More than 1 % of the website_analysis jobs failed for good with timeout.", dead["summary"])
	assert.Contains(t, dead["runbook_url"], "/JobsDead.md")
	assert.Equal(t, map[string]any{"step": "2"}, apitest.List(t, loud, "alerts")[3]["labels"], "as Prometheus names it")
}

func TestAlertsOfPrometheus(t *testing.T) {
	t.Parallel()
	up := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !up {
			w.WriteHeader(http.StatusBadGateway)
		}
		_, _ = w.Write([]byte(`{"status":"success","data":{"alerts":[{"labels":{"alertname":"DeadRows","severity":"warning"},
			"annotations":{"summary":"s","description":"d"},"state":"firing","activeAt":"2026-11-28T10:00:00Z"}]}}`))
	}))
	t.Cleanup(server.Close)
	prometheus, err := alert.NewPrometheus(server.URL)
	require.NoError(t, err)
	f := apitest.New(t, func(c *httpapi.Config) { c.Admin.Prometheus, c.Admin.Grafana = prometheus, "https://grafana.example" })
	said := operate(f, 200, http.MethodGet, adminPath+"/alerts", "")
	assert.Equal(t, "prometheus", said["source"])
	assert.Equal(t, "DeadRows", found(t, said, "alerts", "name"))
	assert.Equal(t, "https://grafana.example", said["grafana_url"])
	up = false
	said = operate(f, 200, http.MethodGet, adminPath+"/alerts", "")
	assert.Equal(t, "database", said["source"])
	assert.NotNil(t, said["problem"])
}

func TestWork(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	f.Exec(`insert into river_job (kind, queue, args, max_attempts, state, scheduled_at, attempted_at)
		select 'website_analysis', 'network', '{}', 1, s::river_job_state, now() - interval '5 s', now()
		from unnest(array['available', 'available', 'running']) s`)
	f.Exec("insert into worker_beats (client_id, host, version, job_ids) select 'me', 'a-host', '1.2.3', array_agg(id) from river_job where state = 'running'")
	f.Exec("insert into worker_beats (client_id, beat_at) values ('ghost', now() - interval '1 minute')")
	f.Exec("insert into river_leader (leader_id, elected_at, expires_at) values ('me', now(), now() + interval '1 minute')")
	work := operate(f, 200, http.MethodGet, adminPath+"/work", "")
	workers := map[any]map[string]any{}
	for _, worker := range apitest.List(t, work, "workers") {
		workers[worker["id"]] = worker
	}
	assert.Equal(t, "a-host", workers["me"]["host"])
	assert.Equal(t, "1.2.3", workers["me"]["version"])
	assert.Equal(t, true, workers["me"]["alive"])
	assert.Equal(t, true, workers["me"]["leads"])
	assert.Equal(t, "website_analysis", apitest.List(t, workers["me"], "jobs")[0]["kind"])
	assert.Equal(t, false, workers["ghost"]["alive"])
	assert.Nil(t, workers["ghost"]["host"], "a release that does not say it")
	assert.Equal(t, "available running", found(t, work, "jobs", "state"))
	assert.Equal(t, "2 1", found(t, work, "jobs", "count"))
	assert.Equal(t, true, work["whole"])
}

// The curves are of what has ended, and of how long it had waited.
func TestThroughput(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	people(f, "u", 3)
	failWebsite(f, "timeout", "u00001")
	failWebsite(f, "host_not_found", "u00002", "u00003")
	f.Exec(`insert into river_job (id, kind, queue, args, max_attempts, state, scheduled_at, attempted_at, finalized_at)
		select job_id, kind, 'network', '{}', 1, 'completed', now() - interval '2 s', now(), now() from submissions`)
	counted(f)
	for window, step := range map[string]float64{"1h": 60, "24h": 600, "7d": 3600} {
		curves := operate(f, 200, http.MethodGet, adminPath+"/throughput?window="+window, "")
		assert.InDelta(t, step, curves["step_seconds"], 0)
		sums := map[string]float64{}
		waits := []float64{}
		for i := range curves["at"].([]any) {
			for _, name := range []string{"completed", "failed", "dead", "stopped"} {
				sums[name] += curves[name].([]any)[i].(float64)
			}
			if wait, ok := curves["wait_p95"].([]any)[i].(float64); ok {
				waits = append(waits, wait)
			}
		}
		assert.Equal(t, map[string]float64{"completed": 0, "failed": 2, "dead": 1, "stopped": 0}, sums, window)
		require.Len(t, waits, 1, window)
		assert.InEpsilon(t, 2, waits[0], rollup.QuantileError, window)
	}
	apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, adminPath+"/throughput?window=1y", ""), 400, "invalid_field")
}
