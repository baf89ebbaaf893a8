package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

// pythonSource is the module that is written.
//
//go:embed python.tmpl
var pythonSource string

// writePython writes a module: a TypedDict for each schema, and a class with a method for each operation.
func writePython(w io.Writer, content []byte) error {
	d, err := parse(content)
	if err != nil {
		return err
	}
	d.nameInline()
	module, err := template.New("python").Funcs(template.FuncMap{
		"type": pythonType, "quoted": pythonQuoted, "field": pythonField, "fields": pythonFields, "plain": plainName,
		"doc": pythonDoc, "method": snake, "name": pythonName, "path": pythonPath, "inputs": inputs,
	}).Parse(pythonSource)
	if err != nil {
		return err
	}
	return module.Execute(w, map[string]any{"Schemas": d.Components.Schemas, "Calls": d.calls()})
}

// nameInline gives objects that are described within others a name of their own.
func (d *document) nameInline() {
	for _, owner := range slices.Sorted(maps.Keys(d.Components.Schemas)) {
		d.nameProperties(owner, d.Components.Schemas[owner])
	}
}

func (d *document) nameProperties(owner string, s *schema) {
	for _, key := range slices.Sorted(maps.Keys(s.Properties)) {
		property := s.Properties[key]
		if len(property.Properties) == 0 {
			continue
		}
		name := owner + strings.ToUpper(key[:1]) + key[1:]
		d.Components.Schemas[name] = property
		s.Properties[key] = &schema{Ref: refPrefix + name, Description: property.Description}
		d.nameProperties(name, property)
	}
}

const refPrefix = "#/components/schemas/"

var pythonScalars = map[string]string{
	"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None", "object": "dict[str, Any]",
	"array": "list[Any]",
}

// pythonType is the type of the values of a schema.
func pythonType(s *schema) string {
	switch {
	case s.Ref != "":
		return strings.TrimPrefix(s.Ref, refPrefix)
	case len(s.AnyOf) > 0:
		return pythonUnion(len(s.AnyOf), func(i int) string { return pythonType(s.AnyOf[i]) })
	case len(s.Enum) > 0:
		return pythonLiteral(s)
	case len(s.Type) == 0:
		return "Any"
	}
	return pythonUnion(len(s.Type), func(i int) string {
		switch {
		case s.Type[i] == "array" && s.Items != nil:
			return "list[" + pythonType(s.Items) + "]"
		case s.Type[i] == "object" && s.Values != nil:
			return "dict[str, " + pythonType(s.Values) + "]"
		}
		return pythonScalars[s.Type[i]]
	})
}

func pythonUnion(n int, part func(int) string) string {
	var parts []string
	for i := range n {
		if p := part(i); !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " | ")
}

func pythonLiteral(s *schema) string {
	var values []string
	for _, value := range s.Enum {
		text, _ := json.Marshal(value) // it was read from JSON
		if value == nil {
			text = []byte("None")
		}
		values = append(values, string(text))
	}
	literal := "Literal[" + strings.Join(values, ", ") + "]"
	if slices.Contains(s.Type, "null") && !slices.Contains(s.Enum, nil) {
		literal += " | None"
	}
	return literal
}

// pythonQuoted is an annotation: in quotes if it names a class, which may come later.
func pythonQuoted(s *schema) string {
	t := pythonType(s)
	if s.named() {
		return `"` + strings.ReplaceAll(t, `"`, `'`) + `"`
	}
	return t
}

// named reports whether the type of a schema names another one.
func (s *schema) named() bool {
	if s == nil {
		return false
	}
	return s.Ref != "" || s.Items.named() || s.Values.named() || slices.ContainsFunc(s.AnyOf, (*schema).named)
}

// pythonField is the annotation of a property, which is marked if it may be left out.
func pythonField(owner *schema, key string) string {
	if slices.Contains(owner.Required, key) {
		return pythonQuoted(owner.Properties[key])
	}
	return "NotRequired[" + pythonQuoted(owner.Properties[key]) + "]"
}

func pythonFields(s *schema) []string { return slices.Sorted(maps.Keys(s.Properties)) }

var pythonKeywords = strings.Fields("and as assert async await break class continue def del elif else except finally " +
	"for from global if import in is lambda nonlocal not or pass raise return try while with yield")

// plainName reports whether all properties can be attributes of a class.
func plainName(s *schema) bool {
	return !slices.ContainsFunc(pythonFields(s), func(key string) bool {
		return key != pythonName(key)
	})
}

// pythonName is the name of a parameter.
func pythonName(name string) string {
	name = strings.ReplaceAll(name, "-", "_")
	if slices.Contains(pythonKeywords, name) {
		return name + "_"
	}
	return name
}

// pythonDoc is a text within a docstring, indented by so many spaces.
func pythonDoc(indent int, text string) string {
	return wrapped(indent, strings.NewReplacer(`\`, `\\`, `"""`, `'''`).Replace(text))
}

// wrapped is a text in lines of at most 120 characters, indented by so many spaces but for the first.
func wrapped(indent int, text string) string {
	line, lines := "", []string(nil)
	for _, word := range strings.Fields(text) {
		if line != "" && indent+len(line)+len(word) > 113 {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return strings.Join(append(lines, line), "\n"+strings.Repeat(" ", indent))
}

var humps = regexp.MustCompile(`([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])`)

// snake is the name of a method: complete_step for completeStep, get_api_keys for getAPIKeys.
func snake(id string) string { return strings.ToLower(humps.ReplaceAllString(id, "${1}${3}_${2}${4}")) }

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// pythonPath is the path of a call as an expression.
func pythonPath(path string) string {
	if !placeholder.MatchString(path) {
		return fmt.Sprintf("%q", path)
	}
	return fmt.Sprintf("f%q", placeholder.ReplaceAllStringFunc(path, func(p string) string {
		return "{_segment(" + pythonName(p[1:len(p)-1]) + ")}"
	}))
}

// input are the parameters of a method.
type input struct {
	Path, Query []parameter
	Body        *schema
}

func inputs(c call) input {
	in := input{}
	for _, p := range c.Parameters {
		switch p.In {
		case "path":
			in.Path = append(in.Path, p)
		case "query":
			in.Query = append(in.Query, p)
		}
	}
	if c.RequestBody != nil {
		in.Body = c.RequestBody.Content["application/json"].Schema
	}
	return in
}

// Answer is the type of what a method returns.
func (c call) Answer() string {
	if s := c.answer(); s != nil {
		return pythonType(s)
	}
	return "None"
}
