package auth

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
)

const (
	// maxKeysBytes is the size up to which a document of keys is read; those of
	// large issuers have some ten kilobytes.
	maxKeysBytes = 1 << 20
	// maxRedirects is how many redirects lead to the keys at most.
	maxRedirects = 5
)

// newKeysClient returns the client that reads an issuer's keys: bounded in time
// and size, and on the way that a redirect names only as safe as at the address
// that the settings name.
func newKeysClient() *http.Client {
	return &http.Client{
		Timeout: fetchTimeout,
		Transport: bounded{&http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: fetchTimeout,
			IdleConnTimeout: refreshInterval / 2,
		}},
		CheckRedirect: checkRedirect,
	}
}

func checkRedirect(request *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("more than %d redirects", maxRedirects)
	case !isSecure(request.URL):
		return errors.New("redirected to an address that is not https")
	}
	return nil
}

// isSecure accepts https, and any scheme on the machine itself, for a proxy beside
// the process.
func isSecure(u *url.URL) bool {
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Hostname() == "localhost" || (err == nil && ip.IsLoopback())
}

// bounded is a transport whose answers end in an error after maxKeysBytes.
type bounded struct{ http.RoundTripper }

// RoundTrip bounds the answer of the transport.
func (b bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	response.Body = http.MaxBytesReader(nil, response.Body, maxKeysBytes)
	return response, nil
}
