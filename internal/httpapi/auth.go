package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"github.com/alwrity/onboarding/internal/auth"
)

type userKey struct{}

// public marks an operation that needs no token.
const public = "public"

// authenticate lets a request through only with an accepted token, unless its
// operation is marked public. Answers belong to one user: no shared cache may
// keep them.
func (s *Server) authenticate(ctx huma.Context, next func(huma.Context)) {
	if ctx.Operation().Metadata[public] == true {
		next(ctx)
		return
	}
	ctx.AppendHeader("Vary", "Authorization")
	ctx.SetHeader("Cache-Control", "private, no-cache")
	user, err := s.signedIn(ctx)
	if err != nil {
		c := humafiber.Unwrap(ctx)
		problem := problemOf(err)
		exchangeOf(c).problem = problem
		problem.render(c)
		return
	}
	s.note(exchangeOf(humafiber.Unwrap(ctx)), user)
	next(huma.WithValue(ctx, userKey{}, user))
}

// signedIn returns who asks. A cookie counts for the operations of operators only: no
// page of another origin can have it sent with them.
func (s *Server) signedIn(ctx huma.Context) (auth.User, error) {
	header := ctx.Header("Authorization")
	if ctx.Operation().Metadata[forOperators] == true {
		var err error
		if header, err = s.operatorHeader(humafiber.Unwrap(ctx)); err != nil {
			return auth.User{}, err
		}
	}
	return s.userOf(ctx.Context(), header)
}

func (s *Server) userOf(ctx context.Context, header string) (auth.User, error) {
	scheme, token, _ := strings.Cut(header, " ")
	if token = strings.TrimSpace(token); token == "" || !strings.EqualFold(scheme, "Bearer") {
		return auth.User{}, newProblem(http.StatusUnauthorized, "unauthenticated", "You are not signed in; sign in and try again.")
	}
	return s.cfg.Verifier.Verify(ctx, token)
}

// user returns who asks. Every handler of an operation that is not public may
// call it.
func user(ctx context.Context) auth.User {
	u, _ := ctx.Value(userKey{}).(auth.User)
	return u
}
