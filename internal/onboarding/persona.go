package onboarding

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// PersonaInput is the input of a persona generation. A part that is not nil
// replaces what is stored, for this generation only.
type PersonaInput struct {
	Platforms []Platform      `json:"platforms"`
	Analysis  json.RawMessage `json:"analysis,omitempty"`
	// Findings are the research parts by name, as ResearchPreferences has them.
	Findings map[string]json.RawMessage `json:"findings,omitempty"`
	Business json.RawMessage            `json:"business,omitempty"`
	// Media are kept beside the personas.
	Media PersonaMedia `json:"media,omitempty"`
}

// PersonaMedia are what the wizard keeps of a brand's picture, voice and video, by MediaNames, as objects that say
// whether each is set and where it is. The files are of another service.
type PersonaMedia map[string]json.RawMessage

// MediaNames are the names of persona media.
func MediaNames() []string { return []string{"brandAvatar", "voiceClone", "introVideo"} }

// PersonaSources is what personas are made from.
type PersonaSources struct {
	Website     string
	Analysis    Analysis
	Preferences *ResearchPreferences
	Business    *BusinessInfo
	// BasedOn names the stored analysis, nil without one.
	BasedOn *BasedOn
}

// Personas are the documents of a finished generation, or what a client posted, as
// they are stored and answered.
type Personas struct {
	Core      json.RawMessage              `json:"core_persona"`
	Platforms map[Platform]json.RawMessage `json:"platform_personas"`
	Quality   json.RawMessage              `json:"quality_metrics"`
	Selected  []Platform                   `json:"selected_platforms"`
	// Media is not part of a version: those that were stored last stay.
	Media PersonaMedia `json:"media,omitempty"`
}

// StoredPersonas are the personas of a user as they are stored.
type StoredPersonas struct {
	Personas
	SubmissionID uuid.UUID
	// Engine is "local", "client", or the name of the language model whose answer was merged.
	Engine   string
	Warnings []Warning
	// Version counts the versions of the personas from 1.
	Version int
	// Edited reports whether the user has changed them.
	Edited bool
	// BasedOn is what they were made from, nil if that is not known.
	BasedOn   *BasedOn
	CreatedAt time.Time
	UpdatedAt time.Time
}
