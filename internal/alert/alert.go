package alert

import (
	"cmp"
	"slices"
	"time"
)

// Alert is an alert that fires, or will if it goes on.
type Alert struct {
	Name     string            `json:"name" example:"JobsDead"`
	Severity string            `json:"severity" example:"warning"`
	State    string            `json:"state" enum:"firing,pending" example:"firing" doc:"Pending: it fires if this goes on."`
	Summary  string            `json:"summary" example:"More than 1 % of the website_analysis jobs failed for good with timeout."`
	About    string            `json:"description" example:"They are kept, and can be replayed when the cause is gone."`
	Runbook  *string           `json:"runbook_url" example:"https://github.com/alwrity/onboarding/blob/main/docs/runbooks/JobsDead.md"`
	Labels   map[string]string `json:"labels" example:"{\"kind\": \"website_analysis\"}"`
	Since    *time.Time        `json:"since" example:"2026-11-28T10:15:00Z" doc:"Null where only the present is known."`
}

// The states and severities.
const (
	Firing   = "firing"
	Pending  = "pending"
	critical = "critical"
	warning  = "warning"
)

// order sorts what fires first, then what is critical, then by name.
func order(alerts []Alert) []Alert {
	rank := func(a Alert) int {
		n := 0
		if a.State != Firing {
			n += 2
		}
		if a.Severity != critical {
			n++
		}
		return n
	}
	slices.SortStableFunc(alerts, func(a, b Alert) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
	})
	return alerts
}
