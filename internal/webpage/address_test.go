package webpage

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAbsolute(t *testing.T) {
	t.Parallel()
	base := mustURL(t, "https://example.com/a/b")
	for ref, want := range map[string]string{
		"c": "https://example.com/a/c", "\n/c": "https://example.com/c", "//other.example/c": "https://other.example/c",
		"/c\n/d": "https://example.com/c/d", `\c\d?e=\f`: `https://example.com/c/d?e=\f`, `https:\\other.example\c`: "https://other.example/c",
		"https://b\u00fccher.example/c": "https://xn--bcher-kva.example/c", "https://\u2460\u2461\u2466.0.0.1/": "https://127.0.0.1/",
		"": "", "mailto:a@b.example": "", "javascript:x": "", "https://u:p@example.com/": "", "https://:80/": "", "http://[::1": "",
		"https://\u200b.example/": "",
	} {
		got := ""
		if target := Absolute(base, ref); target != nil {
			got = target.String()
		}
		assert.Equal(t, want, got, "%q", ref)
	}
}
