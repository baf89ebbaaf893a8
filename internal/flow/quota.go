package flow

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// mayChange returns *onboarding.LimitError if the user has made as many changes today as one may.
func (c *change) mayChange() error {
	most := c.limits.ChangesPerDay
	if most == 0 || c.changes < int64(most) {
		return nil
	}
	return dailyLimit(fmt.Sprintf("Your onboarding has changed %d times today, which is the most for a day.", c.changes))
}

// quotaNames name what is counted, in sentences.
var quotaNames = map[onboarding.Quota]string{
	onboarding.QuotaAnalyses: "analyses", onboarding.QuotaPersonas: "generations of personas",
	onboarding.QuotaImports: "imports", onboarding.QuotaLookups: "checks and searches",
}

// maySubmit returns *onboarding.LimitError if the user has submitted as much of a kind's quota
// today as one may.
func (c *change) maySubmit(kind onboarding.Kind) error {
	quota := kind.Info().Quota
	most := c.limits.PerDay(quota)
	if most == 0 {
		return nil
	}
	used := map[onboarding.Quota]int{}
	if err := json.Unmarshal(c.used, &used); err != nil {
		return fmt.Errorf("decode what was used today: %w", err)
	}
	if used[quota] < most {
		return nil
	}
	return dailyLimit(fmt.Sprintf("You have started %d %s today, which is the most for a day.", most, quotaNames[quota]))
}

// dailyLimit is the error of a limit that ends with the day.
func dailyLimit(reason string) *onboarding.LimitError {
	const day = 24 * time.Hour
	now := time.Now().UTC()
	return &onboarding.LimitError{
		Code: "daily_limit", Reason: reason + " Go on tomorrow: days end at midnight UTC.",
		RetryAfter: now.Truncate(day).Add(day).Sub(now),
	}
}
