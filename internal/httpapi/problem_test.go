package httpapi_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	base     = "/api/onboarding"
	submit   = base + "/step/2/complete"
	canary   = "sk-live-secret"
	pathStat = base + "/status"
)

// works is a server whose state and submissions are never reached.
func works(t *testing.T) *fixture {
	return serveBroken(t, func() error { return errors.New("must not be reached") })
}

func TestRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	f := works(t)
	tests := map[string]struct {
		method, path, body string
		status             int
		code, field        string
	}{
		"unknown path":            {http.MethodGet, "/nothing", "", 404, "not_found", ""},
		"unknown path below base": {http.MethodGet, base + "/nothing?key=" + canary, "", 404, "not_found", ""},
		"wrong method":            {http.MethodDelete, pathStat, "", 405, "method_not_allowed", ""},
		"step 0":                  {http.MethodGet, base + "/step/0", "", 404, "step_not_found", ""},
		"step 7":                  {http.MethodGet, base + "/step/7", "", 404, "step_not_found", ""},
		"step in words":           {http.MethodGet, base + "/step/two", "", 404, "step_not_found", ""},
		"huge step":               {http.MethodGet, base + "/step/99999999999999999999", "", 404, "step_not_found", ""},
		"submit step 7":           {http.MethodPost, base + "/step/7/complete", `{"data":{}}`, 404, "step_not_found", ""},
		"submit step -1":          {http.MethodPost, base + "/step/-1/complete", `nonsense`, 404, "step_not_found", ""},
		"no body":                 {http.MethodPost, submit, "", 400, "required", "body"},
		"not JSON":                {http.MethodPost, submit, `{"data": ` + canary, 400, "invalid_json", "body"},
		"null":                    {http.MethodPost, submit, `null`, 400, "invalid_field", "body"},
		"a list":                  {http.MethodPost, submit, `["` + canary + `"]`, 400, "invalid_field", "body"},
		"no data":                 {http.MethodPost, submit, `{"dat":{"website":"` + canary + `"}}`, 400, "required", "data"},
		"null data":               {http.MethodPost, submit, `{"data":null}`, 400, "invalid_field", "data"},
		"data is text":            {http.MethodPost, submit, `{"data":"` + canary + `"}`, 400, "invalid_field", "data"},
		"validation errors":       {http.MethodPost, submit, `{"data":{},"validation_errors":"` + canary + `"}`, 400, "invalid_field", "validation_errors"},
		"no website":              {http.MethodPost, submit, `{"data":{}}`, 400, "required", "data.website"},
		"empty website":           {http.MethodPost, submit, `{"data":{"website":""}}`, 400, "required", "data.website"},
		"no website, business":    {http.MethodPost, submit, `{"data":{"website":null,"businessData":{"x":1}}}`, 400, "required", "data.website"},
		"website is a number":     {http.MethodPost, submit, `{"data":{"website":7}}`, 400, "invalid_field", "data.website"},
		"website_url is a list":   {http.MethodPost, submit, `{"data":{"website_url":["` + canary + `"]}}`, 400, "invalid_field", "data.website_url"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := f.as("ada", test.method, test.path, test.body)
			problem := requireProblem(t, r, test.status, test.code)
			assert.NotContains(t, string(r.body), canary, "nothing that was sent is repeated")
			if test.field == "" {
				assert.NotContains(t, problem, "errors")
				return
			}
			fields, ok := problem["errors"].([]any)
			require.True(t, ok)
			assert.Equal(t, test.field, fields[0].(map[string]any)["field"])
			assert.NotEmpty(t, fields[0].(map[string]any)["reason"])
		})
	}
}

func TestInputProblemsSayWhatToDo(t *testing.T) {
	t.Parallel()
	f := works(t)
	object := `Send a JSON object with the field data, for example {"data": {"website": "https://example.com"}}.`
	for body, detail := range map[string]string{
		``:                                    object,
		`null`:                                object,
		`[1]`:                                 object,
		`{}`:                                  object,
		`{"data":"x"}`:                        object,
		`{"data":`:                            "The body of the request is not valid JSON. Correct it and send it again.",
		`{"data":{},"validation_errors":"x"}`: "Correct the field validation_errors and send the request again: expected array.",
	} {
		r := f.as("ada", http.MethodPost, submit, body)
		assert.Equal(t, detail, r.object(t)["detail"], body)
	}
}

