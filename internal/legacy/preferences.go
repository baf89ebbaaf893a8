package legacy

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/legacy/store"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
)

// preferences takes the newest row that passes the checks, else the newest, with the competitors and the accounts that
// other tables have.
func (w *mapping) preferences() {
	chosen, update, left := -1, onboarding.PreferencesUpdate{}, faults(nil)
	for _, i := range w.rows(store.Preferences) {
		next, faults, empty := preferencesOf(w.columns(i))
		switch {
		case empty:
			w.refuse(i, "empty", "The row has no values.")
		case chosen < 0:
			chosen, update, left = i, next, faults
		case len(left) > 0 && len(faults) == 0:
			w.refuseOlder(chosen)
			chosen, update, left = i, next, faults
		default:
			w.refuseOlder(i)
		}
	}
	competitors, rows := w.competitors()
	if chosen >= 0 {
		rows = append(rows, chosen)
	}
	if len(rows) == 0 {
		return
	}
	if update.Findings == nil {
		update.Findings = map[string]json.RawMessage{}
	}
	for name, finding := range map[string]json.RawMessage{
		onboarding.FindingCompetitors: competitors, "social_media_accounts": w.accounts(),
	} {
		if finding != nil && update.Findings[name] == nil {
			update.Findings[name] = finding
		}
	}
	result, _, err := update.Apply(nil)
	if err != nil { // every part was checked
		code, reason := why(err)
		for _, i := range rows {
			w.refuse(i, code, reason)
		}
		return
	}
	w.take(flow.FormerPreferences{FormerStep: w.step(rows[len(rows)-1], left), ResearchPreferences: result}, left, rows...)
}

// preferencesOf checks a row. Values that fail are left to the defaults of a first step 3, and are faults.
func preferencesOf(columns map[string]string) (u onboarding.PreferencesUpdate, left faults, empty bool) {
	whole := object(columns, &left, "content_types", "findings")
	depth, hasDepth := columns["research_depth"]
	types, hasTypes := whole["content_types"]
	u.Findings, left = findingsOf(whole["findings"], left)
	if !hasDepth && !hasTypes && len(u.Findings) == 0 && len(left) == 0 {
		return u, left, true
	}
	isRow := columns["findings"] == "" // data of the wizard may have findings alone
	if hasDepth || isRow {
		given := onboarding.PreferencesUpdate{ResearchDepth: depthOf(depth)}
		u.ResearchDepth = checked(&left, "research_depth", given).ResearchDepth
	}
	if hasTypes || isRow {
		given := onboarding.PreferencesUpdate{ContentTypes: textsOf(types)}
		u.ContentTypes = checked(&left, "content_types", given).ContentTypes
	}
	u.AutoResearch, u.FactualContent = boolOf(columns["auto_research"]), boolOf(columns["factual_content"])
	return u, left, false
}

// checked returns an update that passes, or notes the fault of it and returns an empty one.
func checked(left *faults, field string, u onboarding.PreferencesUpdate) onboarding.PreferencesUpdate {
	if _, _, err := u.Apply(nil); err != nil {
		code, reason := why(err)
		left.add(field, code, reason)
		return onboarding.PreferencesUpdate{}
	}
	return u
}

// depthOf returns a depth as it is spelled here.
func depthOf(spelled string) *string {
	spelled = strings.TrimSpace(spelled)
	i := slices.IndexFunc(onboarding.ResearchDepths, func(depth string) bool { return strings.EqualFold(depth, spelled) })
	if i >= 0 {
		spelled = onboarding.ResearchDepths[i]
	}
	return &spelled
}

// textsOf returns a list of texts; what is none gives an empty one, which no check accepts.
func textsOf(value any) []string {
	texts := []string{}
	items, _ := value.([]any)
	for _, item := range items {
		text, ok := item.(string)
		if !ok {
			return []string{}
		}
		texts = append(texts, text)
	}
	return texts
}

// boolOf returns true or false, nil for anything else.
func boolOf(text string) *bool {
	value, err := strconv.ParseBool(strings.Trim(text, `"`))
	if err != nil {
		return nil
	}
	return &value
}

// findingsOf returns the findings in the data of the wizard, without those that fail.
func findingsOf(data any, left faults) (map[string]json.RawMessage, faults) {
	fields, ok := data.(map[string]any)
	if !ok {
		return nil, left
	}
	findings, more, err := salvage(fields, "", func(raw json.RawMessage) (map[string]json.RawMessage, error) {
		var data map[string]json.RawMessage
		if err := json.Unmarshal(raw, &data); err != nil {
			return nil, err
		}
		findings, err := submitted.ResearchFindings(data)
		var input *onboarding.InputError
		if errors.As(err, &input) {
			return nil, &onboarding.InputError{Field: "." + input.Field, Code: input.Code, Reason: input.Reason}
		}
		return findings, err
	})
	if err != nil {
		code, reason := why(err)
		more.add("findings", code, reason)
	}
	return findings, append(left, more...)
}

// competitors returns the competitors of a table of their own as a finding, and their rows.
func (w *mapping) competitors() (finding json.RawMessage, rows []int) {
	var list []json.RawMessage
	for _, i := range slices.Backward(w.rows(store.Competitors)) { // as they were found
		columns := w.columns(i)
		var left faults
		competitor, _ := object(columns, &left, "analysis_data")["analysis_data"].(map[string]any)
		if competitor == nil {
			competitor = map[string]any{}
		}
		competitor["url"] = columns["competitor_url"]
		if domain := columns["competitor_domain"]; domain != "" {
			competitor["domain"] = domain
		}
		one, err := json.Marshal([]any{competitor})
		if err == nil {
			var checked map[string]json.RawMessage
			checked, err = submitted.ResearchFindings(map[string]json.RawMessage{onboarding.FindingCompetitors: one})
			one = checked[onboarding.FindingCompetitors]
		}
		switch {
		case err != nil:
			code, reason := why(err)
			w.refuse(i, code, reason)
		case len(left) > 0:
			code, reason := why(left[0])
			w.refuse(i, code, reason)
		case len(list) >= onboarding.MaxFindingItems:
			w.refuse(i, "too_many", "The user has more than 100 competitors.")
		default:
			list, rows = append(list, one[1:len(one)-1]), append(rows, i)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	finding = json.RawMessage("[")
	for i, one := range list {
		if i > 0 {
			finding = append(finding, ',')
		}
		finding = append(finding, one...)
	}
	return append(finding, ']'), rows
}

// accounts returns the social media accounts that stand beside the newest analysis that has some.
func (w *mapping) accounts() json.RawMessage {
	for i, row := range w.user.Rows {
		if row.Table != store.Analyses {
			continue
		}
		var left faults
		value, ok := object(w.columns(i), &left, "social_media_presence")["social_media_presence"].(map[string]any)
		if !ok || len(value) == 0 {
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			continue
		}
		findings, err := submitted.ResearchFindings(map[string]json.RawMessage{"social_media_accounts": raw})
		if err == nil {
			return findings["social_media_accounts"]
		}
	}
	return nil
}
