package style

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// namedPage is a page with a title and the claims of its owner's name, source and name
// by turns.
func namedPage(title string, claims ...string) onboarding.Page {
	p := onboarding.Page{URL: "https://host.example/" + title, Title: title}
	for i := 0; i+1 < len(claims); i += 2 {
		p.Brand.Claims = append(p.Brand.Claims,
			onboarding.NameClaim{Source: onboarding.NameSource(claims[i]), Name: claims[i+1]})
	}
	return p
}

func TestOwnerName(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		want  string
		pages []onboarding.Page
	}{
		"software in structured data": {"Counsel Steven", []onboarding.Page{
			namedPage("Home - Counsel Steven", "website", "admin", "publisher", "admin", "site_name", "Counsel Steven"),
		}},
		"an author is nobody's name for the site": {"Anjo Contas", []onboarding.Page{
			namedPage("Anjo Contas", "owner", "Anjo Contas", "site_name", "Anjo Contas"),
			namedPage("Como escolher", "publisher", "Gustavo Freire", "site_name", "Anjo Contas"),
			namedPage("Aroma", "publisher", "Gustavo Freire", "site_name", "Anjo Contas"),
		}},
		"legal forms are left out": {"Alltag Nord", []onboarding.Page{
			namedPage("Start", "owner", "Alltag Nord UG (haftungsbeschränkt)", "copyright", "Alltag Nord UG"),
		}},
		"the name, not what is added to it": {"Estudio Dr. Ruiz", []onboarding.Page{
			namedPage("Dr. Ruiz | Familia", "owner", "Estudio Dr. Ruiz - Abogado y perito", "site_name", "Estudio Dr. Ruiz"),
		}},
		"link and title agree": {"LTC Avocat", []onboarding.Page{
			namedPage("LTC Avocat – Fiscalité", "home_link", "LTC Avocat"),
			namedPage("LTC Avocat – Fiscalité", "home_link", "LTC Avocat"),
		}},
		"full-width marks in titles": {"山田製作所", []onboarding.Page{
			namedPage("会社案内｜山田製作所"), namedPage("製品紹介｜山田製作所"),
		}},
		"one weak claim is none": {"", []onboarding.Page{namedPage("Bread and cake", "home_link", "Back to start")}},
		"kinds of page are none": {"", []onboarding.Page{namedPage("Kontakt", "site_name", "Home", "owner", "Kontakt")}},
	} {
		assert.Equal(t, test.want, newAnalyzer(t).ownerName(test.pages), name)
	}
}

func TestTagline(t *testing.T) {
	t.Parallel()
	type headings []onboarding.Heading
	for name, test := range map[string]struct {
		want string
		page onboarding.Page
	}{
		"cookie notice": {"Echter Honig vom Hügel", onboarding.Page{Headings: headings{
			{Level: 2, Text: "Cookie-Hinweis (DSGVO)"}, {Level: 1, Text: "Echter Honig vom Hügel"},
		}}},
		"name, then section": {"", onboarding.Page{Headings: headings{
			{Level: 1, Text: "Mill & Co"}, {Level: 2, Text: "Our Services"}, {Level: 2, Text: "Pourquoi nous choisir ?"},
		}}},
		"greetings": {"La harina de siempre", onboarding.Page{Headings: headings{
			{Level: 1, Text: "Bienvenido al molino"}, {Level: 2, Text: "La harina de siempre"},
		}}},
		"a post": {"", onboarding.Page{
			Headings: headings{{Level: 1, Text: "Bem-vindo ao blog"}, {Level: 2, Text: "Como moer bem o trigo"}},
			Links:    []onboarding.Link{{Text: "Como moer bem o trigo", Href: "https://host.example/trigo"}},
		}},
		"rest of the title": {"Farina macinata a pietra", onboarding.Page{
			Title: "Mill & Co – Farina macinata a pietra", Headings: headings{{Level: 1, Text: "Mill & Co"}},
		}},
		"stated": {"Bread first", onboarding.Page{
			Brand: onboarding.Brand{Tagline: "Bread first"}, Headings: headings{{Level: 1, Text: "Another text stands here"}},
		}},
	} {
		test.page.URL, test.page.Brand.Name = "https://host.example/", "Mill & Co"
		assert.Equal(t, test.want, newAnalyzer(t).tagline([]onboarding.Page{test.page}), name)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for want, page := range map[string]onboarding.Page{
		"Calabria, Italy": {Title: "Impresa edile in Calabria", Lang: "it"},
		"Wisconsin, United States": {Title: "Plumber", Lang: "en", Headings: []onboarding.Heading{
			{Level: 1, Text: "Drains in Wisconsin"},
		}},
		"Gabon":                          {Title: "Routes au Gabon", Lang: "fr"},
		"6 avenue d'Alsace, 92400 Paris": {Lang: "fr", Contacts: onboarding.Contacts{Addresses: []string{"6 avenue d'Alsace, 92400 Paris"}}},
		"Nigeria": {Lang: "en", Contacts: onboarding.Contacts{
			Phones: []string{"+234 807 451 7306"}, Addresses: []string{"Fifth Avenue, NY 10160"},
		}},
		"": {Title: "A nice reading room for you", Lang: "en"},
	} {
		page.URL = host
		page.Blocks = blocksOf("We are here for you every day of the week, from nine to five, and you can call us.")
		got := analyze(t, onboarding.Site{URL: host, Pages: []onboarding.Page{page}})
		assert.Equal(t, want, got.Style.TargetAudience.GeographicFocus.Label())
	}
}
