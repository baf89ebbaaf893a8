package apitest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// At walks into nested objects.
func At(t testing.TB, value any, names ...string) any {
	t.Helper()
	for _, name := range names {
		object, ok := value.(map[string]any)
		require.True(t, ok, "%s", name)
		require.Contains(t, object, name)
		value = object[name]
	}
	return value
}

// List returns the objects of a list in an answer.
func List(t testing.TB, object map[string]any, name string) []map[string]any {
	t.Helper()
	values, ok := object[name].([]any)
	require.True(t, ok, name)
	objects := make([]map[string]any, len(values))
	for i, value := range values {
		objects[i], ok = value.(map[string]any)
		require.True(t, ok, name)
	}
	return objects
}
