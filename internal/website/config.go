package website

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Defaults of Config.
const (
	DefaultUserAgent   = "ALwrityBot/1.0 (+https://alwrity.com/bot)"
	DefaultPageTimeout = 20 * time.Second
	DefaultSiteBudget  = 40 * time.Second
	DefaultMaxPages    = 10
	DefaultMaxBytes    = 5 << 20
)

// Config sets the limits of a Crawler. A zero value means the default.
type Config struct {
	// UserAgent is sent with each request. The part before its first slash is the name
	// that robots.txt rules apply to.
	UserAgent string
	// AllowPrefixes are address ranges that may be read, on any port, although they
	// are not public. They are for local use; production leaves them empty.
	AllowPrefixes []netip.Prefix
	// PageTimeout bounds one page with its redirects, without the wait for the host's
	// lock.
	PageTimeout time.Duration
	// SiteBudget bounds one crawl.
	SiteBudget time.Duration
	// MaxPages is the most pages of one site.
	MaxPages int
	// MaxBytes is the largest page in bytes, after decompression.
	MaxBytes int64
}

func (c Config) withDefaults() Config {
	if c.UserAgent == "" {
		c.UserAgent = DefaultUserAgent
	}
	if c.PageTimeout == 0 {
		c.PageTimeout = DefaultPageTimeout
	}
	if c.SiteBudget == 0 {
		c.SiteBudget = DefaultSiteBudget
	}
	if c.MaxPages == 0 {
		c.MaxPages = DefaultMaxPages
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	return c
}

func (c Config) validate() error {
	switch {
	case c.PageTimeout < 0 || c.SiteBudget < 0 || c.MaxPages < 0 || c.MaxBytes < 0:
		return errors.New("the limits of the crawler must not be negative")
	case strings.ContainsAny(c.UserAgent, "\r\n"):
		return errors.New("the user agent must be one line")
	}
	return nil
}

// Crawler reads websites. It is safe for concurrent use; crawls of the same host
// alternate, request by request.
type Crawler struct {
	cfg       Config
	agent     string
	guard     guard
	transport *http.Transport
	hosts     *hostLocks
	metrics   *metrics
	log       *slog.Logger
}

// New returns a crawler that registers its metrics with reg.
func New(cfg Config, reg prometheus.Registerer, log *slog.Logger) (*Crawler, error) {
	return newCrawler(cfg, reg, log, nil)
}

// newCrawler is New with a resolver of host names; nil means the system's.
func newCrawler(cfg Config, reg prometheus.Registerer, log *slog.Logger, resolver *net.Resolver) (*Crawler, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	metrics, err := newMetrics(reg)
	if err != nil {
		return nil, err
	}
	agent, _, _ := strings.Cut(cfg.UserAgent, "/")
	g := newGuard(cfg.AllowPrefixes)
	return &Crawler{
		cfg: cfg, agent: agent, guard: g, transport: newTransport(cfg, g, resolver),
		hosts: newHostLocks(), metrics: metrics, log: log,
	}, nil
}
