package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// Sealing, the developer's file and idempotency keys are wired.
func TestTheProgramStoresKeys(t *testing.T) {
	t.Parallel()
	o := local(t, pgtest.NewURL(t))
	file := filepath.Join(t.TempDir(), ".env")
	o.Environment["ENV_FILE"] = file
	p, token := start(t, o), minted(t, o)
	const key = "sk-0123456789abcdefghij"
	save := func() (int, string, string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.http+"/api/onboarding/api-keys",
			strings.NewReader(`{"provider":"openai","api_key":"`+key+`"}`))
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", "once")
		response, err := (&http.Client{Timeout: 30 * time.Second}).Do(request)
		require.NoError(t, err)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, errors.Join(err, response.Body.Close()))
		return response.StatusCode, string(body), response.Header.Get("Idempotency-Replayed")
	}
	status, first, _ := save()
	require.Equal(t, 200, status, first)
	assert.NotContains(t, first, key)
	_, again, replayed := save()
	assert.Equal(t, first, again)
	assert.Equal(t, "true", replayed)
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(written), "\nOPENAI_API_KEY="+key+"\n")
	_, refill := get(t, p.http+"/api/onboarding/api-keys/onboarding", token)
	assert.Contains(t, refill, `"****ghij"`)
	p.stop()
	require.NoError(t, <-p.ended)
	assert.NotContains(t, p.log.String(), key)

	// Without its ring it does not start again, makes no other one, and says what to do.
	ring := filepath.Join(o.Environment["DATA_DIR"], "seal_keys.json")
	require.NoError(t, os.Rename(ring, ring+".kept"))
	var stderr bytes.Buffer
	assert.Equal(t, 1, run(t.Context(), []string{"run"}, o, io.Discard, &stderr))
	assert.Contains(t, stderr.String(), ring+" is missing: put it back from your copy")
	assert.Contains(t, stderr.String(), "the database holds API keys that are sealed")
	assert.NoFileExists(t, ring)
	require.NoError(t, os.Rename(ring+".kept", ring))
	p = start(t, o)
	status, _ = get(t, p.metrics+"/readyz", "")
	assert.Equal(t, 200, status)
	p.stop()
	require.NoError(t, <-p.ended)
}
