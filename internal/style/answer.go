package style

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// answer is what a model is asked for. The JSON paths of its values are those of the
// rules.
type answer struct {
	WritingStyle            onboarding.WritingStyle            `json:"writing_style"`
	ContentCharacteristics  onboarding.ContentCharacteristics  `json:"content_characteristics"`
	TargetAudience          onboarding.TargetAudience          `json:"target_audience"`
	ContentType             onboarding.ContentType             `json:"content_type"`
	RecommendedSettings     onboarding.RecommendedSettings     `json:"recommended_settings"`
	BrandAnalysis           onboarding.BrandAnalysis           `json:"brand_analysis"`
	ContentStrategyInsights onboarding.ContentStrategyInsights `json:"content_strategy_insights"`
	Patterns                onboarding.StylePatterns           `json:"style_patterns"`
	Guidelines              onboarding.StyleGuidelines         `json:"style_guidelines"`
}

// property is one property of a JSON Schema object.
type property struct {
	name   string
	schema json.RawMessage
}

// answerSchema is the JSON Schema of an answer, in the order of its fields.
//
// It holds strings, lists of strings and objects only. A value that is not shown is
// "" or [], not null: a nullable string is a union, and Anthropic refuses schemas with
// more than 16 unions, half of what is needed here.
func answerSchema(cfg Config) json.RawMessage {
	return objectSchema(reflect.TypeFor[answer](), func(name string) bool { return cfg.Brand || !isBrand(name) })
}

// objectSchema describes the fields of t that want holds for.
func objectSchema(t reflect.Type, want func(name string) bool) json.RawMessage {
	var properties []property
	for i := range t.NumField() {
		if name := jsonName(t.Field(i)); want(name) {
			properties = append(properties, property{name, valueSchema(t.Field(i).Type)})
		}
	}
	parts, names := make([]string, len(properties)), make([]string, len(properties))
	for i, p := range properties {
		parts[i] = fmt.Sprintf("%q:%s", p.name, p.schema)
		names[i] = fmt.Sprintf("%q", p.name)
	}
	return json.RawMessage(fmt.Sprintf(`{"type":"object","properties":{%s},"required":[%s],"additionalProperties":false}`, strings.Join(parts, ","), strings.Join(names, ",")))
}

func valueSchema(t reflect.Type) json.RawMessage {
	switch t.Kind() {
	case reflect.Struct:
		return objectSchema(t, func(string) bool { return true })
	case reflect.Slice:
		return json.RawMessage(`{"type":"array","items":{"type":"string"}}`)
	}
	return json.RawMessage(`{"type":"string"}`)
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// decodeAnswer reads a model's answer and returns its values by path, pointers to
// strings and lists; null leaves a value empty. Of the brand's sections nothing is
// read that was not asked for. Errors wrap onboarding.ErrBadAnswer and quote nothing
// of the answer.
func decodeAnswer(raw json.RawMessage, cfg Config) (map[string]reflect.Value, error) {
	var sections map[string]json.RawMessage
	if err := json.Unmarshal(raw, &sections); err != nil || sections == nil {
		return nil, fmt.Errorf("%w: it is no object", onboarding.ErrBadAnswer)
	}
	var value answer
	fields := reflect.ValueOf(&value).Elem()
	for i := range fields.NumField() {
		name := jsonName(fields.Type().Field(i))
		if !cfg.Brand && isBrand(name) {
			continue
		}
		section, ok := sections[name]
		if !ok {
			return nil, fmt.Errorf("%w: %s is missing", onboarding.ErrBadAnswer, name)
		}
		if err := json.Unmarshal(section, fields.Field(i).Addr().Interface()); err != nil {
			return nil, fmt.Errorf("%w: %s does not fit the schema", onboarding.ErrBadAnswer, name)
		}
	}
	return leaves(fields, ""), nil
}
