package submitted

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

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
func ParseFlatAnalysis(raw json.RawMessage) (onboarding.FlatAnalysis, error) {
	const root = "analysis"
	var flat onboarding.FlatAnalysis
	if len(raw) == 0 || string(raw) == "null" {
		return flat, refused(root, "required", "Send the analysis, or only the website to have it analysed.")
	}
	value, err := decodeJSON(raw, root)
	if err != nil {
		return flat, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return flat, onboarding.WrongType(root, "an object")
	}
	if err := readFlat(&flat, object, root); err != nil {
		return onboarding.FlatAnalysis{}, err
	}
	if saysNothing(&flat.StyleAnalysis) {
		return onboarding.FlatAnalysis{}, refused(
			root, "required",
			"The analysis says nothing about the style; send at least one value, for example writing_style.tone.",
		)
	}
	return flat, nil
}

// readFlat reads takes the nested parts first, so that a flat value beside them wins.
func readFlat(f *onboarding.FlatAnalysis, object map[string]any, path string) error {
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
	for _, field := range onboarding.Fields(target.Type()) {
		name := onboarding.JSONName(field)
		value, ok := object[name]
		if !ok || name == "meta" {
			continue
		}
		if err := readValue(target.FieldByIndex(field.Index), value, path+"."+name); err != nil {
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
	case *onboarding.List:
		list, err := readList(value, path)
		*held = list
		return err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return onboarding.WrongType(path, "an object")
	}
	return readObject(target, object, path)
}

func readText(value any, path string) (string, error) {
	if n, ok := value.(json.Number); ok && strings.HasSuffix(path, ".readability_score") {
		value = n.String() // models answer with a number here, and clients pass it on
	}
	text, ok := value.(string)
	if !ok {
		return "", onboarding.WrongType(path, "a text")
	}
	if err := onboarding.RefuseNUL(text, path); err != nil {
		return "", err
	}
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > maxAnalysisRunes {
		return "", refused(path, "too_long", "The text is too long; use at most 2,000 characters.")
	}
	return text, nil
}

func readList(value any, path string) (onboarding.List, error) {
	items, ok := value.([]any)
	if !ok {
		return nil, onboarding.WrongType(path, "a list of texts")
	}
	if len(items) > maxAnalysisItems {
		return nil, refused(path, "too_many", "The list is too long; use at most 100 items.")
	}
	list := onboarding.List{}
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

// saysNothing reports whether no value of a style has a text; its meta is not read.
func saysNothing(style *onboarding.StyleAnalysis[string]) bool {
	for _, v := range onboarding.ValuesOf(style) {
		if text, ok := v.Interface().(*string); !onboarding.IsEmpty(v) && (!ok || *text != "") {
			return false
		}
	}
	return true
}
