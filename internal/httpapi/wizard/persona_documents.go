package wizard

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Documents of personas are answered as they are stored: those that a client posted
// may lack fields of their shape and have others beside.
type (
	coreDocument     struct{ json.RawMessage }
	platformDocument struct{ json.RawMessage }
	qualityDocument  struct{ json.RawMessage }
)

// Schema describes a core persona.
func (coreDocument) Schema(r huma.Registry) *huma.Schema {
	return documentSchema[onboarding.CorePersona](r, "The voice of the site. Null without personas.")
}

// Schema describes the persona of a platform.
func (platformDocument) Schema(r huma.Registry) *huma.Schema {
	return documentSchema[onboarding.PlatformPersona](r, "How the core persona writes on the platform.")
}

// Schema describes the quality of personas.
func (qualityDocument) Schema(r huma.Registry) *huma.Schema {
	return documentSchema[onboarding.QualityMetrics](r, "How good the personas are, 0 to 100 each; null when nothing could be assessed.")
}

func documentSchema[T any](r huma.Registry, description string) *huma.Schema {
	return &huma.Schema{
		Description: description + " One that a client has posted may lack fields and have others beside.",
		AnyOf: []*huma.Schema{
			r.Schema(reflect.TypeFor[T](), true, ""),
			{Type: huma.TypeObject, AdditionalProperties: true},
			{Type: "null"},
		},
	}
}

// documentsOf are personas as they are answered.
func documentsOf(personas onboarding.Personas) PersonaDocuments {
	documents := noPersonas()
	documents.Core, documents.Quality = coreDocument{personas.Core}, qualityDocument{personas.Quality}
	for name, document := range personas.Platforms {
		documents.Platforms[string(name)] = platformDocument{document}
	}
	for _, platform := range personas.Selected {
		documents.Selected = append(documents.Selected, string(platform))
	}
	return documents
}

func noPersonas() PersonaDocuments {
	return PersonaDocuments{Platforms: map[string]platformDocument{}, Selected: []string{}}
}
