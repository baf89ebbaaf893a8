package mediatype

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/unicode"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		headers []string
		want    string
	}{
		"plain":                    {[]string{"text/html"}, "text/html"},
		"with a charset":           {[]string{"Text/HTML; Charset=UTF-8"}, "text/html; charset=utf-8"},
		"doubled":                  {[]string{"text/html, text/html; charset=utf-8"}, "text/html; charset=utf-8"},
		"doubled, charset first":   {[]string{"text/html; charset=utf-8, text/html"}, "text/html; charset=utf-8"},
		"in two headers":           {[]string{"text/html; charset=koi8-r", "text/html; charset=utf-8"}, "text/html; charset=utf-8"},
		"another one behind":       {[]string{"text/plain; charset=koi8-r, text/html"}, "text/html"},
		"nonsense behind":          {[]string{"text/html; charset=utf-8, html"}, "text/html; charset=utf-8"},
		"anything behind":          {[]string{"text/html", "*/*"}, "text/html"},
		"two semicolons":           {[]string{"text/html;;charset=utf-8;"}, "text/html; charset=utf-8"},
		"quoted":                   {[]string{`text/html; charset="utf-8"`}, "text/html; charset=utf-8"},
		"quoted wrong":             {[]string{`text/html; charset='utf-8'`}, "text/html; charset=utf-8"},
		"spaces":                   {[]string{" text/html ; charset = utf-8 "}, "text/html; charset=utf-8"},
		"two charsets":             {[]string{"text/html; charset=utf-8; charset=koi8-r"}, "text/html; charset=utf-8"},
		"a charset that is empty":  {[]string{"text/html; charset="}, "text/html"},
		"no subtype":               {[]string{"text/"}, ""},
		"no type":                  {[]string{"html; charset=utf-8"}, ""},
		"only a charset":           {[]string{"; charset=utf-8"}, ""},
		"a space in it":            {[]string{"text / html"}, ""},
		"a name in it":             {[]string{"Content-Type: text/html"}, ""},
		"none":                     {nil, ""},
		"empty":                    {[]string{""}, ""},
		"with a profile":           {[]string{`application/xhtml+xml; profile="http://x/y"; charset=utf-8`}, "application/xhtml+xml; charset=utf-8"},
		"a charset of no encoding": {[]string{"text/html; charset=none"}, "text/html; charset=none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, Of(test.headers))
		})
	}
}

func TestOfPage(t *testing.T) {
	t.Parallel()
	const (
		page  = "\n <!DOCTYPE html><html><p>x"
		xhtml = `<?xml version="1.0"?><!-- x --><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html xmlns="http://www.w3.org/1999/xhtml">`
		rss   = `<?xml version="1.0"?><rss version="2.0"><channel>`
	)
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(page)
	require.NoError(t, err)
	for name, test := range map[string]struct{ mediaType, body, want string }{
		"HTML":                       {"text/html", "just words", "text/html"},
		"HTML with a charset":        {"text/html; charset=utf-8", page, "text/html; charset=utf-8"},
		"no type":                    {"", page, "text/html"},
		"no type, a comment first":   {"", "<!-- x --><p>x", "text/html"},
		"no type, a mark first":      {"", "\ufeff" + page, "text/html"},
		"no type, UTF-16":            {"", utf16, "text/html"},
		"no type, no page":           {"", "just words", ""},
		"no type, a picture":         {"", "\x89PNG\r\n\x1a\n", ""},
		"no type, XHTML":             {"", xhtml, "application/xhtml+xml"},
		"no type, a feed":            {"", rss, ""},
		"unknown":                    {"unknown/unknown", page, "text/html"},
		"unknown application":        {"application/unknown", page, "text/html"},
		"of a program":               {"application/x-httpd-php", page, "text/html"},
		"of a folder":                {"httpd/unix-directory", page, "text/html"},
		"a slip":                     {"text/htm; charset=utf-8", page, "text/html; charset=utf-8"},
		"plain":                      {"text/plain", page, "text/html"},
		"plain words":                {"text/plain", "just words", ""},
		"a download":                 {"application/octet-stream", page, "text/html"},
		"a download of another kind": {"application/octet-stream", "PK\x03\x04", ""},
		"XHTML":                      {"application/xhtml+xml", xhtml, "application/xhtml+xml"},
		"XHTML of phones":            {"application/vnd.wap.xhtml+xml", xhtml, "application/xhtml+xml"},
		"XHTML called XML":           {"text/xml; charset=utf-8", xhtml, "application/xhtml+xml; charset=utf-8"},
		"XML":                        {"application/xml", "<urlset/>", ""},
		"a feed":                     {"application/rss+xml", rss, ""},
		"a feed called HTML":         {"text/html", rss, ""},
		"Atom called HTML":           {"text/html", "<feed xmlns='http://www.w3.org/2005/Atom'>", ""},
		"XHTML called HTML":          {"text/html", xhtml, "text/html"},
		"a document called HTML":     {"text/html", "%PDF-1.7", ""},
		"nothing":                    {"application/unknown", "", "text/html"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.True(t, MayBePage(test.mediaType))
			got, isPage := OfPage(test.mediaType, []byte(test.body))
			assert.Equal(t, test.want != "", isPage)
			if isPage {
				assert.Equal(t, test.want, got)
			}
		})
	}
	for _, other := range []string{
		"image/png", "application/pdf", "text/css", "application/ld+json", "application/vnd.ms-excel", "video/mp4; x=y",
	} {
		assert.False(t, MayBePage(other), other)
	}
}
