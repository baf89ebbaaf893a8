package question

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// section is a part of the analysis in the answer, with its name there.
type section struct {
	name string
	// value points to the part.
	value any
}

// sections returns the parts of the analysis in an answer, in its order: those that the
// analyzer fills.
func sections(a *onboarding.Analysis, fills func(string) bool) []section {
	s := &a.Style
	parts := []section{
		{"writing_style", &s.WritingStyle},
		{"content_characteristics", &s.ContentCharacteristics},
		{"target_audience", &s.TargetAudience},
		{"content_type", &s.ContentType},
		{"recommended_settings", &s.RecommendedSettings},
		{"brand_analysis", &s.BrandAnalysis},
		{"content_strategy_insights", &s.ContentStrategyInsights},
		{"style_patterns", &a.Patterns},
		{"style_guidelines", &a.Guidelines},
	}
	return slices.DeleteFunc(parts, func(part section) bool { return !fills(part.name) })
}

// answerSchema is the JSON Schema of an answer, in the order of its fields.
//
// It has strings, lists of strings and objects only. A value that is not shown is ""
// or [], not null: a nullable string is a union, and Anthropic refuses schemas with
// more than 16 unions, half of the number needed.
func answerSchema(fills func(string) bool) json.RawMessage {
	var properties []property
	for _, s := range sections(&onboarding.Analysis{}, fills) {
		properties = append(properties, property{s.name, valueSchema(reflect.TypeOf(s.value))})
	}
	return objectSchema(properties)
}

// property is one property of a JSON Schema object.
type property struct {
	name   string
	schema json.RawMessage
}

func objectSchema(properties []property) json.RawMessage {
	parts, names := make([]string, len(properties)), make([]string, len(properties))
	for i, p := range properties {
		parts[i] = fmt.Sprintf("%q:%s", p.name, p.schema)
		names[i] = fmt.Sprintf("%q", p.name)
	}
	return json.RawMessage(fmt.Sprintf(`{"type":"object","properties":{%s},"required":[%s],"additionalProperties":false}`, strings.Join(parts, ","), strings.Join(names, ",")))
}

func valueSchema(t reflect.Type) json.RawMessage {
	switch t.Kind() {
	case reflect.Pointer:
		return valueSchema(t.Elem())
	case reflect.Struct:
		var properties []property
		for field := range t.Fields() {
			properties = append(properties, property{field.Tag.Get("json"), valueSchema(field.Type)})
		}
		return objectSchema(properties)
	case reflect.Slice:
		return json.RawMessage(`{"type":"array","items":{"type":"string"}}`)
	}
	return json.RawMessage(`{"type":"string"}`)
}

// decodeAnswer decodes a model's answer; null leaves a value empty. It ignores sections
// that were not asked for. Errors wrap onboarding.ErrBadAnswer and don't quote the
// answer.
func decodeAnswer(raw json.RawMessage, fills func(string) bool) (onboarding.Analysis, error) {
	var given onboarding.Analysis
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil || parts == nil {
		return given, fmt.Errorf("%w: it is no object", onboarding.ErrBadAnswer)
	}
	for _, s := range sections(&given, fills) {
		part, ok := parts[s.name]
		if !ok {
			return given, fmt.Errorf("%w: %s is missing", onboarding.ErrBadAnswer, s.name)
		}
		if err := json.Unmarshal(part, s.value); err != nil {
			return given, fmt.Errorf("%w: %s does not fit the schema", onboarding.ErrBadAnswer, s.name)
		}
	}
	return given, nil
}
