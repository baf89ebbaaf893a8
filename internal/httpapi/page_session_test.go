package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

const pathSession = "/session"

// signIn signs a user in on the page, and returns the headers of its requests.
func signIn(t *testing.T, f *apitest.Fixture, userID string) (http.Header, *http.Cookie) {
	t.Helper()
	r := ask(t, http.MethodPost, f.URL+pathSession, `{"token":"`+f.Token(userID)+`"}`, asJSON)
	require.Equal(t, http.StatusOK, r.Status, "%s", r.Body)
	cookies := (&http.Response{Header: r.Header}).Cookies()
	require.Len(t, cookies, 1)
	assert.Equal(t, userID, r.Object(t)["user"])
	csrf, ok := r.Object(t)["csrf_token"].(string)
	require.True(t, ok)
	return http.Header{
		"Cookie": {cookies[0].Name + "=" + cookies[0].Value}, "Sec-Fetch-Site": {"same-origin"},
		http.CanonicalHeaderKey(edge.HeaderCSRF): {csrf},
	}, cookies[0]
}

func TestASessionOfThePage(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	signedIn, cookie := signIn(t, f, "ada")
	assert.Equal(t, "__Host-onboarding", cookie.Name)
	assert.True(t, cookie.HttpOnly)
	assert.True(t, cookie.Secure)
	assert.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	assert.Equal(t, "/", cookie.Path)
	assert.Empty(t, cookie.Domain)
	assert.Positive(t, cookie.MaxAge)

	progress := f.URL + apitest.Base + "/progress"
	without := signedIn.Clone()
	without.Del(edge.HeaderCSRF)
	r := getPage(t, progress, without)
	require.Equal(t, http.StatusOK, r.Status, "a read needs no CSRF token")
	assert.Equal(t, "no-store", ask(t, http.MethodGet, f.URL+pathSession, "", without).Header.Get("Cache-Control"))
	assert.Equal(t, "ada", ask(t, http.MethodGet, f.URL+pathSession, "", without).Object(t)["user"], "a second tab")

	start := f.URL + apitest.Base + "/start"
	require.Equal(t, http.StatusOK, ask(t, http.MethodPost, start, "", signedIn).Status)
	apitest.RequireProblem(t, ask(t, http.MethodPost, start, "", without), http.StatusForbidden, "csrf_token")
	stale := signedIn.Clone()
	stale["Cookie"] = []string{"__Host-onboarding=" + f.Token("bob")}
	apitest.RequireProblem(t, getPage(t, progress, stale), http.StatusForbidden, "csrf_token")

	bob := stale.Clone()
	bob.Set("Authorization", "Bearer "+f.Token("ada"))
	assert.Equal(t, http.StatusOK, ask(t, http.MethodPost, start, "", bob).Status, "the header wins over the cookie")

	r = ask(t, http.MethodDelete, f.URL+pathSession, "", without)
	assert.Equal(t, http.StatusNoContent, r.Status)
	ended := (&http.Response{Header: r.Header}).Cookies()
	require.Len(t, ended, 1)
	assert.Equal(t, cookie.Name, ended[0].Name)
	assert.Empty(t, ended[0].Value)
}

func TestASessionOfThePageBeginsWithAToken(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	post := func(body string, header http.Header) apitest.Response {
		return ask(t, http.MethodPost, f.URL+pathSession, body, header)
	}
	apitest.RequireProblem(t, post(`{"token":"no.good.token"}`, asJSON), http.StatusUnauthorized, "invalid_token")
	apitest.RequireProblem(t, post(`{}`, asJSON), http.StatusUnauthorized, "unauthenticated")
	apitest.RequireProblem(t, post(`{"token":"`+strings.Repeat("a", 4000)+`"}`, asJSON),
		http.StatusBadRequest, "too_long")
	good := `{"token":"` + f.Token("ada") + `"}`
	apitest.RequireProblem(t, post(good, http.Header{"Content-Type": {"text/plain"}}), http.StatusUnsupportedMediaType,
		"unsupported_media_type")
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		r := ask(t, method, f.URL+pathSession, good, withJSON(http.Header{"Sec-Fetch-Site": {"same-site"}}))
		apitest.RequireProblem(t, r, http.StatusForbidden, "cross_origin")
		assert.Empty(t, r.Header.Get("Set-Cookie"))
	}
	assert.Equal(t, http.StatusNoContent, getPage(t, f.URL+pathSession, nil).Status)
	expired := getPage(t, f.URL+pathSession, http.Header{"Cookie": {"__Host-onboarding=no.good.token"}})
	assert.Equal(t, http.StatusNoContent, expired.Status)
	assert.NotEmpty(t, expired.Header.Get("Set-Cookie"), "it is deleted")
	plain := apitest.New(t, func(c *httpapi.Config) { c.Edge.PlainCookies = true })
	_, cookie := signIn(t, plain, "ada")
	assert.Equal(t, "onboarding", cookie.Name)
	assert.False(t, cookie.Secure)
}
