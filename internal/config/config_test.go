package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/config"
)

const database = "postgres://app:hunter2@db:5432/onboarding"

func options(pairs ...string) config.Options {
	environment := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		environment[pairs[i]] = pairs[i+1]
	}
	return config.Options{Environment: environment}
}

func TestAPIDefaultsLocal(t *testing.T) {
	t.Parallel()
	c, err := config.LoadAPI(options("DEPLOY_ENV", "local", "DATABASE_URL", database, "CORS_ORIGINS",
		" http://localhost:3000 , https://app.example.com"))
	require.NoError(t, err)
	assert.Equal(t, config.Local, c.Deploy)
	assert.Equal(t, ":8080", c.HTTPAddr)
	assert.Equal(t, "127.0.0.1:9101", c.MetricsAddr)
	assert.Equal(t, ".data", c.DataDir)
	assert.Equal(t, 1<<20, c.BodyLimit)
	assert.Equal(t, slog.LevelInfo, c.LogLevel)
	assert.Equal(t, 20*time.Second, c.ShutdownGrace)
	assert.Equal(t, []string{"http://localhost:3000", "https://app.example.com"}, c.CORSOrigins)
	assert.Equal(t, database, c.DatabaseURL.Reveal())
	assert.True(t, c.UsesDevIssuer())
}

func TestAPIProduction(t *testing.T) {
	t.Parallel()
	c, err := config.LoadAPI(options("DATABASE_URL", database,
		"AUTH_ISSUER", "https://clerk.example.com", "AUTH_JWKS_URL", "https://clerk.example.com/.well-known/jwks.json",
		"SEAL_KEYS_FILE", "/run/secrets/ring", "ENV_FILE", "/srv/.env"))
	require.NoError(t, err)
	assert.Empty(t, c.EnvFile, "no .env file in production")
	assert.Equal(t, config.Production, c.Deploy, "unset means production")
	assert.False(t, c.UsesDevIssuer())
	assert.Equal(t, ":9101", c.MetricsAddr)
}

func TestTokensForOthers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env    []string
		others bool
	}{
		"nothing said":       {nil, true},
		"an audience":        {[]string{"AUTH_AUDIENCE", "onboarding"}, false},
		"parties":            {[]string{"AUTH_AUTHORIZED_PARTIES", "https://app.example.com"}, false},
		"development issuer": {[]string{"DEPLOY_ENV", "local", "AUTH_ISSUER", "", "AUTH_JWKS_URL", ""}, false},
	} {
		c, err := config.LoadAPI(options(append([]string{
			"DATABASE_URL", database, "SEAL_KEYS", "{}",
			"AUTH_ISSUER", "https://a.example", "AUTH_JWKS_URL", "https://a.example/jwks",
		}, test.env...)...))
		require.NoError(t, err)
		assert.Equal(t, test.others, c.TakesTokensForOthers(), name)
	}
}

func TestWorkerDefaults(t *testing.T) {
	t.Parallel()
	c, err := config.LoadWorker(options("DEPLOY_ENV", "local", "DATABASE_URL", database, "FETCH_ALLOW_PREFIXES",
		"127.0.0.0/8, ::1/128"))
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1:9102", c.MetricsAddr)
	assert.Equal(t, 200, c.InteractiveSlots)
	assert.Equal(t, 5, c.BulkSlots)
	assert.Equal(t, config.Retention{Submissions: 30, ModelCalls: 400, AuditLog: 730, BulkOperations: 30}, c.Retention)
	assert.Equal(t, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		c.FetchAllowPrefixes)
	assert.Equal(t, database, c.MigrationURL().Reveal(), "migrations fall back to DATABASE_URL")

	c, err = config.LoadWorker(options("DATABASE_URL", database, "MIGRATE_DATABASE_URL", "host=/run/pg user=owner",
		"SEAL_KEYS", "{}"))
	require.NoError(t, err)
	assert.Equal(t, "host=/run/pg user=owner", c.MigrationURL().Reveal())
	c, err = config.LoadMigration(options("DATABASE_URL", database, "DATABASE_POOLER", "transaction"))
	require.NoError(t, err)
	assert.Empty(t, c.MigrationURL().Reveal(), "a pooler keeps no session")
	assert.Equal(t, ":9102", c.MetricsAddr)
}

