package style

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/styletest"
)

const host = "https://shop.example"

// bakerySite has the faults that the checks look for.
func bakerySite() onboarding.Site {
	long := "Our rye bread is baked every night in a stone oven, with water, salt and time, and it keeps fresh for " +
		"a week in any kitchen of the town. " +
		"You can order rye bread by noon, and we will keep a warm loaf for you until the shop closes at six in the evening."
	home := styletest.Page(host+"/", "Bakery", "# Bakery", long)
	copied := styletest.Page(host+"/services/rye-bread", "Bakery", "# Rye bread", long)
	filler := styletest.Page(host+"/resources/testimonials", "Testimonials", "# Testimonials",
		"Client stories (placeholder: this certified bakery changed my life, says Anna).")
	cut := styletest.Page(host+"/blog/spelt", "Spelt bread", "# Spelt bread",
		"Spelt bread is an old bread that many people like because the spelt bread tastes of nuts. It is also easy to "+
			"bake, because …")
	return onboarding.Site{
		URL: host, Pages: []onboarding.Page{home, copied, filler, cut},
		Known: []string{host + "/blog/a-bakery-by-night"},
	}
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
		"The text of 1 page breaks off (…): /blog/spelt.",
		"1 page with mostly the text of another page: /services/rye-bread.",
	} {
		assert.Contains(t, all, want)
	}
	assert.Len(t, got.RecommendedImprovements, len(got.Weaknesses))
	assert.Contains(t, got.Strengths, "Every page has exactly one main heading.")
}

func TestCleanSiteHasNoSuchFindings(t *testing.T) {
	t.Parallel()
	all := strings.Join(analyze(t, styletest.PotterySite()).Style.ContentStrategyInsights.Weaknesses, "\n")
	for _, unwanted := range []string{
		"Placeholder", "breaks off", "text of another page", "share the title",
		"No page asks", "contact",
	} {
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
	assert.Equal(t, []string{"bread"}, names, "what customers say names no topic")
	suggestions := strings.Join(got.Guidelines.ContentCalendarSuggestions, " ")
	assert.NotContains(t, suggestions, "“bread”", "a post that was read is about it")
}

// workshopSite has posts about bikes whose titles do not say so, and classes that no
// post is about.
func workshopSite() onboarding.Site {
	home := styletest.Page(host+"/", "Spoke Yard", "# Spoke Yard",
		"We repair any bike. Bring your bike, and we repair it while you wait. Our evening classes show you how "+
			"a bike works.")
	services := styletest.Page(host+"/services", "Repairs", "# Repairs",
		"We repair each bike by hand, and every bike gets a ride before you get it back. The evening classes cost less "+
			"than one repair.")
	prices := styletest.Page(host+"/pricing", "Prices", "# Prices",
		"A bike repair costs thirty pounds. The evening classes are twenty pounds a person.", "A new chain costs ten pounds.")
	noise := styletest.Page(host+"/blog/noise", "That noise", "# That noise",
		"When a bike clicks, look at the pedals. Then wash the bike. A repaired bike is silent.",
		"Oil the chain, and wipe the chain when it is wet.")
	winter := styletest.Page(host+"/blog/winter", "Winter", "# Winter",
		"Salt eats your bike. Rinse the bike, dry it, and it will not need repairing. Ask us at one of the evening classes.")
	return onboarding.Site{URL: host, Pages: []onboarding.Page{home, services, prices, noise, winter}}
}

// Whether a post is about a topic shows in its text; and what the whole site is
// about needs no post of its own.
func TestCoverageByText(t *testing.T) {
	t.Parallel()
	got := analyze(t, workshopSite())
	var names []string
	for _, topic := range got.Measured.Topics {
		names = append(names, topic.Name)
	}
	require.Subset(t, names, []string{"bike", "chain"})
	said := strings.Join(append(got.Style.ContentStrategyInsights.Opportunities,
		got.Guidelines.ContentCalendarSuggestions...), "\n")
	assert.NotContains(t, said, "“bike", "the best keyword")
	assert.NotRegexp(t, "(?i)post.*“chain”", said, "a post names it twice")
	site := workshopSite()
	for i, text := range []string{
		"We bend each wheel back into shape.", "A wheel is true when it runs straight.",
		"A new wheel costs more than an old one.",
	} {
		site.Pages[i%2+
			1].Blocks = append(site.Pages[i%2+1].Blocks, onboarding.Block{Kind: onboarding.BlockParagraph, Text: text})
	}
	assert.Contains(t, strings.Join(analyze(t, site).Style.ContentStrategyInsights.Opportunities, "\n"),
		"No post that was read is about “wheel”")
	site.Pages[3].URL, site.Pages[4].URL = host+"/about", host+"/team"
	assert.NotContains(t, strings.Join(analyze(t, site).Style.ContentStrategyInsights.Opportunities, "\n"), "No post",
		"where no post was read, nobody can say")
}

func TestIsSubject(t *testing.T) {
	t.Parallel()
	keyword := func(pages int) onboarding.Keyword { return onboarding.Keyword{Pages: pages} }
	e := &evidence{
		m: onboarding.Measurements{Pages: 9, Keywords: []onboarding.Keyword{keyword(2), keyword(6), keyword(5)}},
	}
	assert.True(t, e.isSubject(0), "the best one")
	assert.True(t, e.isSubject(1), "two thirds of the pages")
	assert.False(t, e.isSubject(2))
}

func TestCountMentions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"repair": 1, "we repaired it and repair it again": 2, "repairing an e bike": 1, "repartee": 0, "irreparable": 0,
		"": 0, "the repair repair": 2, "repairability": 0,
	} {
		assert.Equal(t, want, countMentions(text, "repair"), text)
	}
	assert.Equal(t, 1, countMentions("car care car", "care"))
	assert.Equal(t, 2, countMentions("car care car", "car"), "short words have no longer forms")
}

