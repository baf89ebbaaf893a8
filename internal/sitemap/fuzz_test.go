package sitemap

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// However broken a file is, what is taken from it is bounded.
func FuzzParse(f *testing.F) {
	for _, body := range []string{
		`<urlset><url><loc>https://e.example/a?b=1&amp;c</loc><lastmod>2024-02-30</lastmod></url>`,
		`<sitemapindex><sitemap><loc><![CDATA[https://e.example/s.xml]]></loc></sitemap></sitemapindex>`,
		"https://e.example/a\r\nhttp://e.example/b\n", "\x1f\x8b\x08\x00",
		`<x:urlset><x:url><image:loc>i</image:loc><x:loc>/a<x:loc>/b</x:url></urlset>`, "<\x00?\x00x\x00m\x00l\x00",
	} {
		f.Add([]byte(body))
	}
	f.Add([]byte("<urlset><url>" + strings.Repeat("<loc>/a</loc>", MaxURLs+1) + "</url>"))
	f.Add([]byte("<url><loc>/a</loc></url>" + strings.Repeat("<sitemap><loc>/a</loc></sitemap>", MaxURLs)))
	f.Fuzz(func(t *testing.T, body []byte) {
		found := Parse(body)
		require.LessOrEqual(t, len(found.Pages)+len(found.Maps), MaxURLs)
		for _, page := range found.Pages {
			requireEntry(t, page.Address)
			require.True(t, page.Modified.IsZero() || page.Modified.Year() >= 1990 && page.Modified.Year() <= 2200)
		}
		for _, address := range found.Maps {
			requireEntry(t, address)
		}
	})
}

func requireEntry(t *testing.T, address string) {
	t.Helper()
	require.NotEmpty(t, address)
	require.True(t, utf8.ValidString(address), "%q", address)
	require.LessOrEqual(t, len(address), onboarding.MaxURLLength)
}
