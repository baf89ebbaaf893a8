package auth_test

import (
	"io"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
)

func TestAudience(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	key := issuer.publish("k1")
	for name, test := range map[string]struct {
		wanted string
		claim  any
		ok     bool
	}{
		"any":              {"", nil, true},
		"any, one named":   {"", "https://other.example.com", true},
		"the one":          {"onboarding", "onboarding", true},
		"among others":     {"onboarding", []string{"other", "onboarding"}, true},
		"another":          {"onboarding", "other", false},
		"none":             {"onboarding", nil, false},
		"only a beginning": {"onboarding", "onboarding-staging", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := verifier(t, auth.Settings{Issuer: issuerName, JWKSURL: issuer.url, Audience: test.wanted}, io.Discard)
			_, err := v.Verify(t.Context(), sign(t, jwt.SigningMethodRS256, "k1", key, with("aud", test.claim)))
			if test.ok {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, auth.ErrToken)
		})
	}
}

func TestRedirectsOfTheKeys(t *testing.T) {
	t.Parallel()
	target := newIssuer(t)
	token := sign(t, jwt.SigningMethodRS256, "k1", target.publish("k1"), valid())
	for name, test := range map[string]struct{ to, logged string }{
		"on the machine": {target.url, ""},
		"plain http":     {"http://keys.example.com/jwks", "redirected to an address that is not https"},
		"plain http, by an address that looks local": {
			"http://127.0.0.1.example.com/jwks",
			"redirected to an address that is not https",
		},
		"in circles": {"/", "more than 5 redirects"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			issuer, logged := newIssuer(t), make(lines, 8)
			issuer.redirect = test.to
			v := verifier(t, auth.Settings{Issuer: issuerName, JWKSURL: issuer.url}, logged)
			_, err := v.Verify(t.Context(), token)
			if test.logged == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, auth.ErrKeysUnavailable)
			select {
			case line := <-logged:
				assert.Contains(t, line, test.logged)
			case <-time.After(10 * time.Second):
				t.Fatal("nothing was logged")
			}
		})
	}
}

// lines takes what is logged, line by line.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

func TestADocumentOfKeysIsReadUpToAMebibyte(t *testing.T) {
	t.Parallel()
	for padding, accepted := range map[int]bool{1<<20 - 2000: true, 1 << 20: false} {
		issuer := newIssuer(t)
		issuer.padding = padding
		token := sign(t, jwt.SigningMethodRS256, "k1", issuer.publish("k1"), valid())
		_, err := issuer.verifier(issuer.url).Verify(t.Context(), token)
		if accepted {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, auth.ErrKeysUnavailable)
	}
}
