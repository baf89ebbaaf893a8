package httpapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// schemaReference matches a reference to a schema in the encoded document.
var schemaReference = regexp.MustCompile(`"#/components/schemas/(\w+)"`)

// The order of the document's parts, of the components, and of the keys of a schema; what is not named follows by name.
var (
	partOrder      = []string{"openapi", "info", "components", "paths"}
	componentOrder = []string{"schemas", "examples", "parameters", "responses"}
	schemaOrder    = []string{"type", "format", "minimum", "maximum", "maxLength", "enum", "items", "description"}
)

// object is a JSON object whose values are encoded.
type object map[string]json.RawMessage

// encodeDocument writes the document in JSON, in an order that is compressed well: what belongs together stands
// together. Paths are ordered by tag, and each schema follows the first that refers to it.
func encodeDocument(doc *huma.OpenAPI) ([]byte, error) {
	content, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode the document: %w", err)
	}
	var parts, components, schemas, paths object
	err = json.Unmarshal(content, &parts)
	err = errors.Join(err, json.Unmarshal(parts["components"], &components), json.Unmarshal(parts["paths"], &paths))
	if err = errors.Join(err, json.Unmarshal(components["schemas"], &schemas)); err != nil {
		return nil, fmt.Errorf("order the document: %w", err)
	}
	tags := map[string]string{}
	for path, item := range doc.Paths {
		for _, op := range operations(item) {
			tags[path] = op.Tags[0]
		}
	}
	byTag := slices.SortedFunc(maps.Keys(paths), func(a, b string) int {
		return cmp.Or(cmp.Compare(tags[a], tags[b]), cmp.Compare(a, b))
	})
	parts["paths"] = paths.encoded(byTag)
	for name, schema := range schemas {
		schemas[name] = withKeys(schema, schemaOrder)
	}
	components["schemas"] = schemas.encoded(inUse(schemas, parts["paths"], content))
	parts["components"] = components.encoded(componentOrder)
	return parts.encoded(partOrder), nil
}

// inUse returns the names of the schemas in the order of their use.
func inUse(schemas object, from ...json.RawMessage) (names []string) {
	seen := map[string]bool{}
	var add func(json.RawMessage)
	add = func(text json.RawMessage) {
		for _, found := range schemaReference.FindAllSubmatch(text, -1) {
			if name := string(found[1]); !seen[name] {
				seen[name] = true
				names = append(names, name)
				add(schemas[name])
			}
		}
	}
	for _, text := range from {
		add(text)
	}
	return names
}

// encoded writes the object with some keys first, in their order; the others follow by name.
func (o object) encoded(first []string) json.RawMessage {
	text := bytes.NewBufferString("{")
	for i, name := range o.names(first) {
		if i > 0 {
			text.WriteByte(',')
		}
		key, _ := json.Marshal(name) // a text
		text.Write(key)
		text.WriteByte(':')
		text.Write(o[name])
	}
	text.WriteByte('}')
	return text.Bytes()
}

func (o object) names(first []string) []string {
	rank := func(name string) int {
		if i := slices.Index(first, name); i >= 0 {
			return i
		}
		return len(first)
	}
	return slices.SortedFunc(maps.Keys(o), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
}

// withKeys writes a JSON value with some keys first in each of its objects.
func withKeys(value json.RawMessage, first []string) json.RawMessage {
	var members object
	var elements []json.RawMessage
	switch {
	case json.Unmarshal(value, &members) == nil && members != nil:
		for name, member := range members {
			members[name] = withKeys(member, first)
		}
		return members.encoded(first)
	case json.Unmarshal(value, &elements) == nil && elements != nil:
		for i, element := range elements {
			elements[i] = withKeys(element, first)
		}
		encoded, err := json.Marshal(elements)
		if err != nil { // they were decoded a moment ago
			return value
		}
		return encoded
	}
	return value
}
