package admin

import (
	"errors"
	"net/http"
	"strings"
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
)

// crossOrigin recognizes requests that a page of another origin sent.
var crossOrigin = http.NewCrossOriginProtection()

// sameOrigin returns a problem if a page of another origin has sent the request,
// whatever its method.
func sameOrigin(c *fiber.Ctx) error {
	sent := &http.Request{Method: http.MethodPost, Host: string(c.Request().Host()), Header: http.Header{}}
	for _, name := range []string{"Sec-Fetch-Site", fiber.HeaderOrigin} {
		if value := c.Get(name); value != "" {
			sent.Header.Set(name, value)
		}
	}
	if crossOrigin.Check(sent) != nil {
		return edge.NewProblem(http.StatusForbidden, "cross_origin", "A page of another website can't do this.")
	}
	return nil
}

// sessionCookie is the name of the cookie that holds an operator's token. Its prefix makes browsers
// accept it from this host only, over https.
func (h *Handlers) sessionCookie() string {
	if h.cfg.PlainCookies {
		return "ops"
	}
	return "__Host-ops"
}

// authorization returns the Authorization of a request: its header, or the token of the cookie if a
// page of this origin sends it. Pages of CORS_ORIGINS may be of the same site, where SameSite alone
// lets the cookie through.
func (h *Handlers) authorization(c *fiber.Ctx) (string, error) {
	header, token := c.Get(fiber.HeaderAuthorization), c.Cookies(h.sessionCookie())
	if header != "" || token == "" {
		return header, nil
	}
	opened := c.Method() == fiber.MethodGet && c.Get("Sec-Fetch-Mode") == "navigate" // only the user sees the response
	if err := sameOrigin(c); err != nil && !opened {
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
	if err := sameOrigin(c); err != nil {
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
	c.Cookie(h.cookie(sent.Token, min(time.Until(user.Expires), sessionLimit)))
	return c.SendStatus(http.StatusNoContent)
}

func (h *Handlers) signOut(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, edge.NoStore)
	if err := sameOrigin(c); err != nil {
		return err
	}
	cookie := h.cookie("", 0)
	cookie.Expires = time.Unix(0, 0)
	c.Cookie(cookie)
	return c.SendStatus(http.StatusNoContent)
}

func (h *Handlers) cookie(token string, lasts time.Duration) *fiber.Cookie {
	return &fiber.Cookie{
		Name: h.sessionCookie(), Value: token, Path: "/", MaxAge: int(lasts.Seconds()),
		HTTPOnly: true, Secure: !h.cfg.PlainCookies, SameSite: fiber.CookieSameSiteStrictMode,
	}
}

func errNoOperator() *edge.Problem {
	return edge.NewProblem(http.StatusForbidden, "admin_only", "This is for operators only; sign in as one.")
}

// isNavigation reports whether a person has opened an address.
func isNavigation(c *fiber.Ctx) bool {
	return c.Method() == fiber.MethodGet && strings.Contains(c.Get(fiber.HeaderAccept), fiber.MIMETextHTML)
}

// mustSignIn reports whether signing in would fix err.
func mustSignIn(err error) bool {
	var problem *edge.Problem
	return errors.Is(err, auth.ErrToken) || errors.As(err, &problem) && problem.Status == http.StatusUnauthorized
}
