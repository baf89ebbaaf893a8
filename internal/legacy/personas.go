package legacy

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/legacy/store"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
)

// personas takes the newest row that passes the checks, else the newest that has something for prefill.
func (w *mapping) personas() {
	chosen, taken, left := -1, onboarding.Personas{}, faults(nil)
	for _, i := range w.rows(store.Personas) {
		personas, faults, err := personasOf(w.columns(i))
		switch {
		case err != nil:
			code, reason := why(err)
			w.refuse(i, code, reason)
		case chosen < 0:
			chosen, taken, left = i, personas, faults
		case len(left) > 0 && len(faults) == 0:
			w.refuseOlder(chosen)
			chosen, taken, left = i, personas, faults
		default:
			w.refuseOlder(i)
		}
	}
	if chosen < 0 {
		return
	}
	part := flow.FormerPersonas{FormerStep: w.step(chosen, left), Personas: taken}
	for _, fault := range left {
		part.Warnings = append(part.Warnings, onboarding.Warning{
			Code: "left_out_on_import", Message: "Left for you to complete: " + fault.Sentence(),
		})
	}
	w.take(part, left, chosen)
}

// Documents that pass, in the place of those that are not checked yet.
var (
	anyCore      = json.RawMessage(`{"identity":{}}`)
	anyPlatforms = json.RawMessage(`{"blog":{}}`)
)

// Reasons for which personas are refused as a whole.
var (
	errNoCore = &onboarding.InputError{Field: "core_persona", Code: "empty", Reason: "The row has no core persona."}
	errFailed = &onboarding.InputError{
		Field: "core_persona", Code: "failed", Reason: "The former back end could not write the personas.",
	}
)

// personasOf checks a row, document by document. Without a core persona there is nothing to take.
func personasOf(columns map[string]string) (p onboarding.Personas, left faults, err error) {
	documents := object(columns, &left, "core_persona", "platform_personas", "quality_metrics", "selected_platforms")
	core, ok := documents["core_persona"].(map[string]any)
	if !ok || len(core) == 0 {
		if len(left) > 0 {
			return p, left, left[0]
		}
		return p, left, errNoCore
	}
	if core["identity"] == nil && core["error"] != nil {
		return p, left, errFailed
	}
	if core["identity"] == nil {
		core["identity"] = map[string]any{}
		left.add("core_persona.identity", "required", "The core persona has no identity.")
	}
	coreOnly := func(raw json.RawMessage) (json.RawMessage, error) {
		personas, err := submitted.ParsePersonas(raw, anyPlatforms, nil, nil)
		return personas.Core, err
	}
	p.Core, left, err = part(core, "core_persona", left, coreOnly)
	if err != nil {
		return p, left, err
	}
	p.Platforms, left = platformsOf(documents["platform_personas"], left)
	p.Quality, left = qualityOf(documents["quality_metrics"], left)
	p.Selected, left = selectedOf(documents["selected_platforms"], p.Platforms, left)
	return p, left, nil
}

// part is salvage that adds to what was left out before.
func part[T any](document any, root string, left faults, parse func(json.RawMessage) (T, error)) (T, faults, error) {
	value, more, err := salvage(document, root, parse)
	return value, append(left, more...), err
}

// noteOr adds an error of the checks to what was left out.
func noteOr(left faults, err error) faults {
	var input *onboarding.InputError
	if errors.As(err, &input) {
		return append(left, input)
	}
	return left
}

func platformsOf(value any, left faults) (map[onboarding.Platform]json.RawMessage, faults) {
	document, _ := value.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(document)) {
		if _, err := onboarding.ParsePlatform(name, "platform_personas"); err != nil {
			delete(document, name)
			left = noteOr(left, err)
		}
	}
	platforms, left, err := part(document, "platform_personas", left,
		func(raw json.RawMessage) (map[onboarding.Platform]json.RawMessage, error) {
			personas, err := submitted.ParsePersonas(anyCore, raw, nil, nil)
			return personas.Platforms, err
		})
	if err != nil {
		return map[onboarding.Platform]json.RawMessage{}, noteOr(left, err)
	}
	return platforms, left
}

func qualityOf(value any, left faults) (json.RawMessage, faults) {
	quality, left, err := part(value, "quality_metrics", left, func(raw json.RawMessage) (json.RawMessage, error) {
		personas, err := submitted.ParsePersonas(anyCore, anyPlatforms, raw, nil)
		return personas.Quality, err
	})
	if err != nil {
		return json.RawMessage("null"), noteOr(left, err)
	}
	return quality, left
}

func selectedOf(
	value any, platforms map[onboarding.Platform]json.RawMessage, left faults,
) ([]onboarding.Platform, faults) {
	raw, err := json.Marshal(value)
	if err == nil && value != nil {
		var personas onboarding.Personas
		if personas, err = submitted.ParsePersonas(anyCore, anyPlatforms, nil, raw); err == nil {
			return personas.Selected, left
		}
	}
	var own []onboarding.Platform
	for _, platform := range onboarding.Platforms() {
		if _, ok := platforms[platform]; ok {
			own = append(own, platform)
		}
	}
	return own, noteOr(left, err)
}
