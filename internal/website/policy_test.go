package website

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/llm"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// specialRanges are the ranges of the registries of special-purpose addresses (IANA), of multicast, and what clouds use
// beside them: none may be connected to.
var specialRanges = []string{
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
	"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
	"168.63.129.16/32", "100.100.100.200/32",
	"::/128", "::1/128", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64",
	"100:0:0:1::/64", "2001::/23", "2001::/32", "2001:1::1/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48",
	"2001:10::/28", "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
	"5f00::/16", "fc00::/7", "fd00:ec2::254/128", "fe80::/10", "fec0::/10", "ff00::/8",
}

// embedding are the forms in which an IPv6 address holds an IPv4 address (%s in hexadecimal, as in a00:1).
var embedding = map[string]string{
	"mapped": "::ffff:%s", "compatible": "::%s", "translated": "::ffff:0:%s", "NAT64": "64:ff9b::%s",
	"local NAT64": "64:ff9b:1::%s", "6to4": "2002:%s::1", "Teredo server": "2001:0:%s::", "Teredo client": "2001::ffff:%s",
	"ISATAP": "fe80::5efe:%s", "ORCHID": "2001:20::%s",
}

// insideV4 are addresses that programs hide in other forms.
var insideV4 = []string{"127.0.0.2", "10.0.0.1", "169.254.169.254", "192.168.1.1"}

// spellings are other ways to write 127.0.0.2: parsers and resolvers differ about them.
var spellings = []string{
	"2130706434", "0x7f000002", "0x7F.0.0.2", "0x7f.2", "0177.0.0.2", "017700000002", "127.2", "127.0.2",
	"127.000.000.002", "127.0.0.2.", "127.0.0.02", "0127.0.0.2", "①②⑦.0.0.2", "１２７.０.０.２", "127。0。0。2", "127．0．0．2",
	"%31%32%37.0.0.2", "127.0.0.2%00", "127.0.0.2%20", "127.0.0.2.nip.io", "4294967297", "256.256.256.256", "1.2.3", "0",
	"[::ffff:7f00:2]", "[0:0:0:0:0:ffff:127.0.0.2]", "[::127.0.0.2]", "[::1]", "[::1%25lo]", "[fe80::1%25eth0]", "[::]",
	"[0000:0000:0000:0000:0000:0000:0000:0001]",
	"localhost", "LOCALHOST", "localhost.", "ｌｏｃａｌｈｏｓｔ", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "loc\u00adalhost", "locаlhost", "lοcalhost", "localhoſt",
	"ℓocalhost", "xn--loclhost-9fg", "localhost.localdomain", "a.localhost", "ip6-localhost", "kubernetes.default.svc",
	"metadata.google.internal", "instance-data", "host.docker.internal", "inside", "inside.test", "inside.test.",
}

// tricks are whole addresses that parsers read differently.
var tricks = []string{
	"http://public.test@127.0.0.2/", "http://127.0.0.2#@public.test/", "http://public.test\\@127.0.0.2/",
	"http://127.0.0.2\\@public.test/", "http://public.test%40127.0.0.2/", "http://public.test:80@127.0.0.2:80/",
	"http://127.0.0.2:80\\t@public.test", "http://127.0.\t0.2/", "http://127.0.0.2\n.public.test/", "http:127.0.0.2/",
	"http:/127.0.0.2/", "http:///127.0.0.2/", "//127.0.0.2/", "/\\127.0.0.2/", "https:\\\\127.0.0.2\\", "127.0.0.2", "127.0.0.2:80",
	" http://127.0.0.2/ ", "HTTP://127.0.0.2/", "http://127.0.0.2?@public.test/", "http://127.0.0.2;public.test/",
	"http://[127.0.0.2]/", "http://[::1/", "http://127.0.0.2:65536/", "http://127.0.0.2:-80/", "http://127.0.0.2:0x50/",
	"http://127.0.0.2:0080/", "http://127.0.0.2:/", "file:///etc/passwd", "file://127.0.0.2/etc/passwd", "ftp://127.0.0.2/",
	"gopher://127.0.0.2:70/_x", "dict://127.0.0.2:11211/", "ldap://127.0.0.2/", "jar:http://127.0.0.2!/", "javascript:alert(1)",
	"data:text/html,x", "ws://127.0.0.2/", "unix:///var/run/docker.sock", "view-source:http://127.0.0.2/", "blob:http://127.0.0.2/",
}

// refusedPorts are ports of what is no website, on an address that may be read.
var refusedPorts = []int{0, 1, 21, 22, 23, 25, 79, 81, 110, 444, 2375, 3306, 5432, 6379, 8080, 8443, 9200, 10250, 11211, 65535}

