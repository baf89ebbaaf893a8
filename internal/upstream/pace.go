package upstream

import (
	"context"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Upstream is a server of others that all workers together must not ask too much of.
type Upstream struct {
	// Name tells it from others. It holds fingerprints only: no key, no host.
	Name string
	// Subject is what the user reads of it.
	Subject string
	Pace    Pace
}

// Fingerprints name what must not be stored.
type Fingerprints interface {
	// Fingerprint is a keyed hash: equal for equal texts, and telling nothing else.
	Fingerprint(text []byte) string
}

// Pace bounds how an upstream is asked. Within the bounds, rate and slots are learned.
type Pace struct {
	// FirstRate and FirstSlots are the calls a second and at a time to begin with.
	FirstRate, FirstSlots float64
	// LeastRate, MostRate and MostSlots are how far they may go.
	LeastRate, MostRate, MostSlots float64
	// Burst is how many calls after an idle time may begin at once.
	Burst float64
	// Patience is how long a call waits for its permit. What would wait longer is a
	// rate limit, for the job to wait without its slot.
	Patience time.Duration
}

var (
	// ProviderPace is that of one key of a model provider. Calls take seconds, so that
	// mostly the slots bind.
	ProviderPace = Pace{
		FirstRate: 5, FirstSlots: 8, LeastRate: 0.02, MostRate: 200, MostSlots: 64, Burst: 4, Patience: 3 * time.Second,
	}
	// hostPace is that of one website. A crawl is worth waiting for, since what it
	// leaves out is not read later.
	hostPace = Pace{
		FirstRate: 10, FirstSlots: 4, LeastRate: 0.05, MostRate: 50, MostSlots: 16, Burst: 8, Patience: 10 * time.Second,
	}
)

// ProviderUpstream is a provider as one key is served by it.
func ProviderUpstream(keys Fingerprints, key onboarding.StoredKey) Upstream {
	name := "model/" + string(key.Provider) + "/" + key.Fingerprint
	if key.BaseURL != "" {
		name += "/" + keys.Fingerprint([]byte(key.BaseURL))
	}
	return Upstream{Name: name, Subject: key.Provider.Info().Name, Pace: ProviderPace}
}

// HostTurn is the turn of crawls: one upstream for each host and port.
func HostTurn(limits *Limiter, keys Fingerprints) func(context.Context, string) (func(error), error) {
	return func(ctx context.Context, host string) (func(error), error) {
		address := url.URL{Host: host}
		return limits.Take(ctx, Upstream{Name: "host/" + keys.Fingerprint([]byte(host)), Subject: address.Hostname(), Pace: hostPace})
	}
}

// limiterMetrics are what a limiter measures.
type limiterMetrics struct {
	calls       *prometheus.CounterVec
	refused     prometheus.Counter
	waitSeconds prometheus.Histogram
}

func newLimiterMetrics(reg prometheus.Registerer) limiterMetrics {
	m := limiterMetrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_upstream_calls_total",
			Help: "Calls to model providers and websites by whether they were answered that it is too much.",
		}, []string{"result"}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "onboarding_upstream_refusals_total",
			Help: "Calls that were put off because their turn was too far away.",
		}),
		waitSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "onboarding_upstream_wait_seconds",
			Help:    "Time that a call waited for a permit.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
		}),
	}
	for _, result := range []string{"ok", "limited"} {
		m.calls.WithLabelValues(result)
	}
	reg.MustRegister(m.calls, m.refused, m.waitSeconds)
	return m
}