func TestAuthority(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	for text, want := range map[string]bool{
		"Marta is a Cytech level three technician with fifteen years at the stand.": true,
		"Dylan trained with Bosch and used to repair lifts.":                        true,
		"She trained under Jo Lee.":                                                 true,
		"He holds a level 2 bakery diploma.":                                        true,
		"We are an accredited school.":                                              true,
		"Our staff are qualified.":                                                  true,
		"The model was trained with data.":                                          false,
		"Park on level three and walk down.":                                        false,
		"Water stands at level 2 in the tank.":                                      false,
		"Untrained by Bosch, we play.":                                              false,
	} {
		site := onboarding.Site{URL: host, Pages: []onboarding.Page{styletest.Page(host+"/about", "About", text)}}
		analysis, err := a.Analyze(t.Context(), site)
		require.NoError(t, err)
		found := []string(analysis.Style.BrandAnalysis.AuthorityIndicators)
		if want {
			assert.Equal(t, []string{quote(text)}, found)
		} else {
			assert.Empty(t, found, text)
		}
	}
}

// No finding advises a sitemap to a site that has one, or whose host was not asked.
func TestSitemapIsAdvisedOnlyWhereThereIsNone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		known   *bool
		advised bool
	}{{nil, false}, {new(true), false}, {new(false), true}} {
		site := styletest.PotterySite()
		site.HasSitemap = test.known
		advice := analyze(t, site).Guidelines.Guidelines.SEOOptimization
		assert.Equal(t, test.advised, slices.Contains(advice, "Serve a sitemap.xml."))
	}
}

// A short description has few characters, however many bytes they take.
func TestPositioningCountsCharacters(t *testing.T) {
	t.Parallel()
	site := onboarding.Site{
		URL:   host,
		Pages: []onboarding.Page{styletest.Page(host, "Хлеб", "Мы печём хлеб каждую ночь, и вы можете купить его утром.")},
	}
	site.Pages[0].Lang, site.Pages[0].Description = "ru", "Наш хлеб каждое утро, свежий"
	require.Greater(t, len(site.Pages[0].Description), minDescription)
	assert.Nil(t, analyze(t, site).Style.BrandAnalysis.BrandPositioning)
}

func TestParagraphPattern(t *testing.T) {
	t.Parallel()
	p := styletest.Page(host, "Bread", "We bake at night. We sell at noon. You can come by and look at the oven, if you "+
		"like the heat of it.",
		"Our rye bread keeps for a week in any kitchen of the town, and tastes of it.")
	for range 3 {
		p.Blocks = append(p.Blocks,
			onboarding.Block{Kind: onboarding.BlockListItem, Text: "One loaf of rye bread for you and for me."})
	}
	got := analyze(t, onboarding.Site{URL: host, Pages: []onboarding.Page{p}}).Patterns.Patterns.ParagraphStructure
	require.NotNil(t, got)
	assert.Equal(t, "mean 20.5 words, median 17; mean 2 sentences, 1 of 2 paragraphs have one", got.Text(),
		"list items are no paragraphs")
}

