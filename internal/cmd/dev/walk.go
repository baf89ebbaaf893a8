package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/cmd/worker"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// keysStep is what the user of a demo does in step 1.
type keysStep func(ctx context.Context, w *walker) error

// withoutKeys skips step 1.
func withoutKeys(ctx context.Context, w *walker) error {
	w.say("step 1: skipped, no API key is needed")
	return w.post(ctx, "/step/1/skip", struct{}{}, nil)
}

// walker is one user's way through the onboarding.
type walker struct {
	api    client
	site   string
	folder string // for what came out
	out    io.Writer
}

func (w *walker) say(format string, values ...any) { say(w.out, format, values...) }

func (w *walker) post(ctx context.Context, path string, body, answer any) error {
	if answer == nil {
		answer = &json.RawMessage{}
	}
	return w.api.call(ctx, "POST", "/api/onboarding"+path, body, answer)
}

func (w *walker) get(ctx context.Context, path string, answer any) error {
	return w.api.call(ctx, "GET", "/api/onboarding"+path, nil, answer)
}

// walk takes a new user through the six steps and returns the last line.
func walk(ctx context.Context, s *stack, keys keysStep, stdout io.Writer) (summary string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, demoLimit, fmt.Errorf("the onboarding did not end within %s", demoLimit))
	defer cancel()
	user := "demo-" + uuid.NewString()[:8]
	token, err := s.token(ctx, user)
	if err != nil {
		return "", err
	}
	w := &walker{api: newClient(s.api, token), site: s.siteURL, folder: s.logs, out: stdout}
	began := time.Now()
	if err := w.post(ctx, "/start", struct{}{}, nil); err != nil {
		return "", err
	}
	w.say("user %s started", user)
	for _, do := range []func(context.Context) error{
		func(ctx context.Context) error { return keys(ctx, w) },
		w.website, w.research, w.personas, w.integrations, w.finish,
	} {
		if err := do(ctx); err != nil {
			return "", err
		}
	}
	seconds := time.Since(began).Seconds()
	if err := w.show(ctx); err != nil {
		return "", err
	}
	return w.summary(ctx, seconds)
}

// submission is what the API answers to a submitted step.
type submission struct {
	SubmissionID string   `json:"submission_id"`
	Warnings     []string `json:"warnings"`
}

func complete(data any) any { return map[string]any{"data": data, "validation_errors": []string{}} }

func (w *walker) website(ctx context.Context) error {
	var accepted submission
	if err := w.post(ctx, "/step/2/complete", complete(map[string]string{"website": w.site}), &accepted); err != nil {
		return err
	}
	if accepted.SubmissionID == "" {
		return errors.New("the API accepted the website without a submission_id")
	}
	w.say("step 2: website %s submitted", w.site)
	return follow(ctx, w, onboarding.StepWebsite)
}

func (w *walker) research(ctx context.Context) error {
	w.say("step 3: deep research for blog posts and social media")
	return w.post(ctx, "/step/3/complete", complete(map[string]any{
		"research_depth": "Deep", "content_types": []string{"Blog Posts", "Social Media"},
	}), nil)
}

func (w *walker) personas(ctx context.Context) error {
	w.say("step 4: personas for linkedin and blog")
	err := w.post(ctx, "/step/4/complete", complete(map[string]any{"selected_platforms": []string{"linkedin", "blog"}}), nil)
	if err != nil {
		return err
	}
	return follow(ctx, w, onboarding.StepPersonalization)
}

func (w *walker) integrations(ctx context.Context) error {
	w.say("step 5: skipped")
	return w.post(ctx, "/step/5/skip", struct{}{}, nil)
}

func (w *walker) finish(ctx context.Context) error {
	w.say("step 6: finish")
	return w.post(ctx, "/complete", struct{}{}, nil)
}

// stepState is what the API answers about a step.
type stepState struct {
	Status   onboarding.StepStatus `json:"status"`
	Progress float64               `json:"progress"`
	Phase    string                `json:"phase"`
	Message  string                `json:"message"`
	Error    struct {
		Detail string `json:"detail"`
	} `json:"error"`
}

// stepFailed is a step that failed, with the sentence for the user.
type stepFailed struct {
	step   onboarding.StepNumber
	detail string
}

