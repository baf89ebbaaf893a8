package live_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// No text opens a stream but a ticket itself: neither a changed one, nor one with something before or after it.
func FuzzTicket(f *testing.F) {
	f.Add("", "", uint8(0), uint8(1))
	f.Add(" ", "\x00", uint8(3), uint8(0x20))
	f.Add("' or true --", "%00&ticket=", uint8(25), uint8(0xff))
	server := newStreams(f)
	token := "Bearer " + server.Token("ada")
	f.Fuzz(func(t *testing.T, before, after string, at, bits uint8) {
		sent := *server.Fixture
		sent.T = t
		issued := sent.Send(http.MethodPost, pathTicket, "", "Authorization", token)
		require.Equal(t, http.StatusOK, issued.Status, "%s", issued.Body)
		ticket, ok := issued.Object(t)["ticket"].(string)
		require.True(t, ok)
		changed := []byte(ticket)
		changed[int(at)%len(changed)] ^= bits
		tried := before + string(changed) + after
		if tried == ticket {
			return
		}
		require.NotEqual(t, strings.TrimSpace(tried), "", "a ticket has 26 letters")
		for _, query := range []string{url.QueryEscape(tried), "&Ticket=" + ticket, "=" + ticket} {
			r := sent.Send(http.MethodGet, pathEvents+"?ticket="+query, "")
			require.Equal(t, http.StatusUnauthorized, r.Status, "%q: %s", query, r.Body)
			require.NotContains(t, string(r.Body), ticket)
		}
	})
}
