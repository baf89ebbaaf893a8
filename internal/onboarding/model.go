package onboarding

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
)

// ErrBadAnswer says that a model answered with something that can't be used: it
// refused, was cut off, or did not keep to the schema.
var ErrBadAnswer = errors.New("the model's answer can't be used")

// Prompt is one question to a model.
type Prompt struct {
	// Name names the question and its schema, lower snake case.
	Name string
	// Instructions are ours and say what to do with the material.
	Instructions string
	// Material is untrusted text: the model is told not to follow any instructions
	// in it.
	Material []Material
	// Schema is the JSON Schema of the answer, in the subset that every provider
	// accepts; SchemaOf makes one.
	Schema json.RawMessage
	// MaxTokens bounds the answer.
	MaxTokens int
}

// SchemaOf is the Schema of answers of a type: strings, integers, lists and objects of them, in the order of the
// fields, those of embedded structs in place. keep says which fields of the type itself are asked for, nil for all.
//
// A text that is not known is "", not null: a nullable string is a union, and Anthropic refuses schemas with more than
// 16 unions, half of the number needed.
func SchemaOf(t reflect.Type, keep func(name string) bool) json.RawMessage {
	switch t.Kind() {
	case reflect.Pointer:
		return SchemaOf(t.Elem(), nil)
	case reflect.Slice:
		return fmt.Appendf(nil, `{"type":"array","items":%s}`, SchemaOf(t.Elem(), nil))
	case reflect.String:
		return json.RawMessage(`{"type":"string"}`)
	case reflect.Int:
		return json.RawMessage(`{"type":"integer"}`)
	}
	var properties, required []string
	for _, field := range reflect.VisibleFields(t) {
		if name := JSONName(field); !field.Anonymous && (keep == nil || keep(name)) {
			properties = append(properties, fmt.Sprintf("%q:%s", name, SchemaOf(field.Type, nil)))
			required = append(required, fmt.Sprintf("%q", name))
		}
	}
	const object = `{"type":"object","properties":{%s},"required":[%s],"additionalProperties":false}`
	return json.RawMessage(fmt.Sprintf(object, strings.Join(properties, ","), strings.Join(required, ",")))
}

// Material is a named text of a prompt.
type Material struct {
	// Name says what the text is, lower snake case.
	Name string
	Text string
}

// Answer is what a model answered: a value that the prompt's schema accepts.
type Answer struct {
	Value json.RawMessage `json:"value"`
	// Model is the model that answered, as its provider names it.
	Model string `json:"model"`
	Usage Usage  `json:"usage"`
}

// Usage is what one call was charged.
type Usage struct {
	// InputTokens counts all tokens of the prompt, CachedTokens those of them that
	// the provider had cached.
	InputTokens  int64 `json:"input_tokens"`
	CachedTokens int64 `json:"cached_tokens"`
	OutputTokens int64 `json:"output_tokens"`
	// CostMicros is the price of the call in millionths of a US dollar, nil for a
	// model whose price is not known.
	CostMicros *int64 `json:"cost_micros"`
}

// Secret is an API key in plain text. Only the call that needs it may see it:
// printing, logging and encoding all redact it.
type Secret string

const redacted = "REDACTED"

// String redacts.
func (Secret) String() string { return redacted }

// Format redacts, whatever the verb.
func (Secret) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(redacted)) }

// LogValue redacts.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON redacts.
func (Secret) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// Credential is what a call to a provider needs.
type Credential struct {
	Provider Provider
	Key      Secret
	// BaseURL is the address of an OpenAI-compatible server that the user named, ""
	// for the provider's own.
	BaseURL string
	// Model is the model to ask, "" for the configured one of the provider.
	Model string
}
