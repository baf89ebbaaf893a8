package httpapi

import (
	"net"
	"net/http"
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
	if !loopbackHost(c.Hostname()) || !c.Context().RemoteIP().IsLoopback() {
		return edge.NewProblem(http.StatusForbidden, "loopback_only",
			"Development tokens are given out on this machine only. Open the page under 127.0.0.1 on it, or sign in with what "+
				"api token prints.")
	}
	var asked struct {
		User string `json:"user"`
	}
	// A page of another host can neither send this media type without being asked for
	// CORS, nor name this machine in Host after it has its own name resolved to it.
	if err := edge.ReadJSON(c, &asked, `{"user": "dev"}`); err != nil {
		return err
	}
	token, err := s.cfg.DevelopmentToken(strings.TrimSpace(asked.User))
	if err != nil {
		return &onboarding.InputError{Field: "user", Code: "required", Reason: "Enter a user name of 1 to 255 characters."}
	}
	return c.JSON(map[string]string{"token": token})
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
