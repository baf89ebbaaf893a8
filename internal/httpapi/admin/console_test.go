package admin_test

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/admin"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/queue/console"
)

// browser sends requests as a page of the server's own origin does.
type browser struct {
	*apitest.Fixture
	cookie *http.Cookie
}

// newBrowser serves with a console of the queue.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	db := pgtest.New(t)
	ring, err := apitest.KeyRing()
	require.NoError(t, err)
	console, err := console.New(t.Context(), db.System, admin.PathConsole,
		func(id string) string { return ring.Fingerprint([]byte(id)) }, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	f := apitest.NewOn(t, db.App,
		func(c *httpapi.Config) {
			c.Edge.PlainCookies, c.Admin = true, admin.Config{Pool: db.System, Console: console}
		})
	f.DB = db
	return &browser{Fixture: f}
}

// load sends a request with the cookie; headers, pairs of name and value, win.
func (b *browser) load(method, path, body string, headers ...string) apitest.Response {
	b.T.Helper()
	request, err := http.NewRequestWithContext(b.T.Context(), method, b.URL+path, strings.NewReader(body))
	require.NoError(b.T, err)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	if b.cookie != nil {
		request.AddCookie(b.cookie)
	}
	client := &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(request)
	require.NoError(b.T, err)
	content, err := io.ReadAll(answer.Body)
	require.NoError(b.T, errors.Join(err, answer.Body.Close()))
	for _, cookie := range answer.Cookies() {
		b.cookie = cookie
	}
	return apitest.Response{Status: answer.StatusCode, Header: answer.Header, Body: content}
}

func (b *browser) signIn(user auth.User, headers ...string) apitest.Response {
	b.T.Helper()
	body, err := json.Marshal(map[string]string{"token": b.TokenOf(user)})
	require.NoError(b.T, err)
	return b.load(http.MethodPost, "/ops/sign-in", string(body), headers...)
}

var operator = auth.User{ID: "ops", Role: auth.RoleAdmin}

func TestOperatorsSignInWithAToken(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	apitest.RequireProblem(t, b.signIn(auth.User{ID: "ada"}), 403, "admin_only")
	apitest.RequireProblem(t, b.load(http.MethodPost, "/ops/sign-in", `{"token":"nonsense"}`), 401, "invalid_token")
	apitest.RequireProblem(t, b.load(http.MethodPost, "/ops/sign-in", `token=x`, "Content-Type", "text/plain"),
		415, "unsupported_media_type")
	for _, sent := range [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Sec-Fetch-Site", "", "Origin", "https://app.example.com"},
	} {
		apitest.RequireProblem(t, b.signIn(operator, sent...), 403, "cross_origin")
	}
	require.Nil(t, b.cookie)

	r := b.signIn(operator)
	require.Equal(t, 204, r.Status, "%s", r.Body)
	require.NotNil(t, b.cookie)
	assert.True(t, b.cookie.HttpOnly)
	assert.Equal(t, http.SameSiteStrictMode, b.cookie.SameSite)
	assert.InDelta(t, 3600, b.cookie.MaxAge, 10, "not beyond the token, which lasts an hour")
	assert.Equal(t, 1, b.Count(
		"select count(*) from audit_log where actor = 'ops' and action = 'ops.sign_in' and detail ->> 'allowed' = 'true'",
	))
	assert.Equal(t, 1, b.Count(
		"select count(*) from audit_log where actor = 'ada' and action = 'ops.sign_in' and detail ->> 'allowed' = 'false'",
	))

	require.Equal(t, 204, b.load(http.MethodPost, "/ops/sign-out", "").Status)
	assert.Empty(t, b.cookie.Value)
	assert.True(t, b.cookie.Expires.Before(time.Now()))
}

func TestOutsideOfAMachineTheCookieIsSecure(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	secure := apitest.NewOn(t, b.DB.App, func(c *httpapi.Config) { c.Admin.Pool = b.DB.System })
	s := &browser{Fixture: secure}
	require.Equal(t, 204, s.signIn(operator).Status)
	assert.True(t, s.cookie.Secure)
	assert.Equal(t, "__Host-ops", s.cookie.Name)
}

