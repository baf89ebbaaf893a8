package edge_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	tests := map[string]struct {
		method, path, body string
		status             int
		code, field        string
	}{
		"unknown path": {http.MethodGet, "/nothing", "", 404, "unknown_path", ""},
		"unknown path below base": {http.MethodGet, apitest.Base + "/nothing?key=" +
			apitest.Canary, "", 404, "unknown_path", ""},
		"path of another service": {http.MethodPost, "/api/seo/on-page-analysis", "{}", 404, "unknown_path", ""},
		"wrong method":            {http.MethodDelete, apitest.PathStatus, "", 405, "method_not_allowed", ""},
		"step 0":                  {http.MethodGet, apitest.Base + "/step/0", "", 404, "step_not_found", ""},
		"step 7":                  {http.MethodGet, apitest.Base + "/step/7", "", 404, "step_not_found", ""},
		"step in words":           {http.MethodGet, apitest.Base + "/step/two", "", 404, "step_not_found", ""},
		"huge step":               {http.MethodGet, apitest.Base + "/step/99999999999999999999", "", 404, "step_not_found", ""},
		"submit step 7": {http.MethodPost, apitest.Base +
			"/step/7/complete", `{"data":{}}`, 404, "step_not_found", ""},
		"submit step -1": {http.MethodPost, apitest.Base + "/step/-1/complete", `nonsense`, 404, "step_not_found", ""},
		"no body":        {http.MethodPost, apitest.PathSubmit, "", 400, "required", "body"},
		"not JSON": {http.MethodPost, apitest.PathSubmit, `{"data": ` +
			apitest.Canary, 400, "invalid_json", "body"},
		"null": {http.MethodPost, apitest.PathSubmit, `null`, 400, "invalid_field", "body"},
		"a list": {http.MethodPost, apitest.PathSubmit, `["` + apitest.Canary +
			`"]`, 400, "invalid_field", "body"},
		"no data": {http.MethodPost, apitest.PathSubmit, `{"dat":{"website":"` + apitest.Canary +
			`"}}`, 400, "required", "data"},
		"null data": {http.MethodPost, apitest.PathSubmit, `{"data":null}`, 400, "invalid_field", "data"},
		"data is text": {http.MethodPost, apitest.PathSubmit, `{"data":"` + apitest.Canary +
			`"}`, 400, "invalid_field", "data"},
		"validation errors": {http.MethodPost, apitest.PathSubmit, `{"data":{},"validation_errors":"` + apitest.Canary +
			`"}`, 400, "invalid_field", "validation_errors"},
		"no website": {http.MethodPost, apitest.PathSubmit, `{"data":{}}`, 400, "required", "data.website"},
		"empty website": {
			http.MethodPost, apitest.PathSubmit, `{"data":{"website":""}}`, 400, "required",
			"data.website",
		},
		"no website, business": {
			http.MethodPost, apitest.PathSubmit, `{"data":{"website":null,"businessData":{"x":1}}}`,
			400, "required", "data.website",
		},
		"website is a number": {
			http.MethodPost, apitest.PathSubmit, `{"data":{"website":7}}`, 400, "invalid_field",
			"data.website",
		},
		"website_url is a list": {http.MethodPost, apitest.PathSubmit, `{"data":{"website_url":["` + apitest.Canary +
			`"]}}`, 400, "invalid_field", "data.website_url"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := f.As("ada", test.method, test.path, test.body)
			problem := apitest.RequireProblem(t, r, test.status, test.code)
			assert.NotContains(t, string(r.Body), apitest.Canary, "nothing that was sent is repeated")
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
	f := apitest.Works(t)
	object := `Send a JSON object with the field data, for example {"data": {"website": "https://example.com"}}.`
	for body, detail := range map[string]string{
		``:             object,
		`null`:         object,
		`[1]`:          object,
		`{}`:           object,
		`{"data":"x"}`: object,
		`{"data":`:     "The body of the request is not valid JSON. Correct it and send it again.",
		`{"data":{},"validation_errors":"x"}`: "Correct the field validation_errors and send the request again: " +
			"expected array.",
	} {
		r := f.As("ada", http.MethodPost, apitest.PathSubmit, body)
		assert.Equal(t, detail, r.Object(t)["detail"], body)
	}
}

func TestOtherMediaTypesAreRefused(t *testing.T) {
	t.Parallel()
	r := apitest.Works(t).As("ada", http.MethodPost, apitest.PathSubmit, "website="+
		apitest.Canary, "Content-Type", "application/x-www-form-urlencoded")
	apitest.RequireProblem(t, r, 415, "unsupported_media_type")
	assert.NotContains(t, string(r.Body), apitest.Canary)
}

func TestAllowListsTheMethods(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	assert.Equal(t, "GET, HEAD", f.As("ada", http.MethodPut, apitest.PathStatus, "").Header.Get("Allow"))
	assert.Equal(t, "POST", f.As("ada", http.MethodGet, apitest.PathSubmit, "").Header.Get("Allow"))
}

func TestWithoutAnAcceptedToken(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	issuer, err := apitest.DevIssuer()
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
			for _, path := range []string{apitest.PathStatus, apitest.Base + "/progress", apitest.Base +
				"/step/2", apitest.Base + "/website-analysis"} {
				r := f.Send(http.MethodGet, path, "", "Authorization", test.header)
				apitest.RequireProblem(t, r, 401, test.code)
				assert.Equal(t, "Bearer", r.Header.Get("WWW-Authenticate"))
			}
			apitest.RequireProblem(t, f.Send(http.MethodPost, apitest.PathSubmit, `{"data":{"website":"a.example"}}`,
				"Authorization", test.header), 401, test.code)
			apitest.RequireProblem(t, f.Send(http.MethodPost, apitest.Base+"/start", "", "Authorization", test.header),
				401, test.code)
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
		"unknown": {func() error { return errors.New("boom " + apitest.Canary) }, 500, "internal_error", ""},
		"panic":   {func() error { panic("boom " + apitest.Canary) }, 500, "internal_error", ""},
		"not found": {
			func() error { return fmt.Errorf("read %s: %w", apitest.Canary, onboarding.ErrNotFound) }, 404,
			"not_found", "",
		},
		"superseded": {func() error { return onboarding.ErrSuperseded }, 409, "superseded", ""},
		"input": {
			func() error { return &onboarding.InputError{Field: "a.b", Code: "bad", Reason: "Do it well."} },
			400, "bad", "",
		},
		"rate limit": {
			func() error { return &onboarding.RateLimitError{RetryAfter: 1500 * time.Millisecond} }, 429,
			"rate_limited", "2",
		},
		"database": {
			func() error { return fmt.Errorf("read: %w", &pgconn.PgError{Code: "57P01"}) }, 503,
			"database_unavailable", "2",
		},
		"no network": {
			func() error { return &net.OpError{Op: "dial", Err: errors.New(apitest.Canary)} }, 503,
			"database_unavailable", "2",
		},
		"out of time": {
			func() error { return fmt.Errorf("read: %w", context.DeadlineExceeded) }, 503,
			"database_unavailable", "2",
		},
		"keys missing": {func() error { return auth.ErrKeysUnavailable }, 503, "auth_unavailable", "2"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := serveOwn(t, asItIs, func(context.Context) error { return test.do() })
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				r := f.As("ada", method, pathOwn, "")
				problem := apitest.RequireProblem(t, r, test.status, test.code)
				assert.NotContains(t, string(r.Body), apitest.Canary)
				assert.Equal(t, test.retry, r.Header.Get("Retry-After"))
				if test.retry != "" {
					assert.Equal(t, test.retry, fmt.Sprint(problem["retry_after"]))
				}
			}
			if test.status >= 500 {
				assert.Contains(t, f.Log.String(), `"error":`, "the log says what happened")
			}
		})
	}
}

