package onboarding_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/alwrity/onboarding/internal/drift"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// The codes of failed steps in docs/api.md are those of the code.
func TestFailuresDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	groups := map[string][]string{}
	for _, code := range slices.Sorted(maps.Keys(onboarding.FailureCodes())) {
		name := "`" + string(code) + "`"
		switch failure := (onboarding.Failure{Code: code}); {
		case failure.Temporary():
			groups["temporary"] = append(groups["temporary"], name)
		case code.Dead():
			groups["ours"] = append(groups["ours"], name)
		default:
			groups["theirs"] = append(groups["theirs"], name)
		}
	}
	text := "- something else has to be submitted: " + strings.Join(groups["theirs"], ", ") +
		"\n- temporary, retried before the step fails: " + strings.Join(groups["temporary"], ", ") +
		"\n- ours, with a [dead job](guarantees.md#dead-jobs-are-not-lost): " + strings.Join(groups["ours"], ", ") + "\n"
	drift.Block(t, "../../docs/api.md", "failures", text)
}
