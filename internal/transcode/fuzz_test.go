package transcode

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// Whatever the bytes are said to be, the text is UTF-8 and not much longer than they are.
func FuzzToUTF8(f *testing.F) {
	for _, seed := range []struct{ body, contentType string }{
		{"<p>\xff\xfe", "text/html; charset=utf-16"},
		{"\xef\xbb\xbfa", ""},
		{"<\x00?\x00x", ""},
		{`<?xml version="1.0" encoding="gb18030"?>` + "\x81\x30\x81\x30", ""},
		{"\x1b$B!!", "text/html; charset=iso-2022-jp"},
		{`<meta charset=big5>` + "\x88\x62", ""},
		{"a", "text/html; charset=replacement"},
	} {
		f.Add([]byte(seed.body), seed.contentType)
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		text, name := ToUTF8(body, contentType)
		require.NotEmpty(t, name)
		require.True(t, utf8.ValidString(text), "%s: %q", name, text)
		require.LessOrEqual(t, len(text), 3*len(body)+3, "of one byte come three at most")
	})
}
