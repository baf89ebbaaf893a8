package apitest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHolesOfTheContractAreNoticed(t *testing.T) {
	t.Parallel()
	c := contract{statuses: map[string][]int{}}
	c.note("saveAPIKey", 200)
	c.note("saveAPIKey", 401)
	c.note("getStatus", 401)
	holes, err := c.holes("wizard")
	require.NoError(t, err)
	assert.Contains(t, holes, "POST /api/onboarding/api-keys: no error was checked (of [200 401])")
	assert.Contains(t, holes, "GET /api/onboarding/status: no good answer was checked")
	assert.NotContains(t, holes, "GET /api/onboarding/status: no error was checked (of [401])")
}
