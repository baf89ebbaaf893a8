// Package styletest has the sites, texts and checks that the tests of an analysis share.
package styletest

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Page builds a page of paragraphs; a text that starts with "# " is a heading.
func Page(url, title string, texts ...string) onboarding.Page {
	p := onboarding.Page{
		URL: url, RequestedURL: url, Title: title, Lang: "en",
		FetchedAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
	for _, text := range texts {
		block := onboarding.Block{Kind: onboarding.BlockParagraph, Text: text}
		if len(text) > 2 && text[:2] == "# " {
			block = onboarding.Block{Kind: onboarding.BlockHeading, Text: text[2:]}
			p.Headings = append(p.Headings, onboarding.Heading{Level: 1, Text: text[2:]})
			p.Structure.Headings[0]++
		}
		p.Blocks = append(p.Blocks, block)
	}
	return p
}

// PotterySite is a small business with enough evidence for most rules.
func PotterySite() onboarding.Site {
	const host = "https://clay.example"
	home := Page(host+"/", "Clay Street Studio | Pottery classes in Leeds",
		"# Pottery classes for beginners",
		"We run pottery courses for beginners, families and busy parents who want to make something with their hands. "+
			"Our pottery classes are small, so you always get help when the clay will not stay on the wheel.",
		"Are you stressed, tired and stuck in front of a screen all day? Many people tell us that they struggle to switch "+
			"off. A pottery class gives you calm, clear and happy hours with wet clay.",
		"Unlike most studios, we fire your pottery on the same day, and we guarantee every pot. We have taught "+
			"in Leeds since 2009.")
	home.Description = "Small pottery classes in Leeds for beginners and families, with every pot fired the same day."
	home.Brand = onboarding.Brand{Name: "Clay Street Studio"}
	home.JSONLD = []json.RawMessage{
		json.RawMessage(
			`{"@type":"ArtGallery","name":"Clay Street Studio","address":{"@type":"PostalAddress","addressLocality":"Leeds","addressCountry":"GB"},"aggregateRating":{"ratingValue":4.9,"reviewCount":"127"}}`,
		),
	}
	home.CallsToAction = []onboarding.Link{{Text: "Book a class", Href: host + "/classes"}, {Text: "Menu", Href: "#"}}
	home.Links = []onboarding.Link{
		{Text: "Pricing", Href: host + "/pricing"},
		{Text: "Elsewhere", Href: "https://other.example/faq"},
	}
	home.Contacts = onboarding.Contacts{Emails: []string{"hello@clay.example"}, Phones: []string{"+44 113 496 0000"}}
	home.Images = []onboarding.Image{{Alt: "A wheel", Src: host + "/a.jpg"}, {Alt: "", Src: host + "/b.jpg"}}
	about := Page(host+"/about", "About us | Clay Street Studio",
		"# Our values",
		"We value patience, honesty and craft. We believe that learning takes time, and that care for the material "+
			"comes first.",
		"# Who we are",
		"Mira is a certified ceramics teacher and a member of the Craft Guild. She trained at the Leeds School of Art, and "+
			"her pots were shown in two museums.")
	about.Brand = home.Brand
	post := Page(host+"/blog/centre-clay", "How to centre clay on the wheel | Clay Street Studio",
		"# How to centre clay on the wheel",
		"Wet your hands. Push the clay down, then pull it up. For example, count to ten before you open the pot. However, "+
			"do not press too hard.",
		"What if the clay wobbles? Stop the wheel, breathe, and begin again. The clay is patient, soft and forgiving. "+
			"You will feel when the clay is centred.",
		"Centre the clay on the wheel first. Then open it, slowly and with both thumbs. Keep the wheel turning "+
			"while you work.")
	post.Brand = home.Brand
	post.CallsToAction = []onboarding.Link{{Text: "Book a class", Href: host + "/classes"}}
	return onboarding.Site{
		URL: host, Pages: []onboarding.Page{home, about, post}, HasSitemap: new(true),
		Known: []string{host + "/", host + "/about", host + "/blog/centre-clay", host + "/contact"},
	}
}

// AssertNoNullLists fails when a list of the document is null: the fields that may
// be null are strings, numbers and the named objects.
func AssertNoNullLists(t *testing.T, raw []byte) {
	t.Helper()
	for _, list := range []string{
		"demographics", "pain_points", "brand_values", "strengths", "unique_elements", "keywords", "phrases", "topics",
		"transitions", "devices", "audience",
		"found", "linked", "missing", "pages", "warnings", "headings", "links", "images", "logo_alt", "email", "fields",
		"notes", "punctuation_per_1000", "function_words", "reasons", "meta_tags", "social_media",
	} {
		assert.NotContains(t, string(raw), `"`+list+`":null`)
	}
}

// Pick returns one of some values.
func Pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

// RandomText joins words, marks and bytes that a text may hold.
func RandomText(random *rand.Rand) string {
	parts := []string{
		"we", "you", "is", "baked", "bread", "Bäcker", "не", "私は", "don't", "…", "?", "!", ".", ",", "“",
		"”", "- ", "\u200b", "\xff", "10,5", "and", "however", "e.g.", "A.", "👩‍🍳", "\n\n", "(",
		"x", "pneumonoultramicroscopic", "since 2011", "$9", "http://a.b/c?d",
	}
	var b strings.Builder
	for range random.IntN(60) {
		b.WriteString(Pick(random, parts...))
		if random.IntN(4) > 0 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// AssertUncertaintyIsExact fails unless the values listed as uncertain are the empty ones, each with its reason.
func AssertUncertaintyIsExact(t *testing.T, analysis onboarding.Analysis) {
	t.Helper()
	uncertain := analysis.Style.Meta.Uncertainty
	for path, value := range onboarding.ValuesOf(&analysis) {
		if strings.HasPrefix(path, "crawl_result.") || strings.HasPrefix(path, "meta.") {
			continue
		}
		listed := slices.Contains(uncertain.Fields, path)
		assert.Equal(t, onboarding.IsEmpty(value), listed, path)
		assert.Equal(t, listed, uncertain.Reasons[path] != "", path)
	}
}

// Documented reads rules.txt of package style, which has the path: the words in brackets behind each value, by the path
// of the value, "" where there are none.
func Documented(t *testing.T, path string) map[string]string {
	t.Helper()
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	words := map[string]string{}
	item := regexp.MustCompile(`(?m)^([a-z_.]+)(?: \(([^)]*)\))?: `)
	for _, found := range item.FindAllStringSubmatch(string(page), -1) {
		assert.NotContains(t, words, found[1], "stands in the file twice")
		words[found[1]] = found[2]
	}
	return words
}
