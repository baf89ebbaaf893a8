package config

import (
	"log/slog"
	"net/netip"
	"reflect"
	"strings"
	"time"
)

// Deploy says where a process runs. What is only fit for a developer's machine
// is refused in Production.
type Deploy string

// The deployments. Unset means Production, so that a forgotten setting is safe.
const (
	Production Deploy = "production"
	Local      Deploy = "local"
)

// The comment of each field with an env tag is the meaning of the setting in
// deploy/systemd/settings.example, which `make generate` writes.

// Base holds the settings of everything, commands that need no database included.
type Base struct {
	// `local` allows what is only fit for a developer's machine.
	Deploy Deploy `env:"DEPLOY_ENV" envDefault:"production"`
	// debug, info, warn or error.
	LogLevel slog.Level `env:"LOG_LEVEL" envDefault:"info"`
	// Folder of the local database, the development issuer's key and the local key ring.
	DataDir string `env:"DATA_DIR" envDefault:".data"`
}

// Common holds the settings of every process.
type Common struct {
	Base
	Database
	Fleet
	// Where /metrics, /healthz and /readyz are served. Default: port 9101 (api) or 9102
	// (worker), on every interface in production, on 127.0.0.1 with `DEPLOY_ENV=local`.
	MetricsAddr string `env:"METRICS_ADDR"`
	// How long a stopping process waits for what it has begun.
	ShutdownGrace time.Duration `env:"SHUTDOWN_GRACE" envDefault:"20s"`
	// Where traces are sent by OTLP over HTTP, such as `http://collector:4318`. Empty: no traces.
	TracesEndpoint string `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`
}

// Database says how the database is reached.
type Database struct {
	// Required. PostgreSQL 15 or newer, as a URL or a keyword/value string.
	DatabaseURL Secret `env:"DATABASE_URL" file:"DATABASE_URL_FILE"`
	// `transaction` if DATABASE_URL leads to a pooler in that mode: see [poolers](#poolers).
	DatabasePooler string `env:"DATABASE_POOLER"`
	// The database past the pooler, for what listens. Empty: jobs start up to 0.1 s later, streams are up to 2 s late.
	DatabaseDirectURL Secret `env:"DATABASE_DIRECT_URL" file:"DATABASE_DIRECT_URL_FILE"`
}

// Pooled reports whether a pooler in transaction mode stands before the database.
func (d Database) Pooled() bool { return d.DatabasePooler == poolerTransaction }

const poolerTransaction = "transaction"

// Server returns the connection string, whether it leads to a pooler in transaction mode, and the one past that.
func (d Database) Server() (url string, pooled bool, directURL string) {
	return d.DatabaseURL.Reveal(), d.Pooled(), d.DatabaseDirectURL.Reveal()
}

func (d Database) check(r *rules, required bool) {
	r.checkDatabase("DATABASE_URL", d.DatabaseURL, required)
	r.checkDatabase("DATABASE_DIRECT_URL", d.DatabaseDirectURL, false)
	r.require(d.DatabasePooler == "" || d.Pooled(), "DATABASE_POOLER", "must be transaction, or empty.")
}

// Fleet says how many processes there are, so that each can tell whether the database
// has connections for all of them.
type Fleet struct {
	// How many api processes you run, for the connection budget.
	APIProcesses int `env:"API_PROCESSES" envDefault:"1"`
	// How many worker processes you run, for the connection budget.
	WorkerProcesses int `env:"WORKER_PROCESSES" envDefault:"1"`
}

// KMS holds the settings of the key that a key ring is encrypted under.
type KMS struct {
	// The KMS key that encrypts the key ring: `hcvault://HOST:PORT/transit/keys/NAME` or
	// `aws-kms://arn:…`. Empty: the ring is in the clear.
	SealKMSURI string `env:"SEAL_KMS_URI"`
}

// Seal holds the settings of the key ring that users' API keys are sealed with.
type Seal struct {
	// The key ring itself, as JSON or its Base64, instead of SEAL_KEYS_FILE.
	SealKeys Secret `env:"SEAL_KEYS"`
	// File of the key ring, mode 0600 or 0400. Required in production unless SEAL_KEYS is
	// set; with `DEPLOY_ENV=local` it is `DATA_DIR/seal_keys.json`, created when missing.
	SealKeysFile string `env:"SEAL_KEYS_FILE"`
	KMS
}

