package wizard

import (
	"context"
	"encoding/json"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// SummaryBody sums up what the user has set up.
type SummaryBody struct {
	StatusBody
	APIKeys                 map[string]KeySummary             `json:"api_keys" doc:"Every provider by name."`
	WebsiteURL              *string                           `json:"website_url" doc:"The website that was analysed last, also after a text; null without one."`
	StyleAnalysis           *onboarding.StyleAnalysis[string] `json:"style_analysis" doc:"The newest analysis, null without one."`
	ResearchPreferences     *PreferencesBody                  `json:"research_preferences" doc:"Null before they are stored."`
	PersonalizationSettings *PersonalizationSummary           `json:"personalization_settings" doc:"Null without an analysis."`
	Canonical               CanonicalProfile                  `json:"canonical_profile"`
	PersonaReadiness        Readiness                         `json:"persona_readiness"`
	Integrations            edge.Fields                       `json:"integrations" doc:"What was submitted for step 5, empty before."`
	Capabilities            Capabilities                      `json:"capabilities"`
	CompletedSteps          []int                             `json:"completed_steps"`
	FailedSteps             []int                             `json:"failed_steps"`
	SkippedSteps            []int                             `json:"skipped_steps"`
}

// KeySummary says whether a provider has a key.
type KeySummary struct {
	Configured bool    `json:"configured"`
	Value      *string `json:"value" example:"****abcd" doc:"The masked key, null without one."`
}

// PersonalizationSummary is the voice in three words, null where it is not known.
type PersonalizationSummary struct {
	WritingStyle   *string         `json:"writing_style" doc:"The tone."`
	TargetAudience onboarding.List `json:"target_audience" doc:"The groups of people that are addressed."`
	ContentType    *string         `json:"content_focus" doc:"The primary type of content."`
	Tone           *string         `json:"tone" doc:"The same as writing_style."`
	BrandVoice     *string         `json:"brand_voice"`
}

// CanonicalProfile is what agents of other services start from. Null and empty values are not known.
type CanonicalProfile struct {
	BrandVoice     *string           `json:"brand_voice"`
	TargetAudience onboarding.List   `json:"target_audience"`
	ContentPillars onboarding.List   `json:"content_pillars" doc:"What the website writes about most, the largest subject first."`
	Competitors    []json.RawMessage `json:"competitors" doc:"The objects that step 3 keeps."`
	BusinessGoals  onboarding.List   `json:"business_goals" doc:"What the description of the business says, in one text."`
}

// canonical collects the profile.
func canonical(results stepResults, business *onboarding.BusinessInfo) CanonicalProfile {
	profile := CanonicalProfile{Competitors: []json.RawMessage{}}
	if results.analysis != nil {
		analysis := results.analysis.Analysis
		profile.BrandVoice = analysis.Style.BrandAnalysis.BrandVoice
		profile.TargetAudience = analysis.Style.TargetAudience.Demographics
		for _, topic := range analysis.Measured.Topics {
			profile.ContentPillars = append(profile.ContentPillars, topic.Name)
		}
	}
	if results.preferences != nil {
		found := results.preferences.Findings[onboarding.FindingCompetitors]
		_ = json.Unmarshal(found, &profile.Competitors) // nothing was stored but a list of objects
	}
	if business != nil && business.BusinessGoals != "" {
		profile.BusinessGoals = onboarding.List{business.BusinessGoals}
	}
	return profile
}

// Readiness says whether personas can be generated.
type Readiness struct {
	Ready       bool     `json:"ready"`
	Reason      string   `json:"reason" example:"Your website analysis is there."`
	MissingData []string `json:"missing_data" enum:"website_analysis" doc:"What is missing, by name."`
}

// Capabilities says what the user can do now.
type Capabilities struct {
	AIContent       bool `json:"ai_content" doc:"A language model provider has a key."`
	StyleAnalysis   bool `json:"style_analysis"`
	ResearchTools   bool `json:"research_tools"`
	Personalization bool `json:"personalization"`
	Integrations    bool `json:"integrations"`
}

func (h *Handlers) summary(ctx context.Context, in *edge.StateInput) (*edge.StateOutput[SummaryBody], error) {
	session, results, err := h.state(ctx, stepsWithResults...)
	if err != nil {
		return nil, err
	}
	keys, err := h.storedKeys(ctx)
	if err != nil {
		return nil, err
	}
	body := SummaryBody{
		StatusBody: statusBody(session), APIKeys: keySummaries(keys),
		ResearchPreferences: preferencesBody(results),
	}
	if results.analysis != nil {
		body.WebsiteURL, body.StyleAnalysis = edge.OrNil(results.analysis.LastWebsite), &results.analysis.Analysis.Style
		style := results.analysis.Analysis.Style
		voice := summaryOf(style)
		body.PersonalizationSettings = &PersonalizationSummary{
			WritingStyle: voice.WritingStyle, TargetAudience: voice.TargetAudience, ContentType: voice.ContentType,
			Tone: voice.WritingStyle, BrandVoice: style.BrandAnalysis.BrandVoice,
		}
	}
	business, err := orNil(postgres.Business(ctx, h.queries(ctx), edge.UserID(ctx)))
	if err != nil {
		return nil, err
	}
	body.Canonical = canonical(results, business)
	body.PersonaReadiness = readiness(session)
	if body.Integrations, err = integrations(session); err != nil {
		return nil, err
	}
	body.Capabilities = capabilities(session, keys)
	body.CompletedSteps = stepsIn(session, onboarding.StepCompleted)
	body.FailedSteps = stepsIn(session, onboarding.StepFailed)
	body.SkippedSteps = stepsIn(session, onboarding.StepSkipped)
	return edge.Conditional(in, body, nil)
}

func keySummaries(keys []onboarding.StoredKey) map[string]KeySummary {
	summaries := map[string]KeySummary{}
	for _, provider := range onboarding.Providers() {
		summaries[string(provider.Provider)] = KeySummary{}
	}
	for _, key := range keys {
		summaries[string(key.Provider)] = KeySummary{Configured: true, Value: edge.OrNil(key.Mask())}
	}
	return summaries
}

func readiness(session onboarding.Session) Readiness {
	if missing := session.MissingFor(onboarding.StepPersonalization); len(missing) > 0 {
		return Readiness{Reason: missing[0], MissingData: []string{"website_analysis"}}
	}
	return Readiness{Ready: true, Reason: "Your website analysis is there.", MissingData: []string{}}
}

// integrations are what was submitted for step 5, without the wizard's envelope.
func integrations(session onboarding.Session) (edge.Fields, error) {
	submitted := edge.Fields{}
	data := session.Step(onboarding.StepIntegrations).Data
	if len(data) == 0 {
		return submitted, nil
	}
	if err := json.Unmarshal(data, &submitted); err != nil {
		return nil, err
	}
	if inner, err := edge.DecodeField[edge.Fields](submitted, "", "integrations", "an object"); err == nil &&
		inner != nil {
		return inner, nil
	}
	return submitted, nil
}

func capabilities(session onboarding.Session, keys []onboarding.StoredKey) Capabilities {
	return Capabilities{
		AIContent: offersModels(keys), StyleAnalysis: session.Step(onboarding.StepWebsite).ResultSubmissionID != nil,
		ResearchTools:   session.Step(onboarding.StepResearch).Status == onboarding.StepCompleted,
		Personalization: session.Step(onboarding.StepPersonalization).ResultSubmissionID != nil,
		Integrations:    session.Step(onboarding.StepIntegrations).Status == onboarding.StepCompleted,
	}
}

// stepsIn lists the steps of a status.
func stepsIn(session onboarding.Session, status onboarding.StepStatus) []int {
	steps := onboarding.StepsWhere(func(n onboarding.StepNumber) bool { return session.Step(n).Status == status })
	return edge.Map(steps, func(n onboarding.StepNumber) int { return int(n) })
}
