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
	sentences, text := onboarding.FailureCodes(), drift.Head("code", "sentence", "temporary", "dead job")
	for _, code := range slices.Sorted(maps.Keys(sentences)) {
		failure := onboarding.Failure{Code: code}
		text += drift.Row("`"+string(code)+"`", strings.ReplaceAll(sentences[code], "{}", "…"), mark(failure.Temporary()),
			mark(code.Dead()))
	}
	drift.Block(t, "../../docs/api.md", "failures", text)
}

func mark(is bool) string {
	if is {
		return "yes"
	}
	return ""
}
