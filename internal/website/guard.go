package website

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
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
	port := u.Port()
	if literal, err := netip.ParseAddr(u.Hostname()); err == nil {
		return g.check(netip.AddrPortFrom(literal, portOf(u)))
	}
	if port != "" && port != "80" && port != "443" && len(g.allowed) == 0 {
		return ssrf.ErrProhibitedPort
	}
	return nil
}

// portOf returns the port of u, its own or its scheme's, and 0 when it is not a number.
func portOf(u *url.URL) uint16 {
	if u.Port() == "" {
		return map[string]uint16{"http": 80, "https": 443}[u.Scheme]
	}
	target, err := netip.ParseAddrPort("0.0.0.0:" + u.Port())
	if err != nil {
		return 0
	}
	return target.Port()
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
	transport := newTransport(Config{}, newGuard(allowed), nil)
	transport.MaxIdleConnsPerHost = 8
	return transport
}

// newTransport returns a transport without a proxy; the guard checks each connection.
func newTransport(cfg Config, g guard, resolver *net.Resolver) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, Control: g.control, Resolver: resolver}
	return &http.Transport{
		Proxy:                  nil, // the guard would only check the proxy's address
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  cfg.PageTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        20 * time.Second,
		ForceAttemptHTTP2:      true,
	}
}
