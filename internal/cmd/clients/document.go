package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// document is what a client needs of an OpenAPI document.
type document struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]*schema }
}

type operation struct {
	OperationID string
	Summary     string
	Description string
	Parameters  []parameter
	RequestBody *struct {
		Content  map[string]media
		Required bool
	}
	Responses map[string]struct{ Content map[string]media }
}

type media struct{ Schema *schema }

type parameter struct {
	Name, In, Description string
	Required              bool
	Schema                *schema
}

// schema is a JSON Schema as the document has them.
type schema struct {
	Ref         string `json:"$ref"`
	Type        types
	Description string
	Enum        []any
	Properties  map[string]*schema
	Required    []string
	Items       *schema
	AnyOf       []*schema
	// Values are those of an object without properties: a schema, true or nothing.
	Values *schema `json:"-"`
}

// types are the types of a schema: one or, with null, several.
type types []string

func (t *types) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*t = types{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(t))
}

func (s *schema) UnmarshalJSON(text []byte) error {
	type plain schema
	var values struct{ AdditionalProperties json.RawMessage }
	if err := json.Unmarshal(text, (*plain)(s)); err != nil {
		return err
	}
	if err := json.Unmarshal(text, &values); err != nil {
		return err
	}
	if strings.HasPrefix(string(values.AdditionalProperties), "{") {
		return json.Unmarshal(values.AdditionalProperties, &s.Values)
	}
	return nil
}

// call is one operation with its path and method.
type call struct {
	operation

	Path, Method string
}

// parse reads a document.
func parse(content []byte) (*document, error) {
	d := &document{}
	if err := json.Unmarshal(content, d); err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	return d, nil
}

// notCalls are the operations below /api that are no calls with an answer in JSON.
var notCalls = []string{"listStopped", "streamEvents", "streamWebSocket"}

// left reports whether clients leave an operation out: what is no call, and the other paths of the wizard for the same
// operations.
func left(path string, o operation) bool {
	if !strings.HasPrefix(path, "/api/") {
		return path != "/healthz" && path != "/readyz"
	}
	return slices.Contains(notCalls, o.OperationID)
}

// calls are the operations that clients have, in the order of paths and methods.
func (d *document) calls() []call {
	var found []call
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
			if o := d.Paths[path][method]; !left(path, o) {
				found = append(found, call{o, path, strings.ToUpper(method)})
			}
		}
	}
	return found
}

// answer is the schema of the good answers, nil where there is none.
func (c call) answer() *schema {
	for _, status := range slices.Sorted(maps.Keys(c.Responses)) {
		if body, ok := c.Responses[status].Content["application/json"]; ok && status < "300" {
			return body.Schema
		}
	}
	return nil
}
