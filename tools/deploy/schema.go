package main

import (
	"errors"
	"io"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"
)

// definitionSchema returns the JSON Schema of the first version of a resource definition, which refuses unknown fields, as
// the API server with strict validation does.
func definitionSchema(definition []byte) (*jsonschema.Schema, error) {
	var resource struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPI map[string]any `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(definition, &resource); err != nil {
		return nil, err
	}
	if len(resource.Spec.Versions) == 0 {
		return nil, errors.New("the resource definition has no versions")
	}
	root := resource.Spec.Versions[0].Schema.OpenAPI
	closeObjects(root)
	if properties, ok := root["properties"].(map[string]any); ok {
		properties["metadata"] = map[string]any{"type": "object"} // the same in every object
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("definition.json", root); err != nil {
		return nil, err
	}
	return compiler.Compile("definition.json")
}

// closeObjects refuses other properties wherever some are listed.
func closeObjects(schema any) {
	switch s := schema.(type) {
	case map[string]any:
		if _, lists := s["properties"].(map[string]any); lists && s["additionalProperties"] == nil &&
			s["x-kubernetes-preserve-unknown-fields"] != true {
			s["additionalProperties"] = false
		}
		for _, part := range s {
			closeObjects(part)
		}
	case []any:
		for _, part := range s {
			closeObjects(part)
		}
	}
}

// plain reads YAML as the schemas' library wants values.
func plain(from io.Reader) (any, error) {
	content, err := io.ReadAll(from)
	if err != nil {
		return nil, err
	}
	var value any
	err = yaml.UnmarshalStrict(content, &value)
	return value, err
}