// localKeyRing is the name of the key ring in DataDir.
const localKeyRing = "seal_keys.json"

// Issuer holds the settings of whose tokens are accepted. The development issuer is used
// where neither address is set.
type Issuer struct {
	// The issuer that tokens must name. Required in production.
	AuthIssuer string `env:"AUTH_ISSUER"`
	// Where the issuer publishes its keys. Required in production.
	AuthJWKSURL string `env:"AUTH_JWKS_URL"`
	// The audience that tokens must name (`aud`). Empty: any. In production set it or
	// AUTH_AUTHORIZED_PARTIES; otherwise the API warns when it starts.
	AuthAudience string `env:"AUTH_AUDIENCE"`
	// Comma-separated origins that tokens may have been issued for (`azp`). Empty: any.
	AuthAuthorizedParties []string `env:"AUTH_AUTHORIZED_PARTIES"`
	// The claim with a user's role, `admin` for operators. Dots lead into objects
	// (`public_metadata.role`), unless a claim has the whole as its name.
	AuthRoleClaim string `env:"AUTH_ROLE_CLAIM" envDefault:"role"`
}

// Limits bound what one user may do; 0 is no bound.
type Limits struct {
	// Writes of a user a second, in each api process. 0 is no limit, here and below. `GET /config` has the limits.
	WritesPerSecond int `env:"USER_WRITES_PER_SECOND" envDefault:"10"`
	// Writes of a user at once, after a pause.
	WritesBurst int `env:"USER_WRITES_BURST" envDefault:"30"`
	// Writes from one network address a second, in each api process, with bursts of three times as many.
	AddressWritesPerSecond int `env:"ADDRESS_WRITES_PER_SECOND" envDefault:"50"`
	// Reads of a user a second, in each api process. Opening a stream is a read.
	ReadsPerSecond int `env:"USER_READS_PER_SECOND" envDefault:"20"`
	// Reads of a user at once, after a pause.
	ReadsBurst int `env:"USER_READS_BURST" envDefault:"200"`
	// Reads from one network address a second, with a token or without, in each api process, with bursts of three
	// times as many.
	AddressReadsPerSecond int `env:"ADDRESS_READS_PER_SECOND" envDefault:"500"`
	// Analyses of websites and texts that a user may start a day (UTC), previews included.
	AnalysesPerDay int `env:"USER_ANALYSES_PER_DAY" envDefault:"30"`
	// Generations of personas a day.
	PersonasPerDay int `env:"USER_PERSONAS_PER_DAY" envDefault:"30"`
	// Finished analyses and personas that a user may have stored a day.
	ImportsPerDay int `env:"USER_IMPORTS_PER_DAY" envDefault:"60"`
	// Checks of keys, searches for competitors, sitemaps and assessments of personas a day.
	LookupsPerDay int `env:"USER_LOOKUPS_PER_DAY" envDefault:"200"`
	// Changes of a user's steps a day, those by running work included: each is kept.
	ChangesPerDay int `env:"USER_CHANGES_PER_DAY" envDefault:"5000"`
	// Calls of a user that wait for work at a time, in each api process.
	WaitingCalls int `env:"USER_WAITING_CALLS" envDefault:"5"`
	// Streams that a user may have open, in each api process.
	Streams int `env:"USER_STREAMS" envDefault:"32"`
}

