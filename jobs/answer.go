package jobs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// withoutNUL removes NUL from a JSON text. Pairs of backslashes are read as such, so that what
// follows one is no escape.
var withoutNUL = strings.NewReplacer(`\\`, `\\`, `\u0000`, "")

// storableAnswer returns an answer as PostgreSQL accepts it: its texts are made storable, the
// rest is unchanged. If a checkpoint were refused, the model would be asked, and paid, again.
func storableAnswer(answer onboarding.Answer) (onboarding.Answer, error) {
	answer.Model = flow.Storable(answer.Model)
	decoder := json.NewDecoder(bytes.NewReader(answer.Value))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil { // what is no Unicode is replaced
		return answer, fmt.Errorf("decode the answer: %w: %w", onboarding.ErrBadAnswer, err)
	}
	document, err := json.Marshal(value)
	if err != nil {
		return answer, fmt.Errorf("encode the answer: %w", err)
	}
	answer.Value = json.RawMessage(withoutNUL.Replace(string(document)))
	return answer, nil
}
