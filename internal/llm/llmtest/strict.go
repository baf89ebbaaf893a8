package llmtest

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// schema is a JSON Schema of the subset that all providers take.
type schema map[string]any

// unsupported are keywords outside that subset: one provider or the other refuses them,
// or ignores them silently.
var unsupported = []string{
	"minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum",
	"exclusiveMaximum", "multipleOf",
	"minItems", "maxItems", "uniqueItems", "contains", "prefixItems", "patternProperties", "propertyNames",
	"minProperties",
	"maxProperties", "unevaluatedProperties", "oneOf", "allOf", "not", "if", "then", "else", "dependentRequired",
	"dependentSchemas",
}

// OpenAI's limits of a strict schema, and Anthropic's of choices between types.
const (
	maxDepth      = 10
	maxProperties = 5000
	maxUnions     = 16
)

// strict finds what a strict format refuses about a schema.
type strict struct {
	root       schema
	properties int
	unions     int
}

// check returns the path and reason of the first violation.
func (s *strict) check(node schema, path string, depth int) (string, string) {
	if depth > maxDepth {
		return path, "the schema is nested too deeply"
	}
	for _, keyword := range unsupported {
		if _, ok := node[keyword]; ok {
			return path, "'" + keyword + "' is not permitted"
		}
	}
	if reference, ok := node["$ref"].(string); ok {
		if resolve(s.root, reference) == nil {
			return path, "'$ref' points to nothing"
		}
		return "", ""
	}
	if types(node) == nil && node["enum"] == nil && node["const"] == nil && node["anyOf"] == nil {
		return path, "schema must have a 'type' key"
	}
	if len(types(node)) > 1 || node["anyOf"] != nil {
		if s.unions++; s.unions > maxUnions {
			return path, "the schema has too many parameters with union types"
		}
	}
	if slices.Contains(types(node), "object") {
		if where, why := s.checkObject(node, path); why != "" {
			return where, why
		}
	}
	if slices.Contains(types(node), "array") {
		if _, ok := node["items"].(map[string]any); !ok {
			return path, "array schema missing items"
		}
	}
	for _, child := range children(node) {
		if where, why := s.check(child.schema, path+"/"+child.name, depth+1); why != "" {
			return where, why
		}
	}
	return "", ""
}

// checkObject holds the two rules that make a format strict.
func (s *strict) checkObject(node schema, path string) (string, string) {
	if node["additionalProperties"] != false {
		return path, "'additionalProperties' is required to be supplied and to be false"
	}
	properties, _ := node["properties"].(map[string]any)
	required, _ := node["required"].([]any)
	for name := range properties {
		if !slices.Contains(required, any(name)) {
			return path,
				"'required' is required to be supplied and to be an array including every key in properties. Missing '" + name + "'"
		}
	}
	if len(required) != len(properties) {
		return path, "'required' names a property that is not there"
	}
	if s.properties += len(properties); s.properties > maxProperties {
		return path, "the schema has too many properties"
	}
	return "", ""
}

// child is a schema within a schema.
type child struct {
	name   string
	schema schema
}

// children returns the schemas directly within node, by name.
func children(node schema) []child {
	var all []child
	for _, keyword := range []string{"properties", "$defs", "definitions"} {
		group, _ := node[keyword].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(group)) {
			if inner, ok := group[name].(map[string]any); ok {
				all = append(all, child{name, inner})
			}
		}
	}
	if items, ok := node["items"].(map[string]any); ok {
		all = append(all, child{"items", items})
	}
	options, _ := node["anyOf"].([]any)
	for i, option := range options {
		if inner, ok := option.(map[string]any); ok {
			all = append(all, child{"anyOf/" + strconv.Itoa(i), inner})
		}
	}
	return all
}

// types returns the types that node allows.
func types(node schema) []string {
	switch t := node["type"].(type) {
	case string:
		return []string{t}
	case []any:
		var all []string
		for _, one := range t {
			if name, ok := one.(string); ok {
				all = append(all, name)
			}
		}
		return all
	}
	return nil
}

// withSchema reads and checks the schema of a question.
func (q question) withSchema(raw json.RawMessage, where string) (question, *problem) {
	if json.Unmarshal(raw, &q.schema) != nil || !slices.Contains(types(q.schema), "object") {
		return q, badRequest("Invalid schema for %s '%s': schema must be of 'type: \"object\"'.", where, q.name)
	}
	check := strict{root: q.schema}
	if path, why := check.check(q.schema, "", 0); why != "" {
		return q, badRequest("Invalid schema for %s '%s': in context=(%s), %s.", where, q.name, path, why)
	}
	return q.withMaterial(), nil
}
