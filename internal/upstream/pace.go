package upstream

import (
	"context"
	"net/url"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Upstream is a server of a third party that all workers together must not overload.
type Upstream struct {
	// Name identifies it. It contains fingerprints only: no key, no host.
	Name string
	// Subject is its name for the user.
	Subject string
	Pace    Pace
}

// Fingerprints make names for what must not be stored.
type Fingerprints interface {
	// Fingerprint returns a keyed hash: equal for equal texts, and revealing nothing else.
	Fingerprint(text []byte) string
}

// Pace bounds the calls to an upstream. Within the bounds, rate and slots are learned.
type Pace struct {
	// FirstRate and FirstSlots are the initial calls per second and concurrent calls.
	FirstRate, FirstSlots float64
	// LeastRate, MostRate and MostSlots bound what is learned.
	LeastRate, MostRate, MostSlots float64
	// Burst is how many calls may begin at once after an idle time.
	Burst float64
	// Patience is how long a call waits for its permit. A longer wait is returned as a rate
	// limit, so that the job waits without occupying a slot.
	Patience time.Duration
}

var (
	// ProviderPace is the pace of one key of a model provider. Calls take seconds, so that the
	// slots are the usual limit.
	ProviderPace = Pace{
		FirstRate: 5, FirstSlots: 8, LeastRate: 0.02, MostRate: 200, MostSlots: 64, Burst: 4, Patience: 3 * time.Second,
	}
	// hostPace is the pace of one website. Its patience is longer, because a page that a crawl
	// leaves out is not read later.
	hostPace = Pace{
		FirstRate: 10, FirstSlots: 4, LeastRate: 0.05, MostRate: 50, MostSlots: 16, Burst: 8, Patience: 10 * time.Second,
	}
)

// ProviderUpstream returns the upstream of a provider for one key.
func ProviderUpstream(keys Fingerprints, key onboarding.StoredKey) Upstream {
	name := "model/" + string(key.Provider) + "/" + key.Fingerprint
	if key.BaseURL != "" {
		name += "/" + keys.Fingerprint([]byte(key.BaseURL))
	}
	return Upstream{Name: name, Subject: key.Provider.Info().Name, Pace: ProviderPace}
}

// AcquireHost returns onboarding.Crawl.Acquire: one upstream for each host and port.
func AcquireHost(limits *Limiter, keys Fingerprints) func(context.Context, string) (func(error), error) {
	return func(ctx context.Context, host string) (func(error), error) {
		address := url.URL{Host: host}
		return limits.Acquire(ctx,
			Upstream{Name: "host/" + keys.Fingerprint([]byte(host)), Subject: address.Hostname(), Pace: hostPace})
	}
}