func (e *stepFailed) Error() string { return fmt.Sprintf("step %d failed: %s", e.step, e.detail) }

// follow asks for a step until it has ended, and shows how far it is. It returns
// *stepFailed if the step failed.
func follow(ctx context.Context, w *walker, n onboarding.StepNumber) error {
	shown := newProgress(w.out)
	for {
		var step stepState
		if err := w.get(ctx, fmt.Sprintf("/step/%d", n), &step); err != nil {
			return err
		}
		switch step.Status {
		case onboarding.StepCompleted:
			shown.end()
			return nil
		case onboarding.StepFailed:
			return &stepFailed{n, step.Error.Detail}
		default:
			shown.show(step)
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// pause waits a moment before the next poll.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(pollPause):
		return nil
	}
}

// show fetches what came out, prints it and stores it.
func (w *walker) show(ctx context.Context) error {
	var analysis onboarding.Analysis
	if err := w.fetch(ctx, "/website-analysis", "website_analysis.json", &analysis); err != nil {
		return err
	}
	if len(analysis.Crawl.Pages) == 0 {
		return errors.New("the API answered with an analysis of no pages")
	}
	var latest struct {
		Persona worker.Personas `json:"persona"`
	}
	if err := w.fetch(ctx, "/step4/persona-latest", "personas.json", &latest); err != nil {
		return err
	}
	var inputs onboarding.StoredInputs
	if err := w.currentInputs(ctx, &inputs); err != nil {
		return err
	}
	report, err := os.Create(filepath.Join(w.folder, "report.txt"))
	if err != nil {
		return fmt.Errorf("store the report: %w", err)
	}
	var errs []error
	for _, out := range []io.Writer{w.out, report} {
		_, err := fmt.Fprintln(out)
		errs = append(errs, err, worker.WriteReport(out, analysis), worker.WritePersonas(out, latest.Persona), worker.WriteInputs(out, inputs))
		_, err = fmt.Fprintln(out)
		errs = append(errs, err)
	}
	w.say("stored website_analysis.json, personas.json, personalization_inputs.json and report.txt in %s", w.folder)
	return errors.Join(append(errs, report.Close())...)
}

// currentInputs waits until the inputs are built from all three results: the
// build is queued with each of them and not waited for.
func (w *walker) currentInputs(ctx context.Context, inputs *onboarding.StoredInputs) error {
	for {
		if err := w.fetch(ctx, "/personalization-inputs", "personalization_inputs.json", inputs); err != nil {
			return err
		}
		from := inputs.BuiltFrom
		if from.AnalysisID != nil && from.PreferencesUpdatedAt != nil && from.PersonasUpdatedAt != nil {
			return nil
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// fetch gets a document, decodes it and stores it indented.
func (w *walker) fetch(ctx context.Context, path, name string, into any) error {
	var answer json.RawMessage
	if err := w.get(ctx, path, &answer); err != nil {
		return err
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	indented, err := json.MarshalIndent(answer, "", "  ")
	if err != nil {
		return fmt.Errorf("store %s: %w", name, err)
	}
	if err := os.WriteFile(filepath.Join(w.folder, name), append(indented, '\n'), 0o600); err != nil {
		return fmt.Errorf("store %s: %w", name, err)
	}
	return nil
}

// summary asks where the user stands and returns the last line.
func (w *walker) summary(ctx context.Context, seconds float64) (string, error) {
	var progress struct {
		IsCompleted bool        `json:"is_completed"`
		Steps       []stepState `json:"steps"`
	}
	if err := w.get(ctx, "/progress", &progress); err != nil {
		return "", err
	}
	counts := map[onboarding.StepStatus]int{}
	for _, step := range progress.Steps {
		counts[step.Status]++
	}
	completed, skipped := counts[onboarding.StepCompleted], counts[onboarding.StepSkipped]
	if !progress.IsCompleted || completed+skipped != onboarding.StepCount {
		return "", fmt.Errorf("the onboarding is not finished: %d steps completed, %d skipped", completed, skipped)
	}
	return fmt.Sprintf("demo: %d/%d steps completed=%d skipped=%d seconds=%.1f",
		completed+skipped, onboarding.StepCount, completed, skipped, seconds), nil
}
