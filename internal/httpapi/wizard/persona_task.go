package wizard

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/version"
)

// The statuses of a task.
const (
	taskPending   = "pending"
	taskRunning   = "running"
	taskCompleted = "completed"
	taskFailed    = "failed"
)

// TaskStartedBody is the response to the start of a generation.
type TaskStartedBody struct {
	TaskID  string `json:"task_id" format:"uuid" doc:"The submission, for persona-task."`
	Status  string `json:"status" enum:"pending"`
	Message string `json:"message"`
}

// TaskBody says how far a task is.
type TaskBody struct {
	TaskID      string        `json:"task_id" format:"uuid"`
	Status      string        `json:"status" enum:"pending,running,completed,failed" doc:"failed also says that the task was replaced by a newer one or cancelled."`
	Progress    float64       `json:"progress" minimum:"0" maximum:"100" example:"41.37" doc:"Percent with two decimals. It grows from one poll to the next while work goes on."`
	CurrentStep string        `json:"current_step" example:"Generating the core persona." doc:"What is being done or waited for, in a sentence."`
	Messages    []TaskMessage `json:"progress_messages" doc:"One for each phase that was reached, and the newest."`
	Result      *TaskResult   `json:"result" doc:"Null until the task is completed."`
	Error       *string       `json:"error" doc:"Why the task failed, in a sentence; null otherwise."`
	CreatedAt   time.Time     `json:"created_at"`
	UpdatedAt   time.Time     `json:"updated_at" doc:"When the newest message was written."`
}

// TaskMessage is a message of a task.
type TaskMessage struct {
	Timestamp time.Time `json:"timestamp"`
	Message   string    `json:"message"`
	Progress  float64   `json:"progress" doc:"Percent at that time."`
}

// TaskResult are the personas of a completed task. Those that wait to be accepted, because the user has edited
// the stored ones, count once they are sent to persona-save or as step 4, or restored. If others have been stored
// since, or none are left, success is false and error says so: the result never has other personas.
type TaskResult struct {
	Success bool `json:"success"`
	PersonaDocuments
	Version  *int     `json:"version" doc:"The number of this version, null without personas."`
	Proposal bool     `json:"proposal" doc:"Whether they wait to be accepted; what you edited counts until then."`
	Warnings []string `json:"warnings" doc:"What could not be done as asked, in sentences, for example a platform that was left out."`
	Error    *string  `json:"error" doc:"Why there are no personas, in a sentence."`
}

type taskInput struct {
	edge.StateInput
	ID string `path:"id" example:"0197c1d2-0000-7000-8000-000000000000" doc:"The task_id of a generation."`
}

func (h *Handlers) generatePersonasAsync(
	ctx context.Context, in *edge.BodyInput[PersonaRequest],
) (*edge.Output[TaskStartedBody], error) {
	submission, err := h.submitPersonas(ctx, in.Body)
	return edge.OK(TaskStartedBody{
		TaskID: submission.ID.String(), Status: taskPending, Message: "The generation of the personas has started.",
	}), err
}

// taskPath is where a task can be followed.
func taskPath(submission onboarding.Submission) string {
	return pathPersona + "/persona-task/" + submission.ID.String()
}

// errNoTask has the words that the front end looks for.
func errNoTask() error {
	return edge.NewProblem(http.StatusNotFound, "task_not_found", "Task not found")
}

// personaTask takes one round trip while the task runs.
func (h *Handlers) personaTask(ctx context.Context, in *taskInput) (*edge.StateOutput[TaskBody], error) {
	submission, phases, err := h.task(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	body := taskBody(submission, phases)
	if submission.Status == onboarding.SubmissionCompleted {
		result, taskErr := h.taskResult(ctx, submission)
		body.Result, err = &result, taskErr
	}
	return edge.Conditional(&in.StateInput, body, err)
}

// task returns the caller's submission of step 4 with that id, and the phases that it has reached.
func (h *Handlers) task(ctx context.Context, text string) (onboarding.Submission, []postgres.Reached, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return onboarding.Submission{}, nil, errNoTask()
	}
	submission, phases, err := postgres.Task(ctx, h.queries(ctx), id)
	if errors.Is(err, onboarding.ErrNotFound) ||
		err == nil && submission.Kind.Info().Step != onboarding.StepPersonalization {
		return submission, nil, errNoTask()
	}
	return submission, phases, err
}