// outboundCases are addresses that must not be connected to, each with its class.
func outboundCases() map[string]string {
	all := map[string]string{}
	add := func(class, address string) { all[address] = class }
	for _, text := range specialRanges {
		prefix := netip.MustParsePrefix(text)
		for _, address := range []netip.Addr{prefix.Masked().Addr(), lastOf(prefix)} {
			add("range "+text, "http://"+hostOf(address)+"/")
		}
	}
	for name, form := range embedding {
		for _, inside := range insideV4 {
			b := netip.MustParseAddr(inside).As4()
			address := netip.MustParseAddr(fmt.Sprintf(form, fmt.Sprintf("%x:%x", int(b[0])<<8|int(b[1]), int(b[2])<<8|int(b[3]))))
			add("embedded "+name, "http://"+hostOf(address)+"/")
		}
	}
	for _, host := range spellings {
		add("spelling", "http://"+host+"/")
	}
	for _, address := range tricks {
		add("trick", address)
	}
	for _, port := range refusedPorts {
		add("port", fmt.Sprintf("http://93.184.216.34:%d/", port))
		add("port", fmt.Sprintf("https://public.test:%d/", port))
	}
	return all
}

func hostOf(address netip.Addr) string {
	if address.Is6() {
		return "[" + address.String() + "]"
	}
	return address.String()
}

// lastOf returns the last address of a prefix.
func lastOf(prefix netip.Prefix) netip.Addr {
	bytes := prefix.Masked().Addr().AsSlice()
	for bit := prefix.Bits(); bit < 8*len(bytes); bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}

// outbound counts what a test of the outbound policy has tried, and what got through.
type outbound struct{ tried, reached atomic.Int64 }

// refused notes a try. It must have ended with an error that says that the address is refused, by its form or
// because of where it leads, or that its host can't be looked up: Go's resolver takes no spelling of an address but
// the usual one.
func (o *outbound) refused(t *testing.T, what string, err error) {
	t.Helper()
	o.tried.Add(1)
	var input *onboarding.InputError
	var failure *onboarding.Failure
	switch {
	case errors.As(err, &input):
	case errors.As(err, &failure) && (failure.Code == onboarding.FailureAddressForbidden ||
		failure.Code == onboarding.FailurePortForbidden || failure.Code == onboarding.FailureRedirectForbidden ||
		failure.Code == onboarding.FailureProviderForbidden || failure.Code == onboarding.FailureHostNotFound ||
		strings.Contains(err.Error(), "could not be looked up")):
	default:
		o.reached.Add(1)
		t.Errorf("%s was not refused: %v", what, err)
	}
}

// report says what was tried, in the form that make security-test adds up.
func (o *outbound) report(t *testing.T, connections *atomic.Int64) {
	t.Helper()
	o.reached.Add(connections.Load())
	assert.Zero(t, o.reached.Load())
	t.Logf("security-count: ssrf_cases=%d reached=%d", o.tried.Load(), o.reached.Load())
}

// askModel asks the server that a user names, through a transport.
func askModel(t *testing.T, transport http.RoundTripper, address string) error {
	t.Helper()
	cred, err := onboarding.NewCredential("", "openai_compatible", "sk-1", address, "m")
	if err != nil {
		return err
	}
	client, err := llm.New(llm.Config{Transport: transport}, prometheus.NewRegistry())
	require.NoError(t, err)
	if err = client.Check(t.Context(), cred); err == nil {
		return nil
	}
	_, err = client.Ask(t.Context(), cred, onboarding.Prompt{Name: "p", Schema: []byte(`{"type":"object"}`)})
	return err
}

// Every class of forbidden address is refused as the address of a website and as that of a server of models, where every
// name leads inside: also those that resolvers make of odd spellings of addresses.
func TestForbiddenAddressesAreNotReached(t *testing.T) {
	t.Parallel()
	var tries outbound
	_, connections := forbiddenServer(t)
	resolver := nameServer(t, func(name string) []string {
		if name == "public.test" {
			return []string{"93.184.216.34"}
		}
		return []string{"127.0.0.2"}
	})
	crawler, transport := newGuardedCrawler(t, nil, resolver), newTransport(newGuard(nil), resolver)
	t.Run("cases", func(t *testing.T) {
		for address, class := range outboundCases() {
			t.Run(class+" "+address, func(t *testing.T) {
				t.Parallel()
				_, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: address})
				tries.refused(t, "the website "+address, err)
				tries.refused(t, "the server "+address, askModel(t, transport, address))
				secure := strings.Replace(address, "http://", "https://", 1)
				tries.refused(t, "the server "+secure, askModel(t, transport, secure))
			})
		}
	})
	tries.report(t, connections)
}

