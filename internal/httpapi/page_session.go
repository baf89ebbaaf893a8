package httpapi

import (
	"errors"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// pathSession is where the web page signs in and out. It is no part of the API.
	pathSession = "/session"
	// sessionLimit is the longest that a user stays signed in on the page.
	sessionLimit = 12 * time.Hour
	// longestCookie bounds a token in bytes: browsers drop cookies of 4 KiB.
	longestCookie = 3900
)

// pageSession says who is signed in on the page.
type pageSession struct {
	User string `json:"user"`
	// CSRFToken must be repeated in a header of every write.
	CSRFToken string    `json:"csrf_token"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *Server) serveSession() {
	for method, handle := range map[string]fiber.Handler{
		http.MethodGet: s.readSession, http.MethodPost: s.beginSession, http.MethodDelete: s.endSession,
	} {
		s.edge.App.Add(method, pathSession, func(c *fiber.Ctx) error {
			c.Set(fiber.HeaderCacheControl, edge.NoStore)
			if err := edge.SameOrigin(c); err != nil {
				return err
			}
			return handle(c)
		})
	}
}

// readSession says who is signed in, for a tab that was just opened; 204 if nobody is.
func (s *Server) readSession(c *fiber.Ctx) error {
	token := c.Cookies(s.edge.SessionName(edge.PageSession))
	if token == "" {
		return c.SendStatus(http.StatusNoContent)
	}
	user, err := s.edge.UserOf(c.UserContext(), "Bearer "+token)
	switch {
	case errors.Is(err, auth.ErrToken):
		return s.endSession(c)
	case err != nil:
		return err
	}
	s.edge.NoteUser(c, user)
	return c.JSON(sessionOf(user, token))
}

// beginSession turns a user's token into a cookie that scripts can't read.
func (s *Server) beginSession(c *fiber.Ctx) error {
	var sent struct {
		Token string `json:"token"`
	}
	// A page of another origin can't send this media type without being asked for CORS.
	if err := edge.ReadJSON(c, &sent, `{"token": "eyJ…"}`); err != nil {
		return err
	}
	if len(sent.Token) > longestCookie {
		return &onboarding.InputError{Field: "token", Code: "too_long", Reason: "The token is too long for a browser."}
	}
	user, err := s.edge.UserOf(c.UserContext(), "Bearer "+sent.Token)
	if err != nil {
		return err
	}
	s.edge.NoteUser(c, user)
	c.Cookie(s.edge.SessionCookie(edge.PageSession, sent.Token, min(time.Until(user.Expires), sessionLimit)))
	return c.JSON(sessionOf(user, sent.Token))
}

func (s *Server) endSession(c *fiber.Ctx) error {
	c.Cookie(s.edge.EndedSession(edge.PageSession))
	return c.SendStatus(http.StatusNoContent)
}

func sessionOf(user auth.User, token string) pageSession {
	return pageSession{User: user.ID, CSRFToken: edge.CSRFToken(token), ExpiresAt: user.Expires}
}
