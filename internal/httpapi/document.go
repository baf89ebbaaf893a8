package httpapi

import (
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/ops"
)

// describe completes the OpenAPI document of the registered operations: without
// huma's own error shape, with arrays and maps that are never null, and with
// pointers that may be.
func describe(doc *huma.OpenAPI) error {
	doc.Info.Version = ops.Version()
	doc.Info.License = &huma.License{Name: "MIT", Identifier: "MIT"}
	doc.Info.Contact = &huma.Contact{Name: "ALwrity", URL: "https://github.com/alwrity/onboarding/issues"}
	doc.Servers = []*huma.Server{{URL: "/", Description: "The server that this document comes from."}}
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
	addOwnOperation(doc, problem, pathDocument, "getOpenAPI", "This document",
		"It has an ETag. A client that accepts gzip gets it at a tenth of its size.",
		"OpenAPI 3.1", "application/json", huma.TypeObject)
	addOwnOperation(doc, problem, pathDocs, "getDocs", "This document as a page for people",
		"It needs nothing but this server.", "HTML", "text/html", huma.TypeString)
	shareParameters(doc)
	return addExamples(doc)
}

// operations are all operations of a path.
func operations(item *huma.PathItem) []*huma.Operation {
	return slices.DeleteFunc([]*huma.Operation{item.Get, item.Post, item.Put, item.Delete, item.Patch},
		func(op *huma.Operation) bool { return op == nil })
}

// shareParameters moves the headers that many operations take to the components, and says what a parameter is once:
// huma says it of its schema too.
func shareParameters(doc *huma.OpenAPI) {
	doc.Components.Parameters = map[string]*huma.Param{}
	for _, item := range doc.Paths {
		for _, op := range operations(item) {
			for i, p := range op.Parameters {
				if p.Schema != nil {
					p.Schema.Description = ""
				}
				if p.Schema != nil && !p.Required { // the documentation would send its examples
					p.Schema.Examples = nil
				}
				if p.In == "header" {
					doc.Components.Parameters[p.Name] = p
					op.Parameters[i] = &huma.Param{Ref: "#/components/parameters/" + p.Name}
				}
			}
		}
	}
}

// addOwnOperation describes what is served without huma: a GET without input, for everybody.
func addOwnOperation(
	doc *huma.OpenAPI, problem *huma.Response, path, id, summary, description, content, mediaType, schema string,
) {
	doc.AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: path, OperationID: id, Tags: []string{"operations"},
		Summary: summary, Description: description, Security: edge.NoSecurity(),
		Responses: map[string]*huma.Response{"default": problem, "415": problem, "200": {
			Description: content, Content: map[string]*huma.MediaType{mediaType: {Schema: &huma.Schema{Type: schema}}},
		}},
	})
}

// neverNullArrays undoes huma's default; edge.WithoutNulls keeps the promise. It also drops the examples of single
// fields, as every body has a whole one.
func neverNullArrays(schema *huma.Schema) {
	schema.Examples = nil
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
