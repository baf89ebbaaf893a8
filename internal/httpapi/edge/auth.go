package edge

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/postgres"
)

type userKey struct{}

// authenticate lets a request through only with an accepted token, unless its operation is marked
// public. Responses belong to one user: no shared cache may store them.
func (e *Edge) authenticate(ctx huma.Context, next func(huma.Context)) {
	if ctx.Operation().Metadata[public] == true {
		next(ctx)
		return
	}
	ctx.AppendHeader("Vary", "Authorization, Cookie")
	ctx.SetHeader("Cache-Control", "private, no-cache")
	user, err := e.signedIn(ctx)
	if err == nil {
		err = e.users.admit(user.ID, isWrite(ctx.Operation()))
	}
	if err != nil {
		Refuse(humafiber.Unwrap(ctx), err)
		return
	}
	e.NoteUser(humafiber.Unwrap(ctx), user)
	ctx = huma.WithValue(ctx, userKey{}, user)
	if user.Variant != "" { // the first request makes the session
		ctx = huma.WithContext(ctx, postgres.WithVariant(ctx.Context(), user.Variant))
	}
	next(ctx)
}

// signedIn returns the user who sends a request, by its header or by a cookie.
func (e *Edge) signedIn(ctx huma.Context) (auth.User, error) {
	header := ctx.Header("Authorization")
	var err error
	if read, ok := ctx.Operation().Metadata[authorization].(func(*fiber.Ctx) (string, error)); ok {
		header, err = read(humafiber.Unwrap(ctx))
	} else if header == "" {
		header, err = e.pageAuthorization(humafiber.Unwrap(ctx), isWrite(ctx.Operation()))
	}
	if err != nil {
		return auth.User{}, err
	}
	return e.UserOf(ctx.Context(), header)
}

// UserOf returns the user whose token an Authorization header holds.
func (e *Edge) UserOf(ctx context.Context, header string) (auth.User, error) {
	scheme, token, _ := strings.Cut(header, " ")
	if token = strings.TrimSpace(token); token == "" || !strings.EqualFold(scheme, "Bearer") {
		return auth.User{},
			NewProblem(http.StatusUnauthorized, "unauthenticated", "You are not signed in; sign in and try again.")
	}
	return e.Verifier.Verify(ctx, token)
}

// User returns the user who sends the request. Handlers of public operations have none.
func User(ctx context.Context) auth.User {
	u, _ := ctx.Value(userKey{}).(auth.User)
	return u
}

// UserID returns the id of the user who sends the request.
func UserID(ctx context.Context) string { return User(ctx).ID }

// PathUserID decodes the id of a user in a path; it is "" if the id is impossible.
func PathUserID(raw string) string {
	id, err := url.PathUnescape(raw)
	if err != nil || !auth.IsUserID(id) {
		return ""
	}
	return id
}
