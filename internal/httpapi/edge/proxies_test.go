package edge_test

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

// Behind a trusted proxy the limit of an address is that of the client, which the last address that no proxy
// has names; what a client writes before it changes nothing.
func TestAddressesBehindProxies(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("2001:db8:7::/48")}
	for name, test := range map[string]struct {
		trusted       []netip.Prefix
		first, second string
		limited       bool // the second is held for the address of the first
	}{
		"one client":                  {proxies, "192.0.2.1", "192.0.2.1", true},
		"two clients":                 {proxies, "192.0.2.1", "192.0.2.2", false},
		"a client that makes one up":  {proxies, "192.0.2.1", "198.51.100.9, 192.0.2.1", true},
		"a client named as a proxy":   {proxies, "192.0.2.1", "127.0.0.9, 192.0.2.1", true},
		"two proxies":                 {proxies, "192.0.2.1, 127.0.0.9", "192.0.2.2, 2001:db8:7::1, 127.0.0.9", false},
		"ports":                       {proxies, "192.0.2.1:4711", "192.0.2.1:4712", true},
		"IPv6 with ports":             {proxies, "[2001:db8::1]:1", "2001:db8::2", true},
		"another network of IPv6":     {proxies, "2001:db8::1", "2001:db8:0:1::1", false},
		"IPv4 as IPv6":                {proxies, "::ffff:192.0.2.1", "192.0.2.1", true},
		"nothing that can be read":    {proxies, "192.0.2.1, unknown", "192.0.2.2, unknown", true},
		"no proxy is trusted":         {nil, "192.0.2.1", "192.0.2.2", true},
		"the proxy is none of theirs": {proxies[1:], "192.0.2.1", "192.0.2.2", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := serveOwn(t, func(c *edge.Config) {
				c.Limits.AddressWritesPerSecond, c.TrustedProxies = 1, test.trusted
			}, succeed)
			for range 3 {
				assert.Equal(t, http.StatusOK, f.As("ada", http.MethodPost, pathOwn, "", "X-Forwarded-For", test.first).Status)
			}
			r := f.As("ada", http.MethodPost, pathOwn, "", "X-Forwarded-For", test.second)
			if test.limited {
				apitest.RequireProblem(t, r, 429, "too_many_writes_from_address")
			} else {
				assert.Equal(t, http.StatusOK, r.Status, "%s", r.Body)
			}
		})
	}
}
