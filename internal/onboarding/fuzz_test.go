package onboarding_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
)

// A normalized address is plain ASCII in its host, stays as it is when it is normalized again, and is what is
// meant by the form that people see.
func FuzzNormalizeURL(f *testing.F) {
	for _, raw := range []string{
		"BÜCHER.example:443/", "http://0x7f.1/", "[::1]:8080/a?b#c", "//example.com?", "javascript:alert(1)",
		"https://a@b/", "http://①②⑦.0.0.1/", "example.com./%zz", "http://xn--bcher-kva.example/ü", "example.com:65536",
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		normal, err := onboarding.NormalizeURL(raw)
		if err != nil {
			var input *onboarding.InputError
			require.ErrorAs(t, err, &input)
			assert.Equal(t, "website", input.Field)
			return
		}
		again, err := onboarding.NormalizeURL(normal)
		require.NoError(t, err, "%q", normal)
		require.Equal(t, normal, again)
		shown, err := onboarding.NormalizeURL(hostname.ShownURL(normal))
		require.NoError(t, err, "%q", hostname.ShownURL(normal))
		require.Equal(t, normal, shown)
		requireAddress(t, normal)
	})
}

// requireAddress checks that an address is one that can be fetched.
func requireAddress(t *testing.T, address string) {
	t.Helper()
	require.LessOrEqual(t, len(address), onboarding.MaxURLLength)
	require.True(t, utf8.ValidString(address), "%q", address)
	u, err := url.Parse(address)
	require.NoError(t, err)
	require.Contains(t, []string{"http", "https"}, u.Scheme)
	require.Nil(t, u.User)
	require.Empty(t, u.Fragment)
	require.NotEmpty(t, u.Hostname())
	require.False(t, strings.ContainsFunc(u.Host, func(r rune) bool { return r <= ' ' || r >= 0x7f || r >= 'A' && r <= 'Z' }),
		"%q", u.Host)
}

// Whatever a server of models is called, its address is one or is refused.
func FuzzBaseURL(f *testing.F) {
	for _, raw := range []string{"https://models.example.com/v1", "http://localhost:11434/v1", "http://[::1]/", "https://a@b"} {
		f.Add(raw, "sk-1")
	}
	f.Fuzz(func(t *testing.T, address, key string) {
		credential, err := onboarding.NewCredential("", "openai_compatible", key, address, "")
		if err != nil {
			var input *onboarding.InputError
			require.ErrorAs(t, err, &input)
			return
		}
		if credential.BaseURL == "" {
			return
		}
		u, err := url.Parse(credential.BaseURL)
		require.NoError(t, errors.Join(err))
		require.Contains(t, []string{"http", "https"}, u.Scheme)
		require.Nil(t, u.User)
		require.NotEmpty(t, u.Hostname())
	})
}
