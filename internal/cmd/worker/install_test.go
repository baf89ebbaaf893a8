package worker

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/localpg"
)

// A new operator does what docs/operations.md says on a server of their own: two logins
// that are no superusers, the schema, and a check that finds nothing to warn of there.
func TestInstallAsDocumented(t *testing.T) {
	server, err := localpg.Start(t.Context(), localpg.Config{Throwaway: true, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	admin, err := pgx.Connect(t.Context(), server.URL())
	require.NoError(t, err)
	defer admin.Close(t.Context())
	for statement := range strings.SplitSeq(documentedSQL(t), ";") {
		if statement = strings.TrimSpace(statement); statement != "" {
			_, err := admin.Exec(t.Context(), statement)
			require.NoError(t, err, statement)
		}
	}
	as := func(login string) string {
		c := admin.Config()
		return fmt.Sprintf("host=%s port=%d user=%s password=unused dbname=onboarding", c.Host, c.Port, login)
	}
	d := newDeployment(t, as("onboarding_program")).with("MIGRATE_DATABASE_URL", as("onboarding_owner"))
	for name, value := range d {
		t.Setenv(name, value)
	}
	var out, diagnostics bytes.Buffer
	require.Zero(t, Main(t.Context(), []string{"migrate"}, nil, &out, &diagnostics), diagnostics.String())

	for _, f := range checkDeployment(t.Context(), config.Options{Environment: d}, func() {}) {
		want := resultOK
		if f.Check == "outbound_guard" || f.Check == "durability" {
			want = resultWarn // FETCH_ALLOW_PREFIXES and the server that keeps nothing are the tests'
		}
		assert.Equal(t, want, f.Result, f)
	}
	require.Zero(t, Main(t.Context(), []string{"maintain"}, nil, &out, &diagnostics), diagnostics.String())
}

// documentedSQL returns the statements of the section Install.
func documentedSQL(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/operations.md")
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)## Install.*?```sql\n(.*?)```").FindSubmatch(page)
	require.NotNil(t, block)
	return string(block[1])
}
