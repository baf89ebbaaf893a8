package table

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestObjectsOf(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []map[string]any{{"name": "crm", "last_success": nil, "parked": 2}},
		objectsOf([][]any{{"NAME", "LAST SUCCESS", "PARKED"}, {"crm", NoValue, 2}}))
	assert.Empty(t, objectsOf([][]any{{"NAME"}}))
}
