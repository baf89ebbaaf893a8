package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/cmd/worker"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/walk"
)

// keysStep is what the user of a demo does in step 1.
type keysStep func(ctx context.Context, w *walker) error

// withoutKeys skips step 1.
func withoutKeys(ctx context.Context, w *walker) error {
	w.say("step 1: skipped, no API key is needed")
	return w.Skip(ctx, onboarding.StepProviders)
}

// walker is one user of a demo.
type walker struct {
	walk.User
	client walk.Client
	site   string
	folder string // for the results
	out    io.Writer
}

// newWalker returns a user of the stack who reports what they do on out.
func (s *stack) newWalker(token string, out io.Writer) *walker {
	client := walk.Client{URL: "http://" + s.api, Token: token, HTTP: &http.Client{Timeout: time.Minute}}
	return &walker{User: walk.User{Call: client.Call}, client: client, site: s.siteURL, folder: s.logs, out: out}
}

func (w *walker) say(format string, values ...any) { say(w.out, format, values...) }

// runWalk takes a new user through the six steps and returns the last line.
func runWalk(ctx context.Context, s *stack, keys keysStep, stdout io.Writer) (summary string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, demoLimit, fmt.Errorf("the onboarding did not end within %s", demoLimit))
	defer cancel()
	user := "demo-" + uuid.NewString()[:8]
	token, err := s.token(ctx, "-user", user)
	if err != nil {
		return "", err
	}
	w := s.newWalker(token, stdout)
	began := time.Now()
	if err := w.Post(ctx, "/start"); err != nil {
		return "", err
	}
	w.say("user %s started", user)
	if err := w.all(ctx, keys); err != nil {
		return "", err
	}
	seconds := time.Since(began).Seconds()
	if err := w.show(ctx); err != nil {
		return "", err
	}
	return w.summary(ctx, seconds)
}

// all goes through the six steps.
func (w *walker) all(ctx context.Context, keys keysStep) error {
	return walk.InOrder(ctx, func(ctx context.Context) error { return keys(ctx, w) },
		w.website, w.research, w.personas, w.integrations, w.finish)
}

func (w *walker) website(ctx context.Context) error {
	if _, err := w.SubmitWebsite(ctx, w.site); err != nil {
		return err
	}
	w.say("step 2: website %s submitted", w.site)
	return w.follow(ctx, onboarding.StepWebsite)
}

func (w *walker) research(ctx context.Context) error {
	w.say("step 3: deep research for blog posts and social media")
	return w.Research(ctx, "Blog Posts", "Social Media")
}

func (w *walker) personas(ctx context.Context) error {
	w.say("step 4: personas for linkedin and blog")
	if _, err := w.SubmitPersonas(ctx, "linkedin", "blog"); err != nil {
		return err
	}
	return w.follow(ctx, onboarding.StepPersonalization)
}

func (w *walker) integrations(ctx context.Context) error {
	w.say("step 5: skipped")
	return w.Skip(ctx, onboarding.StepIntegrations)
}

func (w *walker) finish(ctx context.Context) error {
	w.say("step 6: finish")
	return w.Finish(ctx)
}

// follow waits until a step has ended and shows its progress.
func (w *walker) follow(ctx context.Context, n onboarding.StepNumber) error {
	last := ""
	err := w.Await(ctx, n, pollPause, func(step walk.Step) {
		if step.Message != last {
			w.say("%3.0f %% %s", step.Progress, step.Message)
			last = step.Message
		}
	})
	if err == nil {
		w.say("100 %% done")
	}
	return err
}

// show fetches what came out, prints it and stores it.
func (w *walker) show(ctx context.Context) error {
	var analysis onboarding.ShownAnalysis
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
		errs = append(errs, err, worker.WriteReport(out, analysis), worker.WritePersonas(out, latest.Persona),
			worker.WriteInputs(out, inputs))
		_, err = fmt.Fprintln(out)
		errs = append(errs, err)
	}
	w.say("stored website_analysis.json, personas.json, personalization_inputs.json and report.txt in %s", w.folder)
	return errors.Join(append(errs, report.Close())...)
}

// currentInputs waits until the inputs are built from all three results: each result
// queues a build that its step does not wait for.
func (w *walker) currentInputs(ctx context.Context, inputs *onboarding.StoredInputs) error {
	for {
		if err := w.fetch(ctx, "/personalization-inputs", "personalization_inputs.json", inputs); err != nil {
			return err
		}
		from := inputs.BuiltFrom
		if from.AnalysisID != nil && from.PreferencesUpdatedAt != nil && from.PersonasUpdatedAt != nil {
			return nil
		}
		if err := walk.Wait(ctx, pollPause); err != nil {
			return err
		}
	}
}

// fetch gets a document, decodes it and stores it indented.
func (w *walker) fetch(ctx context.Context, path, name string, into any) error {
	var answer json.RawMessage
	if err := w.Get(ctx, path, &answer); err != nil {
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

// summary checks that the onboarding is finished and returns the last line.
func (w *walker) summary(ctx context.Context, seconds float64) (string, error) {
	var progress struct {
		IsCompleted bool        `json:"is_completed"`
		Steps       []walk.Step `json:"steps"`
	}
	if err := w.Get(ctx, "/progress", &progress); err != nil {
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