func TestKeyRing(t *testing.T) {
	t.Parallel()
	local := []string{"DEPLOY_ENV", "local", "DATABASE_URL", database, "DATA_DIR", "/srv/data"}
	api, err := config.LoadAPI(options(local...))
	require.NoError(t, err)
	worker, err := config.LoadWorker(options(local...))
	require.NoError(t, err)
	assert.Equal(t, "/srv/data/seal_keys.json", api.SealKeysFile)
	assert.Equal(t, api.Seal, worker.Seal, "both processes use one ring")

	worker, err = config.LoadWorker(options(append(local, "SEAL_KEYS", "{}")...))
	require.NoError(t, err)
	assert.Empty(t, worker.SealKeysFile, "the ring is in the variable")

	_, err = config.LoadMigration(options("DATABASE_URL", database))
	require.NoError(t, err, "migrations open no key")
	keys, err := config.LoadKeys(options("SEAL_KMS_URI", "hcvault://vault/transit/keys/ring"))
	require.NoError(t, err)
	assert.Equal(t, "hcvault://vault/transit/keys/ring", keys.SealKMSURI)
}

func TestReadableKeys(t *testing.T) {
	t.Parallel()
	issuer := []string{
		"DATABASE_URL", database, "SEAL_KEYS", "{}", "AUTH_ISSUER", "https://a.example", "AUTH_JWKS_URL",
		"https://a.example/jwks",
	}
	c, err := config.LoadAPI(options(issuer...))
	require.NoError(t, err)
	assert.False(t, c.ShowKeys, "off by default")
	c, err = config.LoadAPI(options(append(issuer, "API_KEYS_READABLE", "true", "API_KEYS_READABLE_ACKNOWLEDGED",
		"yes-owners-can-read-keys")...))
	require.NoError(t, err)
	assert.True(t, c.ShowKeys)
	c, err = config.LoadAPI(options("DEPLOY_ENV", "local", "DATABASE_URL", database, "API_KEYS_READABLE", "1"))
	require.NoError(t, err)
	assert.True(t, c.ShowKeys, "nothing to acknowledge on a developer's machine")
	assert.Equal(t, ".env", c.EnvFile)
}

func TestModelsAndBrand(t *testing.T) {
	t.Parallel()
	c, err := config.LoadWorker(options("DATABASE_URL", database, "SEAL_KEYS", "{}", "MODEL_OPENAI_URL",
		"https://models.example.com/v1", "MODEL_ANTHROPIC", "some-model"))
	require.NoError(t, err)
	assert.Equal(t, config.Models{OpenAIURL: "https://models.example.com/v1", AnthropicModel: "some-model"}, c.Models)
	assert.True(t, c.BrandColumns)
	tool, err := config.LoadTool(options("ENABLE_WEBSITE_BRAND_COLUMNS", "false"))
	require.NoError(t, err)
	assert.False(t, tool.BrandColumns)
	_, err = config.LoadWorker(options("DEPLOY_ENV", "local", "DATABASE_URL", database, "MODEL_GEMINI_URL",
		"http://10.1.2.3:11434/v1"))
	require.NoError(t, err, "plain http on a developer's machine")
}

func TestToolNeedsNothing(t *testing.T) {
	t.Parallel()
	c, err := config.LoadTool(options())
	require.NoError(t, err)
	assert.Equal(t, config.Production, c.Deploy)
}

