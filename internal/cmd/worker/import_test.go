package worker

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

const formerFile = `{"steps": [{"step_number": 1, "data": {"api_keys": {"openai": "sk-canary000000000001", "nobody": "canary"}}},
	{"step_number": 3, "status": "completed", "completed_at": "2025-01-02T03:04:05", "data": {"research_depth": "deep",
	"content_types": ["News"]}}]}`

func TestImportCommand(t *testing.T) {
	db := pgtest.New(t)
	path, _ := rotatedRing(t)
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, ".onboarding_progress_ann_example.json"), []byte(formerFile), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, ".onboarding_progress_half.json"), []byte(formerFile[:99]), 0o600))
	report := filepath.Join(t.TempDir(), "report.json")
	t.Setenv("DATABASE_URL", db.URL)
	t.Setenv("SEAL_KEYS_FILE", path)
	run := func(args ...string) (code int, stdout, stderr string) {
		var out, diagnostics bytes.Buffer
		code = Main(t.Context(), append([]string{"import"}, args...), strings.NewReader("ann@example\n"), &out, &diagnostics)
		assert.NotContains(t, out.String()+diagnostics.String(), "canary")
		return code, out.String(), diagnostics.String()
	}

	code, stdout, stderr := run("-from", folder, "-users", "-", "-dry-run")
	assert.Equal(t, 0, code, stderr)
	assert.Contains(t, stdout, "\nrefused\tapi_keys\tann@example\tunknown_provider\t")
	assert.Contains(t, stdout, "\nrefused\tonboarding_sessions\t"+folder+"/.onboarding_progress_half.json\tinvalid_json\t")
	assert.Contains(t, stdout, "\nimport: stores=1 users=1 rows=5 imported=3 present=0 refused=2 lost=0 users_per_s=")
	assert.Contains(t, stderr, "Dry run: nothing was changed")
	assert.Zero(t, pgtest.One[int](t, db, "select count(*) from onboarding_sessions"))

	code, stdout, stderr = run("-from", folder, "-users", "-", "-report", report, "-zone", "Europe/Berlin")
	assert.Equal(t, 0, code, stderr)
	assert.NotContains(t, stdout, "\nrefused\t")
	assert.Empty(t, stderr)
	assert.Equal(t, "ann@example", pgtest.One[string](t, db, "select user_id from onboarding_sessions"))
	assert.Equal(t, "2025-01-02 02:04:05", pgtest.One[string](t, db,
		"select (completed_at at time zone 'UTC')::text from onboarding_steps where step = 3"))
	raw, err := os.ReadFile(report)
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "canary")
	var document struct {
		Source, Imported, Refused int
		Stores                    []struct {
			Kind   string
			Tables []struct {
				Table                              string
				Source, Imported, Present, Refused int
			}
		}
	}
	require.NoError(t, json.Unmarshal(raw, &document))
	assert.Equal(t, 5, document.Source)
	require.Len(t, document.Stores, 1)
	assert.Equal(t, "json", document.Stores[0].Kind)
	for _, table := range document.Stores[0].Tables {
		assert.Equal(t, table.Source, table.Imported+table.Present+table.Refused, table.Table)
	}

	code, stdout, _ = run("-from", folder, "-users", "-")
	assert.Equal(t, 0, code)
	assert.Contains(t, stdout, "\nimport: stores=1 users=1 rows=5 imported=0 present=3 refused=2 lost=0 users_per_s=")
}

func TestImportCommandLine(t *testing.T) {
	path, _ := rotatedRing(t)
	t.Setenv("DATABASE_URL", pgtest.NewURL(t))
	t.Setenv("SEAL_KEYS_FILE", path)
	empty := t.TempDir()
	text := filepath.Join(empty, "notes.txt")
	require.NoError(t, os.WriteFile(text, []byte("hello"), 0o600))
	for says, test := range map[string]struct {
		code int
		args []string
	}{
		"name what to take over with -from": {2, nil},
		"-batch must be between 1 and 10":   {2, []string{"-from", empty, "-batch", "0"}},
		"-parallel must be between 1 and 6": {2, []string{"-from", empty, "-parallel", "65"}},
		"unknown time zone Nowhere":         {2, []string{"-from", empty, "-zone", "Nowhere"}},
		"holds neither folders workspace_":  {1, []string{"-from", empty}},
		"no such file or directory":         {1, []string{"-from", filepath.Join(empty, "none")}},
		"notes.txt is no SQLite database":   {1, []string{"-from", text}},
	} {
		var out, diagnostics bytes.Buffer
		code := Main(t.Context(), append([]string{"import"}, test.args...), nil, &out, &diagnostics)
		assert.Equal(t, test.code, code, says)
		assert.Contains(t, diagnostics.String(), says)
	}
	var out, diagnostics bytes.Buffer
	assert.Zero(t, Main(t.Context(), []string{"import", "-h"}, nil, &out, &diagnostics))
	assert.Contains(t, out.String(), "Usage: worker import")
	assert.Contains(t, out.String(), "docs/switch-over.md")
}