func TestOtherMediaTypesAreRefused(t *testing.T) {
	t.Parallel()
	r := works(t).as("ada", http.MethodPost, submit, "website="+canary, "Content-Type", "application/x-www-form-urlencoded")
	requireProblem(t, r, 415, "unsupported_media_type")
	assert.NotContains(t, string(r.body), canary)
}

func TestAllowListsTheMethods(t *testing.T) {
	t.Parallel()
	f := works(t)
	assert.Equal(t, "GET, HEAD", f.as("ada", http.MethodPut, pathStat, "").header.Get("Allow"))
	assert.Equal(t, "POST", f.as("ada", http.MethodGet, submit, "").header.Get("Allow"))
}

func TestWithoutAnAcceptedToken(t *testing.T) {
	t.Parallel()
	f := works(t)
	issuer, err := devIssuer()
	require.NoError(t, err)
	expired, err := issuer.Mint(auth.User{ID: "ada"}, -time.Hour)
	require.NoError(t, err)
	for name, test := range map[string]struct{ header, code string }{
		"no header":    {"", "unauthenticated"},
		"other scheme": {"Basic YWRhOmFkYQ==", "unauthenticated"},
		"no token":     {"Bearer ", "unauthenticated"},
		"not a token":  {"Bearer abc", "invalid_token"},
		"expired":      {"Bearer " + expired, "invalid_token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, path := range []string{pathStat, base + "/progress", base + "/step/2", base + "/website-analysis"} {
				r := f.send(http.MethodGet, path, "", "Authorization", test.header)
				requireProblem(t, r, 401, test.code)
				assert.Equal(t, "Bearer", r.header.Get("WWW-Authenticate"))
			}
			requireProblem(t, f.send(http.MethodPost, submit, `{"data":{"website":"a.example"}}`, "Authorization", test.header), 401, test.code)
			requireProblem(t, f.send(http.MethodPost, base+"/start", "", "Authorization", test.header), 401, test.code)
		})
	}
}

func TestErrorsOfTheInside(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		do     func() error
		status int
		code   string
		retry  string
	}{
		"unknown":      {func() error { return errors.New("boom " + canary) }, 500, "internal_error", ""},
		"panic":        {func() error { panic("boom " + canary) }, 500, "internal_error", ""},
		"not found":    {func() error { return fmt.Errorf("read %s: %w", canary, onboarding.ErrNotFound) }, 404, "not_found", ""},
		"superseded":   {func() error { return onboarding.ErrSuperseded }, 409, "superseded", ""},
		"input":        {func() error { return &onboarding.InputError{Field: "a.b", Code: "bad", Reason: "Do it well."} }, 400, "bad", ""},
		"rate limit":   {func() error { return &onboarding.RateLimitError{RetryAfter: 1500 * time.Millisecond} }, 429, "rate_limited", "2"},
		"database":     {func() error { return fmt.Errorf("read: %w", &pgconn.PgError{Code: "57P01"}) }, 503, "database_unavailable", "2"},
		"no network":   {func() error { return &net.OpError{Op: "dial", Err: errors.New(canary)} }, 503, "database_unavailable", "2"},
		"out of time":  {func() error { return fmt.Errorf("read: %w", context.DeadlineExceeded) }, 503, "database_unavailable", "2"},
		"keys missing": {func() error { return auth.ErrKeysUnavailable }, 503, "auth_unavailable", "2"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := serveBroken(t, test.do)
			for _, r := range []response{
				f.as("ada", http.MethodGet, pathStat, ""),
				f.as("ada", http.MethodPost, submit, `{"data":{"website":"https://example.com"}}`),
			} {
				problem := requireProblem(t, r, test.status, test.code)
				assert.NotContains(t, string(r.body), canary)
				assert.Equal(t, test.retry, r.header.Get("Retry-After"))
				if test.retry != "" {
					assert.Equal(t, test.retry, fmt.Sprint(problem["retry_after"]))
				}
			}
			if test.status >= 500 {
				assert.Contains(t, f.log.String(), `"error":`, "the log says what happened")
			}
		})
	}
}

