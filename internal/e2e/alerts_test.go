package e2e_test

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// notInSeconds are the alerts that no fault raises within seconds, with the reason.
// Their unit tests are in dashboards/alerts_test.yaml.
var notInSeconds = map[string]string{
	"JobsDead":             "a job has to use up all its attempts for a reason that is not its website's",
	"WebhooksLate":         "a receiver has to be away for longer than the alert waits",
	"WebhooksUntold":       "a receiver has to refuse an event for 3 days",
	"DoctorStalled":        "the doctor has to be away for 10 minutes",
	"TransactionOld":       "a transaction has to be open for 5 minutes",
	"ConnectionsNearLimit": "it would take all connections of the server that the other tests use",
}

// fault is something that goes wrong, and the alerts that it must raise.
type fault struct {
	name   string
	inject func(*outage, *testing.T)
	alerts []string
	within time.Duration
}

// faults are injected one after the other into the same processes. The last one ends
// them.
var faults = []fault{
	{
		"the database is not looked after", (*outage).neglect,
		[]string{"PartitionsLow", "IndexesInvalid", "DeadRows", "SchemaBehind"},
		time.Minute,
	},
	{
		"websites that answer with errors", (*outage).badWebsites,
		[]string{"JobsWithoutSuccess", "StepsFailing"},
		90 * time.Second,
	},
	{
		"providers that refuse, limit and fail", (*outage).badProviders,
		[]string{"ProviderRefusingKeys", "ProviderRateLimited", "ProviderDown"},
		90 * time.Second,
	},
	{"a worker is killed", (*outage).killWorker, []string{"WorkersLost"}, time.Minute},
	{"all slots are taken", (*outage).fillSlots, []string{"QueueOld"}, 90 * time.Second},
	{
		"jobs start and end late", (*outage).freeSlots,
		[]string{"StartsBurnFast", "StartsBurnSlow", "AnalysesBurnFast", "AnalysesBurnSlow"},
		90 * time.Second,
	},
	{"no worker knows the kind of bulk work", (*outage).strangeWork, []string{"BulkQueueOld"}, time.Minute},
	{"a deploy is not finished", (*outage).otherRelease, []string{"VersionsMixed"}, time.Minute},
	{"rows are changed by hand", (*outage).contradict, []string{"SessionsRepaired"}, 90 * time.Second},
	{
		"the api is cut off from the database", (*outage).cutLine,
		[]string{"ListenDown", "SubmissionsBurnFast", "SubmissionsBurnSlow"},
		90 * time.Second,
	},
	{"a pool is too small", (*outage).blockPool, []string{"PoolExhausted"}, time.Minute},
	{"the issuer is away", (*outage).loseIssuer, []string{"TokenKeysUnreachable"}, time.Minute},
	{"everything is stopped", (*outage).stopAll, []string{"APIAbsent", "WorkerAbsent", "WatcherAbsent"}, time.Minute},
}

// Each alert that can be raised within seconds is raised by its fault in running
// processes, watched by a real Prometheus with the committed rules.
func TestAlertsSeeFaults(t *testing.T) {
	if os.Getenv("OPS_TEST") == "" {
		t.Skip("make ops-test runs it: it takes some minutes and a Prometheus")
	}
	o := newOutage(t)
	require.Eventually(t, func() bool {
		active := o.monitor.active()
		delete(active, "DoctorStalled") // until the doctor has run twice
		return len(active) == 0 && len(o.monitor.targets) == 2
	}, time.Minute, 500*time.Millisecond, "the processes are not well to begin with: %v", o.monitor.active())
	for _, f := range faults {
		ok := t.Run(f.name, func(t *testing.T) {
			require.Len(t, o.monitor.missing(f.alerts), len(f.alerts), "seen before the fault: %v", o.monitor.active())
			f.inject(o, t)
			o.monitor.sees(t, f.within, f.alerts...)
		})
		if !ok {
			return
		}
	}
}

// outage is a running system into which faults are injected.
type outage struct {
	environment
	monitor  *monitor
	line     *pgtest.Line
	api      *client
	worker   *exec.Cmd
	shop     *site
	hanging  *site
	all      []*exec.Cmd
	users    int
	failures map[string]*httptest.Server
}

