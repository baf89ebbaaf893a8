package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
	"github.com/alwrity/onboarding/internal/postgres"
)

// loadPersonaSources returns what the personas are made from: the stored results, replaced by
// the parts that were sent for this generation.
func loadPersonaSources(ctx context.Context, r *run, input onboarding.PersonaInput) (onboarding.PersonaSources, error) {
	held, err := postgres.Sources(ctx, postgres.AsUser(r.Pool, r.Submission.UserID), r.Submission.UserID)
	if err != nil {
		return onboarding.PersonaSources{}, err
	}
	if input.Analysis == nil && held.Analysis == nil {
		return onboarding.PersonaSources{}, &onboarding.Failure{Code: onboarding.FailureAnalysisMissing}
	}
	sources := onboarding.PersonaSources{Preferences: held.Preferences, Business: held.Business}
	var stored *onboarding.Analysis
	if held.Analysis != nil {
		sources.Website, sources.Analysis, stored = held.Analysis.Website, held.Analysis.Analysis, &held.Analysis.Analysis
		sources.BasedOn = &held.Analysis.Head().BasedOn
	}
	if input.Analysis != nil {
		sent, err := submitted.ParseFlatAnalysis(input.Analysis)
		if err != nil {
			return sources, fmt.Errorf("read sent analysis: %w", err)
		}
		sources.Analysis = submitted.Analysis(sent, stored)
	}
	if input.Business != nil {
		sources.Business = &onboarding.BusinessInfo{}
		if err := json.Unmarshal(input.Business, sources.Business); err != nil {
			return sources, fmt.Errorf("read sent business info: %w", err)
		}
	}
	sources.Preferences = withFindings(sources.Preferences, input.Findings)
	return sources, nil
}

// withFindings returns preferences whose findings are replaced by the sent ones of
// the same names.
func withFindings(
	held *onboarding.ResearchPreferences, sent map[string]json.RawMessage,
) *onboarding.ResearchPreferences {
	if len(sent) == 0 {
		return held
	}
	out := onboarding.ResearchPreferences{}
	if held != nil {
		out = *held
	}
	findings := map[string]json.RawMessage{}
	maps.Copy(findings, out.Findings)
	maps.Copy(findings, sent)
	out.Findings = findings
	return &out
}
