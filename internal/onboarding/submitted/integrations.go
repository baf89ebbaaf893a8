package submitted

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// maxIntegrations bounds what is stored of step 5, in bytes: every response about the steps has it.
const maxIntegrations = 64 << 10

// Integrations returns what is stored of the data of step 5. The wizard posts the data of every step with it, and
// older clients API keys too: what belongs to other steps is left out, and of data that is still too large all but
// the integrations. The warnings say so. Errors are *InputError with the path of the value below "data".
func Integrations(data map[string]json.RawMessage) (document json.RawMessage, warnings []string, err error) {
	own := maps.Clone(data)
	maps.DeleteFunc(own, func(name string, _ json.RawMessage) bool {
		return onboarding.StepIntegrations.OwnedElsewhere(name)
	})
	document, keys, err := StorableObject(own, "data")
	inner := own["integrations"]
	if err == nil && len(document) > maxIntegrations && !isNull(inner) && !isEmptyObject(inner) {
		own = map[string]json.RawMessage{"integrations": inner}
		document, _, err = StorableObject(own, "data")
	}
	if err != nil {
		return nil, nil, err
	}
	if len(document) > maxIntegrations {
		return nil, nil, refused("data", "too_long",
			fmt.Sprintf("What was sent for the integrations is too large; send at most %d KB.", maxIntegrations>>10))
	}
	if len(own) < len(data) {
		warnings = append(warnings, "What belongs to other steps was left out.")
	}
	if keys {
		warnings = append(warnings, "API keys are stored with step 1 only; they were left out.")
	}
	return document, warnings, nil
}

func isEmptyObject(raw json.RawMessage) bool {
	return strings.Join(strings.Fields(string(raw)), "") == "{}"
}
