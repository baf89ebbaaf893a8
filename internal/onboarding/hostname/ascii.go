// Package hostname writes the names of hosts in ASCII for requests and keys, and in Unicode for people.
package hostname

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// hostNames maps names as browsers do (UTS #46 for look-up): names with "_" or "--"
// exist, although registrars do not sell them.
var hostNames = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckJoiners(true),
	idna.StrictDomainName(false), idna.CheckHyphens(false))

// ErrName and ErrPort say which part of a host is not valid.
var (
	ErrName = errors.New("the name of the host is not valid")
	ErrPort = errors.New("the port is not valid")
)

// ASCII returns the host of u in lower-case ASCII with its port, the default
// port of the scheme left out: the form for requests and keys. The error is ErrName or ErrPort.
func ASCII(u *url.URL) (string, error) {
	host := u.Hostname()
	if !strings.Contains(host, ":") { // not an IPv6 literal
		ascii, err := hostNames.ToASCII(strings.TrimSuffix(host, "."))
		if err != nil || !isHostName(ascii) || !standsAsIs(ascii) {
			return "", ErrName
		}
		host = ascii
	} else {
		address, err := netip.ParseAddr(host)
		if err != nil || address.Zone() != "" {
			return "", ErrName
		}
		host = "[" + address.String() + "]"
	}
	port := u.Port()
	if number, err := strconv.Atoi(port); port != "" && (err != nil || number > 65535) {
		return "", ErrPort
	}
	if port == "" || port == map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		return host, nil
	}
	return host + ":" + port, nil
}

// standsAsIs reports whether the ASCII form of a name is valid itself: letters that are mapped to others can pass the
// rules that their mapped form breaks, as can bytes that are no text.
func standsAsIs(ascii string) bool {
	again, err := hostNames.ToASCII(ascii)
	return err == nil && again == ascii
}

// isHostName reports whether a name in ASCII has the length of a host's, no empty label and only characters
// that stand in a URL as they are. Mapping a name to ASCII can bring in others.
func isHostName(ascii string) bool {
	return ascii != "" && len(ascii) <= 253 && !strings.Contains("."+ascii+".", "..") &&
		!strings.ContainsFunc(ascii, isNotInHost)
}

func isNotInHost(r rune) bool {
	return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=", r)
}
