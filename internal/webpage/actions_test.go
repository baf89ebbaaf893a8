package webpage

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAsks(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Book", "Book now", "BUY: two for one", "contacting us", "Zur Kasse", "Zur Kasse →", "Réservez!", "Nous contacter",
		"Envíe un mensaje", "お問い合わせはこちら", "Записаться на приём",
	} {
		assert.True(t, asks(text), text)
	}
	for _, text := range []string{"", "Bookshop", "Our book", "Zur Person", "Sign-posts", "Seen", "Nous sommes"} {
		assert.False(t, asks(text), text)
	}
}

func TestOperates(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Menu", "Toggle navigation", "Accept all cookies", "×", "Back to top", "Show more"} {
		assert.True(t, operates(text), text)
	}
	for _, text := range []string{"", "Menus", "Show more shoes", "Accept the offer", "Nextdoor"} {
		assert.False(t, operates(text), text)
	}
}
