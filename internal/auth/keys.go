package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
)

const (
	// refreshInterval is how often the keys are read again while all is well.
	refreshInterval = 15 * time.Minute
	// retryMin and retryMax bound the wait after keys could not be read; it doubles.
	retryMin, retryMax = time.Second, 30 * time.Second
	// demandInterval is how often tokens with an unknown key may cause a read:
	// forged ones must not make this process a burden to the issuer.
	demandInterval = 5 * time.Second
	// fetchTimeout bounds one read of the keys.
	fetchTimeout = 3 * time.Second
	// demandWait is how long a request waits for the keys at most.
	demandWait = 2 * time.Second
)

// remoteKeys holds the keys that an issuer publishes. keyfunc's own refreshing
// client is not used because its one limit bounds both the wait for a slot and
// the read: short enough against forged tokens, it is too short to ever read a
// rotated key from a distant issuer.
type remoteKeys struct {
	url       string
	client    *http.Client
	log       *slog.Logger
	current   atomic.Pointer[keyfunc.Keyfunc]
	failed    atomic.Pointer[error] // why the last read failed
	refreshes *prometheus.CounterVec
	readAt    prometheus.Gauge

	mu       sync.Mutex
	reading  *keyRead  // nil when no read is under way
	demanded time.Time // when a token last caused a read
}

func newRemoteKeys(url string, reg prometheus.Registerer, log *slog.Logger) *remoteKeys {
	return &remoteKeys{
		url: url, client: newKeysClient(), log: log,
		refreshes: metric.Counters(reg, "onboarding_auth_key_refreshes_total",
			"Reads of the token issuer's keys, by result: ok or error.", metric.By("result", "ok", "error")),
		readAt: metric.Gauge(reg, "onboarding_auth_keys_read_timestamp_seconds",
			"When the token issuer's keys were last read, as Unix time; 0 before the first time."),
	}
}

// refreshUntilDone keeps the keys fresh until ctx ends.
func (k *remoteKeys) refreshUntilDone(ctx context.Context) {
	wait := retryMin
	for {
		next := refreshInterval
		if err := k.refresh(ctx); err != nil && ctx.Err() == nil {
			k.log.WarnContext(ctx, "token keys could not be read", "error", err)
			next, wait = wait, min(2*wait, retryMax)
		} else {
			wait = retryMin
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(next):
		}
	}
}

// refresh reads the keys, or waits for a read that is under way. Keys that are
// held stay when it fails.
func (k *remoteKeys) refresh(ctx context.Context) error {
	return k.wait(ctx, k.join(ctx, 0))
}

// keyRead is one read of the keys; err may be looked at once done is closed.
type keyRead struct {
	done chan struct{}
	err  error
}

// join returns the read that is under way. If there is none it starts one, unless
// a token has caused one within minAge (0 for the regular refresh): then it
// returns nil.
func (k *remoteKeys) join(ctx context.Context, minAge time.Duration) *keyRead {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.reading != nil {
		return k.reading
	}
	if minAge > 0 {
		if time.Since(k.demanded) < minAge {
			return nil
		}
		k.demanded = time.Now()
	}
	read := &keyRead{done: make(chan struct{})}
	k.reading = read
	go k.run(context.WithoutCancel(ctx), read)
	return read
}

// run belongs to no caller: any of them may stop waiting. fetchTimeout ends it.
func (k *remoteKeys) run(ctx context.Context, read *keyRead) {
	keys, err := k.fetch(ctx)
	if err != nil {
		k.refreshes.WithLabelValues("error").Inc()
		read.err = err
		k.failed.Store(&err)
	} else {
		k.refreshes.WithLabelValues("ok").Inc()
		k.readAt.SetToCurrentTime()
		k.current.Store(&keys)
	}
	k.mu.Lock()
	k.reading = nil
	k.mu.Unlock()
	close(read.done)
}

func (k *remoteKeys) wait(ctx context.Context, read *keyRead) error {
	select {
	case <-read.done:
		return read.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (k *remoteKeys) fetch(ctx context.Context) (keyfunc.Keyfunc, error) {
	storage, err := jwkset.NewStorageFromHTTP(k.url, jwkset.HTTPClientStorageOptions{
		Client: k.client, Ctx: ctx, HTTPTimeout: fetchTimeout,
	})
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	all, err := storage.KeyReadAll(ctx)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	if len(all) == 0 {
		return nil, errors.New("read keys: the issuer publishes none")
	}
	return keyfunc.New(keyfunc.Options{Ctx: ctx, Storage: storage})
}

func (k *remoteKeys) ready() error {
	if k.current.Load() != nil {
		return nil
	}
	if why := k.failed.Load(); why != nil {
		return fmt.Errorf("%w: %w", ErrKeysUnavailable, *why)
	}
	return ErrKeysUnavailable
}

// keyfunc looks up a token's key; if it is unknown, the keys are fetched and it is
// looked up once more.
func (k *remoteKeys) keyfunc(ctx context.Context) jwt.Keyfunc {
	return func(token *jwt.Token) (any, error) {
		key, err := k.lookUp(ctx, token)
		if !errors.Is(err, jwkset.ErrKeyNotFound) && !errors.Is(err, ErrKeysUnavailable) {
			return key, err
		}
		k.refreshOnDemand(ctx)
		return k.lookUp(ctx, token)
	}
}

func (k *remoteKeys) lookUp(ctx context.Context, token *jwt.Token) (any, error) {
	keys := k.current.Load()
	if keys == nil {
		return nil, ErrKeysUnavailable
	}
	return (*keys).KeyfuncCtx(ctx)(token)
}

// refreshOnDemand reads the keys, or waits for a read that is under way, unless
// a token has caused one only just now. Failures show in the metric and are
// logged by the regular refresh.
func (k *remoteKeys) refreshOnDemand(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, demandWait)
	defer cancel()
	if read := k.join(ctx, demandInterval); read != nil {
		_ = k.wait(ctx, read)
	}
}
