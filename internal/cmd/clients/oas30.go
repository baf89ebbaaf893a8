package main

import (
	"encoding/json"
	"io"
	"slices"
)

// writeOAS30 writes the document as OpenAPI 3.0, without what a generated client does not need: examples, objects that
// take further fields, and headers, which the layer above sends.
func writeOAS30(w io.Writer, content []byte) error {
	var d map[string]any
	if err := json.Unmarshal(content, &d); err != nil {
		return err
	}
	d["openapi"] = "3.0.3"
	delete(d["info"].(map[string]any)["license"].(map[string]any), "identifier")
	paths := d["paths"].(map[string]any)
	for path, methods := range paths {
		lower(methods)
		for method, o := range methods.(map[string]any) {
			o := o.(map[string]any)
			id, _ := o["operationId"].(string)
			if left(path, operation{OperationID: id}) {
				delete(methods.(map[string]any), method)
				continue
			}
			withoutHeaders(o)
		}
		if len(methods.(map[string]any)) == 0 {
			delete(paths, path)
		}
	}
	lower(d["components"])
	delete(d["components"].(map[string]any), "examples")
	delete(d["components"].(map[string]any), "parameters")
	out := json.NewEncoder(w)
	out.SetIndent("", " ")
	return out.Encode(d)
}

// withoutHeaders drops the headers of an operation, and its problems: the client has one error for all.
func withoutHeaders(o map[string]any) {
	if parameters, ok := o["parameters"].([]any); ok {
		o["parameters"] = slices.DeleteFunc(parameters, func(p any) bool { return isHeader(p.(map[string]any)) })
	}
	for status, response := range o["responses"].(map[string]any) {
		if status >= "300" {
			delete(o["responses"].(map[string]any), status)
		} else {
			delete(response.(map[string]any), "headers")
		}
	}
}

// isHeader reports whether a parameter is a header: those that many operations share are references.
func isHeader(parameter map[string]any) bool {
	return parameter["in"] == "header" || parameter["$ref"] != nil
}

// lower turns schemas of 3.1 into those of 3.0, in place.
func lower(v any) {
	switch value := v.(type) {
	case []any:
		for _, item := range value {
			lower(item)
		}
	case map[string]any:
		delete(value, "example")
		if _, named := value["examples"].([]any); named {
			delete(value, "examples")
		}
		if _, media := value["schema"]; media {
			delete(value, "examples")
		}
		lowerSchema(value)
		for _, inner := range value {
			lower(inner)
		}
	}
}

// lowerSchema does it for one schema, but for those within it.
func lowerSchema(s map[string]any) {
	if names, ok := s["type"].([]any); ok {
		s["nullable"] = true
		s["type"] = names[slices.IndexFunc(names, func(name any) bool { return name != "null" })]
	}
	if _, has := s["properties"].(map[string]any); has && s["type"] == "object" {
		delete(s, "additionalProperties")
	}
	choices, ok := s["anyOf"].([]any)
	if !ok {
		return
	}
	delete(s, "anyOf")
	if last := choices[len(choices)-1].(map[string]any); len(choices) == 2 && last["type"] == "null" {
		s["allOf"], s["nullable"] = choices[:1], true // any other choice is any value
	}
}
