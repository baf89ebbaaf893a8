package sitemap

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/unicode"
)

// zipped gzips a text.
func zipped(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return out.String()
}

// addresses are the pages of a file, with their dates where they have one.
func addresses(found File) []string {
	out := []string{}
	for _, page := range found.Pages {
		if !page.Modified.IsZero() {
			page.Address += " " + page.Modified.Format(time.DateOnly)
		}
		out = append(out, page.Address)
	}
	return out
}

func TestParsePages(t *testing.T) {
	t.Parallel()
	const (
		plain = `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` +
			`<url><loc>/a</loc></url><url><loc>/b</loc><lastmod>2024-05-01</lastmod></url></urlset>`
		image = `<image:image><image:loc>/i.jpg</image:loc><image:title>&amp; loc</image:title></image:image>`
		video = `<video:video><video:content_loc>/v.mp4</video:content_loc><video:player_loc>/p</video:player_loc></video:video>`
		news  = `<news:news><news:publication_date>2020-01-01</news:publication_date><lastmod>2020-01-01</lastmod></news:news>`
	)
	utf16, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(plain)
	require.NoError(t, err)
	both := []string{"/a", "/b 2024-05-01"}
	tests := map[string]struct {
		file string
		want []string
	}{
		"plain":                   {plain, both},
		"byte order mark":         {"\ufeff" + plain, both},
		"mark after a line":       {"\n\ufeff" + plain, both},
		"UTF-16":                  {utf16, both},
		"UTF-16 in name only":     {strings.Replace(plain, "UTF-8", "UTF-16", 1), both},
		"XML 1.1":                 {strings.Replace(plain, "1.0", "1.1", 1), both},
		"unknown encoding":        {strings.Replace(plain, "UTF-8", "UTF8-Unicode", 1), both},
		"gzip":                    {zipped(t, plain), both},
		"gzip twice":              {zipped(t, zipped(t, plain)), both},
		"gzip with a tail":        {zipped(t, plain) + "tail", both},
		"gzip without its end":    {zipped(t, plain)[:len(zipped(t, plain))-8], both},
		"no namespaces":           {`<urlset><url><loc>/a</loc></url></urlset>`, []string{"/a"}},
		"prefixed":                {`<s:urlset><s:url><s:loc>/a</s:loc><s:lastmod>2024-01-02</s:lastmod></s:url></s:urlset>`, []string{"/a 2024-01-02"}},
		"capitals":                {`<URLSET><URL><LOC>/a</LOC><LastMod>2024-01-02</LastMod></URL></URLSET>`, []string{"/a 2024-01-02"}},
		"images":                  {`<url><loc>/a</loc>` + image + image + `<lastmod>2024-01-02</lastmod></url>`, []string{"/a 2024-01-02"}},
		"images before":           {`<url>` + image + `<loc>/a</loc></url>`, []string{"/a"}},
		"an image beside":         {`<url><loc>/a</loc><image:loc>/i.jpg</image:loc></url>`, []string{"/a"}},
		"an image without":        {`<url><loc>/a</loc><image><loc>/i.jpg</loc></image></url>`, []string{"/a"}},
		"videos and news":         {`<url><loc>/a</loc>` + video + news + `</url><url><loc>/b</loc></url>`, []string{"/a", "/b"}},
		"alternates":              {`<url><loc>/a</loc><xhtml:link rel="alternate" hreflang="de" href="/de"/></url>`, []string{"/a"}},
		"date before address":     {`<url><lastmod>2024-01-02</lastmod><loc>/a</loc></url><url><loc>/b</loc></url>`, []string{"/a 2024-01-02", "/b"}},
		"date of nothing":         {`<lastmod>2024-01-02</lastmod><url><loc>/a</loc></url><url><lastmod>2023-01-01</lastmod></url>`, []string{"/a"}},
		"wrapped":                 {"<url>\n<loc>\n  /a\n/b\t</loc>\n<lastmod>\n2024-01-02 </lastmod></url>", []string{"/a/b 2024-01-02"}},
		"CDATA":                   {`<url><loc><![CDATA[/a?x=1&y=2]]></loc></url>`, []string{"/a?x=1&y=2"}},
		"references":              {`<url><loc>/a?x=1&amp;y=2&#38;z=3</loc></url>`, []string{"/a?x=1&y=2&z=3"}},
		"no references":           {`<url><loc>/a?x=1&copy=2&mm=3</loc></url>`, []string{"/a?x=1&copy=2&mm=3"}},
		"bytes of no encoding":    {"<url><loc>/a</loc><title>\xff\xfe</title></url><url><loc>/b</loc></url>", []string{"/a", "/b"}},
		"control characters":      {"<url><loc>/a\x00\x1f</loc></url>\x08<url><loc>/b</loc></url>", []string{"/a", "/b"}},
		"a document type":         {"<!DOCTYPE urlset PUBLIC \"x\">\n<urlset><url><loc>/a</loc></url></urlset>", []string{"/a"}},
		"text before":             {"Warning: undefined index\n" + plain, both},
		"comments":                {`<url><!-- <loc>/c</loc> --><loc>/a</loc></url><!-- <url><loc>/b</loc></url> -->`, []string{"/a"}},
		"cut in an address":       {`<urlset><url><loc>/a</loc></url><url><loc>/b`, []string{"/a"}},
		"cut in a date":           {`<urlset><url><loc>/a</loc></url><url><loc>/b</loc><lastmod>2024-0`, []string{"/a", "/b"}},
		"address not closed":      {`<url><loc>/a<lastmod>2024-01-02</lastmod></url><url><loc>/b</url>`, []string{"/a 2024-01-02", "/b"}},
		"entry not closed":        {`<url><loc>/a</loc><url><loc>/b</loc><lastmod>2024-01-02</lastmod></urlset>`, []string{"/a", "/b 2024-01-02"}},
		"a fault in the middle":   {`<url><loc>/a</loc></url><url><loc>/b</lok><<</url></x><url><loc>/c</loc></url>`, []string{"/a", "/b", "/c"}},
		"entities of its own":     {`<!DOCTYPE x [<!ENTITY a "aaaa">]><urlset><url><loc>&a;</loc></url></urlset>`, []string{"&a;"}},
		"a web page":              {"<!doctype html><p>no sitemap https://example.com/", []string{}},
		"text":                    {"https://e.example/a\r\nHTTP://e.example/b\n\nnot an address\nftp://e.example/c\n", []string{"https://e.example/a", "HTTP://e.example/b"}},
		"text with a mark":        {"\ufeffhttps://e.example/a", []string{"https://e.example/a"}},
		"text gzip'd":             {zipped(t, "https://e.example/a\n"), []string{"https://e.example/a"}},
		"nothing":                 {"", []string{}},
		"an address of 3000 kB":   {"<url><loc>/" + strings.Repeat("a", 3000) + "</loc></url><url><loc>/b</loc></url>", []string{"/b"}},
		"elements without an end": {strings.Repeat("<a>", 100) + "<url><loc>/b</loc></url>", []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, addresses(Parse([]byte(test.file))))
		})
	}
}

