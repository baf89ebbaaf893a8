// Package website crawls websites: it chooses the pages of a site to read and fetches them safely and politely.
//
// It owns every connection to a user's website: the guard against private addresses, robots.txt, the pace, and the
// limits of size and time. What a page says is read by package webpage, what a sitemap lists by package sitemap. It
// keeps nothing between crawls, and knows no jobs, storage or models.
package website

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/keylock"
)

const (
	// agent is the name that robots.txt rules apply to; userAgent is sent with each request.
	agent     = "ALwrityBot"
	userAgent = agent + "/1.0 (+https://alwrity.com/bot)"
)

// limits bound a crawl.
type limits struct {
	// pageTimeout bounds one page with its redirects, without the wait for the host's
	// lock.
	pageTimeout time.Duration
	// siteBudget bounds one crawl.
	siteBudget time.Duration
	// maxPages is the most pages of one site.
	maxPages int
	// maxBytes is the largest page in bytes, after decompression.
	maxBytes int64
}

var defaultLimits = limits{pageTimeout: 20 * time.Second, siteBudget: 40 * time.Second, maxPages: 10, maxBytes: 5 << 20}

// Crawler reads websites. It is safe for concurrent use; crawls of the same host
// alternate, request by request.
type Crawler struct {
	limits    limits
	guard     guard
	transport *http.Transport
	// hosts allows one request at a time to each host.
	hosts   keylock.Locks
	metrics *metrics
	log     *slog.Logger
}

// New returns a crawler that registers its metrics with reg. The address ranges of allowed
// may be read, on any port, although they are not public. They are for local use;
// production leaves them empty.
func New(allowed []netip.Prefix, reg prometheus.Registerer, log *slog.Logger) *Crawler {
	guard := newGuard(allowed)
	return &Crawler{
		limits: defaultLimits, guard: guard, transport: newTransport(guard, nil),
		metrics: newMetrics(reg), log: log,
	}
}
