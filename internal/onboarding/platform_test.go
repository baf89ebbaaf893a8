package onboarding_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
)

func TestTableOfPlatforms(t *testing.T) {
	t.Parallel()
	seen := map[onboarding.Platform]bool{}
	for _, row := range onboarding.PlatformInfos() {
		assert.Regexp(t, `^[a-z0-9_]+$`, row.Platform)
		assert.NotEmpty(t, row.Name, row.Platform)
		assert.Regexp(t, `^[A-Z].*\.$`, row.Description, row.Platform)
		assert.False(t, seen[row.Platform], "%s stands twice", row.Platform)
		seen[row.Platform] = true
	}
	assert.Subset(t, onboarding.Platforms(), onboarding.DefaultPlatforms)
	onboarding.PlatformInfos()[0].Name = "changed"
	assert.Equal(t, "LinkedIn", onboarding.PlatformInfos()[0].Name, "callers get a copy")
}

// Each platform is accepted wherever one is read, and no other is.
func TestParsePlatforms(t *testing.T) {
	t.Parallel()
	for _, p := range onboarding.Platforms() {
		parsed, err := onboarding.ParsePlatforms([]string{string(p), string(p)}, "platforms")
		require.NoError(t, err)
		assert.Equal(t, []onboarding.Platform{p}, parsed)
		imported, err := submitted.ParsePersonas(json.RawMessage(`{"identity":{}}`),
			json.RawMessage(`{"`+p+`":{}}`), nil, nil)
		require.NoError(t, err)
		assert.Equal(t, []onboarding.Platform{p}, imported.Selected)
	}
	_, err := onboarding.ParsePlatforms([]string{"blog", "myspace"}, "platforms")
	var input *onboarding.InputError
	require.ErrorAs(t, err, &input)
	assert.Equal(t, "platforms[1]", input.Field)
	assert.Contains(t, input.Reason, "Use one of linkedin, facebook, ")
}
