package worker

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What prints a table prints a document with -json.
func TestTablesAsJSON(t *testing.T) {
	t.Setenv("DATABASE_URL", writeHistory(t).URL)
	for _, line := range [][]string{
		{"webhooks", "list"},
		{"webhooks", "log", "crm"},
		{"dead", "list"},
		{"bulk", "list"},
		{"doctor"},
		{"migrate", "status"},
	} {
		var out, diagnostics bytes.Buffer
		code := Main(t.Context(), append(line, "-json"), nil, &out, &diagnostics)
		var list []map[string]any
		require.NoError(t, json.Unmarshal(out.Bytes(), &list), "%v %d %s %s", line, code, &out, &diagnostics)
		if line[0] == "migrate" {
			require.NotEmpty(t, list)
			assert.Equal(t, 1.0, list[0]["version"])
		}
	}
}