// API holds the settings of the API process.
type API struct {
	Common
	Seal
	Issuer
	Limits
	Analysis
	// Where the API listens.
	HTTPAddr string `env:"HTTP_ADDR" envDefault:":8080"`
	// Comma-separated origins whose pages may call the API; https only in production.
	CORSOrigins []string `env:"CORS_ORIGINS"`
	// Address ranges of the proxies in front of the API. The client's address is read from their
	// X-Forwarded-For; limits for each address need it. Empty: forwarded headers are ignored.
	TrustedProxies []netip.Prefix `env:"TRUSTED_PROXIES"`
	// Largest accepted request body.
	BodyLimit int `env:"BODY_LIMIT_BYTES" envDefault:"1048576"`
	// Address of the Prometheus whose alerts `/ops` shows, such as `http://prometheus:9090`. Empty: `/ops` shows those
	// that the database can tell.
	PrometheusURL string `env:"PROMETHEUS_URL"`
	// Address of the Grafana that `/ops` leads to. Empty: none.
	GrafanaURL string `env:"GRAFANA_URL"`
	// Time limit of one request.
	RequestTimeout time.Duration `env:"REQUEST_TIMEOUT" envDefault:"10s"`
	// Connections of the main pool: see the connection budget.
	DatabaseConns int `env:"DATABASE_CONNS" envDefault:"10"`
	// A replica that the analytics are read from, while it is not more than a minute behind. Empty: DATABASE_URL.
	DatabaseReplicaURL Secret `env:"DATABASE_REPLICA_URL" file:"DATABASE_REPLICA_URL_FILE"`
	// How long a stopping API still takes requests after it has reported not ready, so that
	// load balancers notice.
	DrainDelay time.Duration `env:"DRAIN_DELAY" envDefault:"1s"`
	// Lets owners read their API keys back in full.
	ShowKeys bool `env:"API_KEYS_READABLE" envDefault:"false"`
	// In production API_KEYS_READABLE needs `yes-owners-can-read-keys` here.
	ShowKeysAcknowledged string `env:"API_KEYS_READABLE_ACKNOWLEDGED"`
	// With `DEPLOY_ENV=local`, the file that submitted API keys are written to as well.
	EnvFile string `env:"ENV_FILE" envDefault:".env"`
}

// UsesDevIssuer reports whether tokens come from the development issuer.
func (c API) UsesDevIssuer() bool {
	return c.Deploy == Local && c.AuthIssuer == "" && c.AuthJWKSURL == ""
}

// TakesTokensForOthers reports whether a token that the issuer made for another
// application is accepted as well.
func (c API) TakesTokensForOthers() bool {
	return !c.UsesDevIssuer() && c.AuthAudience == "" && len(c.AuthAuthorizedParties) == 0
}

// Fetch holds the settings of fetching websites.
type Fetch struct {
	// Address ranges that may be fetched although they are not public, on any port. Local only,
	// as is the flag `-allow` of `worker analyze`.
	FetchAllowPrefixes []netip.Prefix `env:"FETCH_ALLOW_PREFIXES"`
}

// Analysis holds the settings of what website analyses contain.
type Analysis struct {
	// Whether analyses hold the brand analysis and the strategy insights.
	BrandColumns bool `env:"ENABLE_WEBSITE_BRAND_COLUMNS" envDefault:"true"`
}

// Models holds the address and the model to ask of each provider of language
// models; what is empty has its default in the model client. The names differ from
// the variables that the providers' own clients read.
type Models struct {
	// Address of the OpenAI API. Empty: OpenAI's. As all addresses here https, or http with
	// `DEPLOY_ENV=local`.
	OpenAIURL string `env:"MODEL_OPENAI_URL"`
	// Model of OpenAI. Empty: built in.
	OpenAIModel string `env:"MODEL_OPENAI"`
	// Address of the Anthropic API.
	AnthropicURL string `env:"MODEL_ANTHROPIC_URL"`
	// Model of Anthropic.
	AnthropicModel string `env:"MODEL_ANTHROPIC"`
	// Address of Gemini's OpenAI-compatible API.
	GeminiURL string `env:"MODEL_GEMINI_URL"`
	// Model of Gemini.
	GeminiModel string `env:"MODEL_GEMINI"`
	// Address of the Mistral API.
	MistralURL string `env:"MODEL_MISTRAL_URL"`
	// Model of Mistral.
	MistralModel string `env:"MODEL_MISTRAL"`
	// Address of the Exa API, which finds competitors.
	ExaURL string `env:"SEARCH_EXA_URL"`
}

// Of returns the address and the model that are set for a provider of language models; "" stands for its default.
func (c Models) Of(provider string) (address, model string) {
	key := "MODEL_" + strings.ToUpper(provider)
	for field := range settingFields(reflect.ValueOf(c)) {
		switch value, _ := field.value.(string); field.key {
		case key + "_URL":
			address = value
		case key:
			model = value
		}
	}
	return address, model
}