// A template's button is no call to action, wherever calls are counted.
func TestFillerButtonIsNoAction(t *testing.T) {
	t.Parallel()
	site := bakerySite()
	for i := range site.Pages {
		site.Pages[i].CallsToAction = []onboarding.Link{
			{Text: "Buy now (placeholder)", Href: host},
			{Text: "Menu", Href: host},
		}
	}
	site.Pages[1].CallsToAction = []onboarding.Link{{Text: "Order {n} loaves", Href: host}}
	got := analyze(t, site)
	assert.Contains(t, strings.Join(got.Style.ContentStrategyInsights.RecommendedImprovements, "\n"), "such as “Order {n} loaves” to",
		"a text of the page is shown as it is")
	assert.Contains(t, strings.Join(got.Style.ContentStrategyInsights.Weaknesses, "\n"),
		"3 of 4 pages have no call to action: /, /resources/testimonials, /blog/spelt.")
	assert.Contains(t, got.Style.ContentType.Purpose.Text(), "calls to action that ask for something: 1)")
	assert.NotContains(t, got.Style.WritingStyle.EngagementLevel.Text(), "calls to action")
}

func TestPostRhythm(t *testing.T) {
	t.Parallel()
	site := styletest.PotterySite()
	for i, date := range []string{"2026-01-05", "2026-01-19T08:00:00Z", "2026-02-09"} {
		p := styletest.Page(fmt.Sprintf("%s/blog/p%d", host, i), fmt.Sprintf("Post %d", i),
			fmt.Sprintf("Post number %d is about glazes.", i))
		p.JSONLD = []json.RawMessage{json.RawMessage(`{"@type":"BlogPosting","datePublished":"` + date + `"}`)}
		site.Pages = append(site.Pages, p)
	}
	assert.Contains(t, analyze(t, site).Guidelines.ContentCalendarSuggestions,
		"Keep the rhythm of the dated posts: one every 14 days.")
}

func TestGeography(t *testing.T) {
	t.Parallel()
	text := "We sell bread."
	for name, test := range map[string]struct {
		url, lang, jsonLD, phone, address, want string
	}{
		"address": {
			url:    "https://x.de",
			jsonLD: `{"@type":"Bakery","location":[{"address":{"addressLocality":"Lyon","addressCountry":{"name":"France"}}}]}`,
			want:   "Lyon, France (address in the structured data)",
		},
		"area served": {
			url:    "https://x.de",
			jsonLD: `{"@type":["Thing","http://schema.org/Organization"],"areaServed":["Kent","Sussex"]}`,
			want:   "Kent and Sussex (area served, from the structured data)",
		},
		"on the page": {
			url: "https://x.de", address: "1 High Street, Leeds",
			want: "1 High Street, Leeds (address on the page)",
		},
		"telephone":      {url: "https://x.com", phone: "0049 (341) 000", want: "Germany (telephone code +49)"},
		"domain":         {url: "https://x.co.nz", want: "New Zealand (domain .nz)"},
		"region":         {url: "https://x.com", lang: "en-ie", want: "Ireland (the pages declare the language en-ie)"},
		"default region": {url: "https://x.com", lang: "en-us"},
		"national phone": {url: "https://x.com", phone: "0341 000"},
		"broken data":    {url: "https://x.com", jsonLD: `{"@type":"Store","address":7,"areaServed":{"name":8}}`},
		"written": {
			url:    "https://x.de",
			jsonLD: `{"@type":"ProfessionalService","name":"Bread & Co Ltd","url":"https://other.example","address":"1 High Street, Leeds"}`, want: "1 High Street, Leeds (address in the structured data)",
		},
		"own address": {
			url:    "https://x.de",
			jsonLD: `{"@type":"Organization","name":"Holding AG","url":"https://x.de/","address":{"addressLocality":"Lyon"}}`,
			want:   "Lyon (address in the structured data)",
		},
		"own person": {
			url:    "https://x.com",
			jsonLD: `{"@type":"Person","name":"bread & co","address":{"addressLocality":"Lyon"}}`,
			want:   "Lyon (address in the structured data)",
		},
		"reviewed hotel": {
			url:    "https://x.com",
			jsonLD: `{"@type":"Review","itemReviewed":{"@type":"Hotel","address":{"addressLocality":"Lisbon","addressCountry":"PT"}}}`,
		},
		"hotel in graph": {
			url:    "https://x.com",
			jsonLD: `{"@type":"Hotel","name":"Casa Azul","url":"https://x.com/hotels/casa","address":{"addressLocality":"Lisbon"}}`,
		},
		"nameless url": {
			url:    "https://x.com",
			jsonLD: `{"@type":"Hotel","name":"Casa Azul","address":{"addressLocality":"Lisbon"}}`,
		},
		"event": {
			url:    "https://x.com",
			jsonLD: `{"@type":"Event","name":"Bread & Co","location":{"address":{"addressLocality":"Lisbon"}}}`,
		},
		"job": {
			url:    "https://x.com",
			jsonLD: `{"@type":"JobPosting","jobLocation":{"address":{"addressLocality":"Lisbon"}},"hiringOrganization":{"@type":"Organization","address":{"addressLocality":"Lisbon"}}}`,
		},
		"author": {
			url:    "https://x.com",
			jsonLD: `{"@type":"BlogPosting","author":{"@type":"Person","address":{"addressLocality":"Lisbon"}}}`,
		},
		"author apart": {
			url:    "https://x.com",
			jsonLD: `{"@type":"Person","name":"Ana","url":"https://x.com/","address":{"addressLocality":"Lisbon"}}`,
		},
		"nameless": {url: "https://x.com", jsonLD: `{"@type":"Person","address":{"addressLocality":"Lisbon"}}`},
	} {
		p := styletest.Page(test.url, "Bread", text)
		p.Lang, p.Brand.Name = test.lang, "Bread & Co"
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
			assert.Equal(t, test.want, got.Text(), name)
		}
	}
}

