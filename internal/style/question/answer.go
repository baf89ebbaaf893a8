package question

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// answer is a model's answer: the judged part of an analysis. Its meta is not asked for.
type answer struct {
	onboarding.StyleAnalysis[onboarding.Judged]
	Patterns   onboarding.StylePatterns[onboarding.Judged]   `json:"style_patterns"`
	Guidelines onboarding.StyleGuidelines[onboarding.Judged] `json:"style_guidelines"`
}

// answerSchema is the JSON Schema of an answer, with the sections that the analyzer fills.
func answerSchema(fills func(string) bool) json.RawMessage {
	return onboarding.SchemaOf(reflect.TypeFor[answer](), func(name string) bool { return name != "meta" && fills(name) })
}

// decodeAnswer decodes a model's answer; null leaves a value empty. Errors wrap onboarding.ErrBadAnswer and don't quote
// the answer.
func decodeAnswer(raw json.RawMessage) (onboarding.Analysis, error) {
	var given answer
	if err := json.Unmarshal(raw, &given); err != nil {
		return onboarding.Analysis{}, fmt.Errorf("%w: it does not fit the schema", onboarding.ErrBadAnswer)
	}
	return onboarding.Analysis{Style: given.StyleAnalysis, Patterns: given.Patterns, Guidelines: given.Guidelines}, nil
}
