package admin

import (
	"errors"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

const (
	// PathOps is the page of operators.
	PathOps = "/ops"
	// PathSignIn is where they sign in.
	PathSignIn  = PathOps + "/sign-in"
	pathSignOut = PathOps + "/sign-out"

	// sessionLimit is the longest that an operator stays signed in on a page.
	sessionLimit = time.Hour

	// sessionName is the name of the cookie that holds an operator's token.
	sessionName = "ops"
)

// authorization returns the Authorization of a request: its header, or the token of the cookie if a
// page of this origin sends it. Pages of CORS_ORIGINS may be of the same site, where SameSite alone
// lets the cookie through.
func (h *Handlers) authorization(c *fiber.Ctx) (string, error) {
	header, token := c.Get(fiber.HeaderAuthorization), c.Cookies(h.edge.SessionName(sessionName))
	if header != "" || token == "" {
		return header, nil
	}
	opened := c.Method() == fiber.MethodGet && c.Get("Sec-Fetch-Mode") == "navigate" // only the user sees the response
	if err := edge.SameOrigin(c); err != nil && !opened {
		return "", err
	}
	return "Bearer " + token, nil
}

// operator returns the operator who sends a request.
func (h *Handlers) operator(c *fiber.Ctx) (auth.User, error) {
	header, err := h.authorization(c)
	if err != nil {
		return auth.User{}, err
	}
	user, err := h.edge.UserOf(c.UserContext(), header)
	if err != nil {
		return auth.User{}, err
	}
	h.edge.NoteUser(c, user)
	if user.Role != auth.RoleAdmin {
		return user, errNoOperator()
	}
	return user, nil
}

func (h *Handlers) serveSessions() {
	h.edge.App.Add(http.MethodPost, PathSignIn, h.signIn)
	h.edge.App.Add(http.MethodPost, pathSignOut, h.signOut)
}

// signIn turns an operator's token into a cookie that scripts can't read.
func (h *Handlers) signIn(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, edge.NoStore)
	if err := edge.SameOrigin(c); err != nil {
		return err
	}
	var sent struct {
		Token string `json:"token"`
	}
	if err := edge.ReadJSON(c, &sent, `{"token": "eyJ…"}`); err != nil {
		return err
	}
	user, err := h.edge.UserOf(c.UserContext(), "Bearer "+sent.Token)
	if err != nil {
		return err
	}
	h.edge.NoteUser(c, user)
	allowed := user.Role == auth.RoleAdmin
	if err := h.note(c.UserContext(), c, call{by: user, allowed: allowed, action: "ops.sign_in"}); err != nil {
		return err
	}
	if !allowed {
		return errNoOperator()
	}
	c.Cookie(h.edge.SessionCookie(sessionName, sent.Token, min(time.Until(user.Expires), sessionLimit)))
	return c.SendStatus(http.StatusNoContent)
}

func (h *Handlers) signOut(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, edge.NoStore)
	if err := edge.SameOrigin(c); err != nil {
		return err
	}
	c.Cookie(h.edge.EndedSession(sessionName))
	return c.SendStatus(http.StatusNoContent)
}

func errNoOperator() *edge.Problem {
	return edge.NewProblem(http.StatusForbidden, "admin_only", "This is for operators only; sign in as one.")
}

// mustSignIn reports whether signing in would fix err.
func mustSignIn(err error) bool {
	var problem *edge.Problem
	return errors.Is(err, auth.ErrToken) || errors.As(err, &problem) && problem.Status == http.StatusUnauthorized
}
