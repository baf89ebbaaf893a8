package main

import (
	"cmp"
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

const (
	// demoLimit is longer than an analysis may take with all its retries.
	demoLimit = 5 * time.Minute
	pollPause = 100 * time.Millisecond
)

// runDemo is "dev demo": everything is started, a new user submits the site, the
// result is printed and stored, and everything is stopped. The last line says how
// it went.
func runDemo(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	site, goOn, err := parseSite("demo", args, stdout, stderr)
	if err != nil || !goOn {
		return err
	}
	began := time.Now()
	folder := filepath.Join(dataDir(), "demo")
	say(stdout, "starting the database, the api, a worker and the website")
	s, working, err := start(ctx, layout{folder: folder, logs: folder, apiAddress: "127.0.0.1:0", site: site, log: stderr})
	if err != nil {
		return err
	}
	say(stdout, "ready after %.1f s: api http://%s, website %s", time.Since(began).Seconds(), s.api, s.siteURL)
	summary, err := walk(working, s, stdout)
	if err != nil && working.Err() != nil {
		err = context.Cause(working)
	}
	if err != nil {
		err = fmt.Errorf("%s (logs: %s)", worker.Sentence(err), filepath.Join(folder, "*.log"))
	}
	if err := cmp.Or(err, s.stop()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, summary)
	return err
}

// say prints one line about what the demo does.
func say(w io.Writer, format string, values ...any) {
	_, _ = fmt.Fprintf(w, "demo: "+format+"\n", values...)
}

// walk takes a new user through the website analysis and returns the last line.
func walk(ctx context.Context, s *stack, stdout io.Writer) (summary string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, demoLimit, fmt.Errorf("the analysis did not end within %s", demoLimit))
	defer cancel()
	user := "demo-" + uuid.NewString()[:8]
	token, err := s.token(ctx, user)
	if err != nil {
		return "", err
	}
	api := newClient(s.api, token)
	began := time.Now()
	if err := submit(ctx, api, s.siteURL); err != nil {
		return "", err
	}
	say(stdout, "user %s submitted %s", user, s.siteURL)
	if err := follow(ctx, api, stdout); err != nil {
		return "", err
	}
	seconds := time.Since(began).Seconds()
	analysis, err := collect(ctx, api, s.logs, stdout)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("demo: website_analysis completed pages=%d words=%d seconds=%.1f",
		len(analysis.Crawl.Pages), analysis.Measured.Words, seconds), nil
}

// submit begins the onboarding and hands in the website.
func submit(ctx context.Context, api client, website string) error {
	var started, accepted struct {
		SubmissionID string `json:"submission_id"`
	}
	if err := api.call(ctx, "POST", "/api/onboarding/start", struct{}{}, &started); err != nil {
		return err
	}
	body := map[string]any{"data": map[string]string{"website": website}, "validation_errors": []string{}}
	if err := api.call(ctx, "POST", "/api/onboarding/step/2/complete", body, &accepted); err != nil {
		return err
	}
	if accepted.SubmissionID == "" {
		return errors.New("the API accepted the website without a submission_id")
	}
	return nil
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

// follow asks for the step until it has ended, and shows how far it is.
func follow(ctx context.Context, api client, w io.Writer) error {
	shown := newProgress(w)
	for {
		var step stepState
		if err := api.call(ctx, "GET", "/api/onboarding/step/2", nil, &step); err != nil {
			return err
		}
		switch step.Status {
		case onboarding.StepCompleted:
			shown.end()
			return nil
		case onboarding.StepFailed:
			return fmt.Errorf("the website analysis failed: %s", step.Error.Detail)
		default:
			shown.show(step)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pollPause):
		}
	}
}

// collect fetches the analysis, prints it, and stores what was answered and the
// report.
func collect(ctx context.Context, api client, folder string, stdout io.Writer) (analysis onboarding.Analysis, err error) {
	var answer json.RawMessage
	if err := api.call(ctx, "GET", "/api/onboarding/website-analysis", nil, &answer); err != nil {
		return analysis, err
	}
	if err := json.Unmarshal(answer, &analysis); err != nil {
		return analysis, fmt.Errorf("decode the analysis: %w", err)
	}
	if len(analysis.Crawl.Pages) == 0 {
		return analysis, errors.New("the API answered with an analysis of no pages")
	}
	_, _ = fmt.Fprintln(stdout)
	if err := worker.WriteReport(stdout, analysis); err != nil {
		return analysis, err
	}
	_, _ = fmt.Fprintln(stdout)
	if err := store(folder, answer, analysis); err != nil {
		return analysis, err
	}
	say(stdout, "stored website_analysis.json and report.txt in %s", folder)
	return analysis, nil
}

// store writes the answer, indented, and the report.
func store(folder string, answer json.RawMessage, analysis onboarding.Analysis) error {
	indented, err := json.MarshalIndent(answer, "", "  ")
	if err != nil {
		return fmt.Errorf("store the analysis: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "website_analysis.json"), append(indented, '\n'), 0o600); err != nil {
		return fmt.Errorf("store the analysis: %w", err)
	}
	report, err := os.Create(filepath.Join(folder, "report.txt"))
	if err != nil {
		return fmt.Errorf("store the report: %w", err)
	}
	return errors.Join(worker.WriteReport(report, analysis), report.Close())
}