func TestThePanicIsLoggedWithItsStack(t *testing.T) {
	t.Parallel()
	f := serveOwn(t, asItIs, func(context.Context) error { panic("boom") })
	f.As("ada", http.MethodGet, pathOwn, "")
	assert.Contains(t, f.Log.String(), "panic: boom")
	assert.Contains(t, f.Log.String(), "problem_test.go")
	apitest.RequireProblem(t, f.As("ada", http.MethodGet, pathOwn, ""), 500, "internal_error")
}

func TestRequestsThatReachNoRoute(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	token := "Authorization: Bearer " + f.Token("ada") + "\r\n"
	large := apitest.RequireProblem(t, apitest.Raw(t, f, "POST "+apitest.PathSubmit+" HTTP/1.1\r\nHost: a\r\n"+token+
		"Content-Type: application/json\r\nContent-Length: 1048577\r\n\r\n"), 413, "body_too_large")
	assert.Equal(t, "The request is too large; send at most 1024 KB.", large["detail"])
	apitest.RequireProblem(t, apitest.Raw(t, f, "GET "+apitest.PathStatus+" HTTP/1.1\r\nHost: a\r\nX: "+
		strings.Repeat("x", 20_000)+"\r\n\r\n"), 431, "headers_too_large")
	apitest.RequireProblem(t, apitest.Raw(t, f, "GET "+apitest.PathStatus+" HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "+
		strings.Repeat("x", 15_000)+"\r\n\r\n"), 401, "invalid_token")
	brew := apitest.Raw(t, f, "BREW "+apitest.PathStatus+" HTTP/1.1\r\nHost: a\r\n\r\n")
	apitest.RequireProblem(t, brew, 405, "method_not_allowed")
	assert.Equal(t, "GET, HEAD", brew.Header.Get("Allow"))
	apitest.RequireProblem(t, apitest.Raw(t, f, "BREW /nothing HTTP/1.1\r\nHost: a\r\n\r\n"), 404, "unknown_path")
	apitest.RequireProblem(t, apitest.Raw(t, f,
		"GET "+apitest.PathStatus+" HTTP/1.1\r\nHost: a\r\nContent-Length: "+apitest.Canary+"\r\n\r\n"), 400, "bad_request")
}

