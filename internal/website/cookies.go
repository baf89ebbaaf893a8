package website

import (
	"net/http"
	"net/http/cookiejar"

	"golang.org/x/net/publicsuffix"
)

// Limits of cookies, those of browsers (RFC 6265, section 6.1): what a website sets must not
// fill the memory, nor become a request that it refuses.
const (
	maxCookie     = 4096
	maxCookies    = 50
	maxCookieSent = 8 << 10
)

// newCookies returns the cookies of one crawl: in memory, each for the hosts that it was set
// for, and gone with the crawl. They are never logged.
func newCookies() http.CookieJar {
	jar, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // never fails
	return jar
}

// addCookies adds the cookies of an address to a request.
func addCookies(req *http.Request, jar http.CookieJar) {
	if jar == nil {
		return
	}
	size := 0
	for _, cookie := range jar.Cookies(req.URL) {
		if size += len(cookie.Name) + len(cookie.Value) + len("=; "); size > maxCookieSent {
			return
		}
		req.AddCookie(cookie)
	}
}

// keepCookies keeps the cookies that a response sets.
func keepCookies(resp *http.Response, r request) {
	if r.cookies == nil {
		return
	}
	var kept []*http.Cookie
	for _, cookie := range resp.Cookies() {
		if len(cookie.Name)+len(cookie.Value) <= maxCookie && len(kept) < maxCookies {
			kept = append(kept, cookie)
		}
	}
	r.cookies.SetCookies(r.address, kept)
}
