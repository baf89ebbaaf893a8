package onboarding

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// FlatAnalysis is an analysis as the website step of the front end keeps it: one
// object with the parts of style, guidelines and patterns side by side, as texts.
type FlatAnalysis struct {
	StyleAnalysis[string]
	StyleGuidelines[string]
	StylePatterns    StylePatterns[string] `json:"style_patterns"`
	StyleConsistency *string               `json:"style_consistency"`
	UniqueElements   List                  `json:"unique_elements"`
}

// flatNames are the names of the fields of a flat analysis.
func flatNames() []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[FlatAnalysis]()) {
		if !field.Anonymous {
			names = append(names, jsonName(field))
		}
	}
	return names
}

// Flatten puts the parts of an analysis side by side.
func Flatten(a ShownAnalysis) FlatAnalysis {
	return FlatAnalysis{
		StyleAnalysis: a.Style, StyleGuidelines: a.Guidelines, StylePatterns: a.Patterns,
		StyleConsistency: a.Patterns.StyleConsistency, UniqueElements: a.Patterns.UniqueElements,
	}
}

// The bounds of a submitted analysis.
const (
	maxAnalysisRunes = 2000
	maxAnalysisItems = 100
)

// ParseFlatAnalysis reads a finished analysis that a client submits: the flat object,
// or its nested form {style_analysis, style_patterns, style_guidelines}. Texts have at
// most 2,000 characters, lists 100 texts; both are trimmed and empty list items left
// out. Null and absent values are nil. Unknown fields and meta, which is the server's
// to say, are ignored. A readability score may be a number, and style_patterns the
// inner object of patterns alone. Keep Submitted of the result, not raw, whose unknown
// fields are unchecked. Errors are *InputError with the path of the value below
// "analysis".
func ParseFlatAnalysis(raw json.RawMessage) (FlatAnalysis, error) {
	const root = "analysis"
	var flat FlatAnalysis
	if len(raw) == 0 || string(raw) == "null" {
		return flat, &InputError{root, "required", "Send the analysis, or only the website to have it analysed."}
	}
	value, err := decodeJSON(raw, root)
	if err != nil {
		return flat, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return flat, WrongType(root, "an object")
	}
	if err := flat.read(object, root); err != nil {
		return FlatAnalysis{}, err
	}
	if saysNothing(&flat.StyleAnalysis) {
		return FlatAnalysis{}, &InputError{
			root, "required",
			"The analysis says nothing about the style; send at least one value, for example writing_style.tone.",
		}
	}
	return flat, nil
}

// read takes the nested parts first, so that a flat value beside them wins.
func (f *FlatAnalysis) read(object map[string]any, path string) error {
	for _, part := range []struct {
		name   string
		target any
	}{{"style_analysis", &f.StyleAnalysis}, {"style_guidelines", &f.StyleGuidelines}} {
		if err := readValue(reflect.ValueOf(part.target).Elem(), object[part.name], path+"."+part.name); err != nil {
			return err
		}
	}
	if inner, ok := object["style_patterns"].(map[string]any); ok && !isNestedPatterns(inner) {
		if err := readObject(reflect.ValueOf(&f.StylePatterns.Patterns).Elem(), inner, path+".style_patterns"); err != nil {
			return err
		}
	}
	return readObject(reflect.ValueOf(f).Elem(), object, path)
}

// isNestedPatterns reports whether an object is the one of responses, and not its inner object alone.
func isNestedPatterns(object map[string]any) bool {
	for _, name := range []string{"patterns", "style_consistency", "unique_elements"} {
		if _, ok := object[name]; ok {
			return true
		}
	}
	return false
}

// readObject reads the fields of a struct, embedded ones in place.
func readObject(target reflect.Value, object map[string]any, path string) error {
	for _, field := range reflect.VisibleFields(target.Type()) {
		name := jsonName(field)
		if field.Anonymous || name == "meta" {
			continue
		}
		if err := readValue(target.FieldByIndex(field.Index), object[name], path+"."+name); err != nil {
			return err
		}
	}
	return nil
}

// readValue reads a text, a list of texts or an object; null changes nothing.
func readValue(target reflect.Value, value any, path string) error {
	if value == nil {
		return nil
	}
	switch held := target.Addr().Interface().(type) {
	case **string:
		text, err := readText(value, path)
		*held = &text
		return err
	case *List:
		list, err := readList(value, path)
		*held = list
		return err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return WrongType(path, "an object")
	}
	return readObject(target, object, path)
}

func readText(value any, path string) (string, error) {
	if n, ok := value.(json.Number); ok && strings.HasSuffix(path, ".readability_score") {
		value = n.String() // models answer with a number here, and clients pass it on
	}
	text, ok := value.(string)
	if !ok {
		return "", WrongType(path, "a text")
	}
	if err := refuseNUL(text, path); err != nil {
		return "", err
	}
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > maxAnalysisRunes {
		return "", &InputError{path, "too_long", "The text is too long; use at most 2,000 characters."}
	}
	return text, nil
}

func readList(value any, path string) (List, error) {
	items, ok := value.([]any)
	if !ok {
		return nil, WrongType(path, "a list of texts")
	}
	if len(items) > maxAnalysisItems {
		return nil, &InputError{path, "too_many", "The list is too long; use at most 100 items."}
	}
	list := List{}
	for i, item := range items {
		text, err := readText(item, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return nil, err
		}
		if text != "" {
			list = append(list, text)
		}
	}
	return list, nil
}

// WrongType is the error of a field that has another type than it must; want names the
// right one, for example "an object".
func WrongType(path, want string) error {
	return &InputError{path, "invalid_field", "This must be " + want + "."}
}

// saysNothing reports whether no value of a style has a text; its meta is not read.
func saysNothing(style *StyleAnalysis[string]) bool {
	for _, v := range ValuesOf(style) {
		if text, ok := v.Interface().(*string); !IsEmpty(v) && (!ok || *text != "") {
			return false
		}
	}
	return true
}
