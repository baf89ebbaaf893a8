package submitted

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func parseMedia(t *testing.T, data string) (onboarding.PersonaMedia, []string, error) {
	t.Helper()
	var fields map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(data), &fields))
	return ParseMedia(fields)
}

func TestParseMedia(t *testing.T) {
	t.Parallel()
	media, shortened, err := parseMedia(t, `{"brandAvatar":{"set":true,"url":"https://a.example/a.png","x":[1.50]},
		"voiceClone":{"set":false,"url":null},"introVideo":null,"corePersona":{}}`)
	require.NoError(t, err)
	assert.Empty(t, shortened)
	assert.Len(t, media, 2)
	assert.JSONEq(t, `{"set":true,"url":"https://a.example/a.png","x":[1.50]}`, string(media["brandAvatar"]))
	assert.JSONEq(t, `{"set":false,"url":null}`, string(media["voiceClone"]))

	media, _, err = parseMedia(t, `{"selectedPlatforms":["blog"]}`)
	require.NoError(t, err)
	assert.Nil(t, media)

	media, shortened, err = parseMedia(t, `{"voiceClone":{"set":true,"url":"data:audio/mp3;base64,`+
		strings.Repeat("A", maxMediumBytes)+`"}}`)
	require.NoError(t, err)
	assert.Equal(t, []string{"voiceClone"}, shortened)
	assert.JSONEq(t, `{"set":true,"url":""}`, string(media["voiceClone"]), "that it is set is kept")

	media, _, err = parseMedia(t, `{"brandAvatar":{"set":true,"api_key":"sk-abcdefghijklmnopqrstuvwxyz"}}`)
	require.NoError(t, err)
	assert.NotContains(t, string(media["brandAvatar"]), "sk-")
}

func TestParseMediaRefuses(t *testing.T) {
	t.Parallel()
	for data, want := range map[string][2]string{
		`{"brandAvatar":true}`:                 {"brandAvatar", "invalid_field"},
		`{"voiceClone":{"set":"yes"}}`:         {"voiceClone.set", "invalid_field"},
		`{"introVideo":{"set":true,"url":{}}}`: {"introVideo.url", "invalid_field"},
		`{"brandAvatar":{"set":true,"prompt":"` + strings.Repeat("a", maxMediumBytes) + `"}}`: {"brandAvatar", "too_large"},
	} {
		_, _, err := parseMedia(t, data)
		var input *onboarding.InputError
		require.ErrorAs(t, err, &input)
		assert.Equal(t, want, [2]string{input.Field, input.Code})
	}
}
