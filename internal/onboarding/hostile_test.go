package onboarding

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// soon is far above what these take when the work grows with the size of the input,
// and far below what they take when it grows with its square.
const soon = 15 * time.Second

func TestManyContentTypesAreRefusedSoon(t *testing.T) {
	t.Parallel()
	types := make([]string, 100_000)
	for i := range types {
		types[i] = strconv.Itoa(i)
	}
	begin := time.Now()
	_, _, err := PreferencesUpdate{ContentTypes: types}.Apply(nil)
	var input *InputError
	require.ErrorAs(t, err, &input)
	assert.Equal(t, "too_many", input.Code)
	assert.Less(t, time.Since(begin), soon)
}

func TestAddressesOfServersThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"http://models.example.com/v1", "http://10.0.0.7/v1", "http://[2001:db8::1]:80/v1", "http://localhost.example.com",
		"http://127.0.0.1.example.com",
		"http://:80", "https://models.example.com?", "https://models.example.com:65536/v1", "https://models.example.com:x/v1",
	} {
		_, err := NewCredential("", "openai_compatible", "x", address, "")
		var input *InputError
		require.ErrorAs(t, err, &input, address)
		assert.Equal(t, "base_url", input.Field)
	}
	for _, address := range []string{
		"https://models.example.com:65535/v1", "https://[2001:db8::1]:80/v1",
		"http://[::1]/v1", "http://LOCALHOST:11434", "http://127.8.9.1:80/v1", "http://[::ffff:127.0.0.1]/v1",
	} {
		_, err := NewCredential("", "openai_compatible", "x", address, "")
		require.NoError(t, err, address)
	}
}

func TestModelNamesHoldNoControlCharacters(t *testing.T) {
	t.Parallel()
	const key = "sk-example-0123456789abcdef"
	for _, model := range []string{"gpt\n4", "gpt\x1b[2J", "gpt\x00"} {
		_, err := NewCredential("", "openai", key, "", model)
		var input *InputError
		require.ErrorAs(t, err, &input, "%q", model)
		assert.Equal(t, "model", input.Field)
	}
	_, err := NewCredential("", "openai", key, "", " gpt-4o-mini ")
	require.NoError(t, err)
}