func TestRequestsThatReachNoRouteCanBeReadAndAreLogged(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	ask := func(origin string, rest string) apitest.Response {
		return apitest.Raw(t, f, "POST "+apitest.PathSubmit+" HTTP/1.1\r\nHost: a\r\nOrigin: "+origin+"\r\n"+rest+"\r\n\r\n")
	}
	tooLarge, tooLong := "Content-Length: 1048577", "X: "+strings.Repeat("x", 20_000)
	methods := map[string]string{"body_too_large": "POST"} // headers that are too large are not read
	for code, r := range map[string]apitest.Response{
		"body_too_large":    ask("https://app.example.com", tooLarge),
		"headers_too_large": ask("https://app.example.com", tooLong),
	} {
		apitest.RequireProblem(t, r, r.Status, code)
		assert.Equal(t, "https://app.example.com", r.Header.Get("Access-Control-Allow-Origin"), code)
		assert.Equal(t, "true", r.Header.Get("Access-Control-Allow-Credentials"), code)
		assert.Contains(t, r.Header.Get("Access-Control-Expose-Headers"), "X-Request-ID", code)
		assert.Contains(t, r.Header.Get("Vary"), "Origin", code)
		assert.Contains(t, f.Log.String(), `"code":"`+code+`"`)
		assert.Contains(t, f.Log.String(), r.Header.Get("X-Request-ID"))
		assert.Contains(t, apitest.MetricsText(t, f), fmt.Sprintf(
			`onboarding_http_requests_total{code=%q,method=%q,route="unmatched",status="%d"} 1`, code, methods[code], r.Status,
		))
	}
	assert.Empty(t, ask("https://evil.example.com", tooLarge).Header.Get("Access-Control-Allow-Origin"))
}

func TestABodyOfTheLimitIsRead(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	body := `{"data":{"website":7,"filler":"` + strings.Repeat("x", 1<<20-60) + `"}}`
	apitest.RequireProblem(t, f.As("ada", http.MethodPost, apitest.PathSubmit, body), 400, "invalid_field")
}

func TestOperationsThatWaitHaveLonger(t *testing.T) {
	t.Parallel()
	left := make(chan time.Duration, 1)
	f := serveOwn(t, asItIs, func(ctx context.Context) error {
		deadline, _ := ctx.Deadline()
		left <- time.Until(deadline)
		return nil
	})
	assert.Equal(t, 200, f.As("ada", http.MethodPost, pathOwn+"/waits", "").Status)
	assert.Greater(t, <-left, 50*time.Second)
	assert.Equal(t, 200, f.As("ada", http.MethodPost, pathOwn, "").Status)
	assert.LessOrEqual(t, <-left, 5*time.Second, "the others don't")
}
