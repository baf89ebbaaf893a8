package style

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLists(t *testing.T) {
	t.Parallel()
	lists, err := loadLists()
	require.NoError(t, err)
	names := map[string]bool{}
	for _, s := range lists.trades["en"] {
		names[s.Name] = true
	}
	assert.GreaterOrEqual(t, len(names), 40)
	for _, code := range []string{"de", "fr", "es", "it", "pt"} {
		assert.Len(t, lists.trades[code], len(names), code)
		for _, s := range lists.trades[code] {
			assert.True(t, names[s.Name], "%s has the unknown industry %s", code, s.Name)
		}
	}
	for schema, industry := range lists.schema {
		assert.True(t, names[industry], "%s is of the unknown industry %s", schema, industry)
	}
	assert.Equal(t, "United Kingdom", lists.countries["+44"])
}
