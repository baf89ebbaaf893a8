package worker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/seal"
)

// deployment is what a check is given.
type deployment map[string]string

// newDeployment returns the settings of a deployment whose faults are those of a test
// server only.
func newDeployment(t *testing.T, databaseURL string) deployment {
	t.Helper()
	provider := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(provider.Close)
	ring := filepath.Join(t.TempDir(), "ring.json")
	require.NoError(t, seal.Create(t.Context(), ring, nil))
	d := deployment{
		"DEPLOY_ENV": "local", "DATABASE_URL": databaseURL, "SEAL_KEYS_FILE": ring,
		"DATABASE_POOLER":      pgtest.Pooler(databaseURL),
		"FETCH_ALLOW_PREFIXES": "127.0.0.1/32",
	}
	for _, name := range []string{
		"MODEL_OPENAI_URL", "MODEL_ANTHROPIC_URL", "MODEL_GEMINI_URL", "MODEL_MISTRAL_URL",
		"SEARCH_EXA_URL",
	} {
		d[name] = provider.URL
	}
	return d
}

func (d deployment) with(name, value string) deployment {
	d = maps.Clone(d)
	d[name] = value
	return d
}

// check returns the result and the finding of each check; the last one counts.
func (d deployment) check(t *testing.T) map[string]finding {
	t.Helper()
	found := map[string]finding{}
	for _, f := range checkDeployment(t.Context(), config.Options{Environment: d}, func() {}) {
		assert.Equal(t, f.Result == resultWarn || f.Result == resultFail, f.Do != "", "%s: what is to be done", f.Check)
		assert.NotEmpty(t, f.Found, f.Check)
		found[f.Check] = f
	}
	return found
}

func TestCheckOfASoundDeployment(t *testing.T) {
	t.Parallel()
	found := newDeployment(t, pgtest.NewURL(t)).check(t)
	for check, f := range found {
		// Of the tests' own: the login is a superuser, this machine may be fetched, and nothing outlives the server.
		own := map[string]string{"login": resultWarn, "outbound_guard": resultWarn, "durability": resultWarn}
		if want := own[check]; want != "" {
			assert.Equal(t, want, f.Result, f)
			continue
		}
		assert.Equal(t, resultOK, f.Result, f)
	}
	for _, check := range []string{
		"settings", "database", "server_version", "login", "roles", "autovacuum", "extensions", "schema", "river_schema",
		"durability", "database_encryption", "statement_log", "key_ring", "partitions", "indexes", "migration",
		"listen", "clock", "connections", "api_keys", "token_keys", "outbound_guard", "providers",
	} {
		assert.Contains(t, found, check)
	}
	assert.Equal(t, fmt.Sprintf("1 api × %d + 1 worker × %d = %d of 297", apiConns(10), workerConns(10), apiConns(10)+
		workerConns(10)), found["connections"].Found)
}

// publishedKeys are the keys of an issuer.
const publishedKeys = `{"keys":[{"kty":"RSA","kid":"k1","use":"sig","alg":"RS256","e":"AQAB","n":"` +
	"wGJtsujd_y8eyhntrRInv2a_kpGUz1UazYMtngGc--uAEl3dhMG6gDRFHzdNiunuUS4DFNXD1ThSgpgfGXTX-QffWG5aCP4PoXya" +
	"n90yRYaggjmVc_n0gMHw3WpCwX9GwjiLaLbgbFehMwQAFRL1AdXL6vOPNlOS0Uf-dsc0YsqZj-_J8pGPqAeiJX5n2C1MZsvfBqO1" +
	"1Ckh477oAdzsvnO9SUnZmPhqvzHqbgT7zBHdm6UWO_Tmoo6cM_YDfqDTGqV5zYzBzTaMXsP5Mtcy55NdDz0ZAtdwZQKh5ndlThbf" +
	"tmqnpWIK63qWnNic9qbUM6ldO_hs_nrNBXJZSULPqQ" + `"}]}`

