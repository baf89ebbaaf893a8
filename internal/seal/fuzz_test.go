package seal_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/seal"
)

// Nothing opens but what was sealed, and that for its user and provider only.
func FuzzOpen(f *testing.F) {
	path := f.TempDir() + "/ring.json"
	require.NoError(f, seal.Create(f.Context(), path, nil))
	ring, err := seal.Load(f.Context(), seal.Source{File: path})
	require.NoError(f, err)
	f.Add([]byte(nil), -1, "user_1", "openai")
	f.Add([]byte("\x01\x00\x00\x00\x00"), 0, "user_1o", "penai")
	f.Add([]byte{1}, 7, "user_1", "openai")
	f.Fuzz(func(t *testing.T, bits []byte, at int, user, provider string) {
		data, err := ring.Seal([]byte(canary), "user_1", "openai")
		require.NoError(t, err)
		changed := change(data, bits, at)
		key, err := ring.Open(changed, user, provider)
		if bytes.Equal(changed, data) && user == "user_1" && provider == "openai" {
			require.NoError(t, err)
			require.Equal(t, canary, string(key))
			return
		}
		require.Empty(t, key)
		require.True(t, errors.Is(err, seal.ErrUnknownKey) || errors.Is(err, seal.ErrNotAuthentic), "%v", err)
	})
}

// change flips bits of sealed bytes from a place on; a place before them takes the bits alone.
func change(data, bits []byte, at int) []byte {
	if at < 0 {
		if len(bits) > 0 {
			return bits
		}
		return data
	}
	data = bytes.Clone(data)
	for i, b := range bits {
		data[(at%len(data)+i)%len(data)] ^= b
	}
	return data
}

// Bytes that are no key ring are refused, and the error quotes none of them.
func FuzzLoad(f *testing.F) {
	known, err := os.ReadFile("testdata/ring.json")
	require.NoError(f, err)
	f.Add(string(known))
	f.Add(`{"sealing":{"encryptedKeyset":"` + canary + `"},"fingerprint":null}`)
	f.Add(`{"sealing":{"primaryKeyId":1,"key":[{"keyData":{}}]},"fingerprint":{}}`)
	f.Add("e30=")
	f.Fuzz(func(t *testing.T, value string) {
		ring, err := seal.Load(t.Context(), seal.Source{Value: value, File: "none"})
		if err != nil {
			require.Nil(t, ring)
			require.NotContains(t, err.Error(), canary)
			return
		}
		data, err := ring.Seal([]byte(canary), "user_1", "openai")
		require.NoError(t, err)
		key, err := ring.Open(data, "user_1", "openai")
		require.NoError(t, err)
		require.Equal(t, canary, string(key))
		require.Len(t, ring.Fingerprint(key), 32)
	})
}