func TestParseIndex(t *testing.T) {
	t.Parallel()
	found := Parse([]byte(`<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2024-01-02</lastmod></sitemap>` +
		`<sitemap><lastmod>2024-01-02</lastmod><loc>b.xml.gz</loc></sitemap></sitemapindex>`))
	assert.Equal(t, []string{"/a.xml", "b.xml.gz"}, found.Maps)
	assert.Empty(t, found.Pages)
}

func TestParseReadsNoMoreThanTheLimit(t *testing.T) {
	t.Parallel()
	assert.Len(t, Parse([]byte(strings.Repeat("<url><loc>/a</loc></url>", MaxURLs+10))).Pages, MaxURLs)
	assert.Len(t, Parse([]byte(strings.Repeat("https://e.example/a\n", MaxURLs+10))).Pages, MaxURLs)
}

func TestLastmod(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 5, 1, 10, 20, 30, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2024-05-01T12:20:30+02:00": at, "2024-05-01T12:20:30+0200": at, "2024-05-01T10:20:30.000Z": at.Truncate(time.Second),
		"2024-05-01T10:20:30": at, "2024-05-01 10:20:30": at, "Wed, 01 May 2024 10:20:30 +0000": at,
		"2024-05": time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC), "yesterday": {}, "0001-01-01": {}, "2024-13-01": {},
	} {
		assert.Equal(t, want, lastmod(text), text)
	}
}
