package pagetype_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/style/styletest"
)

func TestPageType(t *testing.T) {
	t.Parallel()
	types, err := pagetype.New()
	require.NoError(t, err)
	for _, test := range []struct{ url, title, heading, jsonLD, want string }{
		{url: "https://x.example", want: "home"},
		{url: "https://x.example/index.html", want: "home"},
		{url: "https://x.example/en/", want: "home"},
		{url: "https://x.example/?page=2", want: "home"},
		{url: "https://x.example/about-us/", want: "about"},
		{url: "https://x.example/de/ueber-uns", want: "about"},
		{url: "https://x.example/services/acupuncture.html", want: "services"},
		{url: "https://x.example/resources/testimonials.html", want: "testimonials"},
		{url: "https://x.example/blog/", want: "blog"},
		{url: "https://x.example/blog/category/bread", want: "blog"},
		{url: "https://x.example/blog/rye-bread", want: "post"},
		{url: "https://x.example/blog/categories/bread/rye-bread.html", want: "post"},
		{url: "https://x.example/2025/03/rye-bread", want: "post"},
		{url: "https://x.example/rye-bread", jsonLD: `{"@type":["Thing","https://schema.org/BlogPosting"]}`, want: "post"},
		{url: "https://x.example/item/7", jsonLD: `{"@type":"Product"}`, want: "products"},
		{url: "https://x.example/p7", title: "Preise | Bäckerei", want: "pricing"},
		{url: "https://x.example/p8", heading: "About Mira Stone", want: "about"},
		{url: "https://x.example/p9", title: "Rye bread", jsonLD: `{"@type":7}`, want: "other"},
		{url: "https://x.example/datenschutz", want: "legal"},
		{url: "https://x.example/shop/mugs", want: "shop"},
		{url: "https://x.example/expertises.html", want: "services"},
		{url: "https://x.example/areas/familia.html", jsonLD: `{"@type":"FAQPage"}`, want: "services"},
		{url: "https://x.example/verhinderung", heading: "Verhinderung", jsonLD: `{"@type":"FAQPage"}`, want: "other"},
		{url: "https://x.example/antworten", heading: "Was kostet es?", jsonLD: `{"@type":"FAQPage"}`, want: "faq"},
		{url: "https://x.example/blog-article-1.html", want: "post"},
		{url: "https://x.example/apropos.html", want: "about"},
		{url: "https://x.example/politique-confidentialite.html", want: "legal"},
		{url: "https://x.example/contacto-reformas-leon.html", want: "contact"},
		{url: "https://x.example/plumbing-services", want: "services"},
		{url: "https://x.example/consultation.html", want: "services"},
		{url: "https://x.example/le-nostre-camere", want: "services"},
		{url: "https://x.example/demande-de-devis", want: "contact"},
		{url: "https://x.example/legal-advice", want: "other"},
		{url: "https://x.example/attorney.html", want: "team"},
		{url: "https://x.example/injury-lawyers", want: "other"},
		{url: "https://x.example/artigos.html", want: "blog"},
		{url: "https://x.example/reservierung.html", want: "contact"},
		{url: "https://x.example/artigo.html", want: "post"},
		{url: "https://x.example/articoli-regalo", want: "other"},
		{url: "https://x.example/home-care", want: "other"},
		{url: "::not an address", want: "home"},
	} {
		p := onboarding.Page{URL: test.url, Title: test.title}
		if test.heading != "" {
			p.Headings = []onboarding.Heading{{Level: 1, Text: test.heading}}
		}
		if test.jsonLD != "" {
			p.JSONLD = []json.RawMessage{json.RawMessage(test.jsonLD)}
		}
		assert.Equal(t, test.want, types.Of(p), test.url)
	}
}

func TestPageTypesFoundLinkedAndMissing(t *testing.T) {
	t.Parallel()
	types, err := pagetype.New()
	require.NoError(t, err)
	site := styletest.PotterySite()
	found := types.Summary(site, []string{"home", "about", "post"}, []int{100, 50, 70})
	assert.Equal(t, []onboarding.PageType{
		{Type: "about", Pages: 1, Words: 50},
		{Type: "home", Pages: 1, Words: 100},
		{Type: "post", Pages: 1, Words: 70},
	}, found.Found)
	assert.Contains(t, found.Linked, "contact", "a known address")
	assert.Contains(t, found.Linked, "pricing", "a link")
	assert.Equal(t, onboarding.List{"faq", "testimonials", "services"}, found.Missing, "posts make a blog")

	alone := types.Summary(onboarding.Site{URL: site.URL, Pages: site.Pages[:1]}, []string{"home"}, []int{9})
	assert.Empty(t, alone.Missing, "one page says nothing of the rest")
	assert.NotNil(t, alone.Missing)
}
