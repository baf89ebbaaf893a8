package config

import (
	"log/slog"
	"net/netip"
	"time"
)

// Deploy tells where a process runs. What is only fit for a developer's machine
// is refused in Production.
type Deploy string

// The deployments. Unset means Production, so that a forgotten setting is safe.
const (
	Production Deploy = "production"
	Local      Deploy = "local"
)

// Base holds the settings of everything, commands that need no database included.
type Base struct {
	Deploy   Deploy     `env:"DEPLOY_ENV" envDefault:"production"`
	LogLevel slog.Level `env:"LOG_LEVEL" envDefault:"info"`
	// DataDir is the folder for what a process keeps on disk: the local database,
	// the development issuer's key, the local key ring.
	DataDir string `env:"DATA_DIR" envDefault:".data"`
}

// Common holds the settings of every process.
type Common struct {
	Base
	// DatabaseURL is a PostgreSQL URL or keyword/value string.
	DatabaseURL Secret `env:"DATABASE_URL" file:"DATABASE_URL_FILE"`
	Fleet
	// MetricsAddr is where /metrics, /healthz and /readyz are served. Each process
	// has its own default: see metricsAddr.
	MetricsAddr string `env:"METRICS_ADDR"`
	// ShutdownGrace bounds the time that a stopping process gives to what it has
	// begun.
	ShutdownGrace time.Duration `env:"SHUTDOWN_GRACE" envDefault:"20s"`
	// TracesEndpoint is where traces are sent by OTLP over HTTP; empty means nowhere.
	TracesEndpoint string `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`
}

// Fleet says how many processes there are, so that each can tell whether the database
// has connections for all of them.
type Fleet struct {
	APIProcesses    int `env:"API_PROCESSES" envDefault:"1"`
	WorkerProcesses int `env:"WORKER_PROCESSES" envDefault:"1"`
}

// KMS holds the settings of the key that a key ring is encrypted under.
type KMS struct {
	// SealKMSURI names a key of a KMS; empty means that rings are in the clear.
	SealKMSURI string `env:"SEAL_KMS_URI"`
}

// Seal holds the settings of the key ring that users' API keys are sealed with.
type Seal struct {
	// SealKeys is the key ring itself, SealKeysFile the file that holds it: one of
	// them. Where both are empty and that is allowed (DEPLOY_ENV=local), SealKeysFile
	// becomes localKeyRing in DataDir.
	SealKeys     Secret `env:"SEAL_KEYS"`
	SealKeysFile string `env:"SEAL_KEYS_FILE"`
	KMS
}

// localKeyRing is the name of the key ring in DataDir.
const localKeyRing = "seal_keys.json"

// Issuer holds the settings of whose tokens are accepted.
type Issuer struct {
	// AuthIssuer is the issuer that tokens must name, AuthJWKSURL the address of
	// its keys. Both are empty when the development issuer is used.
	AuthIssuer  string `env:"AUTH_ISSUER"`
	AuthJWKSURL string `env:"AUTH_JWKS_URL"`
	// AuthAudience must be among the audiences of a token (claim aud); empty means
	// any.
	AuthAudience string `env:"AUTH_AUDIENCE"`
	// AuthAuthorizedParties lists the origins that tokens may have been issued for
	// (claim azp); empty means any.
	AuthAuthorizedParties []string `env:"AUTH_AUTHORIZED_PARTIES"`
	// AuthRoleClaim is the claim that holds a user's role, admin for operators; dots lead
	// into objects.
	AuthRoleClaim string `env:"AUTH_ROLE_CLAIM" envDefault:"role"`
}

// API holds the settings of the API process.
type API struct {
	Common
	Seal
	Issuer
	HTTPAddr string `env:"HTTP_ADDR" envDefault:":8080"`
	// CORSOrigins lists the origins whose pages may call the API.
	CORSOrigins []string `env:"CORS_ORIGINS"`
	// BodyLimit is the largest accepted request body, in bytes.
	BodyLimit int `env:"BODY_LIMIT_BYTES" envDefault:"1048576"`
	// RequestTimeout bounds the work for one request.
	RequestTimeout time.Duration `env:"REQUEST_TIMEOUT" envDefault:"10s"`
	// DatabaseConns is the size of the connection pool.
	DatabaseConns int `env:"DATABASE_CONNS" envDefault:"10"`
	// DrainDelay is how long a stopping API still takes requests after it has said
	// that it is not ready: the time in which load balancers notice.
	DrainDelay time.Duration `env:"DRAIN_DELAY" envDefault:"1s"`
	// ShowKeys lets owners read their API keys back in full. In production it is
	// refused unless ShowKeysAcknowledged is the sentence that it asks for.
	ShowKeys             bool   `env:"API_KEYS_READABLE" envDefault:"false"`
	ShowKeysAcknowledged string `env:"API_KEYS_READABLE_ACKNOWLEDGED"`
	// EnvFile is the file that submitted API keys are written to as well, for the
	// developer's other programs; always empty in production.
	EnvFile string `env:"ENV_FILE" envDefault:".env"`
}

