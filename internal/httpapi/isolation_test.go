package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/golang-jwt/jwt/v5"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/admin"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/httpapi/live"
	"github.com/alwrity/onboarding/internal/queue/console"
)

// attack is the whole server with an identity provider, and what was tried.
type attack struct {
	*apitest.Fixture
	provider     *provider
	owner        *pgx.Conn
	tries, leaks int
}

func newAttack(t *testing.T) *attack {
	t.Helper()
	a := &attack{provider: newProvider(t)}
	verifier, err := auth.NewVerifier(t.Context(), a.provider.settings(), prometheus.NewRegistry(),
		slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return verifier.Ready(t.Context()) == nil }, 10*time.Second, 5*time.Millisecond)
	a.Fixture = apitest.New(t, func(c *httpapi.Config) {
		c.Edge.Verifier, c.Wizard.Patience = verifier, 20*time.Second
		c.Live = live.Config{App: c.Wizard.Pool, Reader: c.Admin.Pool, Listening: c.Admin.Pool}
		c.Edge.PlainCookies = true
		c.Admin.Console, err = console.New(t.Context(), c.Admin.Pool, admin.PathConsole,
			func(string) string { return "somebody" }, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
	})
	return a
}

// as is the header of an accepted token of a user.
func (a *attack) as(t *testing.T, userID string) http.Header {
	t.Helper()
	return bearer(a.provider.token(t, userID, nil))
}

// operator is the header of an operator.
func (a *attack) operator(t *testing.T) http.Header {
	t.Helper()
	return bearer(a.provider.token(t, "ops", jwt.MapClaims{"role": "admin"}))
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// try is one request of an attacker.
type try struct {
	route, method, path, body string
	header                    http.Header
}

// streamed is how long a stream is read that does not end.
const streamed = 50 * time.Millisecond

// send sends a request as it is.
func (a *attack) send(t *testing.T, try try) apitest.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, try.method, a.URL+try.path, strings.NewReader(try.body))
	require.NoError(t, err)
	request.Header = try.header.Clone()
	if try.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if strings.HasSuffix(try.path, "/ws") {
		for name, value := range map[string]string{
			"Connection": "Upgrade", "Upgrade": "websocket",
			"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
		} {
			request.Header.Set(name, value)
		}
	}
	answer, err := attacker.Do(request)
	require.NoError(t, err, "%s %s", try.method, try.path)
	defer func() { _ = answer.Body.Close() }()
	stream := answer.StatusCode == http.StatusSwitchingProtocols ||
		answer.Header.Get("Content-Type") == "text/event-stream"
	if stream {
		time.AfterFunc(streamed, func() { _ = answer.Body.Close() })
	}
	body, err := io.ReadAll(answer.Body)
	if !stream {
		require.NoError(t, err)
	}
	return apitest.Response{Status: answer.StatusCode, Header: answer.Header, Body: body}
}

var attacker = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

var parameters = regexp.MustCompile(`:(\w+)|\{(\w+)\}|\*`)

// consoleRoutes are those of River's page, which has a handler of its own behind one route.
var consoleRoutes = []httpapi.Route{
	{Method: "GET", Pattern: "/api/autocomplete?facet=job_kind"},
	{Method: "GET", Pattern: "/api/features"},
	{Method: "GET", Pattern: "/api/health-checks/complete"},
	{Method: "POST", Pattern: "/api/jobs/cancel"},
	{Method: "POST", Pattern: "/api/jobs/delete"},
	{Method: "POST", Pattern: "/api/jobs/retry"},
	{Method: "GET", Pattern: "/api/jobs/{job_id}"},
	{Method: "GET", Pattern: "/api/jobs?state=completed&limit=100"},
	{Method: "GET", Pattern: "/api/queues"},
	{Method: "GET", Pattern: "/api/queues/{name}"},
	{Method: "PUT", Pattern: "/api/queues/{name}/pause"},
	{Method: "PUT", Pattern: "/api/queues/{name}/resume"},
	{Method: "PATCH", Pattern: "/api/queues/{name}"},
	{Method: "GET", Pattern: "/api/states"},
	{Method: "GET", Pattern: "/api/version"},
	{Method: "GET", Pattern: "/jobs/{job_id}"},
}

