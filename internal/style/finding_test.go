package style

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const host = "https://shop.example"

// bakerySite has the faults that the checks look for.
func bakerySite() onboarding.Site {
	long := "Our rye bread is baked every night in a stone oven, with water, salt and time, and it keeps fresh for a week in any kitchen of the town. " +
		"You can order rye bread by noon, and we will keep a warm loaf for you until the shop closes at six in the evening."
	home := page(host+"/", "Bakery", "# Bakery", long)
	copied := page(host+"/services/rye-bread", "Bakery", "# Rye bread", long)
	filler := page(host+"/resources/testimonials", "Testimonials", "# Testimonials", "Client stories (placeholder: this certified bakery changed my life, says Anna).")
	cut := page(host+"/blog/spelt", "Spelt bread", "# Spelt bread", "Spelt bread is an old bread that many people like because the spelt bread tastes of nuts. It is also easy to bake, because …")
	return onboarding.Site{URL: host, Pages: []onboarding.Page{home, copied, filler, cut}, Known: []string{host + "/blog/a-bakery-by-night"}}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	got := analyze(t, bakerySite()).Style.ContentStrategyInsights
	all := strings.Join(got.Weaknesses, "\n")
	for _, want := range []string{
		"4 of 4 pages have no meta description: /, /services/rye-bread, /resources/testimonials and 1 more.",
		"2 pages share the title of another page: /, /services/rye-bread.",
		"No images on 4 pages.",
		"No page has structured data.",
		"No contact page and no contact details on the pages read.",
		"No page asks the reader to do something.",
		"Placeholder text is visible on /resources/testimonials.",
		"The text of 1 page ends in the middle (…): /blog/spelt.",
		"1 page with mostly the text of another page: /services/rye-bread.",
	} {
		assert.Contains(t, all, want)
	}
	assert.Len(t, got.RecommendedImprovements, len(got.Weaknesses))
	assert.Contains(t, got.Strengths, "Every page has exactly one main heading.")
}

func TestCleanSiteHasNoSuchFindings(t *testing.T) {
	t.Parallel()
	all := strings.Join(analyze(t, potterySite()).Style.ContentStrategyInsights.Weaknesses, "\n")
	for _, unwanted := range []string{"Placeholder", "ends in the middle", "text of another page", "share the title", "No page asks", "contact"} {
		assert.NotContains(t, all, unwanted)
	}
}

// A template's filler looks like proof, and is none.
func TestFillerIsNoEvidence(t *testing.T) {
	t.Parallel()
	brand := analyze(t, bakerySite()).Style.BrandAnalysis
	assert.Empty(t, brand.TrustSignals)
	assert.Empty(t, brand.AuthorityIndicators)
}

func TestUncoveredTopics(t *testing.T) {
	t.Parallel()
	got := analyze(t, bakerySite())
	var names []string
	for _, topic := range got.Measured.Topics {
		names = append(names, topic.Name)
	}
	assert.Equal(t, []string{"bread", "bakery"}, names)
	suggestions := strings.Join(got.Guidelines.ContentCalendarSuggestions, " ")
	assert.NotContains(t, suggestions, "“bakery”", "the address of a post that was not read names it")
	assert.NotContains(t, suggestions, "“bread”", "a post that was read is about it")

	site := bakerySite()
	site.Known = nil
	assert.Contains(t, strings.Join(analyze(t, site).Guidelines.ContentCalendarSuggestions, " "), "“bakery”")
}

func TestPostRhythm(t *testing.T) {
	t.Parallel()
	site := potterySite()
	for i, date := range []string{"2026-01-05", "2026-01-19T08:00:00Z", "2026-02-09"} {
		p := page(fmt.Sprintf("%s/blog/p%d", host, i), fmt.Sprintf("Post %d", i), fmt.Sprintf("Post number %d is about glazes.", i))
		p.JSONLD = []json.RawMessage{json.RawMessage(`{"@type":"BlogPosting","datePublished":"` + date + `"}`)}
		site.Pages = append(site.Pages, p)
	}
	assert.Contains(t, analyze(t, site).Guidelines.ContentCalendarSuggestions, "Keep the rhythm of the dated posts: one every 14 days.")
}

func TestGeography(t *testing.T) {
	t.Parallel()
	text := "We sell bread."
	for name, test := range map[string]struct {
		url, lang, jsonLD, phone, address, want string
	}{
		"address":        {url: "https://x.de", jsonLD: `{"location":[{"address":{"addressLocality":"Lyon","addressCountry":{"name":"France"}}}]}`, want: "Lyon, France (address in the structured data)"},
		"area served":    {url: "https://x.de", jsonLD: `{"areaServed":["Kent","Sussex"]}`, want: "Kent and Sussex (area served, from the structured data)"},
		"on the page":    {url: "https://x.de", address: "1 High Street, Leeds", want: "1 High Street, Leeds (address on the page)"},
		"telephone":      {url: "https://x.com", phone: "0049 (341) 000", want: "Germany (telephone code +49)"},
		"domain":         {url: "https://x.co.nz", want: "New Zealand (domain .nz)"},
		"region":         {url: "https://x.com", lang: "en-ie", want: "Ireland (the pages declare the language en-ie)"},
		"default region": {url: "https://x.com", lang: "en-us"},
		"national phone": {url: "https://x.com", phone: "0341 000"},
		"broken data":    {url: "https://x.com", jsonLD: `{"address":7,"areaServed":{"name":8}}`},
	} {
		p := page(test.url, "Bread", text)
		p.Lang = test.lang
		if test.jsonLD != "" {
			p.JSONLD = []json.RawMessage{json.RawMessage(test.jsonLD)}
		}
		if test.phone != "" {
			p.Contacts.Phones = []string{test.phone}
		}
		if test.address != "" {
			p.Contacts.Addresses = []string{test.address}
		}
		got := analyze(t, onboarding.Site{URL: test.url, Pages: []onboarding.Page{p}}).Style.TargetAudience.GeographicFocus
		if test.want == "" {
			assert.Nil(t, got, name)
		} else if assert.NotNil(t, got, name) {
			assert.Equal(t, test.want, *got, name)
		}
	}
}

func TestSince(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	for text, want := range map[string]bool{
		"We have baked since 1998.":                                                         true,
		"Seit 2011 schrauben wir, und unser Laden seit 2011.":                               true,
		"Founded in 1887 by two sisters.":                                                   true,
		"Nous cuisons du pain depuis 2004.":                                                 true,
		"We repair the old bike that you have kept in your uncle's garden shed since 1987.": false,
		"It has rained since 2020.":                                                         false,
		"Since then we bake.":                                                               false,
	} {
		assert.Equal(t, want, a.since.MatchString(text), text)
	}
}

func TestIndustry(t *testing.T) {
	t.Parallel()
	text := "We bake bread and cakes. The dough rests in the bakery, then flour, yeast and the oven do the rest. Our loaves and pastry are sold at noon."
	got := analyze(t, onboarding.Site{URL: host, Pages: []onboarding.Page{page(host, "Bread", text)}}).Style.TargetAudience.IndustryFocus
	if assert.NotNil(t, got) {
		assert.Contains(t, *got, "food and baking (words used: ")
	}
	vague := analyze(t, onboarding.Site{URL: host, Pages: []onboarding.Page{page(host, "Hello", "We do things for people who like things. Our work is good and you will like it.")}})
	assert.Nil(t, vague.Style.TargetAudience.IndustryFocus)
}
