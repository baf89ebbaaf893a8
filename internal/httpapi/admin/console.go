package admin

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

// PathConsole is where the console of the queue is served.
const PathConsole = PathOps + "/river"

// consolePolicy is that of River's page, which sets styles within elements.
const consolePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' " +
	"data:; font-src 'self' data:; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// serveConsole serves the page of the queue to operators. What they change there is written to the
// audit log.
func (h *Handlers) serveConsole() {
	if h.cfg.Console == nil {
		return
	}
	console := adaptor.HTTPHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The server's own context is changed by its shutdown while the console may still read it.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), h.edge.RequestTimeout)
		defer cancel()
		h.cfg.Console.ServeHTTP(w, r.WithContext(ctx))
	}))
	handle := func(c *fiber.Ctx) error {
		user, err := h.operator(c)
		switch {
		case mustSignIn(err) && edge.IsNavigation(c):
			return c.Redirect(PathSignIn+"#/river"+consolePage(c.Path()), http.StatusSeeOther)
		case err != nil:
			return err
		}
		if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
			if err := h.noteConsole(c, user); err != nil {
				return err
			}
		}
		if err := console(c); err != nil {
			return err
		}
		c.Set(fiber.HeaderContentSecurityPolicy, consolePolicy)
		c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
		c.Set(fiber.HeaderCacheControl, "private, no-cache")
		return nil
	}
	for _, method := range []string{fiber.MethodGet, fiber.MethodPost, fiber.MethodPut, fiber.MethodPatch} {
		h.edge.App.Add(method, PathConsole, handle)
		h.edge.App.Add(method, PathConsole+"/*", handle)
	}
}

// consolePages are the pages of the console that the sign-in goes on to.
var consolePages = regexp.MustCompile(`^(?:/jobs(?:/[0-9]+)?|/queues(?:/[\w-]+)?)$`)

// consolePage returns the page of the console at a path, "" for its first one.
func consolePage(path string) string {
	return consolePages.FindString(strings.TrimPrefix(path, PathConsole))
}

// noteConsole writes a change on the console to the audit log: the address says what, the body which
// jobs.
func (h *Handlers) noteConsole(c *fiber.Ctx, user auth.User) error {
	var jobs struct {
		IDs []json.RawMessage `json:"ids"`
	}
	// The console validates the rest of the body.
	_ = json.Unmarshal(c.Body(), &jobs)
	address := strings.TrimPrefix(c.Path(), PathConsole+"/api/")
	parts := strings.Split(address, "/")
	detail := map[string]any{}
	action := "river." + parts[0] + "." + strings.ToLower(c.Method())
	switch {
	case parts[0] == "queues" && len(parts) > 1:
		detail["queue"] = cutText(parts[1])
		if len(parts) > 2 {
			action = "river.queues." + parts[2]
		}
	case parts[0] == "jobs" && len(parts) > 1:
		action, detail["job_ids"] = "river.jobs."+parts[1], jobs.IDs
	}
	return h.note(c.UserContext(), c, call{by: user, allowed: true, action: cutText(action), detail: detail})
}

// cutText bounds the part of an address that is stored.
func cutText(text string) string { return strings.ToValidUTF8(text[:min(len(text), 100)], "") }