// requests are those of all routes, for the victim's objects.
func (p *prey) requests(t *testing.T) []try {
	t.Helper()
	document, err := apitest.Described()
	require.NoError(t, err)
	routes := p.Server.Routes()
	for _, route := range consoleRoutes {
		routes = append(routes, httpapi.Route{Method: route.Method, Pattern: admin.PathConsole + route.Pattern})
	}
	var all []try
	for _, route := range routes {
		described := parameters.ReplaceAllStringFunc(route.Pattern, func(name string) string {
			if name == "*" {
				return "{url}"
			}
			return "{" + strings.Trim(name, ":{}") + "}"
		})
		request := try{route: route.Method + " " + described, method: route.Method}
		request.path = parameters.ReplaceAllStringFunc(described, func(name string) string {
			value := p.object(described, strings.Trim(name, "{}"))
			require.NotEmpty(t, value, "%s: the victim has no %s", described, name)
			return value
		})
		if item := document.Paths.Find(described); item != nil && item.GetOperation(route.Method) != nil {
			request.body = exampleOf(item.GetOperation(route.Method))
		}
		if strings.Contains(described, "/api/jobs/") && route.Method == http.MethodPost {
			request.body = `{"ids":["` + p.ids["job_id"] + `"]}`
		}
		if strings.Contains(described, "/step/{n}") {
			for _, n := range strings.Split("1 3 4 5 6", " ") {
				other := request
				other.path = strings.Replace(request.path, "/step/2", "/step/"+n, 1)
				all = append(all, other)
			}
		}
		all = append(all, request)
	}
	slices.SortFunc(all, func(a, b try) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return slices.CompactFunc(all, func(a, b try) bool { return a.path == b.path && a.method == b.method })
}

// exampleOf returns a body that an operation accepts, "" if it takes none.
func exampleOf(operation *openapi3.Operation) string {
	if operation.RequestBody == nil {
		return ""
	}
	encoded, err := json.Marshal(apitest.ExampleOf(operation.RequestBody.Value.Content.Get("application/json")))
	if err != nil {
		return "{}"
	}
	return string(encoded)
}

// TestNobodyReachesAnothersData tries every route for the victim's objects as another user, as nobody, and with
// each kind of token that must not be accepted.
func TestNobodyReachesAnothersData(t *testing.T) {
	t.Parallel()
	a := newAttack(t)
	a.Work()
	p := newPrey(t, a)
	requests := p.requests(t)
	p.requireVisible(t, requests)
	before := p.rows(t)

	p.tryAll(t, "nobody", requests, http.Header{}, p.refused)
	guarded := slices.DeleteFunc(slices.Clone(requests), func(request try) bool {
		return request.method == http.MethodHead || !isGuarded(request)
	})
	for name, token := range a.provider.wrongTokens(t, victim) {
		p.tryAll(t, name, guarded, bearer(token), p.refused)
	}
	valid := a.provider.token(t, victim, nil)
	for name, header := range map[string]http.Header{
		"another scheme":  {"Authorization": {"Basic " + valid}},
		"no scheme":       {"Authorization": {valid}},
		"a cookie":        {"Cookie": {"__session=" + valid + "; token=" + valid}},
		"another header":  {"X-Authorization": {"Bearer " + valid}, "X-User-Id": {victim}, "X-Forwarded-User": {victim}},
		"a proxy's token": {"Proxy-Authorization": {"Bearer " + valid}},
	} {
		p.tryAll(t, name, guarded, header, p.refused)
	}
	assert.Equal(t, before, p.rows(t), "the victim's rows are as they were")

	p.tryAll(t, "another user", requests, a.as(t, "eve"), p.ordinary)
	assert.Equal(t, before, p.rows(t), "the victim's rows are as they were")
	p.tryOthers(t, guarded, before)
	t.Logf("security-count: routes=%d tries=%d leaks=%d", countRoutes(requests), a.tries, a.leaks)
}

func countRoutes(requests []try) int {
	routes := map[string]bool{}
	for _, request := range requests {
		routes[request.route] = true
	}
	return len(routes)
}

// tryOthers tries all routes as users who are signed in, in the ways in which they might get at another's data.
func (p *prey) tryOthers(t *testing.T, requests []try, before []string) {
	t.Helper()
	eve := func(claims jwt.MapClaims, headers ...string) http.Header {
		header := bearer(p.provider.token(t, "eve", claims))
		for i := 0; i < len(headers); i += 2 {
			header.Set(headers[i], headers[i+1])
		}
		return header
	}
	named := make([]try, len(requests))
	for i, request := range requests {
		named[i] = request
		named[i].body = p.naming(request.body)
		sign := "?"
		if strings.Contains(request.path, "?") {
			sign = "&"
		}
		named[i].path += sign + "user_id=" + victim + "&id=" + p.ids["dead"] + "&submission_id=" + p.ids["dead"]
	}
	for _, kind := range []struct {
		name     string
		requests []try
		header   http.Header
	}{
		{"another user", requests, eve(nil)},
		{"another user who names the victim", named, eve(nil, "X-User-Id", victim, "X-Forwarded-User", victim)},
		{"the victim's idempotency key", requests, eve(nil, "Idempotency-Key", "the same")},
		{"the role of somebody else", requests, eve(jwt.MapClaims{"role": "user"})},
		{"a role in capitals", requests, eve(jwt.MapClaims{"role": "Admin"})},
		{"roles", requests, eve(jwt.MapClaims{"role": []string{"admin"}, "roles": []string{"admin"}})},
		{"a role elsewhere", requests, eve(jwt.MapClaims{
			"public_metadata": map[string]any{"role": "admin"}, "user_metadata": map[string]any{"role": "admin"},
		})},
		{"another scope", requests, eve(jwt.MapClaims{"scope": "inputs:write inputs inputs:read:all INPUTS:READ"})},
		{"a scope as a role", requests, eve(jwt.MapClaims{"scope": "admin", "role": "inputs:read"})},
		{"a user's token as an operator's cookie", requests, http.Header{
			"Cookie": {"ops=" + p.provider.token(t, "eve", nil)}, "Sec-Fetch-Site": {"same-origin"},
		}},
		{"an operator's cookie from another site", requests, http.Header{
			"Cookie":         {"ops=" + p.provider.token(t, "ops", jwt.MapClaims{"role": "admin"})},
			"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example.com"},
		}},
		{"the victim's session from another site", requests, p.session(t, "Sec-Fetch-Site", "cross-site")},
		{"the victim's session from another host of the site", requests, p.session(t, "Sec-Fetch-Site", "same-site")},
		{"the victim's session from another origin", requests, p.session(t, "Origin", "https://evil.example.com")},
		{"the victim's session from no origin", requests, p.session(t, "Origin", "null")},
		{"the victim's session by a forged form", writesOf(requests), p.session(t, "Sec-Fetch-Site", "same-origin")},
		{"the victim's session with eve's CSRF token", requests, p.session(t, "Sec-Fetch-Site", "same-origin",
			edge.HeaderCSRF, edge.CSRFToken(p.provider.token(t, "eve", nil)))},
		{"the victim's session with a part of the token", requests, p.session(t, "Sec-Fetch-Site", "same-origin",
			edge.HeaderCSRF, edge.CSRFToken("")[:8])},
	} {
		for _, request := range kind.requests {
			p.tryAll(t, kind.name, []try{request}, kind.header, p.ordinary)
			if request.method != http.MethodGet && request.method != http.MethodHead {
				if !assert.Equal(t, before, p.rows(t), "%s %s changes the victim's rows", kind.name, request.route) {
					p.leaks, before = p.leaks+1, p.rows(t)
				}
			}
		}
	}
	assert.Equal(t, before, p.rows(t))
}

