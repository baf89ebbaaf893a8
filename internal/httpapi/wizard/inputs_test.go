package wizard_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

const (
	waitLong = 30 * time.Second
	tick     = 20 * time.Millisecond
)

func TestPersonalizationInputs(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	const path = apitest.Base + "/personalization-inputs"
	before := f.As("ada", http.MethodGet, path, "")
	body := before.Object(t)
	assert.Equal(t, true, body["is_default"])
	assert.NotEmpty(t, body["default_reason"])
	assert.Nil(t, body["built_at"])
	assert.InDelta(t, 0, body["revision"], 0)
	assert.Equal(t, 304, f.As("ada", http.MethodGet, path, "", "If-None-Match", before.Header.Get("ETag")).Status)

	f.OK(http.MethodPost, detection+"/complete", `{"url":"one.example"}`)
	require.Eventually(t, func() bool { return f.OK(http.MethodGet, path, "")["is_default"] == false }, waitLong, tick)
	after := f.As("ada", http.MethodGet, path, "", "If-None-Match", before.Header.Get("ETag"))
	require.Equal(t, 200, after.Status)
	body = after.Object(t)
	assert.Equal(t, "https://one.example", apitest.At(t, body, "website_analysis", "website_url"))
	assert.Equal(t, []any{}, apitest.At(t, body, "website_analysis", "content_types"))
	assert.Equal(t, map[string]any{}, apitest.At(t, body, "meta", "uncertainty", "reasons"), "no null lists and maps")
	assert.Nil(t, body["default_reason"])
	assert.NotNil(t, body["built_at"])
	assert.Greater(t, body["revision"], 0.0)
	assert.Equal(t, 304, f.As("ada", http.MethodGet, path, "", "If-None-Match", after.Header.Get("ETag")).Status)
	assert.Equal(t, true, f.As("bob", http.MethodGet, path, "").Object(t)["is_default"], "nobody sees another's")
}
