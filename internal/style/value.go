package style

import (
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// judged is a value with its evidence.
func judged(value, format string, args ...any) onboarding.Judged {
	return onboarding.Judged{Value: value, Evidence: fmt.Sprintf(format, args...)}
}

// plain is a value without evidence.
func plain(value string) onboarding.Judged { return onboarding.Judged{Value: value} }

// none is an empty value.
var none onboarding.Judged
