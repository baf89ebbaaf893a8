package wizard

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
)

// PersonasBody is the response of a call that waits for personas. They are null unless success is true.
type PersonasBody struct {
	TaskResult
	TaskID string `json:"task_id" format:"uuid" doc:"The submission, for persona-task."`
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
	Engine    string    `json:"engine" example:"local" doc:"Who made them: local, client, or the name of the language model that was used."`
	Warnings  []string  `json:"warnings" doc:"What could not be done as asked, in sentences."`
	Timestamp time.Time `json:"timestamp" doc:"When they were stored."`
	Version   int       `json:"version" doc:"Counts their versions from 1."`
	Edited    bool      `json:"edited" doc:"Whether you changed them; then newly generated ones wait to be accepted."`
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
	Location   string `header:"Location" doc:"Where the work can be followed; with 202 only."`
	RetryAfter string `header:"Retry-After" doc:"Seconds until the next look makes sense; with 202 only."`
	Body       T
}

// PersonaOptions is what personas can be generated for.
type PersonaOptions struct {
	Success            bool                      `json:"success"`
	AvailablePlatforms []onboarding.PlatformInfo `json:"available_platforms"`
	PersonaTypes       []string                  `json:"persona_types"`
	QualityMetrics     []string                  `json:"quality_metrics" doc:"The scores of quality_metrics."`
}

const pathPersona = edge.BasePath + "/step4"

func (h *Handlers) generatePersonas(
	ctx context.Context, in *edge.BodyInput[PersonaRequest],
) (*edge.Output[PersonasBody], error) {
	submission, err := h.submitPersonas(ctx, in.Body)
	if submission, err = h.awaitContent(ctx, submission, err, longWait); err != nil {
		return nil, err
	}
	result := noPersonas(submission.NoResult("The generation of the personas"))
	if submission.Status == onboarding.SubmissionCompleted {
		result, err = h.taskResult(ctx, submission)
	}
	return edge.OK(PersonasBody{TaskResult: result, TaskID: submission.ID.String()}), err
}

func (h *Handlers) latestPersona(
	ctx context.Context, in *edge.StateInput,
) (*edge.StateOutput[LatestPersonaBody], error) {
	results, err := h.results(ctx, onboarding.StepPersonalization)
	body := LatestPersonaBody{
		Message:    edge.OrNil("There are no personas yet. Generate them in step 4."),
		StatusCode: http.StatusNotFound,
	}
	if stored := results.personas; stored != nil {
		body = LatestPersonaBody{Success: true, StatusCode: http.StatusOK, Persona: &PersonaStore{
			PersonaDocuments: results.documents, Engine: stored.Engine, Warnings: results.documents.warnings(stored),
			Timestamp: stored.UpdatedAt, Version: stored.Version, Edited: stored.Edited,
		}}
	}
	return edge.Conditional(in, body, err)
}

func (h *Handlers) savePersona(
	ctx context.Context, in *edge.BodyInput[SavePersonaRequest],
) (*acceptedOutput[SavedPersonaBody], error) {
	personas, err := submitted.ParsePersonas(in.Body.Core, in.Body.Platforms, in.Body.Quality, in.Body.Selected)
	if err != nil {
		return nil, err
	}
	submission, err := h.cfg.Submitter.ImportPersonas(ctx, edge.UserID(ctx), personas)
	if submission, err = h.await(ctx, submission, err, shortWait); err != nil {
		return nil, err
	}
	out := &acceptedOutput[SavedPersonaBody]{Status: http.StatusOK, Body: SavedPersonaBody{
		Success: true, Status: string(submission.Status), TaskID: submission.ID.String(),
		Message: "The personas were stored.",
	}}
	switch submission.Status {
	case onboarding.SubmissionCompleted:
	case onboarding.SubmissionInProgress:
		out.Status, out.Location, out.RetryAfter = http.StatusAccepted, taskPath(submission), "2"
		out.Body.Message = "The personas are being stored."
	default:
		out.Body.Success, out.Body.Message = false, "The personas were not stored."
		out.Body.Error = edge.OrNil(submission.NoResult("The request to store the personas"))
	}
	return out, nil
}

func personaOptions(context.Context, *struct{}) (*edge.Output[PersonaOptions], error) {
	return edge.OK(PersonaOptions{
		Success: true, AvailablePlatforms: onboarding.PlatformInfos(),
		PersonaTypes: []string{"core_persona", "platform_personas"},
		QualityMetrics: []string{
			"overall_score", "core_completeness", "platform_consistency", "platform_optimization",
			"linguistic_quality",
		},
	}), nil
}

// sentencesOf are the messages of warnings.
func sentencesOf(warnings []onboarding.Warning) []string {
	return edge.Map(warnings, func(w onboarding.Warning) string { return w.Message })
}
