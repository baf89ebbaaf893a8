package submitted

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// soon is far above what these take when the work grows with the size of the input,
// and far below what they take when it grows with its square.
const soon = 15 * time.Second

func TestLargeDocumentsAreCheckedSoon(t *testing.T) {
	t.Parallel()
	elements := "[1" + strings.Repeat(",1", 200_000) + "]"
	raw := json.RawMessage(`{"` + strings.Repeat("n", 400_000) + `":` + elements + `}`)
	begin := time.Now()
	_, _, err := StorableObject(map[string]json.RawMessage{"a": raw}, "data")
	require.NoError(t, err)
	_, err = ResearchFindings(map[string]json.RawMessage{"researchSummary": raw})
	require.Error(t, err, "it is too large to be stored")

	lists := "[" + strings.Repeat("[1"+strings.Repeat(",1", 199)+"],", 199) + "[]]"
	for range 30 {
		lists = `{"` + strings.Repeat("n", 4900) + `":` + lists + `}`
	}
	core := json.RawMessage(`{"identity":{},"more":` + lists + `}`)
	_, err = ParsePersonas(core, json.RawMessage(`{"blog":{}}`), nil, nil)
	require.NoError(t, err)
	assert.Less(t, time.Since(begin), soon)
}

// A name that was sent may be anything, and as long as the body.
func TestPathsShowTheBeginningOfLongNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 5000)
	_, _, err := StorableObject(map[string]json.RawMessage{"a": json.RawMessage(`{"` + long + `":[{"b":"\u0000"}]}`)},
		"data")
	var input *onboarding.InputError
	require.ErrorAs(t, err, &input)
	assert.Equal(t, "data.a."+strings.Repeat("ü", 50)+"…[0].b", input.Field)
}
