package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// StepBody says where a user stands with one step.
type StepBody struct {
	StepNumber       int        `json:"step_number" minimum:"1" maximum:"6" example:"2"`
	Title            string     `json:"title" example:"Website Analysis"`
	Description      string     `json:"description"`
	Status           string     `json:"status" enum:"pending,in_progress,completed,skipped,failed" doc:"Where the newest submission stands."`
	Done             bool       `json:"done" doc:"Whether the step counts: also while a newer submission runs or after it failed."`
	HasData          bool       `json:"has_data" doc:"Whether a result is held."`
	Data             StepData   `json:"data"`
	ValidationErrors []string   `json:"validation_errors" doc:"Why the step failed, in sentences; empty otherwise."`
	Error            *StepError `json:"error,omitempty" doc:"Why the newest submission failed; left out otherwise."`
	Progress         float64    `json:"progress" minimum:"0" maximum:"100" example:"41.37" doc:"Percent of the newest submission, two decimals. It grows from one poll to the next while work goes on."`
	Phase            string     `json:"phase" example:"crawling" doc:"What is being done or waited for, empty when nothing is."`
	Message          string     `json:"message" example:"Read 3 of 10 pages of the website." doc:"The phase in one sentence, empty when nothing is being done."`
	SubmissionID     *string    `json:"submission_id" doc:"The newest submission, null before the first."`
	StartedAt        *time.Time `json:"started_at" doc:"When the newest submission was made."`
	CompletedAt      *time.Time `json:"completed_at" doc:"When a result was last stored."`
}

// StepData is what was submitted for a step and what came out: WebsiteData for
// step 2, nil for step 1, an empty object for the others.
type StepData struct{ value any }

// MarshalJSON writes the value alone.
func (d StepData) MarshalJSON() ([]byte, error) { return json.Marshal(d.value) }

// Schema describes the value.
func (StepData) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "What was submitted and what came out; the shape is the step's own. Null for step 1, whose keys are never shown.",
		AnyOf: []*huma.Schema{
			r.Schema(reflect.TypeFor[WebsiteData](), true, ""),
			{Type: huma.TypeObject, AdditionalProperties: true},
			{Type: "null"},
		},
	}
}

// StepError says why a step failed.
type StepError struct {
	Code   string `json:"code" example:"host_not_found" doc:"Stable and machine-readable."`
	Detail string `json:"detail" example:"There is no website at example.invalid. Check the spelling of the address." doc:"What happened and what to do."`
}

type stepInput struct {
	StateInput
	Step int `path:"n" minimum:"1" maximum:"6" example:"2" doc:"The number of the step."`
}

func (s *Server) registerStep() {
	register(s, huma.Operation{
		Method: http.MethodGet, Path: basePath + "/step/{n}", OperationID: "getStep", Tags: []string{"steps"},
		Summary: "One step", Metadata: map[string]any{conditional: true},
		Description: "The data of step 2 is a WebsiteData. The others answer with an empty object, step 1 with null.",
	}, []int{http.StatusNotFound}, s.step)
	register(s, huma.Operation{
		Method: http.MethodPost, Path: basePath + "/step/{n}/complete", OperationID: "completeStep", Tags: []string{"steps"},
		Summary:       "Submit a step",
		Description:   "Step 2 with a website queues its analysis and answers at once; poll the step for how it goes. An identical submission that is still running is joined, another one takes its place.",
		DefaultStatus: http.StatusAccepted,
	}, []int{http.StatusBadRequest, http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}, s.completeStep)
}

func (s *Server) step(ctx context.Context, in *stepInput) (*stateOutput[StepBody], error) {
	// The session is read first: read after the analysis, its newer version could
	// be the ETag of an older body.
	session, err := s.cfg.State.Session(ctx, user(ctx).ID)
	if err != nil {
		return nil, err
	}
	step := session.Step(onboarding.StepNumber(in.Step))
	var analysis *onboarding.StoredAnalysis
	if step.Number == onboarding.StepWebsite {
		if analysis, err = s.latestAnalysis(ctx); err != nil {
			return nil, err
		}
	}
	return answer(&in.StateInput, tagOf(session, step), stepBody(step, analysis)), nil
}

