package wizard

import (
	"cmp"
	"context"
	"strings"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
)

// completePersonalization submits step 4: finished personas to be stored, or platforms
// to generate personas for. Both spellings of the names are taken.
func (h *Handlers) completePersonalization(ctx context.Context, data edge.Fields) (*submittedOutput, error) {
	switch selected := data.First("selectedPlatforms", "selected_platforms"); {
	case data.Has("corePersona", "core_persona", "platformPersonas", "platform_personas"):
		return h.importPersonas(ctx, data)
	case selected != "":
		return h.startPersonas(ctx, data, selected)
	}
	return nil, &onboarding.InputError{
		Field: "data", Code: "required",
		Reason: "Send the personas as corePersona and platformPersonas, or selectedPlatforms alone to have them generated.",
	}
}

func (h *Handlers) importPersonas(ctx context.Context, data edge.Fields) (*submittedOutput, error) {
	names := map[string]string{ // ours: the one that was sent, or should have been
		"core_persona":       cmp.Or(data.First("corePersona", "core_persona"), "corePersona"),
		"platform_personas":  cmp.Or(data.First("platformPersonas", "platform_personas"), "platformPersonas"),
		"quality_metrics":    cmp.Or(data.First("qualityMetrics", "quality_metrics"), "qualityMetrics"),
		"selected_platforms": cmp.Or(data.First("selectedPlatforms", "selected_platforms"), "selectedPlatforms"),
	}
	personas, err := submitted.ParsePersonas(
		data[names["core_persona"]], data[names["platform_personas"]], data[names["quality_metrics"]],
		data[names["selected_platforms"]],
	)
	if err != nil {
		return nil, edge.RenameField(err, func(field string) string { return "data." + asSent(field, names) })
	}
	media, shortened, err := submitted.ParseMedia(data)
	if err != nil {
		return nil, edge.MoveField(err, "", "data.")
	}
	personas.Media = media
	submission, err := h.cfg.Submitter.ImportPersonas(ctx, edge.UserID(ctx), personas)
	out, err := h.awaitImport(ctx, submission, err, "Your personas are stored.")
	if err != nil {
		return nil, err
	}
	return withMedia(with(out, SubmittedData{"selectedPlatforms": personas.Selected}), media, shortened), nil
}

// withMedia returns a response with the understood media added.
func withMedia(out *submittedOutput, media onboarding.PersonaMedia, shortened []string) *submittedOutput {
	for name, stored := range media {
		out.Body.Data[name] = stored
	}
	if len(shortened) > 0 {
		out = with(out, nil, "The address is not kept of what has a whole file in its place: "+
			strings.Join(shortened, ", ")+".")
	}
	return out
}

// asSent returns the path of a value with the first name as the client wrote it.
func asSent(field string, names map[string]string) string {
	end := strings.IndexAny(field, ".[")
	if end < 0 {
		end = len(field)
	}
	if sent := names[field[:end]]; sent != "" {
		return sent + field[end:]
	}
	return field
}

func (h *Handlers) startPersonas(ctx context.Context, data edge.Fields, name string) (*submittedOutput, error) {
	sent, err := edge.DecodeField[[]string](data, "data.", name, "a list of platforms")
	if err != nil {
		return nil, err
	}
	platforms, err := selectedPlatforms(sent)
	if err != nil {
		return nil, edge.MoveField(err, "selected_platforms", "data."+name)
	}
	media, shortened, err := submitted.ParseMedia(data)
	if err != nil {
		return nil, edge.MoveField(err, "", "data.")
	}
	submission, err := h.cfg.Submitter.GeneratePersonas(ctx, edge.UserID(ctx),
		onboarding.PersonaInput{Platforms: platforms, Media: media})
	if err != nil {
		return nil, err
	}
	out := accepted(onboarding.StepPersonalization, submission, "The generation of your personas has started.")
	return withMedia(with(out, SubmittedData{"selectedPlatforms": platforms}), media, shortened), nil
}
