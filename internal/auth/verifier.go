package auth

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
)

// Errors of Verify.
var (
	// ErrToken says that the token is not acceptable: the caller has to get
	// another one.
	ErrToken = errors.New("token not accepted")
	// ErrKeysUnavailable says that the issuer's keys could not be read, so that
	// nothing is known of the token: the caller has to try again later.
	ErrKeysUnavailable = errors.New("the issuer's keys are not available")
)

// leeway is how far the issuer's clock may differ from ours.
const leeway = 5 * time.Second

// Settings say which tokens are accepted.
type Settings struct {
	// Issuer is the only accepted claim iss.
	Issuer string
	// JWKSURL is where the issuer publishes its keys.
	JWKSURL string
	// Audience must be among the claim aud; empty accepts any, and none.
	Audience string
	// AuthorizedParties lists the accepted claims azp; empty accepts any.
	AuthorizedParties []string
	// RoleClaim is the claim of the user's role, DefaultRoleClaim if empty. Dots lead
	// into objects, unless a claim has the whole as its name.
	RoleClaim string
}

// keySource gives the key that a token claims to be signed with.
type keySource interface {
	keyfunc(ctx context.Context) jwt.Keyfunc
	ready() error
	// current identifies the keys that are held: it is another after they were read again.
	current() any
}

// Verifier verifies tokens. It is safe for concurrent use.
type Verifier struct {
	parser  *jwt.Parser
	parties []string
	role    string
	keys    keySource
	results *prometheus.CounterVec
	ok      prometheus.Counter // that of results
	cache   tokenCache
}

// NewVerifier returns a verifier that reads the issuer's keys over HTTP, at once
// and again every refreshInterval until ctx ends. It does not wait for them: see
// Ready. The development issuer is refused.
func NewVerifier(ctx context.Context, s Settings, reg prometheus.Registerer, log *slog.Logger) (*Verifier, error) {
	if s.Issuer == "" || s.JWKSURL == "" {
		return nil, errors.New("verify tokens: the issuer and the address of its keys must be set")
	}
	if s.Issuer == DevIssuerName {
		return nil, errors.New("verify tokens: the development issuer has no published keys")
	}
	keys := newRemoteKeys(s.JWKSURL, reg, log)
	go keys.refreshUntilDone(ctx)
	return newVerifier(s, keys, reg), nil
}

func newVerifier(s Settings, keys keySource, reg prometheus.Registerer) *Verifier {
	v := &Verifier{
		parser: newParser(s), parties: s.AuthorizedParties, role: cmp.Or(s.RoleClaim, DefaultRoleClaim), keys: keys,
		results: metric.Counters(reg, "onboarding_auth_verifications_total",
			"Tokens verified, by result: ok, expired, rejected or keys_unavailable.",
			metric.By("result", "ok", "keys_unavailable", "expired", "rejected")),
	}
	v.ok = v.results.WithLabelValues("ok")
	return v
}

func newParser(s Settings) *jwt.Parser {
	options := []jwt.ParserOption{
		// Pinning the method shuts out "none" and tokens that are signed with the
		// public key as an HMAC secret.
		jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}),
		jwt.WithIssuer(s.Issuer),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithLeeway(leeway),
	}
	if s.Audience != "" {
		options = append(options, jwt.WithAudience(s.Audience))
	}
	return jwt.NewParser(options...)
}

// Ready returns nil once the issuer's keys have been read.
func (v *Verifier) Ready(context.Context) error { return v.keys.ready() }

// Verify returns the user of a token. Errors are ErrToken or ErrKeysUnavailable;
// what they wrap is for logs, never for the sender. A token is verified again once a minute, when the
// issuer's keys have been read again, and when it has expired. The scopes of the user are shared.
func (v *Verifier) Verify(ctx context.Context, token string) (User, error) {
	hash, keys, now := sha256.Sum256([]byte(token)), v.keys.current(), time.Now()
	if user, ok := v.cache.get(hash, keys, now); ok {
		v.ok.Inc()
		return user, nil
	}
	user, err := v.verify(ctx, token)
	if err == nil {
		v.cache.put(hash, keys, user, now)
	}
	return user, err
}

func (v *Verifier) verify(ctx context.Context, token string) (User, error) {
	var c claims
	_, err := v.parser.ParseWithClaims(token, &c, withoutExtensions(v.keys.keyfunc(ctx)))
	if err == nil {
		err = v.checkClaims(c)
	}
	v.results.WithLabelValues(resultOf(err)).Inc()
	switch {
	case errors.Is(err, ErrKeysUnavailable):
		return User{}, fmt.Errorf("verify token: %w", err)
	case err != nil:
		return User{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	return c.user(v.role), nil
}

// withoutExtensions refuses tokens that ask for extensions to be understood (RFC 7515, crit): none is.
func withoutExtensions(next jwt.Keyfunc) jwt.Keyfunc {
	return func(token *jwt.Token) (any, error) {
		if _, critical := token.Header["crit"]; critical {
			return nil, errors.New("the token needs an extension")
		}
		return next(token)
	}
}

func (v *Verifier) checkClaims(c claims) error {
	// Clerk leaves azp out when the token was asked for without an Origin; only a
	// party that is named can be wrong.
	if c.AuthorizedParty != "" && len(v.parties) > 0 && !slices.Contains(v.parties, c.AuthorizedParty) {
		return errors.New("authorized party not accepted")
	}
	if c.SessionStatus == "pending" {
		return errors.New("the session is pending")
	}
	return checkUserID(c.Subject)
}

func resultOf(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, ErrKeysUnavailable):
		return "keys_unavailable"
	case errors.Is(err, jwt.ErrTokenExpired):
		return "expired"
	default:
		return "rejected"
	}
}