// What works, but loses data in a crash or shows it to others, is a warning.
func TestCheckWarnsOfWeakSetUps(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	database := func(settings ...string) {
		conn, err := pgx.Connect(t.Context(), db.URL)
		require.NoError(t, err)
		defer conn.Close(t.Context())
		for _, setting := range settings {
			_, err = conn.Exec(t.Context(), fmt.Sprintf(`alter database %s set %s`,
				pgx.Identifier{conn.Config().Database}.Sanitize(), setting))
			require.NoError(t, err, setting)
		}
	}
	database("synchronous_commit = on", "log_statement = none")
	d := newDeployment(t, db.URL)
	found := d.check(t)
	assert.NotContains(t, found["durability"].Found, "synchronous_commit off")
	assert.Equal(t, resultOK, found["statement_log"].Result)

	database("synchronous_commit = off", "log_statement = mod")
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, publishedKeys)
	}))
	t.Cleanup(issuer.Close)
	d = d.with("AUTH_ISSUER", "https://id.example.com").with("AUTH_JWKS_URL", issuer.URL)
	found = d.check(t)
	for check, what := range map[string]string{
		"durability": "synchronous_commit", "statement_log": "users' data", "token_audience": "for other applications",
	} {
		assert.Equal(t, resultWarn, found[check].Result, found[check])
		assert.Contains(t, found[check].Found, what)
	}
	production := d.with("DEPLOY_ENV", "production").with("AUTH_AUDIENCE", "onboarding").check(t)
	assert.Equal(t, resultWarn, production["key_ring"].Result, "the ring is a file in the clear")
	assert.Equal(t, resultOK, production["token_audience"].Result)
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	_, path := storedUnderAnotherRing(t, db)
	exec := func(sql string) {
		conn, err := pgx.Connect(t.Context(), db.URL)
		require.NoError(t, err)
		defer conn.Close(t.Context())
		_, err = conn.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	exec(`do $$ declare t text; begin
		for t in select c.relname from pg_inherits h join pg_class c on c.oid = h.inhrelid
			where h.inhparent = 'step_events'::regclass and c.relname ~ 'y' order by 1 desc limit 23 loop
			execute 'drop table ' || t;
		end loop; end $$`)
	exec("create index broken_ccnew on submissions (kind)")
	exec("update pg_index set indisvalid = false where indexrelid = 'broken_ccnew'::regclass")
	exec("alter table submissions set (autovacuum_enabled = false)")
	exec("create trigger name_user_in_args before update on river_job for each row " +
		"execute function suppress_redundant_updates_trigger()")
	exec("delete from river_migration where version = (select max(version) from river_migration)")
	exec(fmt.Sprintf("delete from goose_db_version where version_id >= %d", postgres.SchemaVersion))

	d := newDeployment(t, db.URL).with("SEAL_KEYS_FILE", path).with("MODEL_MISTRAL_URL", "http://127.0.0.1:1").
		with("AUTH_ISSUER", "https://id.example.com").with("AUTH_JWKS_URL", "http://127.0.0.1:1/jwks").with("BULK_SLOTS", "0")
	found := d.check(t)
	for check, want := range map[string]finding{
		"settings":     {Result: resultFail, Found: "BULK_SLOTS must be between"},
		"schema":       {Result: resultFail, Found: "older than version"},
		"river_schema": {Result: resultFail, Found: "Unapplied migrations"},
		"partitions":   {Result: resultFail, Found: "for 1 month to come"},
		"indexes":      {Result: resultFail, Found: "broken_ccnew"},
		"migration":    {Result: resultWarn, Found: "still has the privileges"},
		"autovacuum":   {Result: resultFail, Found: "switched off for submissions"},
		"token_keys":   {Result: resultFail, Found: "refused"},
		"providers":    {Result: resultWarn, Found: "mistral: "},
		"connections":  {Result: resultSkip},
		"listen":       {Result: resultOK},
	} {
		assert.Equal(t, want.Result, found[check].Result, found[check])
		assert.Contains(t, found[check].Found, want.Found, check)
	}
}

