package naming

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
)

func newFinder(t *testing.T) Finder {
	t.Helper()
	types, err := pagetype.New()
	require.NoError(t, err)
	trades := map[string]*textstat.Stems{"pt": textstat.NewStems([]textstat.Section{
		{Name: "real estate", Terms: []string{"corretora de imóveis", "imóve*"}},
	}, false)}
	finder, err := New(types, trades, textstat.NewPhraseSet(textstat.WordSet{}))
	require.NoError(t, err)
	return finder
}

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

func withAddress(p onboarding.Page) onboarding.Page {
	p.Contacts.Addresses = []string{"Flinkenhof 7, 32657 Lemgo"}
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
		"what the business does is no name": {"Ana Reis Corretora", []onboarding.Page{
			namedPage("Ana Reis - Corretora de Imóveis", "home_link", "Ana Reis Corretora"),
			namedPage("Blog | Ana Reis - Corretora de Imóveis", "home_link", "Ana Reis Corretora"),
		}},
		"the town behind the name": {"Tischlerei Kolb", []onboarding.Page{
			withAddress(namedPage("Leistungen — Tischlerei Kolb Lemgo")), namedPage("Kontakt — Tischlerei Kolb Lemgo"),
		}},
		"the first part of a name": {"Reformas B & J", []onboarding.Page{
			namedPage("Baños", "site_name", "Reformas B & J | Profesionales en Madrid"),
		}},
		"what the heading leaves over": {"Fontanería Busto", []onboarding.Page{{
			Title:    "Fontanería Busto | Fontanero en Luarca",
			Headings: []onboarding.Heading{{Level: 1, Text: "Fontanero en Luarca y alrededores"}},
		}}},
		"a name that goes on elsewhere": {"", []onboarding.Page{namedPage("Home", "owner", "Law Offices of PC")}},
		"placeholders":                  {"", []onboarding.Page{namedPage("Home", "site_name", "[Nome Attività]")}},
		"title and heading agree": {"Zahnarztpraxis Berg", []onboarding.Page{{
			Title: "Zahnarztpraxis Berg", Headings: []onboarding.Heading{{Level: 1, Text: "Zahnarztpraxis Berg"}},
		}}},
		"a link on three pages": {"BK Doors", []onboarding.Page{
			namedPage("Home", "home_link", "BK Doors"), namedPage("About", "home_link", "BK Doors"),
			namedPage("Reviews", "home_link", "BK Doors"), namedPage("Services", "home_link", "BK Doors"),
			namedPage("Styles", "home_link", "BK Doors"), namedPage("Contact", "home_link", "BK Doors"),
		}},
		"one weak claim is none": {"", []onboarding.Page{namedPage("Bread and cake", "home_link", "Back to start")}},
		"kinds of page are none": {"", []onboarding.Page{namedPage("Kontakt", "site_name", "Home", "owner", "Kontakt")}},
	} {
		assert.Equal(t, test.want, newFinder(t).Owner(test.pages), name)
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
		"titles of sections": {"Bread that lasts", onboarding.Page{Headings: headings{
			{Level: 1, Text: "Pour qui ?"},
			{Level: 2, Text: "⭐ Cosa dicono i clienti"},
			{Level: 2, Text: "Ven–Dom · 9:00–22:00 Via Roma"},
			{Level: 2, Text: "Bread that lasts"},
		}}},
		"addresses and the name in other words": {"Bread that lasts", onboarding.Page{Headings: headings{
			{Level: 1, Text: "Mill and Co"},
			{Level: 2, Text: "Werner Straße 84 59368 Werne"},
			{Level: 2, Text: "Bread that lasts"},
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
		"the full name": {"Bread that lasts", onboarding.Page{
			Headings: headings{{Level: 1, Text: "Mill Otto & Co"}, {Level: 2, Text: "Bread that lasts"}},
		}},
		"a long text that a class calls so": {"Bread that lasts", onboarding.Page{
			Brand: onboarding.Brand{Tagline: "Our mill grinds the grain of the farms around with stones that are older than " +
				"we are, day by day"}, Headings: headings{{Level: 1, Text: "Bread that lasts"}},
		}},
		"stated": {"Bread first", onboarding.Page{
			Brand: onboarding.Brand{Tagline: "Bread first"}, Headings: headings{{Level: 1, Text: "Another text stands here"}},
		}},
	} {
		test.page.URL, test.page.Brand.Name = "https://host.example/", "Mill & Co"
		assert.Equal(t, test.want, newFinder(t).Tagline([]onboarding.Page{test.page}), name)
	}
}

func TestTitleName(t *testing.T) {
	t.Parallel()
	a := newFinder(t)
	for want, sites := range map[string][][]string{
		"Spoke Yard": {
			{"Repairs | Spoke Yard", "Prices | Spoke Yard"},
			{"Spoke Yard – Repairs", "Spoke Yard – Prices", "Winter"},
			{"Spoke Yard", "Repairs - Spoke Yard", "Prices - Spoke Yard", "Winter"},
		},
		"": {
			{""},
			{"Home - Contact us"},
			{"Repairs | Spoke Yard"},
			{"Repairs | Spoke Yard", "Repairs | Spoke Yard"},
			{"Repairs | Spoke Yard", "Prices | Spoke Yard", "Winter", "Noise"},
			{"Rye bread | Blog", "Spelt | Blog"},
			{"Rye | 2026", "Spelt | 2026"},
			{"Rye | Bread that you will like a lot", "Spelt | Bread that you will like a lot"},
			{"Repairs", "Prices", "Winter"},
			{"Repairs", "Repairs"},
		},
	} {
		for _, titles := range sites {
			var pages []onboarding.Page
			for _, title := range titles {
				pages = append(pages, onboarding.Page{Title: title})
			}
			assert.Equal(t, want, a.titleName(pages), titles)
		}
	}
}