// UsesDevIssuer tells whether tokens come from the development issuer.
func (c API) UsesDevIssuer() bool {
	return c.Deploy == Local && c.AuthIssuer == "" && c.AuthJWKSURL == ""
}

// TakesTokensForOthers tells whether a token that the issuer made for another
// application is accepted as well.
func (c API) TakesTokensForOthers() bool {
	return !c.UsesDevIssuer() && c.AuthAudience == "" && len(c.AuthAuthorizedParties) == 0
}

// Fetch holds the settings of fetching websites.
type Fetch struct {
	// FetchAllowPrefixes lists address ranges that may be fetched although they are
	// not on the public internet, on any port; for development and tests only.
	FetchAllowPrefixes []netip.Prefix `env:"FETCH_ALLOW_PREFIXES"`
}

// Analysis holds the settings of what website analyses contain.
type Analysis struct {
	// BrandColumns adds the brand analysis and the strategy insights.
	BrandColumns bool `env:"ENABLE_WEBSITE_BRAND_COLUMNS" envDefault:"true"`
}

// Models holds the address and the model to ask of each provider of language
// models; what is empty has its default in the model client. The names differ from
// the variables that the providers' own clients read.
type Models struct {
	OpenAIURL      string `env:"MODEL_OPENAI_URL"`
	OpenAIModel    string `env:"MODEL_OPENAI"`
	AnthropicURL   string `env:"MODEL_ANTHROPIC_URL"`
	AnthropicModel string `env:"MODEL_ANTHROPIC"`
	GeminiURL      string `env:"MODEL_GEMINI_URL"`
	GeminiModel    string `env:"MODEL_GEMINI"`
	MistralURL     string `env:"MODEL_MISTRAL_URL"`
	MistralModel   string `env:"MODEL_MISTRAL"`
	// ExaURL is where competitors are searched.
	ExaURL string `env:"SEARCH_EXA_URL"`
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
	// DatabaseURL is where they look whether a key is still needed; may be empty.
	DatabaseURL Secret `env:"DATABASE_URL" file:"DATABASE_URL_FILE"`
}

// Retention says for how many days what has ended is kept, 0 for ever where that is
// allowed. What users see of their own work decides the least.
type Retention struct {
	Submissions    int `env:"KEEP_SUBMISSIONS_DAYS" envDefault:"30"`
	StepEvents     int `env:"KEEP_STEP_EVENTS_DAYS" envDefault:"0"`
	ModelCalls     int `env:"KEEP_MODEL_CALLS_DAYS" envDefault:"400"`
	AuditLog       int `env:"KEEP_AUDIT_LOG_DAYS" envDefault:"730"`
	BulkOperations int `env:"KEEP_BULK_OPERATIONS_DAYS" envDefault:"30"`
}

// Worker holds the settings of the worker process.
type Worker struct {
	Common
	Seal
	Fetch
	Analysis
	Models
	Retention
	// MigrateDatabaseURL is the owner's connection for migrations; DatabaseURL is
	// used when it is empty.
	MigrateDatabaseURL Secret `env:"MIGRATE_DATABASE_URL" file:"MIGRATE_DATABASE_URL_FILE"`
	// InteractiveSlots and BulkSlots are how many jobs of each queue run at once.
	InteractiveSlots int `env:"INTERACTIVE_SLOTS" envDefault:"10"`
	BulkSlots        int `env:"BULK_SLOTS" envDefault:"5"`
	// PollOnly works without LISTEN, for a connection pooler that does not carry it.
	PollOnly bool `env:"QUEUE_POLL_ONLY" envDefault:"false"`
	// DoctorRepair lets workers repair the contradictory sessions that they find; else
	// they only report them.
	DoctorRepair bool `env:"DOCTOR_REPAIR" envDefault:"true"`
	// DatabaseConns is the size of the connection pool for domain work; the queue
	// and the heartbeat have their own.
	DatabaseConns int `env:"DATABASE_CONNS" envDefault:"10"`
}

// Check holds the settings of the command that verifies a deployment: the worker's,
// and whose tokens the api accepts.
type Check struct {
	Worker
	Issuer
}

// MigrationURL returns the connection that migrations use.
func (c Worker) MigrationURL() Secret {
	if c.MigrateDatabaseURL != "" {
		return c.MigrateDatabaseURL
	}
	return c.DatabaseURL
}
