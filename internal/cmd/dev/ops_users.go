package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// goodKeys is step 1 with keys that the providers' servers accept, after some 429s.
func goodKeys(ctx context.Context, w *walker) error {
	if err := w.storeKeys(ctx, demoOpenAIKey); err != nil {
		return err
	}
	return w.validateKeys(ctx)
}

// refusedKey stores a key that both the validation and step 2 find refused.
func (w *walker) refusedKey(ctx context.Context) error {
	if err := w.storeKeys(ctx, demoWrongKey); err != nil {
		return err
	}
	_ = w.validateKeys(ctx) // prints that one is refused
	if _, err := w.SubmitWebsite(ctx, w.site); err != nil {
		return err
	}
	return w.expectFailure(ctx)
}

// badWebsite submits an address without a website.
func (w *walker) badWebsite(ctx context.Context) error {
	if _, err := w.SubmitWebsite(ctx, "http://127.0.0.1:1/"); err != nil {
		return err
	}
	return w.expectFailure(ctx)
}

// changesOften supersedes, cancels, retries, resets, skips and submits again.
func (w *walker) changesOften(ctx context.Context) error {
	for _, address := range []string{w.site + "/?first", w.site + "/?second"} {
		if _, err := w.SubmitWebsite(ctx, address); err != nil {
			return err
		}
	}
	_ = w.Post(ctx, "/step/2/cancel") // refused if it has ended meanwhile
	for _, path := range []string{"/step/1/skip", "/step/2/retry", "/step/2/reset", "/step/5/skip", "/reset"} {
		if err := w.Post(ctx, path); err != nil {
			return err
		}
	}
	return w.website(ctx)
}

// usesExtras uses the endpoints that wait for work: a preview of a website, its sitemap,
// competitors.
func (w *walker) usesExtras(ctx context.Context) error {
	if err := w.website(ctx); err != nil {
		return err
	}
	for path, body := range map[string]any{
		"/style-detection/crawl":      map[string]any{"url": w.site},
		"/step3/analyze-sitemap":      map[string]any{"user_url": w.site},
		"/step3/discover-competitors": map[string]any{"user_url": w.site},
	} {
		if err := w.Call(ctx, http.MethodPost, path, body, nil); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// watch holds a stream open while its user's website is analysed.
func (w *walker) watch(ctx context.Context) error {
	if err := w.Post(ctx, "/start"); err != nil {
		return err
	}
	watching, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	response, err := w.open(watching, w.client.URL+"/api/onboarding/events", w.client.Token)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("open a stream: answered %d", response.StatusCode)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(io.Discard, response.Body)
	}()
	err = w.website(ctx)
	stop()
	<-read
	return err
}

// open sends a request with a token, unless that is "". The caller closes the body.
func (w *walker) open(ctx context.Context, address, token string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("request %s: %w", address, err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := w.client.HTTP.Do(request)
	if err != nil {
		return nil, fmt.Errorf("request %s: %w", address, err)
	}
	return response, nil
}
