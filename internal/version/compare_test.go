package version_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/version"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, before, after string
		want                []string
	}{
		{"the same", `{"a": {"b": [1, 2.0]}}`, `{"a": {"b": [1.0, 2]}}`, nil},
		{"a value", `{"a": {"b": "x"}}`, `{"a": {"b": "y"}}`, []string{`changed a.b "x" "y"`}},
		{"in the order", `{"a": 1, "z": 1, "m": 1}`, `{"a": 2, "z": 2, "m": 2}`, []string{"changed z 1 2", "changed a 1 2", "changed m 1 2"}},
		{"a list", `{"a": ["x"]}`, `{"a": ["x", "y"]}`, []string{`changed a ["x"] ["x","y"]`}},
		{
			"a list of objects", `{"a": [{"n": 1}, {"n": 2}]}`, `{"a": [{"n": 1}, {"n": 3}, {"n": 4}]}`,
			[]string{"changed a[1].n 2 3", `added a[2] null {"n":4}`},
		},
		{"a list that was empty", `{"a": []}`, `{"a": [{"n": 1}]}`, []string{`changed a [] [{"n":1}]`}},
		{"added", `{}`, `{"a": {"b": 1}}`, []string{`added a null {"b":1}`}},
		{"removed", `{"a": {"b": 1, "c": 2}}`, `{"a": {"c": 2}}`, []string{"removed a.b 1 null"}},
		{"null is nothing", `{"a": null}`, `{}`, nil},
		{"another type", `{"a": [1]}`, `{"a": {"b": 1}}`, []string{`changed a [1] {"b":1}`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			changes, leftOut := version.Compare(decoded(t, test.before), decoded(t, test.after), "z")
			var got []string
			for _, c := range changes {
				got = append(got, fmt.Sprintf("%s %s %s %s", c.Kind, c.Path, c.Before, c.After))
			}
			assert.Equal(t, test.want, got)
			assert.Zero(t, leftOut)
		})
	}
}

func TestComparisonsAreBounded(t *testing.T) {
	t.Parallel()
	before, after := map[string]any{}, map[string]any{}
	for i := range version.MaxChanges + 7 {
		before[fmt.Sprint(i)], after[fmt.Sprint(i)] = 1.0, 2.0
	}
	changes, leftOut := version.Compare(before, after)
	assert.Len(t, changes, version.MaxChanges)
	assert.Equal(t, 7, leftOut)
}

func decoded(t *testing.T, document string) (object map[string]any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(document), &object))
	return object
}
