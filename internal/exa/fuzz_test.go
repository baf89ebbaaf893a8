package exa

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever the provider answers, what is kept of it is bounded and can be stored.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"results":[{"title":"a\u0000","url":"https://www.b.example/c","score":1e308,"highlights":["x",""]}]}`))
	f.Add([]byte(`{"results":[{"url":"javascript:alert(1)"},{"url":"http://"},{"url":"http://own.example:1/"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var got answer
		if json.Unmarshal(body, &got) != nil {
			return
		}
		found := got.competitors("own.example", 5)
		require.LessOrEqual(t, len(found), 5)
		raw, err := json.Marshal(found)
		require.NoError(t, err)
		require.NotContains(t, string(raw), `\u0000`)
		for _, c := range found {
			require.Regexp(t, `^https?://.`, c.URL)
			require.NotEmpty(t, c.Domain)
			require.NotEqual(t, "own.example", c.Domain)
		}
	})
}
