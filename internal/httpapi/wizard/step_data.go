package wizard

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// StepData is what was submitted for a step and its result: WebsiteData for step 2, PersonasData for
// step 4, nil for step 1, an object for the others.
type StepData struct{ value any }

// MarshalJSON writes the value alone.
func (d StepData) MarshalJSON() ([]byte, error) { return json.Marshal(d.value) }

// Schema describes the value.
func (StepData) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "What was submitted and what came out; the shape is the step's own. Null for step 1, whose keys " +
			"are never shown. " +
			"Step 3 shows the preferences with the findings beside them, step 5 what was submitted.",
		AnyOf: []*huma.Schema{
			r.Schema(reflect.TypeFor[WebsiteData](), true, ""),
			r.Schema(reflect.TypeFor[PersonasData](), true, ""),
			{Type: huma.TypeObject, AdditionalProperties: true},
			{Type: "null"},
		},
	}
}

// PersonasData is the data of step 4, under the names that the wizard keeps.
type PersonasData struct {
	Core      document[onboarding.CorePersona]                `json:"corePersona"`
	Platforms map[string]document[onboarding.PlatformPersona] `json:"platformPersonas"`
	Quality   document[onboarding.QualityMetrics]             `json:"qualityMetrics"`
	Selected  []string                                        `json:"selectedPlatforms"`
	BasedOn   *edge.MadeFrom                                  `json:"basedOn"`
	PersonaMedia
}

// PersonaMedia are the media as they were submitted, left out where none were.
type PersonaMedia struct {
	Avatar *Medium `json:"brandAvatar,omitempty" doc:"Whether the brand has a picture, and where it is."`
	Voice  *Medium `json:"voiceClone,omitempty" doc:"The same of a voice."`
	Video  *Medium `json:"introVideo,omitempty" doc:"The same of a video."`
}

// Medium is an object as it was submitted.
type Medium struct{ json.RawMessage }

// Schema describes what the wizard reads of it.
func (Medium) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true,
		Properties: map[string]*huma.Schema{
			"set": {Type: huma.TypeBoolean, Nullable: true, Description: "Whether there is one."},
			"url": {Type: huma.TypeString, Nullable: true, Description: "Where it is; empty when it was too long to be kept."},
		},
	}
}

func mediumOf(media onboarding.PersonaMedia, name string) *Medium {
	if document, ok := media[name]; ok {
		return &Medium{document}
	}
	return nil
}

func personasData(documents PersonaDocuments, media onboarding.PersonaMedia) PersonasData {
	return PersonasData{
		Core: documents.Core, Platforms: documents.Platforms, Quality: documents.Quality, Selected: documents.Selected,
		BasedOn: documents.BasedOn, PersonaMedia: PersonaMedia{
			Avatar: mediumOf(media, "brandAvatar"), Voice: mediumOf(media, "voiceClone"), Video: mediumOf(media, "introVideo"),
		},
	}
}

// stepResults is what is stored of the steps. Nil is not there, or was not asked for.
type stepResults struct {
	analysis    *onboarding.ShownStoredAnalysis
	preferences *onboarding.ResearchPreferences
	personas    *onboarding.StoredPersonas
	// documents are the personas as responses show them.
	documents PersonaDocuments
}

// results reads what is stored for the given steps, even of a step that was reset.
func (h *Handlers) results(ctx context.Context, steps ...onboarding.StepNumber) (results stepResults, err error) {
	for _, n := range steps {
		switch n {
		case onboarding.StepWebsite:
			var stored *onboarding.StoredAnalysis
			if stored, err = orNil(postgres.LatestAnalysis(ctx, h.cfg.Pool, edge.UserID(ctx))); stored != nil {
				results.analysis = shownStored(*stored)
			}
		case onboarding.StepResearch:
			results.preferences, err = orNil(postgres.Preferences(ctx, h.queries(ctx), edge.UserID(ctx)))
		case onboarding.StepPersonalization:
			results.personas, err = orNil(postgres.Personas(ctx, h.cfg.Pool, edge.UserID(ctx)))
			if results.personas != nil {
				results.documents, err = h.documentsOf(ctx, results.personas)
			}
		default: // the session holds their data
		}
		if err != nil {
			return stepResults{}, err
		}
	}
	return results, nil
}

// stepsWithResults are the steps of which something is stored beside the session.
var stepsWithResults = []onboarding.StepNumber{
	onboarding.StepWebsite, onboarding.StepResearch,
	onboarding.StepPersonalization,
}

// state reads the session and what is stored for the given steps.
func (h *Handlers) state(
	ctx context.Context, steps ...onboarding.StepNumber,
) (session onboarding.Session, results stepResults, err error) {
	if session, err = h.session(ctx); err == nil {
		results, err = h.results(ctx, steps...)
	}
	return session, results, err
}

// orNil returns what was read, nil for ErrNotFound.
func orNil[T any](value T, err error) (*T, error) {
	switch {
	case errors.Is(err, onboarding.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &value, nil
}

// holds reports whether a step has a result that counts.
func (r stepResults) holds(step onboarding.Step) bool {
	switch step.Number {
	case onboarding.StepResearch:
		return step.Done() && r.preferences != nil
	case onboarding.StepIntegrations:
		return step.Done() && step.Data != nil
	case onboarding.StepProviders:
		return step.Status == onboarding.StepCompleted
	default:
		return step.ResultSubmissionID != nil
	}
}

func (r stepResults) data(step onboarding.Step) StepData {
	switch step.Number {
	case onboarding.StepProviders:
		return StepData{}
	case onboarding.StepWebsite:
		return StepData{websiteData(step, r.analysis)}
	case onboarding.StepResearch:
		return StepData{preferencesData(r.preferences)}
	case onboarding.StepPersonalization:
		if r.personas != nil {
			return StepData{personasData(r.documents, r.personas.Media)}
		}
	case onboarding.StepIntegrations:
		if step.Data != nil {
			return StepData{json.RawMessage(step.Data)}
		}
	case onboarding.StepFinish:
	}
	return StepData{struct{}{}}
}

// preferencesData puts the findings beside the preferences, as the wizard keeps them.
func preferencesData(stored *onboarding.ResearchPreferences) any {
	data := map[string]any{}
	if stored == nil {
		return data
	}
	for name, finding := range maps.All(stored.Findings) {
		data[name] = finding
	}
	data["research_depth"], data["content_types"] = stored.ResearchDepth, stored.ContentTypes
	data["auto_research"], data["factual_content"] = stored.AutoResearch, stored.FactualContent
	return data
}
