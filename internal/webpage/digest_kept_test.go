package webpage

import (
	"math/rand/v2"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// A contact page may hold nothing but the contact details: they are not lost.
func TestContactPageWithoutTextIsKept(t *testing.T) {
	t.Parallel()
	address := &url.URL{Scheme: "https", Host: "garage.example", Path: "/contact"}
	body := `<h1>Contact</h1><p><a href="mailto:tom@garage.example">Mail</a></p><p><a href="tel:+441174960111">Call</a></p>`
	page, err := Digest(t.Context(), []byte(body), "text/html", address)
	require.NoError(t, err)
	assert.Equal(t, []string{"tom@garage.example"}, page.Contacts.Emails)
	assert.Equal(t, []string{"+441174960111"}, page.Contacts.Phones)
}

// Bytes that are no text in any encoding are not analysed as a language.
func TestBinaryIsNoPage(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 60_000)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(random.UintN(256))
	}
	for name, test := range map[string]struct {
		body []byte
		code onboarding.FailureCode
	}{
		"random bytes": {append([]byte("<p>"), noise...), onboarding.FailureUnreadable},
		"gzip":         {append([]byte{0x1f, 0x8b, 8, 0}, noise...), onboarding.FailureNotHTML},
	} {
		_, err := Digest(t.Context(), test.body, "text/html", &url.URL{Scheme: "https", Host: "example.com"})
		var failure *onboarding.Failure
		require.ErrorAs(t, err, &failure, name)
		assert.Equal(t, test.code, failure.Code, name)
	}
}