func TestThePanicIsLoggedWithItsStack(t *testing.T) {
	t.Parallel()
	f := serveBroken(t, func() error { panic("boom") })
	f.as("ada", http.MethodGet, pathStat, "")
	assert.Contains(t, f.log.String(), "panic: boom")
	assert.Contains(t, f.log.String(), "problem_test.go")
	requireProblem(t, f.as("ada", http.MethodGet, pathStat, ""), 500, "internal_error")
}

// raw sends bytes and reads one answer, for requests that a client library would
// not send.
func raw(t *testing.T, f *fixture, request string) response {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(f.url, "http://"))
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = io.WriteString(conn, request)
	require.NoError(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, errors.Join(err, answer.Body.Close()))
	return response{answer.StatusCode, answer.Header, body}
}

func TestRequestsThatReachNoRoute(t *testing.T) {
	t.Parallel()
	f := works(t)
	token := "Authorization: Bearer " + f.token("ada") + "\r\n"
	large := requireProblem(t, raw(t, f, "POST "+submit+" HTTP/1.1\r\nHost: a\r\n"+token+"Content-Type: application/json\r\nContent-Length: 1048577\r\n\r\n"), 413, "body_too_large")
	assert.Equal(t, "The request is too large; send at most 1024 KB.", large["detail"])
	requireProblem(t, raw(t, f, "GET "+pathStat+" HTTP/1.1\r\nHost: a\r\nX: "+strings.Repeat("x", 20_000)+"\r\n\r\n"), 431, "headers_too_large")
	requireProblem(t, raw(t, f, "GET "+pathStat+" HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "+strings.Repeat("x", 15_000)+"\r\n\r\n"), 401, "invalid_token")
	brew := raw(t, f, "BREW "+pathStat+" HTTP/1.1\r\nHost: a\r\n\r\n")
	requireProblem(t, brew, 405, "method_not_allowed")
	assert.Equal(t, "GET, HEAD", brew.header.Get("Allow"))
	requireProblem(t, raw(t, f, "BREW /nothing HTTP/1.1\r\nHost: a\r\n\r\n"), 404, "not_found")
	requireProblem(t, raw(t, f, "GET "+pathStat+" HTTP/1.1\r\nHost: a\r\nContent-Length: "+canary+"\r\n\r\n"), 400, "bad_request")
}

func TestRequestsThatReachNoRouteCanBeReadAndAreLogged(t *testing.T) {
	t.Parallel()
	f := works(t)
	ask := func(origin string, rest string) response {
		return raw(t, f, "POST "+submit+" HTTP/1.1\r\nHost: a\r\nOrigin: "+origin+"\r\n"+rest+"\r\n\r\n")
	}
	tooLarge, tooLong := "Content-Length: 1048577", "X: "+strings.Repeat("x", 20_000)
	methods := map[string]string{"body_too_large": "POST"} // headers that are too large are not read
	for code, r := range map[string]response{
		"body_too_large":    ask("https://app.example.com", tooLarge),
		"headers_too_large": ask("https://app.example.com", tooLong),
	} {
		requireProblem(t, r, r.status, code)
		assert.Equal(t, "https://app.example.com", r.header.Get("Access-Control-Allow-Origin"), code)
		assert.Equal(t, "true", r.header.Get("Access-Control-Allow-Credentials"), code)
		assert.Contains(t, r.header.Get("Access-Control-Expose-Headers"), "X-Request-ID", code)
		assert.Contains(t, r.header.Get("Vary"), "Origin", code)
		assert.Contains(t, f.log.String(), `"code":"`+code+`"`)
		assert.Contains(t, f.log.String(), r.header.Get("X-Request-ID"))
		assert.Contains(t, metricsText(t, f), fmt.Sprintf(`onboarding_http_requests_total{code=%q,method=%q,route="unmatched",status="%d"} 1`, code, methods[code], r.status))
	}
	assert.Empty(t, ask("https://evil.example.com", tooLarge).header.Get("Access-Control-Allow-Origin"))
}

func TestABodyOfTheLimitIsRead(t *testing.T) {
	t.Parallel()
	f := works(t)
	body := `{"data":{"website":7,"filler":"` + strings.Repeat("x", 1<<20-60) + `"}}`
	requireProblem(t, f.as("ada", http.MethodPost, submit, body), 400, "invalid_field")
}
