package style

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/webpage"
)

// shared is one analyzer for all tests: it is safe for concurrent use and keeps
// nothing between calls, which this way is tested too.
var shared = sync.OnceValues(func() (*Analyzer, error) { return New(prometheus.NewRegistry(), Config{Brand: true}) })

func newAnalyzer(t testing.TB) *Analyzer {
	t.Helper()
	a, err := shared()
	require.NoError(t, err)
	return a
}

// page builds a page of paragraphs; a text that starts with "# " is a heading.
func page(url, title string, texts ...string) onboarding.Page {
	p := onboarding.Page{URL: url, RequestedURL: url, Title: title, Lang: "en", FetchedAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
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

// potterySite is a small business with enough evidence for most rules.
func potterySite() onboarding.Site {
	const host = "https://clay.example"
	home := page(host+"/", "Clay Street Studio | Pottery classes in Leeds",
		"# Pottery classes for beginners",
		"We run pottery courses for beginners, families and busy parents who want to make something with their hands. Our pottery classes are small, so you always get help when the clay will not stay on the wheel.",
		"Are you stressed, tired and stuck in front of a screen all day? Many people tell us that they struggle to switch off. A pottery class gives you calm, clear and happy hours with wet clay.",
		"Unlike most studios, we fire your pottery on the same day, and we guarantee every pot. We have taught in Leeds since 2009.")
	home.Description = "Small pottery classes in Leeds for beginners and families, with every pot fired the same day."
	home.Brand = onboarding.Brand{Name: "Clay Street Studio"}
	home.JSONLD = []json.RawMessage{json.RawMessage(`{"@type":"ArtGallery","name":"Clay Street Studio","address":{"@type":"PostalAddress","addressLocality":"Leeds","addressCountry":"GB"},"aggregateRating":{"ratingValue":4.9,"reviewCount":"127"}}`)}
	home.CallsToAction = []onboarding.Link{{Text: "Book a class", Href: host + "/classes"}, {Text: "Menu", Href: "#"}}
	home.Links = []onboarding.Link{{Text: "Pricing", Href: host + "/pricing"}, {Text: "Elsewhere", Href: "https://other.example/faq"}}
	home.Contacts = onboarding.Contacts{Emails: []string{"hello@clay.example"}, Phones: []string{"+44 113 496 0000"}}
	home.Images = []onboarding.Image{{Alt: "A wheel", Src: host + "/a.jpg"}, {Alt: "", Src: host + "/b.jpg"}}
	about := page(host+"/about", "About us | Clay Street Studio",
		"# Our values",
		"We value patience, honesty and craft. We believe that learning takes time, and that care for the material comes first.",
		"# Who we are",
		"Mira is a certified ceramics teacher and a member of the Craft Guild. She trained at the Leeds School of Art, and her pots were shown in two museums.")
	about.Brand = home.Brand
	post := page(host+"/blog/centre-clay", "How to centre clay on the wheel | Clay Street Studio",
		"# How to centre clay on the wheel",
		"Wet your hands. Push the clay down, then pull it up. For example, count to ten before you open the pot. However, do not press too hard.",
		"What if the clay wobbles? Stop the wheel, breathe, and begin again. The clay is patient, soft and forgiving. You will feel when the clay is centred.",
		"Centre the clay on the wheel first. Then open it, slowly and with both thumbs. Keep the wheel turning while you work.")
	post.Brand = home.Brand
	post.CallsToAction = []onboarding.Link{{Text: "Book a class", Href: host + "/classes"}}
	return onboarding.Site{
		URL: host, Pages: []onboarding.Page{home, about, post}, HasSitemap: new(true),
		Known: []string{host + "/", host + "/about", host + "/blog/centre-clay", host + "/contact"},
	}
}

// blocksOf are the paragraphs of a text.
func blocksOf(text string) []onboarding.Block {
	return webpage.FromText(onboarding.WebsiteInput{TextSample: text}, time.Time{}).Pages[0].Blocks
}

func keywordTexts(m onboarding.Measurements) []string {
	var out []string
	for _, k := range m.Keywords {
		out = append(out, k.Text)
	}
	return out
}