// taskBody is the part of a task that its submission and its phases show.
func taskBody(submission onboarding.Submission, phases []postgres.Reached) TaskBody {
	p := submission.Progress
	created, updated := submission.CreatedAt, time.Now().UTC().Add(-p.Elapsed).Truncate(time.Second)
	if submission.FinishedAt != nil {
		updated = *submission.FinishedAt
	}
	body := TaskBody{
		TaskID: submission.ID.String(), Status: taskRunning, Progress: p.At(), CurrentStep: p.Message,
		CreatedAt: created, UpdatedAt: updated,
	}
	switch submission.Status {
	case onboarding.SubmissionInProgress:
		if p.Phase == onboarding.PhaseQueued.Name {
			body.Status = taskPending
		}
	case onboarding.SubmissionCompleted:
		body.Status = taskCompleted
	case onboarding.SubmissionFailed, onboarding.SubmissionSuperseded, onboarding.SubmissionCancelled:
		body.Status, body.Progress = taskFailed, p.Value // a stopped task makes no progress
		body.Error = edge.OrNil(submission.NoResult("This generation of personas"))
		body.CurrentStep = *body.Error
	}
	queued := onboarding.QueuedPhase(submission.Kind, submission.Held)
	body.Messages = []TaskMessage{{Timestamp: created, Message: queued.Message}}
	body.Messages = append(body.Messages, phaseMessages(phases, body)...)
	if body.CurrentStep != body.Messages[len(body.Messages)-1].Message {
		body.Messages = append(body.Messages, TaskMessage{Timestamp: updated, Message: body.CurrentStep, Progress: p.Value})
	}
	return body
}

// phaseMessages are the messages of the phases that a task has reached. One that was over at once has no event: its
// message has the time of what followed it.
func phaseMessages(reached []postgres.Reached, task TaskBody) []TaskMessage {
	var messages []TaskMessage
	expected := onboarding.PersonaPhases()
	passed := func(next time.Time, until int) {
		for _, phase := range expected[:until] {
			messages = append(messages, TaskMessage{Timestamp: next, Message: phase.Message, Progress: phase.From})
		}
		expected = expected[until:]
	}
	for _, event := range reached {
		if event.Phase == onboarding.PhaseQueued.Name || event.Phase == onboarding.PhaseFinished.Name {
			continue
		}
		if i := slices.IndexFunc(expected, func(p onboarding.Phase) bool { return p.Name == event.Phase }); i >= 0 {
			passed(event.At, i)
			expected = expected[1:]
		}
		messages = append(messages, TaskMessage{Timestamp: event.At, Message: event.Message, Progress: event.Progress})
	}
	if task.Status == taskCompleted {
		passed(task.UpdatedAt, len(expected))
	}
	return messages
}

// taskResult returns the personas that a completed submission made, if they are still stored.
func (h *Handlers) taskResult(ctx context.Context, submission onboarding.Submission) (TaskResult, error) {
	stored, err := orNil(postgres.Personas(ctx, h.cfg.Pool, edge.UserID(ctx)))
	proposal := err == nil && (stored == nil || stored.SubmissionID != submission.ID)
	if proposal {
		stored, err = orNil(version.ProposedPersonas(ctx, h.queries(ctx), edge.UserID(ctx), submission.ID))
	}
	if stored == nil {
		return noPersonas(
			"The personas were generated, and have been replaced or deleted since. Load the latest ones instead.",
		), err
	}
	documents, err := h.documentsOf(ctx, stored)
	return TaskResult{
		Success: true, PersonaDocuments: documents, Version: &stored.Version, Proposal: proposal,
		Warnings: documents.warnings(stored),
	}, err
}

func noPersonas(why string) TaskResult {
	return TaskResult{PersonaDocuments: documentsOf(onboarding.Personas{}), Warnings: []string{}, Error: edge.OrNil(why)}
}