func newOutage(t *testing.T) *outage {
	t.Helper()
	o := &outage{environment: setup(t), monitor: startMonitor(t), shop: newSite(t, ""), hanging: newSite(t, "/about")}
	o.failures = map[string]*httptest.Server{
		"openai": answering(t, http.StatusUnauthorized), "mistral": answering(t, http.StatusTooManyRequests),
		"anthropic": answering(t, http.StatusInternalServerError),
		"website":   answering(t, http.StatusInternalServerError),
	}
	o.settings = map[string]string{
		"MODEL_OPENAI_URL": o.failures["openai"].URL + "/v1", "MODEL_MISTRAL_URL": o.failures["mistral"].URL + "/v1",
		"MODEL_ANTHROPIC_URL": o.failures["anthropic"].URL,
	}
	o.line = pgtest.NewLine(t, o.databaseURL)
	o.line.Mend()
	o.api = o.startAPI(map[string]string{"DATABASE_URL": o.line.URL})
	o.worker = o.startWorker(nil)
	return o
}

// answering is a server that responds to every request with the same status.
func answering(t *testing.T, status int) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "1")
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"error":{"message":"no","type":"no"}}`))
	}))
	t.Cleanup(server.Close)
	return server
}

// startAPI starts an API process that Prometheus scrapes.
func (o *outage) startAPI(settings map[string]string) *client {
	o.t.Helper()
	address, metrics := freeAddress(o.t), freeAddress(o.t)
	settings = maps.Clone(settings)
	settings["HTTP_ADDR"], settings["METRICS_ADDR"] = address, metrics
	o.all = append(o.all, o.start(settings, "api", "run"))
	o.monitor.watch(metrics)
	c := &client{t: o.t, base: "http://" + address}
	require.Eventually(o.t, func() bool {
		response, err := http.Get(c.base + "/healthz")
		return err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusOK
	}, 30*time.Second, 50*time.Millisecond, "the API does not start")
	return c
}

// startWorker starts a worker that Prometheus scrapes.
func (o *outage) startWorker(settings map[string]string) *exec.Cmd {
	o.t.Helper()
	metrics := freeAddress(o.t)
	settings = maps.Clone(settings)
	if settings == nil {
		settings = map[string]string{}
	}
	settings["METRICS_ADDR"] = metrics
	cmd := o.start(settings, "worker", "run")
	o.all = append(o.all, cmd)
	o.monitor.watch(metrics)
	return cmd
}

// user returns a client of a new user.
func (o *outage) user() *client {
	o.t.Helper()
	o.users++
	return o.api.as(o.environment, fmt.Sprintf("user_%d", o.users))
}

// exec executes statements as the owner.
func (o *outage) exec(t *testing.T, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), o.databaseURL)
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, statement := range statements {
		_, err := conn.Exec(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

// hold opens a transaction with a statement and keeps it open until the end of t.
func (o *outage) hold(t *testing.T, statement string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), o.databaseURL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	_, err = conn.Exec(t.Context(), "begin isolation level repeatable read")
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), statement, args...)
	require.NoError(t, err)
}

func (o *outage) neglect(t *testing.T) {
	o.hold(t, "select count(*) from worker_beats") // keeps vacuum from removing dead rows
	o.exec(
		t,
		`do $$ declare t text; begin
			for t in select c.relname from pg_inherits h join pg_class c on c.oid = h.inhrelid
				where h.inhparent = 'step_events'::regclass and c.relname ~ 'y' order by 1 desc limit 24 loop
				execute 'drop table ' || t;
			end loop; end $$`,
		"create index broken_ccnew on submissions (kind)",
		"update pg_index set indisvalid = false where indexrelid = 'broken_ccnew'::regclass",
		"insert into worker_beats (client_id, job_ids) select 'dead ' || n, '{}' from generate_series(1, 60000) n",
		"delete from worker_beats where client_id like 'dead %'",
		"update goose_db_version set is_applied = false where version_id = (select max(version_id) from goose_db_version)",
	)
	t.Cleanup(func() { o.exec(o.t, "update goose_db_version set is_applied = true") })
}

func (o *outage) badWebsites(t *testing.T) {
	for range 5 {
		require.Equal(t, http.StatusAccepted, o.user().submit(o.failures["website"].URL).status)
	}
}

func (o *outage) badProviders(t *testing.T) {
	for provider, key := range map[string]string{
		"openai": "sk-test-0123456789abcdef", "mistral": "0123456789abcdef0123456789abcdef",
		"anthropic": "sk-ant-test-0123456789abcdef",
	} {
		for i := range 5 {
			c := o.user()
			saved := c.call(http.MethodPost, "/api/onboarding/api-keys",
				map[string]any{"provider": provider, "api_key": fmt.Sprintf("%s%d", key, i)})
			require.Equal(t, http.StatusOK, saved.status, saved.body)
			require.Equal(t, http.StatusAccepted, c.submit(o.shop.url).status)
		}
	}
}

func (o *outage) killWorker(t *testing.T) {
	require.Equal(t, http.StatusAccepted, o.user().submit(o.hanging.url).status)
	select {
	case <-o.hanging.reached:
	case <-time.After(time.Minute):
		require.Fail(t, "the page is not asked for")
	}
	require.NoError(t, o.worker.Process.Kill())
	o.worker = o.startWorker(map[string]string{"NETWORK_SLOTS": "2"})
}

func (o *outage) fillSlots(t *testing.T) {
	for range 3 {
		require.Equal(t, http.StatusAccepted, o.user().submit(o.hanging.url).status)
	}
	for range 6 {
		require.Equal(t, http.StatusAccepted, o.user().submit(o.shop.url).status)
	}
}

// freeSlots ends the jobs that hold the slots; the waiting ones then seem minutes old.
func (o *outage) freeSlots(t *testing.T) {
	o.exec(t, "update submissions set created_at = created_at - interval '3 minutes' where status = 'in_progress'")
	o.hanging.release()
}

// strangeWork is a job of a newer release that has waited for an hour.
func (o *outage) strangeWork(t *testing.T) {
	o.exec(t,
		`insert into river_job (kind, args, queue, max_attempts, scheduled_at) values ('of_a_newer_release', '{}', 'bulk', 4, now() - interval '1 hour')`)
}

// otherRelease runs another build of the worker beside the first: only one of the two
// reports its revision.
func (o *outage) otherRelease(t *testing.T) {
	dir, err := programs()
	require.NoError(t, err)
	first, err := buildinfo.ReadFile(filepath.Join(dir, "worker"))
	require.NoError(t, err)
	saysRevision := slices.ContainsFunc(first.Settings, func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" })
	path := filepath.Join(t.TempDir(), "worker")
	build := exec.Command("go", "build", fmt.Sprintf("-buildvcs=%t", !saysRevision), "-o", path, "./cmd/worker")
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	output, err := build.CombinedOutput()
	require.NoError(t, err, string(output))
	metrics := freeAddress(t)
	cmd, _ := o.command(map[string]string{"METRICS_ADDR": metrics}, "worker", "run")
	cmd.Path = path
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	o.monitor.watch(metrics)
}

func (o *outage) contradict(t *testing.T) {
	c := o.user()
	require.Equal(t, http.StatusAccepted, c.submit(o.shop.url).status)
	c.completed(time.Minute)
	o.exec(t,
		fmt.Sprintf(
			"update onboarding_steps set status = 'in_progress', result_submission_id = null where step = 2 and user_id "+
				"= 'user_%d'", o.users,
		))
}

func (o *outage) blockPool(t *testing.T) {
	small := o.startAPI(map[string]string{"DATABASE_CONNS": "1", "REQUEST_TIMEOUT": "2s"})
	c := o.user()
	require.Eventually(t, func() bool {
		answer, err := c.try(http.MethodGet, "/api/onboarding/status", nil)
		return err == nil && answer.status == http.StatusOK
	}, 30*time.Second, 100*time.Millisecond, "the api does not find back to the database")
	o.hold(t, "select from onboarding_sessions where user_id = $1 for update", fmt.Sprintf("user_%d", o.users))
	c = &client{t: o.t, base: small.base, token: c.token}
	stop := make(chan struct{})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					_, _ = c.try(http.MethodPost, "/api/onboarding/step/2/complete",
						map[string]any{"data": map[string]any{"website": o.shop.url}})
				}
			}
		})
	}
	t.Cleanup(func() { close(stop); group.Wait() })
}

func (o *outage) loseIssuer(*testing.T) {
	o.startAPI(map[string]string{"AUTH_ISSUER": "https://id.example.com", "AUTH_JWKS_URL": "http://127.0.0.1:1/jwks"})
}

func (o *outage) cutLine(t *testing.T) {
	c := o.user()
	o.line.Cut()
	for range 8 {
		_, _ = c.try(http.MethodPost, "/api/onboarding/step/2/complete",
			map[string]any{"data": map[string]any{"website": o.shop.url}})
	}
	t.Cleanup(o.line.Mend)
}

func (o *outage) stopAll(*testing.T) {
	for _, cmd := range o.all {
		_ = cmd.Process.Signal(syscall.SIGKILL)
	}
}

// Every alert has a fault or a reason not to have one.
func TestEveryAlertHasAFault(t *testing.T) {
	t.Parallel()
	injected := map[string]bool{}
	for _, f := range faults {
		for _, name := range f.alerts {
			assert.NotContains(t, notInSeconds, name)
			injected[name] = true
		}
	}
	names := alertNames(t)
	for _, name := range names {
		assert.True(t, injected[name] || notInSeconds[name] != "", "%s has neither", name)
	}
	for name := range maps.Keys(injected) {
		assert.True(t, slices.Contains(names, name), "there is no alert %s", name)
	}
	for name := range notInSeconds {
		assert.Contains(t, names, name)
	}
}
