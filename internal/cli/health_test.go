package cli_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = w.Write([]byte(r.URL.Path + " says this\nand more"))
	}))
	t.Cleanup(s.Close)
	address := strings.TrimPrefix(s.URL, "http://")
	other := "127.0.0.1:1"
	health := func(address string, args ...string) (int, string, string) {
		var out, diagnostics strings.Builder
		root := cli.Group(&cobra.Command{Use: "program"}, cli.HealthCommand(address, other))
		code := cli.Run(t.Context(), root, append([]string{"health"}, args...), nil, &out, &diagnostics)
		return code, out.String(), diagnostics.String()
	}
	code, said, _ := health(address, "-alive")
	assert.Zero(t, code)
	assert.Equal(t, "/healthz says this\n", said)
	code, _, diagnostics := health(address)
	assert.Equal(t, 1, code)
	assert.Contains(t, diagnostics, "not ready: 503 Service Unavailable /readyz says this")
	_, port, _ := strings.Cut(address, ":")
	code, _, _ = health(":"+port, "-alive")
	assert.Zero(t, code, "an address of every interface is asked on this machine")
	other = address
	code, said, _ = health("127.0.0.1:1", "-alive", "-either")
	assert.Zero(t, code)
	assert.Equal(t, "/healthz says this\n", said)
	code, _, diagnostics = health("127.0.0.1:1", "-either")
	assert.Equal(t, 1, code)
	assert.Contains(t, diagnostics, "nothing answers at 127.0.0.1:1")
	code, _, _ = health("127.0.0.1:1", "-alive")
	assert.Equal(t, 1, code, "the other program is asked with -either only")
	s.Close()
	code, _, diagnostics = health(address)
	assert.Equal(t, 1, code)
	assert.Contains(t, diagnostics, "nothing answers at "+address)
}
