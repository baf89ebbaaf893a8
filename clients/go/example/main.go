// Command example takes a user through the six steps: API=… TOKEN=… SITE=… OPENAI_KEY=… go run ./example
//
// With WEBHOOK_PORT, WEBHOOK_SECRET and USER_ID it also waits for the webhook that says that the user has finished.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	onboarding "github.com/alwrity/onboarding/clients/go"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	client, err := onboarding.New(os.Getenv("API"), onboarding.StaticToken(os.Getenv("TOKEN")), onboarding.Options{})
	if err == nil {
		err = run(ctx, client)
	}
	if err != nil {
		log.Fatal(err) //nolint:gocritic // it is the end
	}
}

func run(ctx context.Context, client *onboarding.Client) error {
	webhooks := make(chan onboarding.Webhook, 100)
	if port := os.Getenv("WEBHOOK_PORT"); port != "" {
		go func() { log.Fatal(http.ListenAndServe("127.0.0.1:"+port, receiver(webhooks))) }() //nolint:gosec // an example
	}
	w := &walk{client: client, progress: follow(ctx, client)}
	<-w.progress // the session: whatever changes from now on is an event
	if err := w.steps(ctx); err != nil {
		return err
	}
	for i, version := range w.versions {
		if version != w.versions[0]+int64(i) {
			return fmt.Errorf("events are missing or twice: %v", w.versions)
		}
	}
	fmt.Println("events", len(w.versions), "without a gap")
	for os.Getenv("WEBHOOK_PORT") != "" {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case event := <-webhooks:
			if event.Type == "onboarding.completed" && event.Data.UserID == os.Getenv("USER_ID") {
				fmt.Println("webhook", event.Type)
				return nil
			}
		}
	}
	return nil
}

// receiver receives webhooks.
func receiver(webhooks chan<- onboarding.Webhook) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		event, err := onboarding.VerifyWebhook(payload, r.Header, os.Getenv("WEBHOOK_SECRET"))
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		webhooks <- event
		w.WriteHeader(http.StatusNoContent)
	}
}

// follow sends the user's events.
func follow(ctx context.Context, client *onboarding.Client) <-chan onboarding.Event {
	progress := make(chan onboarding.Event, 1000)
	go func() {
		defer close(progress)
		for event, err := range client.Events(ctx, 0) {
			if err != nil {
				log.Print(err)
				return
			}
			progress <- event
		}
	}()
	return progress
}

// walk is one user on the way.
type walk struct {
	client   *onboarding.Client
	progress <-chan onboarding.Event
	versions []int64
}

func (w *walk) steps(ctx context.Context) error {
	if _, err := w.client.Start(ctx); err != nil {
		return err
	}
	_, err := w.client.CompleteStep(ctx, 2, submitted("website", "ftp://example.com"))
	var problem *onboarding.ProblemError
	if !errors.As(err, &problem) {
		return fmt.Errorf("an ftp address was answered with %w", err)
	}
	fmt.Println("problem", problem.Code)
	for n, body := range []onboarding.CompleteBody{
		submitted("api_keys", map[string]string{"openai": os.Getenv("OPENAI_KEY")}),
		submitted("website", os.Getenv("SITE")),
		submitted("research_depth", "Deep"),
		submitted("selected_platforms", []string{"linkedin", "blog"}),
		submitted("integrations", map[string]string{"primaryWebsite": "wordpress"}),
	} {
		if _, err := w.client.CompleteStep(ctx, int64(n)+1, body); err != nil {
			return err
		}
		if err := w.finished(int64(n) + 1); err != nil {
			return err
		}
	}
	if _, err := w.client.Complete(ctx); err != nil {
		return err
	}
	if err := w.finished(6); err != nil {
		return err
	}
	return w.inputs(ctx)
}

func submitted(field string, value any) onboarding.CompleteBody {
	return onboarding.CompleteBody{Data: map[string]any{field: value}}
}

// finished returns when a step has ended, as the events say.
func (w *walk) finished(step int64) error {
	for event := range w.progress {
		if event.Step == nil {
			continue
		}
		w.versions = append(w.versions, event.ID)
		if event.Step.Step != step {
			continue
		}
		switch event.Step.Status {
		case "completed":
			fmt.Printf("step %d completed\n", step)
			return nil
		case "failed":
			return fmt.Errorf("step %d failed: %s", step, event.Step.Error.Detail)
		}
	}
	return errors.New("the stream has ended")
}

func (w *walk) inputs(ctx context.Context) error {
	for {
		inputs, err := w.client.GetInputs(ctx)
		if err != nil {
			return err
		}
		if !inputs.IsDefault {
			fmt.Println("inputs revision", inputs.Revision)
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
}
