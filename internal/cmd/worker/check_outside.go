package worker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/exa"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/website"
)

// checkKeys checks that the ring opens the stored API keys. It creates no ring.
func checkKeys(ctx context.Context, all *findings, cfg config.Check) {
	ring, err := openRing(ctx, cfg.Seal, nil)
	if err != nil {
		all.fail("api_keys", err.Error(),
			"give this machine the ring of the other processes: docs/operations.md, API keys at rest")
		return
	}
	pool, err := openSystem(ctx, cfg.Database, "check")
	if err != nil {
		all.skip("the stored API keys can't be read", "api_keys")
		return
	}
	defer pool.Close()
	stored, err := system.New(pool).ListSealingKeys(ctx)
	if err != nil {
		all.fail("api_keys", err.Error(), "run `worker migrate`")
		return
	}
	var readable, unreadable int64
	for _, by := range stored {
		if ring.Opens(by.Prefix) == nil {
			readable += by.ApiKeys
		} else {
			unreadable += by.ApiKeys
		}
	}
	found := fmt.Sprintf("the ring holds %s and opens %d of %d stored API keys", plural(len(ring.Keys()), "key"), readable,
		readable+unreadable)
	all.grade(unreadable > 0, false, "api_keys", found,
		"find the ring that has the missing keys; if it is lost, those users must store their keys again")
	all.either(cfg.Deploy == config.Production && cfg.SealKMSURI == "", finding{
		"key_ring", resultWarn, "the key ring is in the clear: whoever reads it and the database has the users' API keys",
		"encrypt it under a KMS: SEAL_KMS_URI and `worker keys encrypt`",
	}, "the key ring is encrypted, or a developer's")
}

func checkIssuer(ctx context.Context, all *findings, cfg config.Check) {
	if cfg.AuthJWKSURL == "" {
		if cfg.Deploy == config.Local {
			all.ok("token_keys", "tokens come from the development issuer")
			return
		}
		all.warn("token_keys", "AUTH_JWKS_URL is not set here",
			"set the api's AUTH_ISSUER and AUTH_JWKS_URL for this command too")
		return
	}
	n, err := auth.CountKeys(ctx, cfg.AuthJWKSURL)
	if err != nil {
		all.fail("token_keys", err.Error(), "let this machine connect to AUTH_JWKS_URL; without the keys nobody can sign in")
		return
	}
	all.ok("token_keys", "the issuer publishes %s", plural(n, "key"))
	all.either(cfg.AuthAudience == "" && len(cfg.AuthAuthorizedParties) == 0, finding{
		"token_audience", resultWarn, "tokens that the issuer made for other applications are accepted",
		"set AUTH_AUDIENCE or AUTH_AUTHORIZED_PARTIES, here and for the api",
	}, "tokens must be for this application")
}

// checkOutbound checks the way to websites and model providers.
func checkOutbound(ctx context.Context, all *findings, cfg config.Check) {
	switch open, err := reachesItself(ctx, cfg); {
	case err != nil:
		all.fail("outbound_guard", err.Error(), "let this machine listen on 127.0.0.1")
	case open && len(cfg.FetchAllowPrefixes) > 0:
		found := fmt.Sprintf("FETCH_ALLOW_PREFIXES opens %v", cfg.FetchAllowPrefixes)
		all.warn("outbound_guard", found, "leave it out where users name websites")
	case open:
		all.fail("outbound_guard", "a private address was reached: users could read private hosts",
			"find what redirects connections")
	default:
		all.ok("outbound_guard", "private addresses are refused")
	}
	reached, missed := reachProviders(ctx, cfg)
	all.either(len(missed) > 0, finding{
		"providers", resultWarn, strings.Join(missed, "; "),
		"let the workers connect to these, port 443, if your users have keys of them; the others work without",
	}, "answer: "+strings.Join(reached, ", "))
}

// reachesItself reports whether the client that fetches websites connects to this machine.
func reachesItself(ctx context.Context, cfg config.Check) (bool, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return false, fmt.Errorf("listen on this machine: %w", err)
	}
	var reached atomic.Bool
	handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) })
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: handler}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	err = head(ctx, website.NewTransport(cfg.FetchAllowPrefixes), "http://"+listener.Addr().String())
	return reached.Load() || err == nil, nil
}

// reachProviders checks whether each provider answers at all, without a key.
func reachProviders(ctx context.Context, cfg config.Check) (reached, missed []string) {
	addresses := map[string]string{"exa": exa.DefaultURL}
	if cfg.ExaURL != "" {
		addresses["exa"] = cfg.ExaURL
	}
	for provider, endpoint := range endpointsOf(cfg.Models) {
		addresses[string(provider)] = endpoint.BaseURL
	}
	transport := website.NewTransport(cfg.FetchAllowPrefixes)
	names := slices.Sorted(maps.Keys(addresses))
	errs := make([]error, len(names))
	var group sync.WaitGroup
	for i, name := range names {
		group.Go(func() { errs[i] = head(ctx, transport, addresses[name]) })
	}
	group.Wait()
	for i, name := range names {
		if errs[i] != nil {
			missed = append(missed, name+": "+errs[i].Error())
		} else {
			reached = append(reached, name)
		}
	}
	return reached, missed
}

// head returns nil if anything answers.
func head(ctx context.Context, transport *http.Transport, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, address, http.NoBody)
	if err != nil {
		return err
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		if ctx.Err() != nil {
			return errors.New("no answer within 5 s")
		}
		return err
	}
	return response.Body.Close()
}
