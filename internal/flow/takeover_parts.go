package flow

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/version"
)

// FormerPart is a part of what an earlier system has stored of a user, checked as what users submit here is.
type FormerPart interface {
	step() onboarding.StepNumber
	// completedAt is when the part was complete, nil if nobody knows.
	completedAt() *time.Time
	// standsIn reports whether something stands in the place of the part already, and whether there is anything of its
	// sort.
	standsIn(w *taking) (same, sort bool)
	// save collects the statements that store the part, as the result of that id if it is one, and returns what its step
	// becomes with it.
	save(ctx context.Context, w *taking, result uuid.UUID) formerState
}

// formerState is the status of a step, "" if it stays as it is, and its own data.
type formerState struct {
	status onboarding.StepStatus
	data   json.RawMessage
}

// FormerStep says how a part stands to its step.
type FormerStep struct {
	// Completes reports whether the step is completed by the part. Other parts are kept for prefill.
	Completes bool
	// CompletedAt is when it was completed, nil if nobody knows.
	CompletedAt *time.Time
}

func (s FormerStep) completedAt() *time.Time { return s.CompletedAt }

func (s FormerStep) state() (state formerState) {
	if s.Completes {
		state.status = onboarding.StepCompleted
	}
	return state
}

// FormerKey is a sealed API key. It completes step 1 if it is that of a language model provider.
type FormerKey struct {
	onboarding.StoredKey

	At *time.Time
}

func (FormerKey) step() onboarding.StepNumber { return onboarding.StepProviders }

func (k FormerKey) completedAt() *time.Time { return k.At }

func (k FormerKey) standsIn(w *taking) (same, sort bool) {
	return slices.Contains(w.held.Providers, string(k.Provider)), len(w.held.Providers) > 0
}

func (k FormerKey) save(ctx context.Context, w *taking, _ uuid.UUID) formerState {
	_ = w.pipeline.SaveKey(ctx, saveKeyParams(w.change, k.StoredKey))
	w.held.Providers = append(w.held.Providers, string(k.Provider))
	return FormerStep{Completes: offersModels(k.StoredKey)}.state()
}

// FormerAnalysis is the analysis of a website, or of a text if Website is "".
type FormerAnalysis struct {
	FormerStep

	Website  string
	Analysis onboarding.Analysis
}

func (FormerAnalysis) step() onboarding.StepNumber { return onboarding.StepWebsite }

func (a FormerAnalysis) standsIn(w *taking) (same, sort bool) {
	return slices.Contains(w.held.Websites, a.Website), len(w.held.Websites) > 0
}

func (a FormerAnalysis) save(ctx context.Context, w *taking, result uuid.UUID) formerState {
	w.store(ctx, version.Results{Analyses: []*version.Analysis{{
		Submission: w.submission(result), Website: a.Website, Value: a.Analysis, Provider: unknownProvider,
	}}})
	w.held.Websites = append(w.held.Websites, a.Website)
	w.inputs = true
	return a.state()
}

// unknownProvider names what made a result of which that is not known.
const unknownProvider = "unknown"

// store collects the statements that store results as generated ones.
func (w *taking) store(ctx context.Context, results version.Results) {
	w.failed(results.DecideFirst())
	if w.err == nil {
		w.failed(results.Write(ctx, w.pipeline.Queries))
	}
}

// submission is the one that a result is stored under; it has no row.
func (w *taking) submission(id uuid.UUID) onboarding.Submission {
	return onboarding.Submission{ID: id, SessionID: w.sessionID, UserID: w.userID}
}

// FormerPreferences are the research preferences.
type FormerPreferences struct {
	FormerStep
	onboarding.ResearchPreferences
}

func (FormerPreferences) step() onboarding.StepNumber { return onboarding.StepResearch }

func (FormerPreferences) standsIn(w *taking) (same, sort bool) {
	return w.held.Preferences, w.held.Preferences
}

func (p FormerPreferences) save(ctx context.Context, w *taking, _ uuid.UUID) formerState {
	params, err := savePreferencesParams(w.change, p.ResearchPreferences)
	w.failed(err)
	_ = w.pipeline.SavePreferences(ctx, params)
	w.held.Preferences, w.inputs = true, true
	return p.state()
}

// FormerPersonas are the personas; Warnings say what was left out of them.
type FormerPersonas struct {
	FormerStep
	onboarding.Personas

	Warnings []onboarding.Warning
}

func (FormerPersonas) step() onboarding.StepNumber { return onboarding.StepPersonalization }

func (FormerPersonas) standsIn(w *taking) (same, sort bool) {
	return w.held.Personas, w.held.Personas
}

func (p FormerPersonas) save(ctx context.Context, w *taking, result uuid.UUID) formerState {
	w.store(ctx, version.Results{Personas: []*version.Personas{{
		Submission: w.submission(result), Personas: p.Personas, Engine: unknownProvider, Provider: unknownProvider,
		Warnings: p.Warnings,
	}}})
	w.held.Personas, w.inputs = true, true
	return p.state()
}

// FormerBusiness is what the user says of the business. It completes no step.
type FormerBusiness struct {
	FormerStep
	onboarding.BusinessInfo
}

func (FormerBusiness) step() onboarding.StepNumber { return onboarding.StepWebsite }

func (FormerBusiness) standsIn(w *taking) (same, sort bool) {
	return w.held.Business, w.held.Business || len(w.held.Websites) > 0
}

func (b FormerBusiness) save(ctx context.Context, w *taking, _ uuid.UUID) formerState {
	_ = w.pipeline.SaveBusinessInfo(ctx, saveBusinessParams(w.change, b.BusinessInfo))
	w.held.Business, w.inputs = true, true
	return b.state()
}

// FormerIntegrations are what the user chose in step 5, a JSON object.
type FormerIntegrations struct {
	FormerStep

	Data json.RawMessage
}

func (FormerIntegrations) step() onboarding.StepNumber { return onboarding.StepIntegrations }

func (FormerIntegrations) standsIn(w *taking) (same, sort bool) {
	return w.held.Integrations, w.held.Integrations
}

func (i FormerIntegrations) save(context.Context, *taking, uuid.UUID) formerState {
	return formerState{onboarding.StepCompleted, i.Data}
}

// FormerSkip is a step that the user has skipped.
type FormerSkip struct {
	FormerStep

	Step onboarding.StepNumber
}

func (s FormerSkip) step() onboarding.StepNumber { return s.Step }

func (s FormerSkip) standsIn(w *taking) (same, sort bool) {
	return w.steps[s.Step].Status != onboarding.StepPending, false
}

func (FormerSkip) save(context.Context, *taking, uuid.UUID) formerState {
	return formerState{status: onboarding.StepSkipped}
}
