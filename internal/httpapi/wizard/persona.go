package wizard

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// PersonasBody is the response of a call that waits for personas. They are null unless success is true.
type PersonasBody struct {
	Success bool `json:"success"`
	PersonaDocuments
	Warnings []string `json:"warnings" doc:"What went less well than asked, in sentences, for example a platform that was left out."`
	Error    *string  `json:"error" doc:"Why there are no personas, in a sentence: it failed, was replaced or cancelled, or goes on longer than the call waits."`
	TaskID   string   `json:"task_id" format:"uuid" doc:"The submission, for persona-task."`
}

// LatestPersonaBody has the personas that were stored last.
type LatestPersonaBody struct {
	Success    bool          `json:"success" doc:"Whether there are personas."`
	Persona    *PersonaStore `json:"persona"`
	Message    *string       `json:"message" doc:"Why there are none, in a sentence."`
	StatusCode int           `json:"status_code" enum:"200,404" doc:"404 without personas: the answer's own status is 200."`
}

// PersonaStore are personas as they are stored.
type PersonaStore struct {
	PersonaDocuments
	Engine    string    `json:"engine" example:"local" doc:"Who made them: local, client, or the model that took part."`
	Warnings  []string  `json:"warnings" doc:"What went less well than asked, in sentences."`
	Timestamp time.Time `json:"timestamp" doc:"When they were stored."`
}

// SavePersonaRequest are finished personas. The documents are kept as they are sent.
type SavePersonaRequest struct {
	Core      json.RawMessage `json:"core_persona" doc:"A CorePersona with at least an identity; further fields are kept."`
	Platforms json.RawMessage `json:"platform_personas" doc:"An object with a PlatformPersona for at least one platform."`
	Quality   json.RawMessage `json:"quality_metrics,omitempty" doc:"A QualityMetrics; assessed when it is null or left out and step 2 has an analysis."`
	Selected  json.RawMessage `json:"selected_platforms,omitempty" doc:"A list of platforms; those of the personas by default."`
}

// SavedPersonaBody is the response.
type SavedPersonaBody struct {
	Success bool    `json:"success" doc:"Whether the personas are stored or will be."`
	Status  string  `json:"status" enum:"in_progress,completed,failed,superseded,cancelled"`
	Message string  `json:"message"`
	Error   *string `json:"error" doc:"Why they are not stored, in a sentence."`
	TaskID  string  `json:"task_id" format:"uuid" doc:"The submission, for persona-task."`
}

// acceptedOutput is a response of 200, or of 202 when the work goes on.
type acceptedOutput[T any] struct {
	Status     int
	Location   string `header:"Location" doc:"Where the work can be followed."`
	RetryAfter string `header:"Retry-After" doc:"Seconds until the next look makes sense."`
	Body       T
}

// PersonaOptions is what personas can be generated for.
type PersonaOptions struct {
	Success            bool             `json:"success"`
	AvailablePlatforms []PlatformOption `json:"available_platforms"`
	PersonaTypes       []string         `json:"persona_types"`
	QualityMetrics     []string         `json:"quality_metrics" doc:"The scores of quality_metrics."`
}

// PlatformOption is a platform that personas can be generated for.
type PlatformOption struct {
	ID          string `json:"id" example:"linkedin"`
	Name        string `json:"name" example:"LinkedIn"`
	Description string `json:"description"`
}

const pathPersona = edge.BasePath + "/step4"

