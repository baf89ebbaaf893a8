package website

import (
	"cmp"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// guard decides which addresses may be connected to: public ones on the web's
// ports, and those explicitly allowed on any port. It checks the address that is
// about to be dialled, so that neither DNS rebinding nor a redirect gets past it.
type guard struct {
	allowed []netip.Prefix
	public  *ssrf.Guardian
}

// azureWire is the public address of Azure's metadata service.
var azureWire = netip.MustParsePrefix("168.63.129.16/32")

func newGuard(allowed []netip.Prefix) guard {
	return guard{allowed: slices.Clone(allowed), public: ssrf.New(ssrf.WithDeniedV4Prefixes(azureWire))}
}

// check returns nil when the address may be connected to, else an error that wraps
// ssrf.ErrProhibitedIP or ssrf.ErrProhibitedPort.
func (g guard) check(target netip.AddrPort) error {
	if slices.ContainsFunc(g.allowed, func(p netip.Prefix) bool { return p.Contains(target.Addr()) }) {
		return nil
	}
	if err := g.public.SafeAddr(target.Addr()); err != nil {
		return err
	}
	return g.public.SafeAddrPort(target)
}

// control is the hook of net.Dialer.
func (g guard) control(network, address string, conn syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" {
		return g.public.Safe(network, address, conn)
	}
	return g.check(target)
}

// checkURL refuses what is forbidden whatever a name resolves to: forbidden literals,
// which some systems would not even dial, and ports that only an allowed address may
// have.
func (g guard) checkURL(u *url.URL) error {
	if literal, err := netip.ParseAddr(u.Hostname()); err == nil {
		return g.check(netip.AddrPortFrom(literal, portOf(u)))
	}
	if port := portOf(u); port != 80 && port != 443 && len(g.allowed) == 0 {
		return ssrf.ErrProhibitedPort
	}
	return nil
}

// portOf returns the port of u, its own or its scheme's; the highest port for a number above it.
func portOf(u *url.URL) uint16 {
	port, _ := strconv.ParseUint(cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme]), 10, 16)
	return uint16(port)
}

// Limits of a connection that pages do not need to exceed.
const (
	dialTimeout    = 10 * time.Second
	maxHeaderBytes = 64 << 10
)

// NewTransport returns a transport for requests outside crawls: it has the same guard
// and no proxy, and waits for a response as long as the caller's context allows.
// Refused addresses are errors that wrap ssrf.ErrProhibitedIP or
// ssrf.ErrProhibitedPort.
func NewTransport(allowed []netip.Prefix) *http.Transport {
	transport := newTransport(newGuard(allowed), nil)
	transport.MaxIdleConnsPerHost = 8
	return transport
}

// newTransport returns a transport without a proxy; the guard checks each connection.
// Names are looked up in resolver, nil for the system's.
func newTransport(g guard, resolver *net.Resolver) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, Control: g.control, Resolver: resolver}
	return &http.Transport{
		Proxy:                  nil, // the guard would only check the proxy's address
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        20 * time.Second,
		ForceAttemptHTTP2:      true,
	}
}
