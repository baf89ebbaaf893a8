package edge_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

func TestOnlyLargeResponsesWithoutSecretsAreCompressed(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("compress me ", 500)
	f := apitest.ServeEdge(t, asItIs, func(e *edge.Edge) {
		add := func(path, tag, text string, options ...edge.Option) {
			edge.Register(e, "GET "+path, path[1:], tag, "Do it", func(
				context.Context, *struct{},
			) (*edge.Output[string], error) {
				return edge.OK(text), nil
			}, append(options, edge.Public)...)
		}
		add("/large", "tests", text)
		add("/small", "tests", "short")
		add("/keys", edge.TagKeys, text)
		add("/ticket", "tests", text, edge.OneTime)
	})
	for path, compressed := range map[string]bool{"/large": true, "/small": false, "/keys": false, "/ticket": false} {
		for _, accepted := range []string{"gzip", "br, gzip;q=0.5", "", "identity", "gzip;q=0"} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.URL+path, nil)
			require.NoError(t, err)
			request.Header.Set("Accept-Encoding", accepted)
			response, err := (&http.Transport{DisableCompression: true}).RoundTrip(request)
			require.NoError(t, err)
			body := io.Reader(response.Body)
			if compressed && strings.Contains(accepted, "gzip") && accepted != "gzip;q=0" {
				require.Equal(t, "gzip", response.Header.Get("Content-Encoding"), "%s %s", path, accepted)
				assert.Less(t, response.ContentLength, int64(len(text)/10))
				body, err = gzip.NewReader(body)
				require.NoError(t, err)
			} else {
				assert.Empty(t, response.Header.Get("Content-Encoding"), "%s %s", path, accepted)
			}
			if compressed {
				assert.Contains(t, response.Header.Get("Vary"), "Accept-Encoding")
			}
			content, err := io.ReadAll(body)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			if path != "/small" {
				assert.Contains(t, string(content), text)
			}
		}
	}
}
