// Package question writes the question to a language model about a measured analysis, and merges the answer into it.
package question

import (
	"encoding/json"

	"github.com/alwrity/onboarding/internal/style"
)

// Prompter writes the question to a model about an analysis, and merges the answer. It is safe for concurrent use.
type Prompter struct {
	analyzer *style.Analyzer
	// schema is the JSON Schema of an answer.
	schema json.RawMessage
}

// New returns a Prompter that asks for the values that the analyzer fills.
func New(analyzer *style.Analyzer) *Prompter {
	return &Prompter{analyzer: analyzer, schema: answerSchema(analyzer.Fills)}
}
