package httpapi_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

// withoutExample are the operations that answer with the document itself.
var withoutExample = []string{"getOpenAPI", "getDocs"}

// Every request and every answer of the document has an example that its schema
// accepts, and that names no field which the schema does not have.
func TestEveryBodyHasAnExample(t *testing.T) {
	t.Parallel()
	doc, err := apitest.Described()
	require.NoError(t, err)
	checked := 0
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if slices.Contains(withoutExample, op.OperationID) {
				continue
			}
			if op.RequestBody != nil {
				checked += requireExamples(t, method+" "+path+" request", op.RequestBody.Value.Content, openapi3.VisitAsRequest())
			}
			for status, response := range op.Responses.Map() {
				checked += requireExamples(t, method+" "+path+" "+status, response.Value.Content, openapi3.VisitAsResponse())
			}
		}
	}
	assert.Greater(t, checked, 400)
}

// requireExamples checks the examples of a body and returns how many there are.
func requireExamples(
	t *testing.T, of string, content openapi3.Content, as openapi3.SchemaValidationOption,
) (checked int) {
	t.Helper()
	for mediaType, media := range content {
		examples := map[string]any{}
		if media.Example != nil {
			examples["example"] = media.Example
		}
		for name, example := range media.Examples {
			examples[name] = example.Value.Value
		}
		assert.NotEmpty(t, examples, "%s %s has no example: add it to the file of its resource in examples/", of, mediaType)
		for name, example := range examples {
			assert.NoError(t, media.Schema.Value.VisitJSON(example, as, openapi3.MultiErrors()), "%s: %s", of, name)
			assert.Empty(t, unknownFields(media.Schema.Value, example, ""), "%s: %s", of, name)
			checked++
		}
	}
	return checked
}

// unknownFields lists the fields of a value that its schema does not name. Objects of
// any fields have none.
func unknownFields(schema *openapi3.Schema, value any, at string) (unknown []string) {
	schema = matching(schema, value)
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			property := schema.Properties[name]
			switch {
			case property != nil:
				unknown = append(unknown, unknownFields(property.Value, v[name], at+"."+name)...)
			case schema.AdditionalProperties.Schema != nil:
				unknown = append(unknown, unknownFields(schema.AdditionalProperties.Schema.Value, v[name], at+"."+name)...)
			case len(schema.Properties) > 0:
				unknown = append(unknown, at+"."+name)
			}
		}
	case []any:
		for _, element := range v {
			if schema.Items != nil {
				unknown = append(unknown, unknownFields(schema.Items.Value, element, at+"[]")...)
			}
		}
	}
	return unknown
}

// matching returns the schema of a choice that the value is of: null has one of its own,
// and of the others the first that accepts the value.
func matching(schema *openapi3.Schema, value any) *openapi3.Schema {
	for _, choice := range slices.Concat(schema.AnyOf, schema.OneOf) {
		if choice.Value.VisitJSON(value) == nil {
			return choice.Value
		}
	}
	return schema
}

// The problems of a status are one response of the document, with an example of that status.
func TestProblemsOfAStatusAreOneResponse(t *testing.T) {
	t.Parallel()
	doc, err := apitest.Described()
	require.NoError(t, err)
	require.Greater(t, len(doc.Components.Responses), 8)
	for name, response := range doc.Components.Responses {
		example, ok := response.Value.Content.Get("application/problem+json").Example.(map[string]any)
		require.True(t, ok, name)
		status := strings.TrimPrefix(name, "Problem")
		assert.Equal(t, cmp.Or(status, "500"), apitest.JSONOf(t, example["status"]), name)
		assert.NotEmpty(t, example["detail"], name)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			for status, response := range op.Responses.Map() {
				if response.Value.Content.Get("application/problem+json") != nil {
					expected := "#/components/responses/Problem" + strings.TrimPrefix(status, "default")
					assert.Equal(t, expected, response.Ref, "%s %s", method, path)
				}
			}
		}
	}
}

// The document says of every operation what it does, who may call it and how it refuses.
func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()
	doc, err := apitest.Described()
	require.NoError(t, err)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			assert.NotEmpty(t, op.Description, "%s %s: add edge.About", method, path)
			assert.NotNil(t, op.Security, "%s %s", method, path)
			refusals := 0
			for status := range op.Responses.Map() {
				if strings.HasPrefix(status, "4") {
					refusals++
				}
			}
			assert.Positive(t, refusals, "%s %s has no 4xx", method, path)
		}
	}
}
