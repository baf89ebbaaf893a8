package httpapi

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

// describe completes the OpenAPI document of the registered operations: without
// huma's own error shape, with arrays and maps that are never null, and with
// pointers that may be.
func describe(doc *huma.OpenAPI) error {
	registry := doc.Components.Schemas
	schemas := registry.Map()
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	for name, schema := range schemas {
		neverNullArrays(schema)
		nullablePointers(schema, registry.TypeFromRef("#/components/schemas/"+name))
	}
	problem := &huma.Response{Description: "A problem.", Content: map[string]*huma.MediaType{
		edge.ProblemContentType: {Schema: registry.Schema(reflect.TypeFor[edge.Problem](), true, "")},
	}}
	doc.AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/openapi.json", OperationID: "getOpenAPI", Tags: []string{"operations"},
		Summary: "This document",
		Responses: map[string]*huma.Response{"default": problem, "200": {
			Description: "OpenAPI 3.1",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: huma.TypeObject}}},
		}},
	})
	doc.AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: pathDocs, OperationID: "getDocs", Tags: []string{"operations"},
		Summary: "This document as a page for people", Description: "It needs nothing but this server.",
		Responses: map[string]*huma.Response{"default": problem, "200": {
			Description: "HTML", Content: map[string]*huma.MediaType{"text/html": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	})
	return addExamples(doc)
}

// neverNullArrays undoes huma's default; edge.WithoutNulls keeps the promise.
func neverNullArrays(schema *huma.Schema) {
	if schema.Type == huma.TypeArray {
		schema.Nullable = false
	}
	for _, property := range schema.Properties {
		neverNullArrays(property)
	}
	if schema.Items != nil {
		neverNullArrays(schema.Items)
	}
	if values, ok := schema.AdditionalProperties.(*huma.Schema); ok {
		neverNullArrays(values)
	}
}

// nullablePointers marks the properties that are written as null: huma can't express that for objects,
// and leaves it out for types with a schema or a text form of their own.
func nullablePointers(schema *huma.Schema, t reflect.Type) {
	if t == nil {
		return
	}
	for _, field := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		property := schema.Properties[name]
		if property == nil || field.Type.Kind() != reflect.Pointer || options == "omitempty" {
			continue
		}
		if property.Ref == "" {
			property.Nullable = true
			continue
		}
		schema.Properties[name] = &huma.Schema{
			Description: property.Description,
			AnyOf:       []*huma.Schema{{Ref: property.Ref}, {Type: "null"}},
		}
	}
}