// latestAnalysis returns the user's newest analysis, nil if there is none.
func (s *Server) latestAnalysis(ctx context.Context) (*onboarding.StoredAnalysis, error) {
	stored, err := s.cfg.State.LatestAnalysis(ctx, user(ctx).ID)
	switch {
	case errors.Is(err, onboarding.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	withoutNulls(&stored.Analysis)
	return &stored, nil
}

func stepBody(step onboarding.Step, analysis *onboarding.StoredAnalysis) StepBody {
	info := step.Number.Info()
	body := StepBody{
		StepNumber: int(step.Number), Title: info.Title, Description: info.Description,
		Status: string(step.Status), Done: step.Done(), HasData: step.ResultSubmissionID != nil,
		Data: stepData(step, analysis), ValidationErrors: []string{},
		StartedAt: utc(step.StartedAt), CompletedAt: utc(step.CompletedAt),
	}
	if step.SubmissionID != nil {
		id := step.SubmissionID.String()
		body.SubmissionID = &id
	}
	switch step.Status {
	case onboarding.StepInProgress:
		body.Progress, body.Phase, body.Message = step.Progress.At(), step.Progress.Phase, step.Progress.Message
	case onboarding.StepCompleted, onboarding.StepSkipped:
		body.Progress = 100
	case onboarding.StepFailed:
		body.Progress = step.Progress.At()
		body.ValidationErrors = []string{step.FailureMessage}
		body.Error = &StepError{Code: string(step.FailureCode), Detail: step.FailureMessage}
	case onboarding.StepPending:
	}
	return body
}

func stepData(step onboarding.Step, analysis *onboarding.StoredAnalysis) StepData {
	switch step.Number {
	case onboarding.StepProviders:
		return StepData{}
	case onboarding.StepWebsite:
		return StepData{websiteData(step, analysis)}
	default:
		return StepData{struct{}{}}
	}
}

type completeInput struct {
	Step int `path:"n" minimum:"1" maximum:"6" example:"2" doc:"The number of the step."`
	Body CompleteBody
}

// CompleteBody is what is submitted for a step.
type CompleteBody struct {
	Data             map[string]any `json:"data" example:"{\"website\": \"https://example.com\"}" doc:"The step's own fields. Step 2: website (or website_url), an http or https address; a missing scheme means https."`
	ValidationErrors []any          `json:"validation_errors,omitempty" doc:"Accepted and ignored: the server validates by itself."`
}

type completeOutput struct {
	Location   string `header:"Location" doc:"Where the step's progress is."`
	RetryAfter int    `header:"Retry-After" doc:"Seconds until the next look makes sense."`
	Body       SubmittedBody
}

// SubmittedBody answers a submission.
type SubmittedBody struct {
	Message      string        `json:"message" example:"The analysis of your website has started."`
	StepNumber   int           `json:"step_number" example:"2"`
	Status       string        `json:"status" enum:"in_progress,completed" doc:"The step's status."`
	Data         SubmittedData `json:"data" doc:"What was understood of the submitted data."`
	Warnings     []string      `json:"warnings" doc:"What was left out or assumed, in sentences."`
	SubmissionID string        `json:"submission_id" format:"uuid" doc:"The piece of work that was queued or joined."`
}

// SubmittedData is what was understood of the data of step 2.
type SubmittedData struct {
	Website string `json:"website" example:"https://example.com" doc:"The address in its normal form."`
}

func (s *Server) completeStep(ctx context.Context, in *completeInput) (*completeOutput, error) {
	if onboarding.StepNumber(in.Step) != onboarding.StepWebsite {
		return nil, newProblem(http.StatusNotFound, "step_unavailable", "This step can't be submitted in this release; only step 2 can.")
	}
	website, field, err := submittedWebsite(in.Body.Data)
	if err != nil {
		return nil, err
	}
	submission, err := s.cfg.Submitter.SubmitWebsite(ctx, user(ctx).ID, website)
	if err != nil {
		return nil, inField(field, err)
	}
	var input onboarding.WebsiteInput
	if err := json.Unmarshal(submission.Input, &input); err != nil {
		return nil, fmt.Errorf("decode input of submission %s: %w", submission.ID, err)
	}
	out := &completeOutput{Location: fmt.Sprintf("%s/step/%d", basePath, in.Step), RetryAfter: int(retryAfter.Seconds())}
	out.Body = SubmittedBody{
		Message: "The analysis of your website has started.", StepNumber: in.Step, Status: string(onboarding.StepInProgress),
		Data: SubmittedData{Website: input.Website}, Warnings: []string{}, SubmissionID: submission.ID.String(),
	}
	if in.Body.Data["analysis"] != nil {
		out.Body.Warnings = append(out.Body.Warnings, "The analysis that was sent is not used; the website is analysed anew.")
	}
	return out, nil
}

// submittedWebsite returns the address in the data of step 2 and the field that
// it stands in.
func submittedWebsite(data map[string]any) (website, field string, err error) {
	for _, name := range []string{"website", "website_url"} {
		switch value := data[name].(type) {
		case nil:
		case string:
			if value != "" {
				return value, "data." + name, nil
			}
		default:
			return "", "", &onboarding.InputError{Field: "data." + name, Code: "invalid_field", Reason: "The website address must be text."}
		}
	}
	return "", "", &onboarding.InputError{Field: "data.website", Code: "required", Reason: "Enter the address of your website, for example https://example.com."}
}

// inField says of an input error in which field of the body the value stands.
func inField(field string, err error) error {
	var input *onboarding.InputError
	if !errors.As(err, &input) {
		return err
	}
	return &onboarding.InputError{Field: field, Code: input.Code, Reason: input.Reason}
}
