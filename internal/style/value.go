package style

import (
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// judged is a value with its evidence.
func judged(value, format string, args ...any) onboarding.Judged {
	return onboarding.Judged{Value: value, Evidence: fmt.Sprintf(format, args...)}
}

// plain is a value that stands for itself.
func plain(value string) onboarding.Judged { return onboarding.Judged{Value: value} }

// none is the value of what the text does not show.
var none onboarding.Judged
