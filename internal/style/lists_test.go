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
	assert.GreaterOrEqual(t, len(lists.industries), 20)
	for schema, industry := range lists.schema {
		known := false
		for _, s := range lists.industries {
			known = known || s.Name == industry
		}
		assert.True(t, known, "%s is of the unknown industry %s", schema, industry)
	}
	assert.Equal(t, "United Kingdom", lists.countries["+44"])
}