// session is the header of a browser in which the victim is signed in, with headers of the request.
func (p *prey) session(t *testing.T, headers ...string) http.Header {
	t.Helper()
	header := http.Header{"Cookie": {edge.PageSession + "=" + p.provider.token(t, victim, nil)}}
	for i := 0; i < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	return header
}

// writesOf returns the requests that change something.
func writesOf(requests []try) []try {
	return slices.DeleteFunc(slices.Clone(requests), func(request try) bool {
		reads := request.method == http.MethodGet || request.method == http.MethodHead
		return reads && !strings.Contains(request.path, "/api-keys/validate")
	})
}

// tryAll sends requests with a header, and counts what judge finds wrong.
func (p *prey) tryAll(
	t *testing.T, who string, requests []try, header http.Header, judge func(try, apitest.Response) error,
) {
	t.Helper()
	for _, request := range requests {
		request.header = maps.Clone(header)
		if header.Get("Idempotency-Key") != "" {
			request.header.Set("Idempotency-Key", keyOf(request.path))
		}
		if tag := p.tags[request.path]; tag != "" && request.method == http.MethodGet {
			request.header.Set("If-None-Match", tag)
		}
		r := p.send(t, request)
		p.tries++
		if err := errors.Join(p.without(request, r), judge(request, r)); err != nil {
			p.leaks++
			t.Errorf("%s: %s: %d: %v: %.300s", who, request.route, r.Status, err, r.Body)
		}
	}
}
