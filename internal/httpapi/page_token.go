package httpapi

import (
	"net"
	"net/http"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// pathDevelopmentToken is where the page gets a token on a developer's machine. It is
// no part of the API: in production the route does not exist.
const pathDevelopmentToken = "/development-token"

func (s *Server) serveDevelopmentToken() {
	if s.cfg.DevelopmentToken != nil {
		s.edge.App.Add(http.MethodPost, pathDevelopmentToken, s.developmentToken)
	}
}

// developmentToken responds with a token of the development issuer for the user that the body names.
func (s *Server) developmentToken(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, edge.NoStore)
	// Other machines of the network may reach this port, and can send any Host.
	if !loopbackHost(string(c.Request().Header.Host())) || !c.Context().RemoteIP().IsLoopback() || isForwarded(c) {
		return edge.NewProblem(http.StatusForbidden, "loopback_only",
			"Development tokens are given out on this machine only. Open the page under 127.0.0.1 on it, or sign in with what "+
				"api token prints.")
	}
	if !fromOwnPage(c) {
		return edge.NewProblem(http.StatusForbidden, "cross_origin", "A page of another website can't do this.")
	}
	var asked struct {
		User string `json:"user"`
	}
	// A page of another origin can't send this media type without being asked for CORS.
	if err := edge.ReadJSON(c, &asked, `{"user": "dev"}`); err != nil {
		return err
	}
	token, err := s.cfg.DevelopmentToken(strings.TrimSpace(asked.User))
	if err != nil {
		return &onboarding.InputError{Field: "user", Code: "required", Reason: "Enter a user name of 1 to 255 characters."}
	}
	return c.JSON(map[string]string{"token": token})
}

// fromOwnPage reports whether a page of this server sent the request, or no page at all. Each header that the
// browser adds counts: old browsers send one of them only.
func fromOwnPage(c *fiber.Ctx) bool {
	site, origin := c.Get("Sec-Fetch-Site"), c.Get(fiber.HeaderOrigin)
	return (site == "" || site == "same-origin") &&
		(origin == "" || strings.EqualFold(origin, "http://"+string(c.Request().Header.Host())))
}

// forwardedHeaders are added by proxies: whoever is behind one is not known to be on this machine, and names
// that a page gives to its host must not count.
var forwardedHeaders = regexp.MustCompile(
	`(?i)^(via|cdn-loop|x[-_](original|host|rewrite|envoy|azure|appengine|arr|amzn).*)$|forward|proxy|` +
		`(real|client|remote|connecting|originating|source)[-_]?(ip|addr)`)

func isForwarded(c *fiber.Ctx) bool {
	for name := range c.Request().Header.All() {
		if forwardedHeaders.Match(name) {
			return true
		}
	}
	return false
}

// loopbackHost reports whether a Host header names this machine itself.
func loopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
