package auth

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"github.com/alwrity/onboarding/internal/metric"
)

const (
	// refreshInterval is how often the keys are read again while all is well: so soon is a key refused that
	// the issuer has withdrawn.
	refreshInterval = 30 * time.Second
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
	held      atomic.Pointer[keyfunc.Keyfunc]
	failed    atomic.Pointer[error] // why the last read failed
	refreshes *prometheus.CounterVec
	readAt    prometheus.Gauge

	reads    singleflight.Group
	demanded time.Time // when a token last caused a read; only reads use it
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
		if err := k.read(ctx, false); err != nil && ctx.Err() == nil {
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

// read reads the keys, or joins a read that is under way; both go on when ctx ends. With onDemand nothing
// is read if a token has caused a read within demandInterval. Keys that are held stay when it fails.
func (k *remoteKeys) read(ctx context.Context, onDemand bool) error {
	done := k.reads.DoChan("", func() (any, error) {
		if onDemand && time.Since(k.demanded) < demandInterval {
			return false, nil
		} else if onDemand {
			k.demanded = time.Now()
		}
		keys, err := k.fetch(context.WithoutCancel(ctx))
		if err != nil {
			k.refreshes.WithLabelValues("error").Inc()
			k.failed.Store(&err)
			return nil, err
		}
		k.refreshes.WithLabelValues("ok").Inc()
		k.readAt.SetToCurrentTime()
		k.held.Store(&keys)
		return true, nil
	})
	select {
	case read := <-done:
		if read.Val == false && !onDemand { // it joined a call that read nothing
			return k.read(ctx, false)
		}
		return read.Err
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
	usable := jwkset.NewMemoryStorage()
	for _, key := range all {
		if !verifies(key) {
			continue
		}
		if err := usable.KeyWrite(ctx, key); err != nil {
			return nil, fmt.Errorf("keep a key: %w", err)
		}
	}
	if kept, err := usable.KeyReadAll(ctx); err != nil || len(kept) == 0 {
		return nil, errors.Join(err, errors.New("read keys: the issuer publishes none that sign by RS256"))
	}
	return keyfunc.New(keyfunc.Options{Ctx: ctx, Storage: usable})
}

// leastKeyBits is the size of RSA keys from which RFC 7518 allows RS256.
const leastKeyBits = 2048

// verifies reports whether a published key is meant and fit for the signatures that are accepted. Issuers
// publish keys for encryption and for other methods beside them, and may leave out what a key is for.
func verifies(key jwkset.JWK) bool {
	public, ok := key.Key().(*rsa.PublicKey)
	about := key.Marshal()
	return ok && public.N.BitLen() >= leastKeyBits &&
		(about.USE == "" || about.USE == jwkset.UseSig) &&
		(about.ALG == "" || about.ALG == jwkset.AlgRS256) &&
		(len(about.KEYOPS) == 0 || slices.Contains(about.KEYOPS, jwkset.KeyOpsVerify))
}

func (k *remoteKeys) current() any { return k.held.Load() }

func (k *remoteKeys) ready() error {
	if k.held.Load() != nil {
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
		wait, cancel := context.WithTimeout(ctx, demandWait)
		defer cancel()
		_ = k.read(wait, true) // shown by the metric, and logged by the regular read
		return k.lookUp(ctx, token)
	}
}

func (k *remoteKeys) lookUp(ctx context.Context, token *jwt.Token) (any, error) {
	keys := k.held.Load()
	if keys == nil {
		return nil, ErrKeysUnavailable
	}
	return (*keys).KeyfuncCtx(ctx)(token)
}

// CountKeys reads the keys that an issuer publishes at url, once, and returns how many
// there are.
func CountKeys(ctx context.Context, url string) (int, error) {
	keys, err := (&remoteKeys{url: url, client: newKeysClient()}).fetch(ctx)
	if err != nil {
		return 0, err
	}
	all, err := keys.Storage().KeyReadAll(ctx)
	return len(all), err
}
