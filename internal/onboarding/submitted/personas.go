package submitted

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// The bounds of submitted personas.
const (
	maxPersonaBytes = 512 << 10
	maxPersonaRunes = 5000
	maxPersonaItems = 200
)

// ParsePersonas checks finished personas that a client submits: core must be an
// object with an object identity, platforms an object with at least one known
// platform; quality and selected may be null or absent, selected being the platforms
// of the personas then. Fields that CorePersona, PlatformPersona and QualityMetrics
// know must have their types (null is allowed), what they don't know is kept: the
// documents are stored as submitted, without API keys. Anywhere, texts have at most 5,000 characters,
// lists 200 elements, and all documents together 512 KiB. Errors are *InputError with
// the path of the value, e.g. "core_persona.identity.persona_name".
func ParsePersonas(core, platforms, quality, selected json.RawMessage) (onboarding.Personas, error) {
	if len(core)+len(platforms)+len(quality)+len(selected) > maxPersonaBytes {
		return onboarding.Personas{}, refused("core_persona", "too_large",
			"The personas are too large; send at most 512 KiB.")
	}
	var p onboarding.Personas
	var err error
	if p.Core, err = parseCorePersona(core); err != nil {
		return onboarding.Personas{}, err
	}
	if p.Platforms, err = parsePlatformPersonas(platforms); err != nil {
		return onboarding.Personas{}, err
	}
	if p.Quality, err = parseQuality(quality); err != nil {
		return onboarding.Personas{}, err
	}
	if p.Selected, err = parseSelected(selected, p.Platforms); err != nil {
		return onboarding.Personas{}, err
	}
	return p, nil
}

func parseCorePersona(raw json.RawMessage) (json.RawMessage, error) {
	const path = "core_persona"
	if isNull(raw) {
		return nil, refused(path, "required", "Send the core persona, or let it be generated.")
	}
	object, err := decodePersona(raw, path, reflect.TypeFor[onboarding.CorePersona]())
	if err != nil {
		return nil, err
	}
	if object["identity"] == nil {
		return nil,
			refused(path+".identity", "required", "The core persona has no identity; send at least an empty object.")
	}
	return encoded(object), nil
}

func parsePlatformPersonas(raw json.RawMessage) (map[onboarding.Platform]json.RawMessage, error) {
	const path = "platform_personas"
	none := refused(path, "required", "Send the persona of at least one platform.")
	if isNull(raw) {
		return nil, none
	}
	// A map has no known fields, so that only the bounds are checked here.
	object, err := decodePersona(raw, path, reflect.TypeFor[map[string]any]())
	if err != nil {
		return nil, err
	}
	personas := map[onboarding.Platform]json.RawMessage{}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if _, err := onboarding.ParsePlatform(name, path); err != nil {
			return nil, err
		}
		at := path + "." + name
		if err := checkShape(object[name], reflect.TypeFor[onboarding.PlatformPersona](), at); err != nil {
			return nil, err
		}
		if object[name] == nil {
			return nil, onboarding.WrongType(at, "an object")
		}
		personas[onboarding.Platform(name)] = encoded(object[name])
	}
	if len(personas) == 0 {
		return nil, none
	}
	return personas, nil
}

// parseQuality returns null for none.
func parseQuality(raw json.RawMessage) (json.RawMessage, error) {
	const path = "quality_metrics"
	if isNull(raw) {
		return json.RawMessage("null"), nil
	}
	object, err := decodePersona(raw, path, reflect.TypeFor[onboarding.QualityMetrics]())
	return encoded(object), err
}

// parseSelected reads the names of platforms; null selects those of the personas.
func parseSelected(
	raw json.RawMessage, personas map[onboarding.Platform]json.RawMessage,
) ([]onboarding.Platform, error) {
	const path = "selected_platforms"
	if isNull(raw) {
		return onboarding.ParsePlatforms(onboarding.Texts(slices.Collect(maps.Keys(personas))), path)
	}
	value, err := decodeStorable(raw, path)
	if err != nil {
		return nil, err
	}
	var names []string
	if err := checkShape(value, reflect.TypeOf(names), path); err != nil {
		return nil, err
	}
	_ = json.Unmarshal(raw, &names) // texts, as checkShape has found
	return onboarding.ParsePlatforms(names, path)
}

func isNull(raw json.RawMessage) bool {
	text := strings.TrimSpace(string(raw))
	return text == "" || text == "null"
}

// decodePersona decodes an object and checks its bounds and the types of the fields
// that t knows.
func decodePersona(raw json.RawMessage, path string, t reflect.Type) (map[string]any, error) {
	value, err := decodeJSON(raw, path)
	if err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, onboarding.WrongType(path, "an object")
	}
	c := cleaner{bounded: true}
	if _, err := c.clean(object, path, 0); err != nil {
		return nil, err
	}
	return object, checkShape(object, t, path)
}
