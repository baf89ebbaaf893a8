package wizard

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// document is a stored document of the shape T, returned unchanged: one that a client posted may lack
// fields and have others.
type document[T any] struct{ json.RawMessage }

// Schema describes the shape, anything else, or null.
func (document[T]) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{
		r.Schema(reflect.TypeFor[T](), true, ""), {Type: huma.TypeObject, AdditionalProperties: true}, {Type: "null"},
	}}
}

// PersonaDocuments are the personas of a user.
type PersonaDocuments struct {
	Core      document[onboarding.CorePersona]                `json:"core_persona" doc:"The voice of the site. Null without personas. One that a client has posted may lack fields and have others beside."`
	Platforms map[string]document[onboarding.PlatformPersona] `json:"platform_personas" doc:"By platform how the core persona writes there; empty without personas."`
	Quality   document[onboarding.QualityMetrics]             `json:"quality_metrics" doc:"How good the personas are, 0 to 100 each; null when nothing could be assessed. One that a client has posted may lack fields and have others beside."`
	Selected  []string                                        `json:"selected_platforms"`
	BasedOn   *edge.MadeFrom                                  `json:"based_on" doc:"The analysis that they were made from, null if that is not known."`
}

// documentsOf returns stored personas as responses show them, beside the analysis that step 2 holds.
func (h *Handlers) documentsOf(ctx context.Context, stored *onboarding.StoredPersonas) (PersonaDocuments, error) {
	documents := documentsOf(stored.Personas)
	if stored.BasedOn == nil {
		return documents, nil
	}
	held, err := postgres.HeldAnalysisHead(ctx, h.queries(ctx), edge.UserID(ctx))
	documents.BasedOn = edge.ShownMadeFrom(stored.BasedOn, held)
	return documents, err
}

// warnings are the sentences about personas: what could not be done, and what they don't match any more.
func (d PersonaDocuments) warnings(stored *onboarding.StoredPersonas) []string {
	warnings := stored.Warnings
	if d.BasedOn != nil && d.BasedOn.Warning != nil {
		warnings = append(slices.Clone(warnings), *d.BasedOn.Warning)
	}
	return sentencesOf(warnings)
}

// documentsOf returns personas as responses show them.
func documentsOf(personas onboarding.Personas) PersonaDocuments {
	documents := PersonaDocuments{
		Platforms: map[string]document[onboarding.PlatformPersona]{},
		Selected:  onboarding.Texts(personas.Selected),
	}
	documents.Core.RawMessage, documents.Quality.RawMessage = personas.Core, personas.Quality
	for name, stored := range personas.Platforms {
		documents.Platforms[string(name)] = document[onboarding.PlatformPersona]{stored}
	}
	return documents
}
