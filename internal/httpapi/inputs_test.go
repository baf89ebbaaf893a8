package httpapi_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// waitLong is far more than work in a test takes.
const (
	waitLong = 30 * time.Second
	tick     = 20 * time.Millisecond
)

func TestPersonalizationInputs(t *testing.T) {
	t.Parallel()
	f := newStaffedFixture(t)
	const path = base + "/personalization-inputs"
	before := f.as("ada", http.MethodGet, path, "")
	body := before.object(t)
	assert.Equal(t, true, body["is_default"])
	assert.NotEmpty(t, body["default_reason"])
	assert.Nil(t, body["built_at"])
	assert.InDelta(t, 0, body["revision"], 0)
	assert.Equal(t, 304, f.as("ada", http.MethodGet, path, "", "If-None-Match", before.header.Get("ETag")).status)

	f.ok(http.MethodPost, detection+"/complete", `{"url":"one.example"}`)
	require.Eventually(t, func() bool { return f.ok(http.MethodGet, path, "")["is_default"] == false }, waitLong, tick)
	after := f.as("ada", http.MethodGet, path, "", "If-None-Match", before.header.Get("ETag"))
	require.Equal(t, 200, after.status)
	body = after.object(t)
	assert.Equal(t, "https://one.example", at(t, body, "website_analysis", "website_url"))
	assert.Equal(t, []any{}, at(t, body, "website_analysis", "content_types"))
	assert.Equal(t, map[string]any{}, at(t, body, "meta", "uncertainty", "reasons"), "no null lists and maps")
	assert.Nil(t, body["default_reason"])
	assert.NotNil(t, body["built_at"])
	assert.Greater(t, body["revision"], 0.0)
	assert.Equal(t, 304, f.as("ada", http.MethodGet, path, "", "If-None-Match", after.header.Get("ETag")).status)
	assert.Equal(t, true, f.as("bob", http.MethodGet, path, "").object(t)["is_default"], "nobody sees another's")
}
