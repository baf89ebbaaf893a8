package style

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestActions(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	for text, want := range map[string]string{
		"Buy now": "purchase", "In den Warenkorb": "purchase", "Book a table": "booking", "Prendre rendez-vous": "booking",
		"Contact us": "contact", "Jetzt Kontakt aufnehmen": "contact", "Subscribe": "sign up",
		"Download the guide": "download",
		"Read more":          "learn more", "Back to Blog": "dialog", "Accept all": "dialog", "Zebra": "other",
		"Donar": "donate", "Alle akzeptieren": "dialog", "Zum Inhalt springen": "dialog", "Gerenciar preferências": "dialog",
		"Anterior": "navigation", "Siguiente ›": "navigation", "FR ▾": "navigation", "Chi siamo": "navigation",
		"Get Your Home's Value": "contact", "Kostenlos anfragen": "contact", "Obtenir un avis sous 48h": "contact",
		"Richiedi offerta": "contact", "Solicitar orçamento": "contact", "Agendar turno": "booking",
		"お問い合わせはこちら": "contact", "Vraag een offerte aan": "contact", "احجز الآن": "booking", "Mobile Apps Dev": "other",
	} {
		assert.Equal(t, want, a.actionKind(text), text)
	}
	pages := []onboarding.Page{
		{CallsToAction: []onboarding.Link{{Text: "Read more"}, {Text: "Buy now (placeholder)"}, {Text: "Order"}}},
		{CallsToAction: []onboarding.Link{{Text: "Read more"}, {Text: "order"}, {Text: "Call us"}, {Text: "Home"}}},
	}
	assert.Equal(t, []action{{"Order", "purchase", 2}, {"Call us", "contact", 1}, {"Read more", "learn more", 2}},
		a.findActions(pages))
}