// Tool holds the settings of commands that need no database.
type Tool struct {
	Base
	Fetch
	Analysis
}

// Keys holds the settings of the commands that change a key ring in a file.
type Keys struct {
	Base
	KMS
	Database
}

// Retention says for how many days what has ended is kept, 0 for ever where that is
// allowed. What users see of their own work decides the least.
type Retention struct {
	// Days that submissions are kept after their end, from 30; one that a step names stays.
	// Here and below 0 is for ever and 3650 the most.
	Submissions int `env:"KEEP_SUBMISSIONS_DAYS" envDefault:"30"`
	// Days that the history of the steps is kept, from 90.
	StepEvents int `env:"KEEP_STEP_EVENTS_DAYS" envDefault:"0"`
	// Days that the charges of model calls are kept, from 30.
	ModelCalls int `env:"KEEP_MODEL_CALLS_DAYS" envDefault:"400"`
	// Days that the audit log is kept, from 30.
	AuditLog int `env:"KEEP_AUDIT_LOG_DAYS" envDefault:"730"`
	// Days that bulk operations are kept after their end, from 1; never for ever.
	BulkOperations int `env:"KEEP_BULK_OPERATIONS_DAYS" envDefault:"30"`
}

// Webhooks holds the settings of telling others what happens to users.
type Webhooks struct {
	// The receivers of webhooks as JSON: see docs/events.md. Empty: none.
	Webhooks Secret `env:"WEBHOOKS" file:"WEBHOOKS_FILE"`
	// Address ranges of receivers that are not public. Only within these are http addresses sent to.
	WebhookPrefixes []netip.Prefix `env:"WEBHOOK_PREFIXES"`
	// Requests to each receiver at a time, in each worker.
	WebhookSlots int `env:"WEBHOOK_SLOTS" envDefault:"8"`
	// Time limit of one request.
	WebhookTimeout time.Duration `env:"WEBHOOK_TIMEOUT" envDefault:"10s"`
	// For how long an event is tried before it is parked.
	WebhookRetryFor time.Duration `env:"WEBHOOK_RETRY_FOR" envDefault:"72h"`
}

// Worker holds the settings of the worker process.
type Worker struct {
	Common
	Seal
	Fetch
	Analysis
	Models
	Retention
	Webhooks
	// The owner's login, for `worker migrate` and `worker maintain`. Empty: DATABASE_URL.
	MigrateDatabaseURL Secret `env:"MIGRATE_DATABASE_URL" file:"MIGRATE_DATABASE_URL_FILE"`
	// Jobs at a time that a user waits for and that only compute. Users take turns at the processors.
	InteractiveSlots int `env:"INTERACTIVE_SLOTS" envDefault:"200"`
	// Jobs at a time that wait for websites and model providers, at most 2 of each user.
	NetworkSlots int `env:"NETWORK_SLOTS" envDefault:"100"`
	// Other jobs at a time.
	BulkSlots int `env:"BULK_SLOTS" envDefault:"5"`
	// Work without LISTEN, for a connection pooler that does not carry it: jobs start up to
	// 0.1 s later.
	PollOnly bool `env:"QUEUE_POLL_ONLY" envDefault:"false"`
	// Whether contradictory sessions are repaired, or only reported in the log and the metric
	// `onboarding_doctor_findings_total`.
	DoctorRepair bool `env:"DOCTOR_REPAIR" envDefault:"true"`
	// Connections of the main pool; the queue and the heartbeat have their own.
	DatabaseConns int `env:"DATABASE_CONNS" envDefault:"10"`
}

// Check holds the settings of the command that verifies a deployment: the worker's,
// and whose tokens the api accepts.
type Check struct {
	Worker
	Issuer
}

// MigrationURL returns the connection that migrations use, which hold a lock of their session: "" if only a pooler that
// keeps none is known.
func (c Worker) MigrationURL() Secret {
	if c.MigrateDatabaseURL != "" || c.Pooled() {
		return c.MigrateDatabaseURL
	}
	return c.DatabaseURL
}
