package style

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
)

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
