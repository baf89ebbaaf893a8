package legacy

import (
	"encoding/json"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/legacy/store"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
)

// business takes the newest description of the business that passes the checks.
func (w *mapping) business() {
	taken := false
	for _, i := range w.rows(store.Business) {
		columns := w.columns(i)
		info, err := onboarding.BusinessInfo{
			BusinessDescription: columns["business_description"], Industry: columns["industry"],
			TargetAudience: columns["target_audience"], BusinessGoals: columns["business_goals"],
		}.Checked("")
		if err == nil && info.BusinessDescription == "" {
			err = &onboarding.InputError{Field: "business_description", Code: "empty", Reason: "The business is not described."}
		}
		switch {
		case err != nil:
			code, reason := why(err)
			w.refuse(i, code, reason)
		case taken:
			w.refuseOlder(i)
		default:
			taken = true
			w.take(flow.FormerBusiness{BusinessInfo: info}, nil, i)
		}
	}
}

// integrations takes what was chosen in step 5.
func (w *mapping) integrations() {
	taken := false
	for _, i := range w.rows(store.Integrations) {
		var data map[string]json.RawMessage
		err := json.Unmarshal([]byte(w.columns(i)["data"]), &data)
		var document json.RawMessage
		if err == nil {
			document, _, err = submitted.Integrations(data)
		}
		switch {
		case err != nil:
			code, reason := why(err)
			w.refuse(i, code, reason)
		case string(document) == "{}":
			w.refuse(i, "empty", "The step holds nothing of its own.")
		case taken:
			w.refuseOlder(i)
		default:
			taken = true
			w.take(flow.FormerIntegrations{FormerStep: w.step(i, nil), Data: document}, nil, i)
		}
	}
}
