package provider

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		seconds, millis string
		body            time.Duration
		want            time.Duration
	}{
		{"", "", 0, 0},
		{"20", "", 0, 20 * time.Second},
		{" 20 ", "", 0, 20 * time.Second},
		{"0.5", "", 0, 500 * time.Millisecond},
		{"20", "1500", 0, 1500 * time.Millisecond},
		{"20", "soon", 0, 20 * time.Second},
		{"-3", "", 0, 0},
		{"NaN", "", 0, 0},
		{"Inf", "", 0, time.Hour},
		{"1e400", "", 0, time.Hour},
		{"99999999999999999999", "", 0, time.Hour},
		{"86400", "", 0, time.Hour},
		{"Sun, 22 Nov 2026 12:01:30 GMT", "", 0, 90 * time.Second},
		{"Sun, 22 Nov 2026 11:00:00 GMT", "", 0, 0},
		{"Tue, 24 Nov 2026 12:00:00 GMT", "", 0, time.Hour},
		{"later", "", 0, 0},
		{"", "", 34 * time.Second, 34 * time.Second},
		{"", "", -time.Second, 0},
		{"", "", 1000 * time.Hour, time.Hour},
	} {
		header := http.Header{}
		header.Set("Retry-After", test.seconds)
		header.Set("Retry-After-Ms", test.millis)
		assert.Equal(t, test.want, retryAfter(header, problem{retryDelay: test.body}, now), "%+v", test)
	}
}

func TestStatusFailure(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		body   string
		want   onboarding.FailureCode // "" is a rate limit
	}{
		{302, "", onboarding.FailureProviderRejected},
		{400, "", onboarding.FailureProviderRejected},
		{400, `{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API"}}`, onboarding.FailureProviderQuota},
		{400, `{"error":{"code":"billing_hard_limit_reached"}}`, onboarding.FailureProviderQuota},
		{400, `[{"error":{"code":400,"details":[{"reason":"API_KEY_INVALID"}]}}]`, onboarding.FailureKeyRefused},
		{401, `{"message":"Unauthorized"}`, onboarding.FailureKeyRefused},
		{402, "", onboarding.FailureProviderQuota},
		{403, "<html>", onboarding.FailureKeyRefused},
		{404, `{"error":{"code":"model_not_found"}}`, onboarding.FailureProviderRejected},
		{408, "", onboarding.FailureProviderUnavailable},
		{413, `{"error":{"type":"request_too_large"}}`, onboarding.FailureProviderRejected},
		{422, `{"object":"error","message":{"detail":[]}}`, onboarding.FailureProviderRejected},
		{425, "", onboarding.FailureProviderUnavailable},
		{429, "", ""},
		{429, `{"error":{"type":"insufficient_quota","code":"insufficient_quota"}}`, onboarding.FailureProviderQuota},
		{429, `{"object":"error","type":"rate_limited","code":"1300"}`, ""},
		{500, "", onboarding.FailureProviderUnavailable},
		{503, "", onboarding.FailureProviderUnavailable},
		{504, "null", onboarding.FailureProviderUnavailable},
		{529, `{"type":"error","error":{"type":"overloaded_error"}}`, ""},
	} {
		err := API{Name: "Name"}.statusFailure(test.status, http.Header{}, []byte(test.body))
		var (
			failure *onboarding.Failure
			limit   *onboarding.RateLimitError
		)
		if test.want == "" {
			require.ErrorAs(t, err, &limit, "%+v", test)
			continue
		}
		require.ErrorAs(t, err, &failure, "%+v", test)
		assert.Equal(t, test.want, failure.Code, "%+v", test)
	}
}

// Servers of users' own differ in fields that nobody needs; the usage was charged all the same.
func TestAnswersWithFieldsOfOtherTypes(t *testing.T) {
	t.Parallel()
	var answer struct {
		Model string `json:"model"`
		Usage struct {
			Prompt     int64 `json:"prompt_tokens"`
			Completion int64 `json:"completion_tokens"`
			Total      int64 `json:"total_tokens"`
		} `json:"usage"`
	}
	require.NoError(t,
		decode([]byte(`{"model":5,"usage":{"prompt_tokens":7,"completion_tokens":"1","total_tokens":9}}`), &answer))
	assert.Empty(t, answer.Model)
	assert.Equal(t, []int64{7, 0, 9}, []int64{answer.Usage.Prompt, answer.Usage.Completion, answer.Usage.Total})
	for _, told := range []string{"", "null", " null\n", "[]", `"x"`, "{", "{} {}"} {
		require.ErrorIs(t, decode([]byte(told), &answer), onboarding.ErrBadAnswer, told)
	}
}

func FuzzProblem(f *testing.F) {
	f.Add([]byte(`[{"error":{"code":1,"details":[{"retryDelay":"1s"}]}}]`), 429)
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		require.Error(t, API{Name: "Name"}.statusFailure(status, http.Header{}, body))
	})
}

func TestReported(t *testing.T) {
	t.Parallel()
	api := API{Name: "Name"}
	for body, want := range map[string]onboarding.FailureCode{ // "" is a rate limit
		`{"error":{"code":429,"message":"slow down"}}`:                          "",
		`{"error":{"code":"429"}}`:                                              "",
		`{"error":{"type":"rate_limit_error"},"choices":[]}`:                    "",
		`{"type":"error","error":{"type":"overloaded_error"}}`:                  "",
		`{"error":{"code":401}}`:                                                onboarding.FailureKeyRefused,
		`{"error":{"code":"invalid_api_key"}}`:                                  onboarding.FailureKeyRefused,
		`{"error":{"type":"insufficient_quota"}}`:                               onboarding.FailureProviderQuota,
		`{"error":{"code":503,"status":"UNAVAILABLE"}}`:                         onboarding.FailureProviderUnavailable,
		`{"error":{"type":"server_error"}}`:                                     onboarding.FailureProviderUnavailable,
		`{"error":{"message":"no such model"}}`:                                 onboarding.FailureProviderRejected,
		`{"error":"the model does not exist"}`:                                  onboarding.FailureProviderRejected,
		`{"error":{"code":0,"message":"a number that is no status of errors"}}`: onboarding.FailureProviderRejected,
	} {
		err := api.reportedIn(http.Header{}, []byte(body))
		if want == "" {
			var limit *onboarding.RateLimitError
			require.ErrorAs(t, err, &limit, body)
			continue
		}
		var failure *onboarding.Failure
		require.ErrorAs(t, err, &failure, body)
		assert.Equal(t, want, failure.Code, body)
	}
	for _, body := range []string{`{}`, `{"error":null}`, `{"error":""}`, `{"error":{}}`, `{"error":false}`, `[]`, `no JSON`} {
		require.NoError(t, api.reportedIn(http.Header{}, []byte(body)), body)
	}
	wait := api.reportedIn(http.Header{"Retry-After": {"7"}}, []byte(`{"error":{"code":429}}`))
	assert.Equal(t, &onboarding.RateLimitError{RetryAfter: 7 * time.Second, Subject: "Name"}, wait)
}
