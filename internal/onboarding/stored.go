package onboarding

import (
	"encoding/json"
	"slices"
)

// Documents are stored with the reasons of Uncertainty the other way round: most values that are not
// known share few sentences.

// EncodeAnalysis returns the JSON of an analysis to store. It is read like its own JSON.
func EncodeAnalysis(a Analysis) ([]byte, error) {
	type meta struct {
		Meta

		Uncertainty storedUncertainty `json:"uncertainty"`
	}
	type style struct {
		StyleAnalysis[Judged]

		Meta meta `json:"meta"`
	}
	return json.Marshal(struct {
		Analysis

		Style style `json:"style_analysis"`
	}{a, style{a.Style, meta{a.Style.Meta, storedUncertainty(a.Style.Meta.Uncertainty)}}})
}

// EncodeInputs returns the JSON of inputs to store. It is read like its own JSON.
func EncodeInputs(in Inputs) ([]byte, error) {
	type meta struct {
		InputsMeta

		Uncertainty storedUncertainty `json:"uncertainty"`
	}
	return json.Marshal(struct {
		Inputs

		Meta meta `json:"meta"`
	}{in, meta{in.Meta, storedUncertainty(in.Meta.Uncertainty)}})
}

// storedUncertainty is an Uncertainty as it is stored: the fields by their reason.
type storedUncertainty Uncertainty

// MarshalJSON implements json.Marshaler.
func (u storedUncertainty) MarshalJSON() ([]byte, error) {
	if len(u.Fields) == 0 || len(u.Fields) != len(u.Reasons) {
		return json.Marshal(Uncertainty(u))
	}
	by := map[string]List{}
	for i, field := range u.Fields {
		reason, known := u.Reasons[field]
		if !known || i > 0 && u.Fields[i-1] >= field {
			return json.Marshal(Uncertainty(u))
		}
		by[reason] = append(by[reason], field)
	}
	return json.Marshal(struct {
		ByReason map[string]List `json:"by_reason"`
	}{by})
}

// UnmarshalJSON implements json.Unmarshaler, for both forms.
func (u *Uncertainty) UnmarshalJSON(document []byte) error {
	var read struct {
		Fields   List              `json:"fields"`
		Reasons  map[string]string `json:"reasons"`
		ByReason map[string]List   `json:"by_reason"`
	}
	if err := json.Unmarshal(document, &read); err != nil {
		return err
	}
	u.Fields, u.Reasons = read.Fields, read.Reasons
	if read.ByReason == nil {
		return nil
	}
	u.Reasons = map[string]string{}
	for reason, fields := range read.ByReason {
		for _, field := range fields {
			u.Fields, u.Reasons[field] = append(u.Fields, field), reason
		}
	}
	slices.Sort(u.Fields)
	return nil
}