func TestSince(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"We have baked since 1998.":                                                         true,
		"Seit 2011 schrauben wir, und unser Laden seit 2011.":                               true,
		"Founded in 1887 by two sisters.":                                                   true,
		"Nous cuisons du pain depuis 2004.":                                                 true,
		"We repair the old bike that you have kept in your uncle's garden shed since 1987.": false,
		"It has rained since 2020.":                                                         false,
		"Since then we bake.":                                                               false,
	} {
		assert.Equal(t, want, since.MatchString(text), text)
	}
}

func TestIndustry(t *testing.T) {
	t.Parallel()
	text := "We bake bread and cakes. The dough rests in the bakery, then flour, yeast and the oven do the rest. Our " +
		"loaves and pastry are sold at noon."
	got := analyze(t, onboarding.Site{
		URL:   host,
		Pages: []onboarding.Page{styletest.Page(host, "Bread", text)},
	}).Style.TargetAudience.IndustryFocus
	if assert.NotNil(t, got) {
		assert.Contains(t, got.Text(), "food and baking (words used: ")
	}
	hotel := styletest.Page(host, "Lisbon", "We slept in a hotel and liked the room.")
	hotel.Brand.Name = "Two Rucksacks"
	hotel.JSONLD = []json.RawMessage{
		json.RawMessage(`{"@type":"Hotel","name":"Casa Azul","aggregateRating":{"ratingValue":4.1}}`),
	}
	trip := analyze(t, onboarding.Site{URL: host, Pages: []onboarding.Page{hotel}})
	assert.Nil(t, trip.Style.TargetAudience.IndustryFocus, "the hotel is not the site's")
	assert.Empty(t, trip.Style.BrandAnalysis.TrustSignals, "nor is its rating")
	vague := analyze(t, onboarding.Site{URL: host, Pages: []onboarding.Page{styletest.Page(host, "Hello",
		"We do things for people who like things. Our work is good and you will like it.")}})
	assert.Nil(t, vague.Style.TargetAudience.IndustryFocus)
}

// Placeholder text in Latin is reported, and neither measured nor another language.
func TestLatinPlaceholders(t *testing.T) {
	t.Parallel()
	latin := strings.Repeat("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor. ", 40)
	site := bakerySite()
	site.Pages = append(site.Pages, styletest.Page(host+"/about", "About", "# About us", latin))
	got := analyze(t, site)
	assert.Equal(t, "en", got.Measured.Language.Code)
	assert.Contains(t, strings.Join(got.Style.ContentStrategyInsights.Weaknesses, "\n"),
		"Placeholder text is visible on /resources/testimonials, /about.")
	assert.Less(t, got.Measured.Words, 200)
}