func TestAllowedByFlag(t *testing.T) {
	t.Parallel()
	ten, loopback := netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8")
	c, err := config.LoadTool(options("DEPLOY_ENV", "local", "FETCH_ALLOW_PREFIXES", "127.0.0.0/8"), ten)
	require.NoError(t, err)
	assert.Equal(t, []netip.Prefix{loopback, ten}, c.FetchAllowPrefixes)

	for _, test := range []struct {
		deploy, allow, want string
	}{
		{"", "10.0.0.0/8", "-allow opens private networks to fetching, so it is for DEPLOY_ENV=local only; leave it out."},
		{"production", "10.0.0.0/8", "-allow opens private networks"},
		{"local", "10.1.0.0/8", "-allow must list address ranges that start at their first address"},
		{"local", "0.0.0.0/0", "-allow must not allow every address."},
	} {
		_, err := config.LoadTool(options("DEPLOY_ENV", test.deploy), netip.MustParsePrefix(test.allow))
		require.ErrorContains(t, err, test.want)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	api := func(o config.Options) error { _, err := config.LoadAPI(o); return err }
	worker := func(o config.Options) error { _, err := config.LoadWorker(o); return err }
	tool := func(o config.Options) error { _, err := config.LoadTool(o); return err }
	tests := map[string]struct {
		load func(config.Options) error
		env  []string
		want string
	}{
		"submissions kept too shortly": {
			worker,
			[]string{"DATABASE_URL", database, "KEEP_SUBMISSIONS_DAYS", "29"},
			"KEEP_SUBMISSIONS_DAYS must be 0 (for ever) or between 30 and 3650.",
		},
		"events kept too shortly": {
			worker,
			[]string{"DATABASE_URL", database, "KEEP_STEP_EVENTS_DAYS", "89"},
			"KEEP_STEP_EVENTS_DAYS must be 0 (for ever) or between 90 and 3650.",
		},
		"calls kept too shortly": {
			worker,
			[]string{"DATABASE_URL", database, "KEEP_MODEL_CALLS_DAYS", "-1"},
			"KEEP_MODEL_CALLS_DAYS must be 0 (for ever) or between 30 and 3650.",
		},
		"audit log kept too long": {
			worker,
			[]string{"DATABASE_URL", database, "KEEP_AUDIT_LOG_DAYS", "3651"},
			"KEEP_AUDIT_LOG_DAYS must be 0 (for ever) or between 30 and 3650.",
		},
		"bulk operations for ever": {
			worker,
			[]string{"DATABASE_URL", database, "KEEP_BULK_OPERATIONS_DAYS", "0"},
			"KEEP_BULK_OPERATIONS_DAYS must be between 1 and 3650.",
		},
		"no database": {worker, nil, "DATABASE_URL must be set"},
		"pooler": {
			worker,
			[]string{"DATABASE_URL", database, "DATABASE_POOLER", "session"},
			"DATABASE_POOLER must be transaction, or empty.",
		},
		"blank database": {worker, []string{"DATABASE_URL", " "}, "DATABASE_URL must be set"},
		"foreign database": {
			worker,
			[]string{"DATABASE_URL", "mysql://u:hunter2@h/d"},
			"DATABASE_URL must start with postgres://",
		},
		"unknown deployment": {tool, []string{"DEPLOY_ENV", "staging"}, "DEPLOY_ENV must be local or production."},
		"log level":          {tool, []string{"LOG_LEVEL", "loud"}, "LOG_LEVEL must be debug, info, warn or error."},
		"private fetching": {
			worker,
			[]string{"DATABASE_URL", database, "FETCH_ALLOW_PREFIXES", "10.0.0.0/8"},
			"FETCH_ALLOW_PREFIXES opens private networks",
		},
		"private fetching by tool": {
			tool,
			[]string{"FETCH_ALLOW_PREFIXES", "10.0.0.0/8"},
			"FETCH_ALLOW_PREFIXES opens private networks",
		},
		"fetch everything": {
			tool,
			[]string{"DEPLOY_ENV", "local", "FETCH_ALLOW_PREFIXES", "0.0.0.0/0"},
			"FETCH_ALLOW_PREFIXES must not allow every address.",
		},
		"not a prefix": {
			tool,
			[]string{"DEPLOY_ENV", "local", "FETCH_ALLOW_PREFIXES", "localhost"},
			"FETCH_ALLOW_PREFIXES must be a comma-separated list",
		},
		"slots": {
			worker,
			[]string{"DATABASE_URL", database, "INTERACTIVE_SLOTS", "0"},
			"INTERACTIVE_SLOTS must be between",
		},
		"slots in words": {
			worker,
			[]string{"DATABASE_URL", database, "BULK_SLOTS", "many"},
			"BULK_SLOTS must be a whole number.",
		},
		"grace": {
			worker,
			[]string{"DATABASE_URL", database, "SHUTDOWN_GRACE", "10"},
			"SHUTDOWN_GRACE must be a duration",
		},
		"address":                 {api, []string{"HTTP_ADDR", "8080"}, "HTTP_ADDR must be a listen address"},
		"same addresses":          {api, []string{"HTTP_ADDR", ":9101"}, "HTTP_ADDR must differ"},
		"no issuer in production": {api, nil, "AUTH_ISSUER must be the https address"},
		"dev issuer in production": {
			api,
			[]string{"AUTH_ISSUER", "onboarding-development"},
			"the development issuer is for DEPLOY_ENV=local only",
		},
		"keys over plain http": {
			api,
			[]string{"AUTH_JWKS_URL", "http://clerk.example.com/jwks"},
			"AUTH_JWKS_URL must be the https address",
		},
		"half an issuer": {
			api,
			[]string{"DEPLOY_ENV", "local", "AUTH_ISSUER", "https://a.example"},
			"AUTH_ISSUER and AUTH_JWKS_URL must be set together",
		},
		"any origin": {api, []string{"CORS_ORIGINS", "*"}, "CORS_ORIGINS must list origins"},
		"origin with path": {
			api,
			[]string{"CORS_ORIGINS", "https://app.example.com/"},
			"CORS_ORIGINS must list origins",
		},
		"origin over plain http": {
			api,
			[]string{"CORS_ORIGINS", "https://app.example.com,HTTP://app.example.com"},
			"CORS_ORIGINS must list https origins in production",
		},
		"every address a proxy": {api, []string{"TRUSTED_PROXIES", "0.0.0.0/0"}, "TRUSTED_PROXIES must not allow every"},
		"a proxy without a range": {
			api,
			[]string{"TRUSTED_PROXIES", "10.0.0.1/8"},
			"TRUSTED_PROXIES must list address ranges",
		},
		"drain delay": {
			api,
			[]string{"DRAIN_DELAY", "1m"},
			"DRAIN_DELAY must be at least 0s and shorter than SHUTDOWN_GRACE.",
		},
		"no key ring, worker": {worker, []string{"DATABASE_URL", database}, "create one with `worker keys create FILE`."},
		"no key ring, api":    {api, nil, "SEAL_KEYS_FILE must name the key ring"},
		"two key rings": {
			api,
			[]string{"SEAL_KEYS", "{hunter2}", "SEAL_KEYS_FILE", "ring"},
			"SEAL_KEYS and SEAL_KEYS_FILE must not both be set.",
		},
		"two key rings, local": {
			worker,
			[]string{"DEPLOY_ENV", "local", "SEAL_KEYS", "{}", "SEAL_KEYS_FILE", "ring"},
			"SEAL_KEYS and SEAL_KEYS_FILE must not both be set.",
		},
		"readable keys": {
			api,
			[]string{"API_KEYS_READABLE", "true"},
			"set API_KEYS_READABLE_ACKNOWLEDGED=yes-owners-can-read-keys.",
		},
		"readable keys, yes": {
			api,
			[]string{"API_KEYS_READABLE", "true", "API_KEYS_READABLE_ACKNOWLEDGED", "yes"},
			"API_KEYS_READABLE lets owners",
		},
		"readable in words": {api, []string{"API_KEYS_READABLE", "maybe"}, "API_KEYS_READABLE must be true or false."},
		"model over plain http": {worker, []string{
			"DATABASE_URL", database, "MODEL_MISTRAL_URL",
			"http://models.example.com/v1",
		}, "MODEL_MISTRAL_URL must be an https address"},
		"model without address": {
			worker,
			[]string{"DEPLOY_ENV", "local", "MODEL_OPENAI_URL", "gpt"},
			"MODEL_OPENAI_URL must be an https address",
		},
		"body limit": {api, []string{"BODY_LIMIT_BYTES", "1"}, "BODY_LIMIT_BYTES must be between"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.load(options(test.env...))
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.want)
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestEverythingWrongIsListedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := config.LoadAPI(options("DEPLOY_ENV", "staging", "LOG_LEVEL", "loud", "REQUEST_TIMEOUT", "soon",
		"DATABASE_CONNS", "-1"))
	var list *config.Error
	require.ErrorAs(t, err, &list)
	assert.Len(t, list.Sentences,
		8, "two that can't be read, and deployment, database, connections, key ring, issuer, its keys: %q", list.Sentences)
}

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	c, err := config.LoadWorker(options("DATABASE_URL", database, "MIGRATE_DATABASE_URL", database,
		"SEAL_KEYS", "hunter2"))
	require.NoError(t, err)
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "config", c, "url", c.DatabaseURL)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "config", c, "url", c.DatabaseURL)
	fmt.Fprintf(&out, "%v %+v %#v %s %q", c, c, c, c.DatabaseURL, c.DatabaseURL)
	require.NoError(t, json.NewEncoder(&out).Encode(c))
	assert.NotContains(t, out.String(), "hunter2")
	assert.Contains(t, out.String(), "REDACTED")
}

func TestASecretMayStandInAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "url")
	require.NoError(t, os.WriteFile(path, []byte(database+"\n"), 0o600))
	o := options("DATABASE_URL_FILE", path, "SEAL_KEYS", "{}")
	c, err := config.LoadWorker(o)
	require.NoError(t, err)
	assert.Equal(t, database, c.DatabaseURL.Reveal())
	assert.Contains(t, config.Describe(c, o),
		config.Setting{Name: "DATABASE_URL", Value: "REDACTED", Source: config.SourceFile})

	_, err = config.LoadWorker(options("DATABASE_URL_FILE", path, "DATABASE_URL", database, "SEAL_KEYS", "{}"))
	require.EqualError(t, err, "the settings are not usable: DATABASE_URL and DATABASE_URL_FILE must not both be set.")
	_, err = config.LoadWorker(options("DATABASE_URL_FILE", path+".missing", "SEAL_KEYS", "{}"))
	require.EqualError(t, err,
		"the settings are not usable: DATABASE_URL_FILE must name a file that holds DATABASE_URL and can be read.")
}

// The check goes on with what can be read.
func TestCheckReturnsWhatItCouldRead(t *testing.T) {
	t.Parallel()
	c, err := config.LoadCheck(options("DATABASE_URL", database, "BULK_SLOTS", "0", "AUTH_JWKS_URL",
		"http://a.example/jwks", "WORKER_PROCESSES", "3"))
	var list *config.Error
	require.ErrorAs(t, err, &list)
	assert.Len(t, list.Sentences, 4, "slots, key ring, issuer and its keys: %q", list.Sentences)
	assert.Equal(t, database, c.DatabaseURL.Reveal())
	assert.Equal(t, config.Fleet{APIProcesses: 1, WorkerProcesses: 3}, c.Fleet)
	_, err = config.LoadCheck(options("DATABASE_URL", database, "SEAL_KEYS", "{}"))
	require.NoError(t, err, "a worker's environment names no issuer")
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	o := options("DATABASE_URL", database, "DEPLOY_ENV", "local", "HTTP_ADDR", "")
	c, err := config.LoadAPI(o)
	require.NoError(t, err)
	settings := config.Describe(c, o)
	assert.Contains(t, settings, config.Setting{Name: "DATABASE_URL", Value: "REDACTED", Source: config.SourceEnvironment})
	assert.Contains(t, settings, config.Setting{Name: "DEPLOY_ENV", Value: "local", Source: config.SourceEnvironment})
	assert.Contains(t, settings, config.Setting{Name: "HTTP_ADDR", Value: ":8080", Source: config.SourceDefault})
	assert.Contains(t, settings,
		config.Setting{Name: "METRICS_ADDR", Value: "127.0.0.1:9101", Source: config.SourceDefault})

	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).LogAttrs(t.Context(), slog.LevelInfo, "starting", config.LogAttr(settings))
	assert.Contains(t, out.String(), `"HTTP_ADDR":":8080 (default)"`)
	assert.NotContains(t, out.String(), "hunter2")
}
