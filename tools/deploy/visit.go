package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/walk"
)

const (
	walkedUser = "walker"
	readyLimit = 90 * time.Second
	walkLimit  = 10 * time.Minute
)

// walkForm is the command world-FORM: it runs in the process that inWorld has started.
func walkForm(ctx context.Context, o options, form string, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, walkLimit)
	defer cancel()
	w, err := openWorld(o, form, out)
	if err != nil {
		return err
	}
	defer w.close()
	return map[string]func(context.Context, *world) error{
		"compose": walkCompose, "chart": walkChart, "systemd": walkSystemd,
	}[form](ctx, w)
}

// visit is a user's way through a deployment.
type visit struct {
	token string
	// targets are where the API is reached, used in turn.
	targets []string
	// host is the name that requests ask for, "" for the target's.
	host string
	// metrics are the addresses that Prometheus scrapes.
	metrics []string
	outside *outside
}

// visit takes a user through the six steps and looks at what came out.
func (w *world) visit(ctx context.Context, v visit) error {
	user := walk.User{Call: v.call()}
	step := func(n onboarding.StepNumber) func(context.Context) error {
		return func(ctx context.Context) error { return user.Await(ctx, n, 200*time.Millisecond, func(walk.Step) {}) }
	}
	return walk.InOrder(ctx,
		func(ctx context.Context) error { return user.Post(ctx, "/start") },
		func(ctx context.Context) error { return user.StoreKeys(ctx, map[string]string{"openai": modelKey}) },
		func(ctx context.Context) error {
			_, err := user.SubmitWebsite(ctx, "https://"+siteHost)
			return err
		},
		step(onboarding.StepWebsite),
		func(ctx context.Context) error { return user.Research(ctx, "Blog Posts") },
		func(ctx context.Context) error {
			_, err := user.SubmitPersonas(ctx, "linkedin", "blog")
			return err
		},
		step(onboarding.StepPersonalization),
		func(ctx context.Context) error { return user.Skip(ctx, onboarding.StepIntegrations) },
		user.Finish,
		func(ctx context.Context) error { return finished(ctx, user) },
		func(context.Context) error { return v.outside.asked() },
		func(ctx context.Context) error { return w.stamped(ctx, v) },
	)
}

// call returns what sends requests to the targets in turn.
func (v visit) call() func(ctx context.Context, method, path string, body, into any) error {
	var n atomic.Int64
	client := &http.Client{Timeout: time.Minute, Transport: hostTransport(v.host)}
	return func(ctx context.Context, method, path string, body, into any) error {
		target := v.targets[int(n.Add(1))%len(v.targets)]
		return walk.Client{URL: target, Token: v.token, HTTP: client}.Call(ctx, method, path, body, into)
	}
}

// hostTransport asks for a host by another name than its address, unless that is "".
type hostTransport string

func (h hostTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if h != "" {
		r = r.Clone(r.Context())
		r.Host = string(h)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// finished makes sure that all six steps count, of an analysis of pages and of personas.
func finished(ctx context.Context, user walk.User) error {
	var progress struct {
		IsCompleted bool        `json:"is_completed"`
		Steps       []walk.Step `json:"steps"`
	}
	if err := user.Get(ctx, "/progress", &progress); err != nil {
		return err
	}
	done := len(slices.DeleteFunc(progress.Steps, func(s walk.Step) bool {
		return s.Status != onboarding.StepCompleted && s.Status != onboarding.StepSkipped
	}))
	if !progress.IsCompleted || done != onboarding.StepCount {
		return fmt.Errorf("%d of %d steps are done", done, onboarding.StepCount)
	}
	var analysis onboarding.ShownAnalysis
	if err := user.Get(ctx, "/website-analysis", &analysis); err != nil {
		return err
	}
	return want(len(analysis.Crawl.Pages) > 0, "the analysis is of no pages")
}

// stamped makes sure that the API's document and every process say the version that was built.
func (w *world) stamped(ctx context.Context, v visit) error {
	pages := map[string]string{v.targets[0] + "/openapi.json": fmt.Sprintf(`"version":%q`, w.stamp)}
	for _, address := range v.metrics {
		pages[address+"/metrics"] = fmt.Sprintf("version=%q", w.stamp)
	}
	var errs []error
	for address, words := range pages {
		text, err := w.read(ctx, address, v.host)
		errs = append(errs, err, want(err != nil || strings.Contains(text, words), "%s does not say %s", address, words))
	}
	return errors.Join(append(errs, want(len(v.metrics) >= 3, "only %d processes have metrics", len(v.metrics)))...)
}

// read gets a page.
func (w *world) read(ctx context.Context, address, host string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	response, err := (&http.Client{Timeout: 5 * time.Second, Transport: hostTransport(host)}).Do(request)
	if err != nil {
		return "", err
	}
	content, err := io.ReadAll(response.Body)
	return string(content), errors.Join(err, response.Body.Close(),
		want(response.StatusCode == http.StatusOK, "%s answers %s", address, response.Status))
}
