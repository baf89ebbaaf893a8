package edge

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

const (
	// HeaderCSRF is the header in which the web page repeats the CSRF token of its session.
	HeaderCSRF = "X-CSRF-Token"
	// PageSession is the name of the cookie that holds the token of a user of the web page.
	PageSession = "onboarding"
)

// crossOrigin recognizes requests that a page of another origin sent.
var crossOrigin = http.NewCrossOriginProtection()

// SameOrigin returns a problem if a page of another origin has sent the request, whatever its method.
func SameOrigin(c *fiber.Ctx) error {
	sent := &http.Request{Method: http.MethodPost, Host: string(c.Request().Host()), Header: http.Header{}}
	for _, name := range []string{"Sec-Fetch-Site", fiber.HeaderOrigin} {
		if value := c.Get(name); value != "" {
			sent.Header.Set(name, value)
		}
	}
	if crossOrigin.Check(sent) != nil {
		return NewProblem(http.StatusForbidden, "cross_origin", "A page of another website can't do this.")
	}
	return nil
}

// IsNavigation reports whether a person has opened an address in a browser.
func IsNavigation(c *fiber.Ctx) bool {
	return (c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead) &&
		strings.Contains(c.Get(fiber.HeaderAccept), fiber.MIMETextHTML)
}

// SessionName returns the full name of a session cookie. Its prefix makes browsers accept the cookie from this host
// only, over https.
func (e *Edge) SessionName(name string) string {
	if e.PlainCookies {
		return name
	}
	return "__Host-" + name
}

// SessionCookie returns a cookie that keeps a token where no script can read it.
func (e *Edge) SessionCookie(name, token string, lasts time.Duration) *fiber.Cookie {
	return &fiber.Cookie{
		Name: e.SessionName(name), Value: token, Path: "/", MaxAge: int(lasts.Seconds()),
		HTTPOnly: true, Secure: !e.PlainCookies, SameSite: fiber.CookieSameSiteStrictMode,
	}
}

// EndedSession returns the cookie that makes a browser delete a session.
func (e *Edge) EndedSession(name string) *fiber.Cookie {
	cookie := e.SessionCookie(name, "", 0)
	cookie.Expires = time.Unix(0, 0)
	return cookie
}

// CSRFToken returns the token that requests with a session cookie must repeat in a header. It is derived from the
// cookie's token, which no script can read, so that every API process expects the same.
func CSRFToken(token string) string {
	mac := hmac.New(sha256.New, []byte(token))
	_, _ = mac.Write([]byte("onboarding page"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// pageAuthorization returns the Authorization that the session of the web page stands for, "" if there is none. The
// cookie counts only for requests of this origin's pages. Writes must carry the session's CSRF token; reads may, so
// that a page doesn't show the data of a user who has signed in meanwhile in another tab.
func (e *Edge) pageAuthorization(c *fiber.Ctx, write bool) (string, error) {
	token := c.Cookies(e.SessionName(PageSession))
	if token == "" {
		return "", nil
	}
	if err := SameOrigin(c); err != nil {
		return "", err
	}
	sent := c.Get(HeaderCSRF)
	if (write || sent != "") && !hmac.Equal([]byte(sent), []byte(CSRFToken(token))) {
		return "", NewProblem(http.StatusForbidden, "csrf_token",
			"The page was opened by somebody else or is out of date; load it again.")
	}
	return "Bearer " + token, nil
}