func (h *Handlers) generatePersonas(ctx context.Context, in *edge.BodyInput[PersonaRequest]) (*edge.Output[PersonasBody], error) {
	submission, err := h.submitPersonas(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	if submission, err = h.awaitContent(ctx, submission, longWait); err != nil {
		return nil, err
	}
	body := PersonasBody{PersonaDocuments: noPersonas(), Warnings: []string{}, TaskID: submission.ID.String()}
	if short := noResult(submission, "The generation of the personas"); short != "" {
		body.Error = &short
		return edge.OK(body), nil
	}
	stored, err := h.personasOf(ctx, submission)
	if err != nil {
		return nil, err
	}
	if stored == nil {
		body.Error = edge.TextOrNil(personasReplaced)
		return edge.OK(body), nil
	}
	body.Success, body.PersonaDocuments, body.Warnings = true, documentsOf(stored.Personas), sentencesOf(stored.Warnings)
	return edge.OK(body), nil
}

// personasReplaced says that the generated personas are no longer stored.
const personasReplaced = "The personas were generated, and have been replaced or deleted since. Load the latest ones instead."

// personasOf returns the personas that a completed submission made, nil if other ones are stored now.
func (h *Handlers) personasOf(ctx context.Context, submission onboarding.Submission) (*onboarding.StoredPersonas, error) {
	stored, err := postgres.Personas(ctx, h.cfg.Pool, edge.UserID(ctx))
	if errors.Is(err, onboarding.ErrNotFound) || err == nil && stored.SubmissionID != submission.ID {
		return nil, nil
	}
	return &stored, err
}

func (h *Handlers) latestPersona(ctx context.Context, in *edge.StateInput) (*edge.StateOutput[LatestPersonaBody], error) {
	session, err := h.session(ctx) // first: see step
	if err != nil {
		return nil, err
	}
	stored, err := postgres.Personas(ctx, h.cfg.Pool, edge.UserID(ctx))
	if errors.Is(err, onboarding.ErrNotFound) {
		return edge.Conditional(in, edge.TagOf(session), LatestPersonaBody{
			Message: edge.TextOrNil("There are no personas yet. Generate them in step 4."), StatusCode: http.StatusNotFound,
		}), nil
	}
	if err != nil {
		return nil, err
	}
	return edge.Conditional(in, edge.TagOf(session), LatestPersonaBody{Success: true, StatusCode: http.StatusOK, Persona: &PersonaStore{
		PersonaDocuments: documentsOf(stored.Personas), Engine: stored.Engine,
		Warnings: sentencesOf(stored.Warnings), Timestamp: stored.UpdatedAt.UTC(),
	}}), nil
}

func (h *Handlers) savePersona(ctx context.Context, in *edge.BodyInput[SavePersonaRequest]) (*acceptedOutput[SavedPersonaBody], error) {
	personas, err := onboarding.ParsePersonas(in.Body.Core, in.Body.Platforms, in.Body.Quality, in.Body.Selected)
	if err != nil {
		return nil, err
	}
	submission, err := h.cfg.Submitter.ImportPersonas(ctx, edge.UserID(ctx), personas)
	if err != nil {
		return nil, err
	}
	if submission, err = h.await(ctx, submission, shortWait); err != nil {
		return nil, err
	}
	out := &acceptedOutput[SavedPersonaBody]{Status: http.StatusOK, Body: SavedPersonaBody{
		Success: true, Status: string(submission.Status), TaskID: submission.ID.String(), Message: "The personas were stored.",
	}}
	switch submission.Status {
	case onboarding.SubmissionCompleted:
	case onboarding.SubmissionInProgress:
		out.Status, out.Location, out.RetryAfter = http.StatusAccepted, taskPath(submission), "2"
		out.Body.Message = "The personas are being stored."
	default:
		out.Body.Success, out.Body.Message = false, "The personas were not stored."
		out.Body.Error = edge.TextOrNil(noResult(submission, "The request to store the personas"))
	}
	return out, nil
}

func personaOptions(context.Context, *struct{}) (*edge.Output[PersonaOptions], error) {
	body := PersonaOptions{
		Success:        true,
		PersonaTypes:   []string{"core_persona", "platform_personas"},
		QualityMetrics: []string{"overall_score", "core_completeness", "platform_consistency", "platform_optimization", "linguistic_quality"},
	}
	for _, p := range onboarding.PlatformInfos() {
		body.AvailablePlatforms = append(body.AvailablePlatforms, PlatformOption{ID: string(p.Platform), Name: p.Name, Description: p.Description})
	}
	return edge.OK(body), nil
}

// sentencesOf are the messages of warnings.
func sentencesOf(warnings []onboarding.Warning) []string {
	sentences := make([]string, 0, len(warnings))
	for _, warning := range warnings {
		sentences = append(sentences, warning.Message)
	}
	return sentences
}
