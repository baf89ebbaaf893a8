package edge

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// clientAddress returns the address of a request's client: that of the connection, or if a trusted proxy
// holds it, the last address of X-Forwarded-For that is not one of a trusted proxy. What stands before that
// one is the client's own word.
func (e *Edge) clientAddress(c *fiber.Ctx) netip.Addr {
	address, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		return netip.Addr{}
	}
	address = address.Unmap()
	if !e.isTrustedProxy(address) {
		return address
	}
	var chain []string
	for _, value := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		chain = append(chain, strings.Split(string(value), ",")...)
	}
	for _, hop := range slices.Backward(chain) {
		before, ok := parseHop(hop)
		if !ok {
			break
		}
		if address = before; !e.isTrustedProxy(address) {
			break
		}
	}
	return address
}

// parseHop reads an address of X-Forwarded-For; some proxies add the port.
func parseHop(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap().WithZone(""), true
	}
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return address.Unmap().WithZone(""), err == nil
}

func (e *Edge) isTrustedProxy(address netip.Addr) bool {
	return slices.ContainsFunc(e.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(address) })
}

// network returns what stands for a client's address: of IPv6 a whole /64, which is what one customer is given.
func (e *Edge) network(c *fiber.Ctx) string {
	address := e.clientAddress(c)
	if address.Is6() {
		if prefix, err := address.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return address.String()
}
