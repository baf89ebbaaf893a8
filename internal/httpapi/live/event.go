package live

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// The names of events.
const (
	eventStep    = "step"
	eventSession = "session"
	// eventHeartbeat says that the stream is alive, in a form that scripts of a browser see.
	eventHeartbeat = "heartbeat"
)

// StepEventBody is the data of a step event: a step after one change.
type StepEventBody struct {
	Step         onboarding.StepNumber `json:"step" example:"2"`
	Status       string                `json:"status" enum:"pending,in_progress,completed,skipped,failed"`
	Progress     float64               `json:"progress" minimum:"0" maximum:"100" example:"41.37" doc:"Percent, two decimals."`
	Phase        string                `json:"phase" example:"crawling" doc:"What is being done or waited for, empty when nothing is."`
	Message      string                `json:"message" example:"Read 3 of 10 pages of the website." doc:"The phase in one sentence, or what came of the work."`
	Error        *edge.StepError       `json:"error,omitempty" doc:"Why the step failed; left out otherwise."`
	SubmissionID *uuid.UUID            `json:"submission_id" doc:"The newest submission of the step, null before the first."`
	Version      int64                 `json:"version" example:"7" doc:"The session's version after the change: the id of the event."`
}

// SessionEventBody is the data of a session event: where the user stands.
type SessionEventBody struct {
	CurrentStep          onboarding.StepNumber  `json:"current_step" example:"2" doc:"The highest step that is done, at least 1."`
	NextStep             *onboarding.StepNumber `json:"next_step" example:"3" doc:"The lowest step that is not done, null when all are."`
	CompletionPercentage int                    `json:"completion_percentage" minimum:"0" maximum:"100" example:"33" doc:"The share of steps that are done, rounded."`
	IsCompleted          bool                   `json:"is_completed" doc:"Whether the user has finished the onboarding."`
	Version              int64                  `json:"version" example:"7" doc:"The session's version: what to resume after."`
}

// event is what is sent to a stream.
type event struct {
	name string
	// id is the version of a step event, noID for a session event.
	id   int64
	data []byte
	// at is when the change was made, by this machine's clock; zero for a state.
	at time.Time
}

const noID = -1

// stepEvents renders the changes of steps. read is when they were read.
func stepEvents(changes []onboarding.StepEvent, read time.Time) []event {
	events := make([]event, 0, len(changes)+1)
	for _, change := range changes {
		events = append(events, event{
			name: eventStep, id: change.Version, data: encode(stepEventBody(change)), at: read.Add(-change.Age),
		})
	}
	return events
}

func stepEventBody(e onboarding.StepEvent) StepEventBody {
	body := StepEventBody{
		Step: e.Step, Status: string(e.Status), Version: e.Version, SubmissionID: e.SubmissionID,
		Progress: e.Progress, Phase: e.Phase, Message: e.Message,
	}
	ended := e.Phase == onboarding.PhaseFinished.Name
	switch e.Status {
	case onboarding.StepFailed:
		body.Error = edge.NewStepError(e.FailureCode, e.Message)
	case onboarding.StepCompleted, onboarding.StepSkipped:
		body.Progress = 100
		if !ended { // completed without work, or cancelled work over an older result
			body.Phase, body.Message = "", ""
		}
	case onboarding.StepPending:
		body.Progress, body.Phase, body.Message = 0, "", ""
	case onboarding.StepInProgress:
	}
	return body
}

// runningEvent renders a running step as it is now; version is that of its last change.
func runningEvent(step onboarding.Step, version int64) event {
	body := stepEventBody(onboarding.StepEvent{
		Version: version, Step: step.Number, Status: step.Status, SubmissionID: step.SubmissionID,
		Progress: step.Progress.At(), Phase: step.Progress.Phase, Message: step.Progress.Message,
	})
	return event{name: eventStep, id: version, data: encode(body)}
}

func sessionEvent(session onboarding.Session) event {
	return event{name: eventSession, id: noID, data: encode(SessionEventBody{
		CurrentStep: session.CurrentStep(), NextStep: edge.OrNil(session.NextStep()), Version: session.Version,
		CompletionPercentage: session.CompletionPercentage(), IsCompleted: session.IsCompleted(),
	})}
}

// heartbeat has no content.
var heartbeat = []event{{name: eventHeartbeat, id: noID, data: []byte("{}")}}

// encode returns the JSON of an event body, on one line.
func encode(body any) []byte {
	data, err := json.Marshal(body)
	if err != nil { // numbers and strings only: cannot happen
		return []byte("{}")
	}
	return data
}