// storedUnderAnotherRing stores an API key, and returns the ring that sealed it and the
// file of another one.
func storedUnderAnotherRing(t *testing.T, db pgtest.Database) (sealedBy, other string) {
	t.Helper()
	folder := t.TempDir()
	sealedBy, other = filepath.Join(folder, "a.json"), filepath.Join(folder, "b.json")
	require.NoError(t, seal.Create(t.Context(), sealedBy, nil))
	require.NoError(t, seal.Create(t.Context(), other, nil))
	storeKeys(t, db, loadRing(t, sealedBy), 3)
	return sealedBy, other
}

func TestCheckOfTheKeyRing(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	sealedBy, other := storedUnderAnotherRing(t, db)
	d := newDeployment(t, db.URL)
	f := d.with("SEAL_KEYS_FILE", sealedBy).check(t)["api_keys"]
	assert.Equal(t,
		finding{Check: "api_keys", Result: resultOK, Found: "the ring holds 1 key and opens 3 of 3 stored API keys"}, f)
	f = d.with("SEAL_KEYS_FILE", other).check(t)["api_keys"]
	assert.Equal(t, resultFail, f.Result)
	assert.Contains(t, f.Found, "opens 0 of 3")
	f = d.with("SEAL_KEYS_FILE", other+".missing").check(t)["api_keys"]
	assert.Equal(t, resultFail, f.Result)
	assert.NoFileExists(t, other+".missing", "a check creates nothing")
}

// The connections of one process, by its DATABASE_CONNS.
func apiConns(pool int) int { return postgres.Fleet{APIs: 1, DatabaseConns: pool}.Connections() }

func workerConns(pool int) int { return postgres.Fleet{Workers: 1, DatabaseConns: pool}.Connections() }

func TestCheckOfTheConnectionBudget(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, pgtest.NewURL(t))
	f := d.with("WORKER_PROCESSES", "20").check(t)["connections"]
	assert.Equal(t, resultFail, f.Result)
	assert.Contains(t, f.Found, fmt.Sprintf("= %d of 297", apiConns(10)+20*workerConns(10)))
	f = d.with("API_PROCESSES", "2").with("WORKER_PROCESSES", "3").check(t)["connections"]
	assert.Contains(t, f.Found, fmt.Sprintf("2 api × %d + 3 worker × %d = %d of 297", apiConns(10), workerConns(10),
		2*apiConns(10)+3*workerConns(10)))
	assert.Equal(t, resultOK, f.Result)
	most := (297 - apiConns(0) - workerConns(0)) / 2
	f = d.with("DATABASE_CONNS", fmt.Sprint(most)).check(t)["connections"]
	assert.Contains(t, f.Found, "of 297: too few are left")
	assert.Equal(t, resultWarn, f.Result)
}

// The connections that the documentation reckons with are those of the code.
func TestDocumentedConnections(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/operations.md")
	require.NoError(t, err)
	assert.Contains(t, string(page), fmt.Sprintf("An api opens at most DATABASE_CONNS + %d connections", apiConns(0)))
	assert.Contains(t, string(page), fmt.Sprintf("a worker DATABASE_CONNS + %d ", workerConns(0)))
	assert.Contains(t, string(page),
		fmt.Sprintf("2 × %d + 4 × %d = %d", apiConns(10), workerConns(10), 2*apiConns(10)+4*workerConns(10)))
}

func TestCheckWithoutADatabase(t *testing.T) {
	t.Parallel()
	found := newDeployment(t, "postgres://nobody:hunter2@127.0.0.1:1/none?sslmode=disable").check(t)
	assert.Equal(t, resultFail, found["database"].Result)
	assert.Equal(t, resultSkip, found["schema"].Result)
	assert.Equal(t, resultSkip, found["api_keys"].Result)
	assert.Equal(t, resultOK, found["providers"].Result)
	assert.NotContains(t, fmt.Sprint(found), "hunter2")
	assert.Equal(t, "DATABASE_URL is not set", deployment{"DEPLOY_ENV": "local"}.check(t)["database"].Found,
		"never a server that happens to be there")
}

