package onboarding

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
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
	// Material is text that nobody vouches for: whatever orders it holds, the model
	// is told not to follow them.
	Material []Material
	// Schema is the JSON Schema of the answer, in the subset that every provider
	// takes: objects whose properties are all required, additionalProperties false,
	// enum, and null by a type array.
	Schema json.RawMessage
	// MaxTokens bounds the answer.
	MaxTokens int
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

// Secret is an API key in the open. Only the call that needs it may see it:
// printing, logging and encoding all redact it.
type Secret string

const redacted = "REDACTED"

// String redacts.
func (Secret) String() string { return redacted }

// GoString redacts.
func (Secret) GoString() string { return redacted }

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
