package wizard

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
)

type completeInput struct {
	Step onboarding.StepNumber `path:"n" example:"2" doc:"The number of the step."`
	Body CompleteBody
}

// CompleteBody is what is submitted for a step.
type CompleteBody struct {
	Data             edge.Fields `json:"data" example:"{\"website\": \"https://example.com\"}" doc:"The step's own fields; GET /config lists them. Step 2: website (or website_url), an http or https address; a missing scheme means https, or http where there is none."`
	ValidationErrors []any       `json:"validation_errors,omitempty" doc:"Accepted and ignored: the server validates by itself."`
}

type submittedOutput = acceptedOutput[SubmittedBody]

// SubmittedBody is the response to a submitted step.
type SubmittedBody struct {
	Message      string                `json:"message" example:"The analysis of your website has started." doc:"What was done, in one sentence."`
	StepNumber   onboarding.StepNumber `json:"step_number" example:"2"`
	Status       string                `json:"status" enum:"pending,in_progress,completed,skipped,failed" doc:"The step's status now."`
	Data         SubmittedData         `json:"data" doc:"What was understood of the submitted data, keys never; empty where nothing was submitted."`
	Warnings     []string              `json:"warnings" doc:"What was left out or assumed, in sentences."`
	SubmissionID string                `json:"submission_id,omitempty" format:"uuid" doc:"The piece of work that was queued or joined; left out where none was."`
}

// SubmittedData is the data of a step as it was understood.
type SubmittedData map[string]any

// stepDone is the response of a step that needs no work.
func stepDone(n onboarding.StepNumber, status onboarding.StepStatus, message string) *submittedOutput {
	return &submittedOutput{Status: http.StatusOK, Body: SubmittedBody{
		Message: message, StepNumber: n, Status: string(status), Data: SubmittedData{}, Warnings: []string{},
	}}
}

// accepted is the response of work that goes on.
func accepted(n onboarding.StepNumber, submission onboarding.Submission, message string) *submittedOutput {
	out := stepDone(n, onboarding.StepInProgress, message)
	out.Status = http.StatusAccepted
	out.Location = fmt.Sprintf("%s/step/%d", edge.BasePath, n)
	out.RetryAfter = strconv.Itoa(int(edge.RetryAfter.Seconds()))
	out.Body.SubmissionID = submission.ID.String()
	return out
}

// with returns a response with the understood data and warnings added.
func with(out *submittedOutput, data SubmittedData, warnings ...string) *submittedOutput {
	if data != nil {
		out.Body.Data = data
	}
	out.Body.Warnings = append(out.Body.Warnings, warnings...)
	return out
}

func (h *Handlers) completeStep(ctx context.Context, in *completeInput) (*submittedOutput, error) {
	data := in.Body.Data
	switch in.Step {
	case onboarding.StepProviders:
		return h.completeProviders(ctx, data)
	case onboarding.StepWebsite:
		return h.completeWebsite(ctx, data)
	case onboarding.StepResearch:
		return h.completeResearch(ctx, data)
	case onboarding.StepPersonalization:
		return h.completePersonalization(ctx, data)
	case onboarding.StepIntegrations:
		return h.completeIntegrations(ctx, data)
	case onboarding.StepFinish:
		return h.noteFinish(ctx)
	}
	return nil, edge.NoSuchStep()
}

// awaitImport waits a moment until the documents of the client, which were submitted with err, are stored.
func (h *Handlers) awaitImport(
	ctx context.Context, submission onboarding.Submission, err error, message string,
) (*submittedOutput, error) {
	ended, err := h.awaitShortly(ctx, submission, err)
	if err != nil {
		return nil, err
	}
	switch ended.Status {
	case onboarding.SubmissionInProgress:
		return accepted(ended.Step, ended, "What you sent is being stored."), nil
	case onboarding.SubmissionCompleted:
		out := stepDone(ended.Step, onboarding.StepCompleted, message)
		out.Body.SubmissionID = ended.ID.String()
		return out, nil
	case onboarding.SubmissionFailed:
		return nil, &onboarding.ConflictError{Code: string(ended.FailureCode), Reason: ended.FailureMessage}
	default:
		return nil, onboarding.ErrSuperseded
	}
}

func (h *Handlers) completeResearch(ctx context.Context, data edge.Fields) (*submittedOutput, error) {
	update, err := preferencesUpdate(data)
	if err != nil {
		return nil, edge.MoveField(err, "", "data.")
	}
	saved, warnings, err := h.cfg.Submitter.SavePreferences(ctx, edge.UserID(ctx), update)
	if err != nil {
		return nil, edge.MoveField(err, "", "data.")
	}
	out := stepDone(onboarding.StepResearch, onboarding.StepCompleted, "Your research preferences are stored.")
	return with(out, SubmittedData{
		"research_depth": saved.ResearchDepth, "content_types": saved.ContentTypes,
		"auto_research": saved.AutoResearch, "factual_content": saved.FactualContent,
	}, warnings...), nil
}

// preferencesUpdate reads preferences and findings from the data of step 3; null is
// left out. Errors name the fields below the data.
func preferencesUpdate(data edge.Fields) (update onboarding.PreferencesUpdate, err error) {
	var errs [5]error
	update.ResearchDepth, errs[0] = edge.DecodeField[*string](data, "", "research_depth", "text")
	update.ContentTypes, errs[1] = edge.DecodeField[[]string](data, "", "content_types", "a list of texts")
	update.AutoResearch, errs[2] = edge.DecodeField[*bool](data, "", "auto_research", "true or false")
	update.FactualContent, errs[3] = edge.DecodeField[*bool](data, "", "factual_content", "true or false")
	update.Findings, errs[4] = submitted.ResearchFindings(data)
	return update, cmp.Or(errs[:]...)
}

func (h *Handlers) completeIntegrations(ctx context.Context, data edge.Fields) (*submittedOutput, error) {
	document, warnings, err := submitted.Integrations(data)
	if err != nil {
		return nil, err
	}
	if err := h.cfg.Submitter.CompleteIntegrations(ctx, edge.UserID(ctx), document); err != nil {
		return nil, err
	}
	out := stepDone(onboarding.StepIntegrations, onboarding.StepCompleted, "Your integrations are stored.")
	var stored SubmittedData
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber() // ids beyond 2^53 keep their digits
	if err := decoder.Decode(&stored); err != nil {
		return nil, fmt.Errorf("decode integrations: %w", err)
	}
	return with(out, stored, warnings...), nil
}

func (h *Handlers) noteFinish(ctx context.Context) (*submittedOutput, error) {
	err := h.cfg.Submitter.NoteFinish(ctx, edge.UserID(ctx))
	return h.stepStatus(ctx, onboarding.StepFinish, err, "Finish the onboarding with POST /api/onboarding/complete.")
}

// stepStatus responds with the status of a step after a change, or with the error of the change.
func (h *Handlers) stepStatus(
	ctx context.Context, n onboarding.StepNumber, err error, message string,
) (*submittedOutput, error) {
	if err != nil {
		return nil, err
	}
	session, err := h.session(ctx)
	if err != nil {
		return nil, err
	}
	return stepDone(n, session.Step(n).Status, message), nil
}