// A pooler in transaction mode gives each statement another connection: what is
// listened for is not heard, and the process behind is another than was told.
func TestCheckBehindAPooler(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, pooler(t, pgtest.NewURL(t), false))
	f := d.check(t)["listen"]
	assert.Equal(t, resultFail, f.Result, f)
	f = d.with("QUEUE_POLL_ONLY", "true").check(t)["listen"]
	assert.Equal(t, resultWarn, f.Result, f)
	f = newDeployment(t, pooler(t, pgtest.NewURL(t), true)).check(t)["listen"]
	assert.Equal(t, finding{Check: "listen", Result: resultOK, Found: "notifications arrive, through a pooler"},
		f, "session mode")
}

// Behind a pooler that is said to be one the check uses the pools' logins, and hears notifications past it.
func TestCheckOfAPooledDeployment(t *testing.T) {
	t.Parallel()
	url := pgtest.NewURL(t)
	if pgtest.Pooler(url) == "" {
		t.Skip("make pooler-test runs it")
	}
	found := newDeployment(t, url).check(t)
	assert.Equal(t, resultWarn, found["listen"].Result, found["listen"])
	found = newDeployment(t, url).with("DATABASE_DIRECT_URL", pgtest.Direct(url)).check(t)
	for _, check := range []string{"database", "login", "roles", "schema", "river_schema", "listen", "connections"} {
		assert.Equal(t, resultOK, found[check].Result, found[check])
	}
}

// pooler stands between as a connection pooler does: it hides the process behind and,
// unless it carries them, drops notifications.
func pooler(t *testing.T, databaseURL string, carries bool) string {
	t.Helper()
	server, err := pgx.ParseConfig(databaseURL)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			network, address := pgconn.NetworkAddress(server.Host, server.Port)
			behind, err := net.Dial(network, address)
			if err != nil {
				_ = client.Close()
				return
			}
			go func() { _, _ = io.Copy(behind, client); _ = behind.Close() }()
			go func() { carryAnswers(client, behind, carries); _ = client.Close() }()
		}
	}()
	over := url.URL{
		Scheme: "postgres", User: url.UserPassword(server.User, server.Password),
		Host: listener.Addr().String(), Path: "/" + server.Database, RawQuery: "sslmode=disable",
	}
	return over.String()
}

func carryAnswers(client io.Writer, server io.Reader, carries bool) {
	frontend := pgproto3.NewFrontend(server, io.Discard)
	for {
		message, err := frontend.Receive()
		if err != nil {
			return
		}
		switch m := message.(type) {
		case *pgproto3.NotificationResponse:
			if !carries {
				continue
			}
		case *pgproto3.BackendKeyData:
			m.ProcessID++
		}
		encoded, err := message.Encode(nil)
		if err != nil {
			return
		}
		if _, err := client.Write(encoded); err != nil {
			return
		}
	}
}

func TestCheckCommand(t *testing.T) {
	for name, value := range newDeployment(t, pgtest.NewURL(t)) {
		t.Setenv(name, value)
	}
	run := func(args ...string) (code int, stdout, stderr string) {
		var out, diagnostics bytes.Buffer
		code = Main(t.Context(), append([]string{"check"}, args...), nil, &out, &diagnostics)
		return code, out.String(), diagnostics.String()
	}
	code, stdout, _ := run()
	assert.Zero(t, code, stdout)
	assert.Regexp(t, `(?m)^login +warn +\S+ could see the rows of all users.*\n +→ use a login of its own`, stdout)
	assert.Contains(t, stdout, "\ncheck: ok=21 warn=3 fail=0 skip=0\n")

	t.Setenv("WORKER_PROCESSES", "1000")
	code, stdout, stderr := run("-json")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "check: ok=20 warn=3 fail=1 skip=0\n")
	var list []finding
	require.NoError(t, json.Unmarshal([]byte(stdout), &list))
	assert.Len(t, list, 24)

	code, _, stderr = run("everything")
	assert.Equal(t, 2, code)
	assert.Contains(t, stderr, `worker check takes no argument "everything"`)
}
