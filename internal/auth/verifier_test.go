package auth_test

import (
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"maps"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	key := issuer.publish("k1")
	v := issuer.verifier(issuer.url)
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(t, err)
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	other := newIssuer(t).publish("k1")

	rs256 := func(c jwt.Claims) string { return sign(t, jwt.SigningMethodRS256, "k1", key, c) }
	past := func(d time.Duration) int64 { return time.Now().Add(-d).Unix() }
	critical := func(names ...string) string {
		token := jwt.NewWithClaims(jwt.SigningMethodRS256, valid())
		token.Header["kid"], token.Header["crit"] = "k1", names
		signed, err := token.SignedString(key)
		require.NoError(t, err)
		return signed
	}
	tests := map[string]struct {
		token string
		ok    bool
	}{
		"valid":                       {rs256(valid()), true},
		"expired":                     {rs256(with("exp", past(time.Minute))), false},
		"no expiry":                   {rs256(with("exp", nil)), false},
		"not yet valid":               {rs256(with("nbf", past(-time.Minute))), false},
		"issued now by a fast clock":  {rs256(with("iat", past(-3*time.Second))), true},
		"issued in the future":        {rs256(with("iat", past(-time.Minute))), false},
		"unknown extension":           {critical("urn:example:ext"), false},
		"extension of payloads":       {critical("b64"), false},
		"an empty list of extensions": {critical(), false},
		"wrong issuer":                {rs256(with("iss", "https://evil.example.com")), false},
		"no issuer":                   {rs256(with("iss", nil)), false},
		"foreign party":               {rs256(with("azp", "https://evil.example.com")), false},
		"no party named":              {rs256(with("azp", nil)), true},
		"pending session":             {rs256(with("sts", "pending")), false},
		"active session":              {rs256(with("sts", "active")), true},
		"no user":                     {rs256(with("sub", nil)), false},
		"empty user":                  {rs256(with("sub", "")), false},
		"longest user id":             {rs256(with("sub", strings.Repeat("é", 255))), true},
		"user id too long":            {rs256(with("sub", strings.Repeat("é", 256))), false},
		"control character in user":   {rs256(with("sub", "user\x00")), false},
		"unknown key":                 {sign(t, jwt.SigningMethodRS256, "k9", other, valid()), false},
		"known key id, other key":     {sign(t, jwt.SigningMethodRS256, "k1", other, valid()), false},
		"other RSA method":            {sign(t, jwt.SigningMethodRS512, "k1", key, valid()), false},
		"public key as HMAC secret":   {sign(t, jwt.SigningMethodHS256, "k1", publicPEM, valid()), false},
		"unsigned":                    {sign(t, jwt.SigningMethodNone, "k1", jwt.UnsafeAllowNoneSignatureType, valid()), false},
		"not a token":                 {"abc", false},
		"empty":                       {"", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			user, err := v.Verify(t.Context(), test.token)
			if test.ok {
				require.NoError(t, err)
				assert.NotEmpty(t, user.ID)
				return
			}
			require.ErrorIs(t, err, auth.ErrToken)
			assert.Zero(t, user, "nothing of a refused token may be used")
		})
	}
}

// An issuer publishes keys for other purposes beside those that sign tokens.
func TestKeysOfOtherPurposes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bits int
		key  jwkset.JWKMetadataOptions
		ok   bool
	}{
		"no purpose":               {2048, jwkset.JWKMetadataOptions{}, true},
		"signatures":               {2048, jwkset.JWKMetadataOptions{USE: jwkset.UseSig}, true},
		"encryption":               {2048, jwkset.JWKMetadataOptions{USE: jwkset.UseEnc}, false},
		"signatures by operations": {2048, jwkset.JWKMetadataOptions{KEYOPS: []jwkset.KEYOPS{jwkset.KeyOpsVerify}}, true},
		"encryption by operations": {2048, jwkset.JWKMetadataOptions{KEYOPS: []jwkset.KEYOPS{jwkset.KeyOpsEncrypt}}, false},
		"this method":              {2048, jwkset.JWKMetadataOptions{ALG: jwkset.AlgRS256}, true},
		"another method":           {2048, jwkset.JWKMetadataOptions{ALG: jwkset.AlgPS256}, false},
		"a method of encryption":   {2048, jwkset.JWKMetadataOptions{ALG: jwkset.AlgRSAOAEP}, false},
		"too short":                {1024, jwkset.JWKMetadataOptions{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			issuer := newIssuer(t)
			issuer.publish("k1")
			test.key.KID = "k2"
			key := issuer.add(test.bits, test.key)
			v := issuer.verifier(issuer.url)
			nameless, err := jwt.NewWithClaims(jwt.SigningMethodRS256, valid()).SignedString(key)
			require.NoError(t, err)
			for _, token := range []string{sign(t, jwt.SigningMethodRS256, "k2", key, valid()), nameless} {
				_, err := v.Verify(t.Context(), token)
				if test.ok {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, auth.ErrToken)
				}
			}
		})
	}
}

func TestVerifyReadsTheUser(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	key := issuer.publish("k1")
	user, err := issuer.verifier(issuer.url).Verify(t.Context(), sign(t, jwt.SigningMethodRS256, "k1", key, valid()))
	require.NoError(t, err)
	assert.WithinRange(t, user.Expires, time.Now(), time.Now().Add(time.Hour))
	user.Expires = time.Time{}
	assert.Equal(t, auth.User{
		ID: "user_2abc", Email: "a@example.com", FirstName: "Ada", LastName: "Lovelace", Role: "admin", SessionID: "sess_1",
	}, user)
}

