package crawl

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestPageFactsAreBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 5000)
	page := onboarding.Page{URL: "https://a.example/", Lang: long, OpenGraph: map[string]string{"twitter:card": long}}
	for i := range 100 {
		page.OpenGraph[fmt.Sprintf("og:%d%s", i, long)] = "x"
		page.JSONLD = append(page.JSONLD, json.RawMessage(fmt.Sprintf(`{"@type":"%d%s"}`, i, long)))
	}
	facts := pageFacts(onboarding.Site{URL: page.URL, Pages: []onboarding.Page{page}})
	assert.Len(t, facts.OpenGraph, maxNoted)
	document, err := json.Marshal(facts)
	require.NoError(t, err)
	assert.Less(t, len(document), 10_000)
}

func TestContactInfo(t *testing.T) {
	t.Parallel()
	page := func(phones []string, emails ...string) onboarding.Page {
		return onboarding.Page{Contacts: onboarding.Contacts{Phones: phones, Emails: emails}}
	}
	info := Contacts([]onboarding.Page{
		page([]string{"+33680923259"}, "mill@host.example"),
		page([]string{"06 80 92 32 59", "+33 (0)6 80 92 32 59", "06 11 22 33 44"}, "mill@host.example"),
		page([]string{"030 9999999"}, "authority@state.example"),
	}, []string{"home", "contact", "legal"})
	assert.Equal(t, onboarding.List{"+33680923259", "06 11 22 33 44"}, info.Phone)
	assert.Equal(t, onboarding.List{"mill@host.example"}, info.Email)

	info = Contacts([]onboarding.Page{page(nil), page([]string{"030 123 999"}, "mill@host.example")},
		[]string{"home", "legal"})
	assert.Equal(t, onboarding.List{"030 123 999"}, info.Phone, "an imprint alone counts")
	assert.Equal(t, onboarding.List{"mill@host.example"}, info.Email)

	assert.Equal(t, map[string]string{"linkedin": "https://linkedin.com/in/owner"}, socialMedia([]onboarding.Page{
		{Socials: map[string]string{"linkedin": "https://linkedin.com/in/customer"}},
		{Socials: map[string]string{"linkedin": "https://linkedin.com/in/owner"}},
		{Socials: map[string]string{"linkedin": "https://linkedin.com/in/owner"}},
	}))
}
