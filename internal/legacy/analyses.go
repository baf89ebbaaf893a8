package legacy

import (
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/legacy/store"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
)

// takenOver is the note of an analysis.
const takenOver = "The analysis was taken over from ALwrity's former back end; nothing was measured."

// styleColumns are the columns that an analysis is put together from.
var styleColumns = []string{
	"writing_style", "content_characteristics", "target_audience", "content_type", "recommended_settings",
	"brand_analysis", "content_strategy_insights", "style_patterns", "style_guidelines",
}

// analysis is what a row of website_analyses is here.
type analysis struct {
	row     int
	website string
	result  onboarding.Analysis
	left    faults
}

// analyses takes one analysis of each website: the newest that passes the checks, else the newest that has something
// for prefill. Step 2 holds the newest of those that pass.
func (w *mapping) analyses() {
	var found []analysis // the newest first
	for _, i := range w.rows(store.Analyses) {
		a, code, reason := w.analysis(i)
		if code != "" {
			w.refuse(i, code, reason)
			continue
		}
		other := slices.IndexFunc(found, func(b analysis) bool { return b.website == a.website })
		switch {
		case other < 0:
			found = append(found, a)
		case len(found[other].left) > 0 && len(a.left) == 0:
			w.refuseOlder(found[other].row)
			found = append(slices.Delete(found, other, other+1), a)
		default:
			w.refuseOlder(i)
		}
	}
	held := slices.IndexFunc(found, func(a analysis) bool { return len(a.left) == 0 })
	for i, a := range slices.Backward(found) { // the newest is stored last
		step := w.step(a.row, a.left)
		step.Completes = i == held
		w.take(flow.FormerAnalysis{FormerStep: step, Website: a.website, Analysis: a.result}, a.left, a.row)
	}
}

// analysis checks a row. A code says why it is refused.
func (w *mapping) analysis(i int) (a analysis, code, reason string) {
	columns := w.columns(i)
	a.row = i
	document := styleOf(columns, &a.left)
	switch status := columns["status"]; {
	case len(document) == 0 && status == "failed":
		return a, "failed", "The former back end could not analyse the website."
	case len(document) == 0 && len(a.left) == 0:
		return a, "empty", "The row has no values."
	case len(document) == 0:
		code, reason = why(a.left[0])
		return a, code, reason
	case status != "" && status != "completed":
		a.left.add("status", "not_completed", "The former back end has not completed the analysis.")
	}
	flat, left, err := salvage(document, "analysis", submitted.ParseFlatAnalysis)
	if err != nil {
		code, reason = why(err)
		return a, code, reason
	}
	a.left = append(a.left, left...)
	if a.website, err = websiteOf(columns["website_url"]); err != nil {
		code, reason = why(err)
		a.left.add("website_url", code, reason)
	}
	if w.WithoutBrand {
		flat.BrandAnalysis = onboarding.BrandAnalysis[string]{}
		flat.ContentStrategyInsights = onboarding.ContentStrategyInsights{}
	}
	a.result = submitted.Analysis(flat, nil)
	a.result.Style.Meta.Notes = onboarding.List{takenOver}
	if warning := strings.TrimSpace(flow.Storable(columns["warning_message"])); warning != "" {
		a.result.Style.Meta.Notes = append(a.result.Style.Meta.Notes, warning)
	}
	for _, sentence := range a.left.sentences() {
		a.result.Style.Meta.Notes = append(a.result.Style.Meta.Notes, "Left for you to complete: "+sentence)
	}
	return a, "", ""
}

// styleOf puts the document of an analysis together.
func styleOf(columns map[string]string, left *faults) map[string]any {
	if whole, ok := object(columns, left, "analysis")["analysis"].(map[string]any); ok {
		return whole
	}
	return object(columns, left, styleColumns...)
}

// websiteOf returns an address in its normal form, "" for an analysis of a text.
func websiteOf(address string) (string, error) {
	if address = strings.TrimSpace(address); address == "" || address == "text_sample" {
		return "", nil
	}
	return onboarding.NormalizeURL(address)
}