func TestRotatedKeyIsFetchedWhenATokenNamesIt(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	old := sign(t, jwt.SigningMethodRS256, "k1", issuer.publish("k1"), valid())
	v := issuer.verifier(issuer.url)
	require.Eventually(t, func() bool { return v.Ready(t.Context()) == nil }, 5*time.Second, 5*time.Millisecond)
	_, err := v.Verify(t.Context(), old)
	require.NoError(t, err)

	token := sign(t, jwt.SigningMethodRS256, "k2", issuer.publish("k2"), valid())
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			_, err := v.Verify(t.Context(), token)
			assert.NoError(t, err, "also for those that come while the keys are read")
		})
	}
	group.Wait()

	_, err = v.Verify(t.Context(), old)
	require.ErrorIs(t, err, auth.ErrToken, "a token that was verified before its key was withdrawn")

	reads, forged := issuer.reads.Load(), sign(t, jwt.SigningMethodRS256, "forged", newKey(t), valid())
	for range 50 {
		_, err := v.Verify(t.Context(), forged)
		require.ErrorIs(t, err, auth.ErrToken)
	}
	assert.LessOrEqual(t, issuer.reads.Load(), reads+1, "forged key ids must not flood the issuer")
}

func TestIssuerDownAtStart(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := listener.Addr().String()
	require.NoError(t, listener.Close())

	issuer := newIssuer(t)
	token := sign(t, jwt.SigningMethodRS256, "k1", issuer.publish("k1"), valid())
	v := issuer.verifier("http://" + addr)
	require.ErrorIs(t, v.Ready(t.Context()), auth.ErrKeysUnavailable)
	_, err = v.Verify(t.Context(), token)
	require.ErrorIs(t, err, auth.ErrKeysUnavailable, "not the sender's fault")
	require.NotErrorIs(t, err, auth.ErrToken)

	issuer.serveOn(addr)
	require.Eventually(t, func() bool { return v.Ready(t.Context()) == nil }, 10*time.Second, 10*time.Millisecond)
	_, err = v.Verify(t.Context(), token)
	require.NoError(t, err)
}

func TestIssuerWithoutKeysIsNotReady(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	v := issuer.verifier(issuer.url)
	_, err := v.Verify(t.Context(), sign(t, jwt.SigningMethodRS256, "k1", newKey(t), valid()))
	require.ErrorIs(t, err, auth.ErrKeysUnavailable)
}

func TestHeldKeysSurviveAnOutage(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	token := sign(t, jwt.SigningMethodRS256, "k1", issuer.publish("k1"), valid())
	v := issuer.verifier(issuer.url)
	_, err := v.Verify(t.Context(), token)
	require.NoError(t, err)

	issuer.broken.Store(true)
	_, err = v.Verify(t.Context(), sign(t, jwt.SigningMethodRS256, "k2", newKey(t), valid()))
	require.ErrorIs(t, err, auth.ErrToken)
	_, err = v.Verify(t.Context(), token)
	require.NoError(t, err)
}

func TestVerifierSettings(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]auth.Settings{
		"no issuer":          {JWKSURL: "http://127.0.0.1/jwks"},
		"no keys":            {Issuer: issuerName},
		"development issuer": {Issuer: auth.DevIssuerName, JWKSURL: "http://127.0.0.1/jwks"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := auth.NewVerifier(t.Context(), s, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
			require.Error(t, err)
		})
	}
}

// The role stands where the settings say; the scopes in the form that the issuer likes.
func TestRolesAndScopes(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	key := issuer.publish("k1")
	for name, test := range map[string]struct {
		setting string
		claims  map[string]any
		role    string
		scopes  []string
	}{
		"default":       {"", map[string]any{"role": "admin"}, "admin", nil},
		"another claim": {"org_role", map[string]any{"role": "admin", "org_role": "member"}, "member", nil},
		"not there":     {"org_role", map[string]any{"role": "admin"}, "", nil},
		"below": {
			"public_metadata.role",
			map[string]any{"public_metadata": map[string]any{"role": "admin"}},
			"admin", nil,
		},
		"nothing below":       {"public_metadata.role", map[string]any{"public_metadata": "admin"}, "", nil},
		"a name with dots":    {"https://a.example/role", map[string]any{"https://a.example/role": "admin"}, "admin", nil},
		"no text":             {"", map[string]any{"role": []string{"admin"}}, "", nil},
		"a scope":             {"", map[string]any{"scope": "inputs:read"}, "admin", []string{"inputs:read"}},
		"scopes":              {"", map[string]any{"scope": "a  b", "scp": []string{"c"}}, "admin", []string{"a", "b", "c"}},
		"a text under scp":    {"", map[string]any{"scp": "a b"}, "admin", []string{"a", "b"}},
		"something different": {"", map[string]any{"scope": 7, "scp": map[string]any{"a": true}}, "admin", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := auth.NewVerifier(t.Context(), auth.Settings{
				Issuer: issuerName, JWKSURL: issuer.url,
				RoleClaim: test.setting,
			},
				prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			claims := valid()
			maps.Copy(claims, test.claims)
			user, err := v.Verify(t.Context(), sign(t, jwt.SigningMethodRS256, "k1", key, claims))
			require.NoError(t, err)
			assert.Equal(t, test.role, user.Role)
			assert.Equal(t, test.scopes, user.Scopes)
			assert.Equal(t, test.scopes != nil, user.Allows("inputs:read") || user.Allows("a"))
		})
	}
}