// The hook of the dialer refuses every special address, whatever name it came from.
func TestSpecialRangesAreRefusedWhenDialled(t *testing.T) {
	t.Parallel()
	g := newGuard(nil)
	for _, text := range specialRanges {
		prefix := netip.MustParsePrefix(text)
		for _, address := range []netip.Addr{prefix.Masked().Addr(), lastOf(prefix)} {
			network := map[bool]string{true: "tcp4", false: "tcp6"}[address.Is4()]
			for _, port := range []uint16{80, 443} {
				require.Error(t, g.control(network, netip.AddrPortFrom(address, port).String(), nil), "%s of %s", address, text)
			}
		}
	}
	for _, public := range []string{"93.184.216.34:443", "[2606:4700::1]:80", "[2a00:1450:4001::1]:443"} {
		require.NoError(t, g.check(netip.MustParseAddrPort(public)))
	}
	require.Error(t, g.control("udp4", "93.184.216.34:443", nil))
	require.Error(t, g.control("unix", "/var/run/docker.sock", nil))
}

// A website leads to each forbidden address by a redirect; a server of models, which answers with a redirect, is not
// followed at all.
func TestRedirectsToForbiddenAddresses(t *testing.T) {
	t.Parallel()
	var tries outbound
	port, connections := forbiddenServer(t)
	resolver := nameServer(t, func(string) []string { return []string{"127.0.0.2"} })
	sites := []netip.Prefix{netip.MustParsePrefix("127.0.0.3/32")}
	crawler, transport := newGuardedCrawler(t, sites, resolver), newTransport(newGuard(sites), resolver)
	targets := []string{"http://127.0.0.2:" + port + "/", "//127.0.0.2:" + port + "/", "http://inside.test:" + port + "/"}
	for address, class := range outboundCases() {
		if strings.Contains(address, "://") && class != "port" { // of others the site itself is meant
			targets = append(targets, strings.TrimSpace(address))
		}
	}
	t.Run("cases", func(t *testing.T) {
		for i, target := range targets {
			t.Run(target, func(t *testing.T) {
				t.Parallel()
				code := []int{301, 302, 303, 307, 308}[i%5]
				address := siteOn(t, "127.0.0.3", func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Location", target) // without its control characters
					w.WriteHeader(code)
				})
				_, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: address})
				tries.refused(t, "the redirect to "+target, err)
				tries.tried.Add(1)
				assert.Error(t, askModel(t, transport, address), "no redirect is followed")
			})
		}
	})
	tries.report(t, connections)
}

// siteOn serves on an address of this machine and returns the URL.
func siteOn(t *testing.T, address string, handler http.HandlerFunc) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address+":0")
	require.NoError(t, err)
	site := httptest.NewUnstartedServer(handler)
	_ = site.Listener.Close()
	site.Listener = listener
	site.Start()
	t.Cleanup(site.Close)
	return site.URL
}

// A name server that changes its mind: the address that was looked at is not the one that the next lookup gives.
func TestRebindingNames(t *testing.T) {
	t.Parallel()
	var tries outbound
	port, connections := forbiddenServer(t)
	closed, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0") // nothing accepts there
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	site := newFakeSite(t, map[string]string{"/": htmlPage("home", "/next")}, nil)
	_, open, err := net.SplitHostPort(site.Listener.Addr().String())
	require.NoError(t, err)
	// What the name server says at the first lookup of a name, and then.
	servers := map[string]struct {
		first, then []string
		port        string
	}{
		"turns":                 {first: []string{"127.0.0.1"}, then: []string{"127.0.0.2"}, port: port},
		"turns at once":         {first: []string{"127.0.0.2"}, then: []string{"127.0.0.2"}, port: port},
		"names both":            {first: []string{"127.0.0.1", "127.0.0.2"}, port: port},
		"names both reversed":   {first: []string{"127.0.0.2", "127.0.0.1"}, port: port},
		"names many":            {first: []string{"10.0.0.1", "127.0.0.2", "169.254.169.254", "::1"}, port: port},
		"names a public one":    {first: []string{"127.0.0.2", "::ffff:127.0.0.2"}, port: port},
		"turns to the metadata": {first: []string{"127.0.0.1"}, then: []string{"169.254.169.254"}, port: open},
	}
	for name, server := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var lookups atomic.Int64
			resolver := nameServer(t, func(string) []string {
				if lookups.Add(1) > 2 && server.then != nil { // A and AAAA are asked for
					return server.then
				}
				return server.first
			})
			g := newGuard(loopback)
			transport := newTransport(g, resolver)
			transport.DisableKeepAlives = true // each request looks the name up
			crawler := newTestCrawler(t, limits{}, resolver)
			crawler.transport = transport
			address := "http://turning.test:" + server.port
			for range 4 {
				tries.tried.Add(2)
				_, _ = crawler.Crawl(t.Context(), onboarding.Crawl{URL: address})
				cred := onboarding.Credential{Provider: onboarding.ProviderCompatible, Key: "sk-1", BaseURL: address, Model: "m"}
				client, err := llm.New(llm.Config{Transport: transport}, prometheus.NewRegistry())
				require.NoError(t, err)
				_, err = client.Ask(t.Context(), cred, onboarding.Prompt{Name: "p", Schema: []byte(`{"type":"object"}`)})
				require.Error(t, err)
			}
			assert.Positive(t, lookups.Load())
		})
	}
	t.Cleanup(func() { tries.report(t, connections) })
}
