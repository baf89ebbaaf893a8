package onboarding

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheTableOfProvidersIsComplete(t *testing.T) {
	t.Parallel()
	models, variables := true, map[string]bool{}
	for _, p := range Providers() {
		assert.Regexp(t, `^[a-z_]+$`, p.Provider)
		assert.NotEmpty(t, p.Name, p.Provider)
		assert.NotEmpty(t, p.Format, p.Provider)
		assert.Regexp(t, `^[A-Z_]+_API_KEY$`, p.Variable)
		assert.False(t, variables[p.Variable], "%s is the variable of two providers", p.Variable)
		variables[p.Variable] = true
		found, ok := ProviderByName(" " + string(p.Provider))
		assert.True(t, ok)
		assert.Equal(t, p.Provider, found.Provider, "the name of one provider only")
		assert.True(t, models || p.Model == nil, "%s: those with models stand first", p.Provider)
		models = p.Model != nil
		if p.Model == nil {
			continue
		}
		assert.NotEmpty(t, p.Model.Wire, p.Provider)
		if p.UserNamesServer() {
			assert.Empty(t, p.Model.Model, "%s: the server lists its models", p.Provider)
			continue
		}
		assert.Regexp(t, `^https://[^?#]+[^/]$`, p.Model.BaseURL)
		assert.NotEmpty(t, p.Model.Model, p.Provider)
		assert.Positive(t, p.Model.Price.Input, p.Provider)
		assert.Positive(t, p.Model.Price.Cached, p.Provider)
		assert.Positive(t, p.Model.Price.Output, p.Provider)
	}
}
