package webpage

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestContactsAreNotAnyDigits(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"Call us: 0113 496 0123 today, please do.":                    {"0113 496 0123"},
		"Our number is (202) 555-0143 in the office.":                 {"(202) 555-0143"},
		"Reach us at +49 30 901820 or +49 (30) 901820 any time.":      {"+49 30 901820"},
		"Opened 2014-03-12, invoice 20260412, ISBN 978-3-16-148410-0": nil,
		"We walked 1,234,567 steps for 12.345.678 euros in 2024.":     nil,
		"Coordinates 53.7949 -1.5471 and order 4111111111111111 now":  nil,
		"Tél. 06 80 92 32 59 2 rue du Moulin":                         {"06 80 92 32 59"},
		"Tel: +39 347 220 9465. 2. I dati":                            {"+39 347 220 9465"},
		"Call +234-807-451-7306+234-816-235-6252 now":                 {"+234-807-451-7306", "+234-816-235-6252"},
		"Llámanos 943 638 545 o (11) 98765-4321":                      {"(11) 98765-4321", "943 638 545"},
		"957 103 462 691 134 918":                                     {"957 103 462", "691 134 918"},
		"+49064038625 und +49 6403 8625":                              {"+49064038625"},
		"Template +49 123 456 7890 and 123-456-7890, tel: 000 000000": nil,
		"Телефон: 8 (495) 223-45-68, ежедневно с девяти утра.":        {"8 (495) 223-45-68"},
	}
	for text, want := range tests {
		page, err := Digest(t.Context(), []byte(`<html lang="es"><p>`+text+"</p>"), "text/html; charset=utf-8",
			mustURL(t, "https://example.com/"))
		require.NoError(t, err)
		assert.Equal(t, want, page.Contacts.Phones, text)
	}
}

// What belongs to templates, to the designers of the page and to people who are quoted is
// not the owner's.
func TestContactsOfOthers(t *testing.T) {
	t.Parallel()
	body := `<p>Entwurf, erstellt von M. Kuhn, Kontakt: <a href="mailto:kuhn@mail.test">kuhn@mail.test</a></p><p>Write to us@mill.test.</p><input placeholder="you@example.com"> <p>votre@email.com, mario.rossi@esempio.it</p>
		<footer>© Mill | Mit Unterstützung von <a href="mailto:gina@mail.at">Gina</a> – Webdesign: <a href="mailto:pro@web.at">Pro</a>
		<a href="https://wa.me/4312345">chat</a> <a href="https://api.whatsapp.com/send?text=x">share</a></footer>
		<div class="testimonial"><a href="https://www.linkedin.com/in/customer/">A customer</a></div>
		<a href="https://www.linkedin.com/in/miller/">in</a>`
	page, err := Digest(t.Context(), []byte(body), "text/html; charset=utf-8", mustURL(t, "https://mill.test/"))
	require.NoError(t, err)
	assert.Equal(t, []string{"us@mill.test"}, page.Contacts.Emails)
	assert.Equal(t, map[string]string{
		"linkedin": "https://www.linkedin.com/in/miller/", "whatsapp": "https://wa.me/4312345",
	}, page.Socials)
}

// Structured data may list several numbers.
func TestPhonesInStructuredData(t *testing.T) {
	t.Parallel()
	page, err := Digest(t.Context(), []byte(`<script type="application/ld+json">{"@type": "Dentist", "name": "Ruiz",
		"telephone": ["+34 957 103 462", "+34 691 134 918"]}</script><p>Welcome.</p>`), "text/html; charset=utf-8",
		mustURL(t, "https://ruiz.test/"))
	require.NoError(t, err)
	assert.Equal(t, []string{"+34 957 103 462", "+34 691 134 918"}, page.Contacts.Phones)
}

// Templates link the name in the header to the top of the page.
func TestNameInBrandLink(t *testing.T) {
	t.Parallel()
	page, err := Digest(t.Context(), []byte(`<nav><a href="#">Menu</a><a class="navbar-brand" href="#">Ana Reis</a></nav>
		<p>Welcome to the office, and come in.</p>`), "text/html; charset=utf-8", mustURL(t, "https://ana.test/"))
	require.NoError(t, err)
	assert.Equal(t, []onboarding.NameClaim{{Source: onboarding.NameOfHomeLink, Name: "Ana Reis"}}, page.Brand.Claims)
}

func TestAddressesInText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"Tour Prisma, 6 avenue d’Alsace, 92400 Courbevoie – Tél.":       {"6 avenue d’Alsace, 92400 Courbevoie"},
		"Basler Landstraße 107 79111 Freiburg im Breisgau. Tel":         {"Basler Landstraße 107 79111 Freiburg im Breisgau"},
		"Via della Canaletta, 22C - 87028 Praia a Mare (CS)":            {"Via della Canaletta, 22C - 87028 Praia a Mare"},
		"visit us: London, Ontario, N6H 5L2":                            {"London, Ontario, N6H 5L2"},
		"Musterstraße 123, 12345 Musterstadt":                           nil,
		"Since March 29, 2025 Assessoria Contábil has 12 000 customers": nil,
	} {
		page, err := Digest(t.Context(), []byte("<p>"+text+"</p><p>And a few more words.</p>"), "text/html; charset=utf-8",
			mustURL(t, "https://host.test/"))
		require.NoError(t, err)
		assert.Equal(t, want, page.Contacts.Addresses, text)
	}
}

func TestEmails(t *testing.T) {
	t.Parallel()
	page, err := Digest(t.Context(), []byte(
		`<p>Write to Info@Acme.example, or sales@acme.co.uk. The file logo@2x.png is no address, nor is a@b.</p><a href="mailto:hi%40acme.example">x</a>`,
	),
		"text/html", mustURL(t, "https://acme.example/"))
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"hi@acme.example", "info@acme.example", "sales@acme.co.uk"}, page.Contacts.Emails)
}
