package jobs

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// storableAnswer returns an answer as PostgreSQL accepts it: its texts are made storable, the
// rest is unchanged. If a checkpoint were refused, the model would be asked, and paid, again.
func storableAnswer(answer onboarding.Answer) (onboarding.Answer, error) {
	answer.Model = flow.Storable(answer.Model)
	decoder := json.NewDecoder(bytes.NewReader(answer.Value))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return answer, fmt.Errorf("decode the answer: %w: %w", onboarding.ErrBadAnswer, err)
	}
	document, err := json.Marshal(storableValue(value))
	if err != nil {
		return answer, fmt.Errorf("encode the answer: %w", err)
	}
	answer.Value = document
	return answer, nil
}

// storableValue is storable for every text within a decoded JSON value.
func storableValue(value any) any {
	switch v := value.(type) {
	case string:
		return flow.Storable(v)
	case []any:
		for i := range v {
			v[i] = storableValue(v[i])
		}
		return v
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, field := range v {
			out[flow.Storable(name)] = storableValue(field)
		}
		return out
	default:
		return value
	}
}
