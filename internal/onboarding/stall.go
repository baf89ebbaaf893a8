package onboarding

import "time"

// StalledAfter is how long nothing has changed in an onboarding that is not finished when its user counts as stalled.
const StalledAfter = 24 * time.Hour