// The cookie counts for what is for operators alone, and only for pages of this origin.
func TestTheCookieCountsForOperators(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	require.Equal(t, 204, b.signIn(operator).Status)
	assert.Equal(t, 200, b.load(http.MethodGet, adminPath+"/audit", "").Status)
	apitest.RequireProblem(t, b.load(http.MethodGet, apitest.Base+"/status", ""), 401, "unauthenticated")
	for _, sent := range [][]string{
		{"Sec-Fetch-Site", "same-site"},
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "", "Origin", "https://app.example.com"},
	} {
		apitest.RequireProblem(t, b.load(http.MethodGet, adminPath+"/audit", "", sent...), 403, "cross_origin")
	}
}

func TestTheConsoleIsForOperators(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	_, err := apitest.NewSubmitter(t, b.DB.App, b.DB.System).SubmitWebsite(t.Context(), "grace",
		onboarding.WebsiteInput{Website: "https://example.com"})
	require.NoError(t, err)
	// As the release before had them.
	b.Exec("update river_job set args = args || '{\"user_id\": \"grace\"}'")
	r := b.load(http.MethodGet, "/ops/river/", "", "Accept", "text/html")
	assert.Equal(t, 303, r.Status)
	assert.Equal(t, "/ops/sign-in#/river", r.Header.Get("Location"))
	apitest.RequireProblem(t, b.load(http.MethodGet, "/ops/river/api/jobs", ""), 401, "unauthenticated")
	b.cookie = &http.Cookie{Name: "ops", Value: b.Token("ada")}
	apitest.RequireProblem(t, b.load(http.MethodGet, "/ops/river/api/jobs", ""), 403, "admin_only")

	require.Equal(t, 204, b.signIn(operator).Status)
	page := b.load(http.MethodGet, "/ops/river/", "")
	require.Equal(t, 200, page.Status)
	assert.Contains(t, string(page.Body), "<title>River</title>")
	assert.Contains(t, page.Header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; ")
	listed := b.load(http.MethodGet, "/ops/river/api/jobs?state=available", "")
	require.Equal(t, 200, listed.Status, "%s", listed.Body)
	assert.Contains(t, string(listed.Body), "website_analysis")
	detail := b.load(http.MethodGet, "/ops/river/api/jobs/1", "")
	require.Equal(t, 200, detail.Status, "%s", detail.Body)
	ring, err := apitest.KeyRing()
	require.NoError(t, err)
	assert.Contains(t, string(detail.Body), ring.Fingerprint([]byte("grace")))
	for _, r := range []apitest.Response{listed, detail} {
		assert.NotContains(t, string(r.Body), "grace")
	}
}

// What operators change on the console is written to the audit log; other pages change nothing there.
func TestTheConsoleIsAuditedAndDefended(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	_, err := apitest.NewSubmitter(t, b.DB.App, b.DB.System).SubmitWebsite(t.Context(), "grace", onboarding.WebsiteInput{Website: "https://example.com"})
	require.NoError(t, err)
	_, err = b.DB.System.Exec(t.Context(),
		"insert into river_queue (name, created_at, updated_at) values ('bulk', now(), now())")
	require.NoError(t, err)
	require.Equal(t, 204, b.signIn(operator).Status)
	cancel := func(headers ...string) apitest.Response {
		return b.load(http.MethodPost, "/ops/river/api/jobs/cancel", `{"ids":["1"]}`, headers...)
	}
	apitest.RequireProblem(t, cancel("Sec-Fetch-Site", "cross-site", "Content-Type", "text/plain"), 403, "cross_origin")
	assert.Zero(t, b.Count("select count(*) from river_job where state = 'cancelled'"))
	r := cancel()
	require.Equal(t, 200, r.Status, "%s", r.Body)
	assert.Equal(t, 1, b.Count("select count(*) from river_job where state = 'cancelled'"))
	assert.Equal(t, 1,
		b.Count(`select count(*) from audit_log where actor = 'ops' and action = 'river.jobs.cancel' and detail -> 'job_ids' = '["1"]'`))
	r = b.load(http.MethodPut, "/ops/river/api/queues/bulk/pause", "")
	require.Equal(t, 200, r.Status, "%s", r.Body)
	assert.Equal(t, 1,
		b.Count(`select count(*) from audit_log where action = 'river.queues.pause' and detail ->> 'queue' = 'bulk'`))
	assert.Equal(t, 1, b.Count("select count(*) from river_queue where paused_at is not null"))
}
