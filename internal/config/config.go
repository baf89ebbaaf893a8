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
	// the development issuer's key.
	DataDir string `env:"DATA_DIR" envDefault:".data"`
}

// Common holds the settings of every process.
type Common struct {
	Base
	// DatabaseURL is a PostgreSQL URL or keyword/value string.
	DatabaseURL Secret `env:"DATABASE_URL"`
	// MetricsAddr is where /metrics, /healthz and /readyz are served. Each process
	// has its own default: see metricsAddr.
	MetricsAddr string `env:"METRICS_ADDR"`
	// ShutdownGrace bounds the time that a stopping process gives to what it has
	// begun.
	ShutdownGrace time.Duration `env:"SHUTDOWN_GRACE" envDefault:"20s"`
}

// API holds the settings of the API process.
type API struct {
	Common
	HTTPAddr string `env:"HTTP_ADDR" envDefault:":8080"`
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

// Tool holds the settings of commands that need no database.
type Tool struct {
	Base
	Fetch
}

// Worker holds the settings of the worker process.
type Worker struct {
	Common
	Fetch
	// MigrateDatabaseURL is the owner's connection for migrations; DatabaseURL is
	// used when it is empty.
	MigrateDatabaseURL Secret `env:"MIGRATE_DATABASE_URL"`
	// InteractiveSlots and BulkSlots are how many jobs of each queue run at once.
	InteractiveSlots int `env:"INTERACTIVE_SLOTS" envDefault:"10"`
	BulkSlots        int `env:"BULK_SLOTS" envDefault:"5"`
	// DatabaseConns is the size of the connection pool for domain work; the queue
	// and the heartbeat have their own.
	DatabaseConns int `env:"DATABASE_CONNS" envDefault:"10"`
}

// MigrationURL returns the connection that migrations use.
func (c Worker) MigrationURL() Secret {
	if c.MigrateDatabaseURL != "" {
		return c.MigrateDatabaseURL
	}
	return c.DatabaseURL
}
