package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/llm/llmtest"
)

// habits say how the users behave, in percent.
type habits struct {
	keys      int // store an API key
	supersede int // submit something else while the first runs
	cancel    int // cancel, and submit again
	gone      int // submit a website that has no page first
	reset     int // reset step 4 after it, and submit it again
}

var usualHabits = habits{keys: 60, supersede: 10, cancel: 4, gone: 5, reset: 4}

// driver lets users walk through the steps and records what was accepted.
type driver struct {
	seed   uint64
	users  int
	apis   []string
	issuer *auth.DevIssuer
	sites  *websites
	record *record
	habits habits
	next   atomic.Int64
	http   *http.Client
	// followed counts what the users see of their live progress, nil if they only poll.
	followed *followed
}

// run drives until ctx ends: nobody begins after begin ended.
func (d *driver) run(ctx, begin context.Context) {
	if d.http == nil {
		d.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: d.users}}
	}
	var group sync.WaitGroup
	for range d.users {
		group.Go(func() {
			for begin.Err() == nil {
				number := d.next.Add(1)
				if err := d.onboard(ctx, number); err != nil && ctx.Err() == nil {
					d.record.trouble(fmt.Sprintf("user %d: %v", number, err))
				}
			}
		})
	}
	group.Wait()
}

// visitor is one user on the way.
type visitor struct {
	*driver
	id     string
	random *rand.Rand
	client *client
	tokens int
}

func (d *driver) onboard(ctx context.Context, number int64) error {
	id := fmt.Sprintf("chaos-%d-%d", d.seed, number)
	token, err := d.issuer.Mint(auth.User{ID: id}, 24*time.Hour)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(d.seed, uint64(number)<<8)) //nolint:gosec // it has to be repeatable
	v := &visitor{driver: d, id: id, random: random, client: &client{
		apis: d.apis, token: token, http: d.http, random: random, record: d.record,
	}}
	end := func() error { return nil }
	if d.followed != nil {
		f := d.follow(ctx, token)
		defer f.stop()
		end = f.end
	}
	for _, step := range []func(context.Context) error{v.keys, v.website, v.research, v.personas, v.integrations, v.finish} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return end()
}

func (v *visitor) chance(percent int) bool { return v.random.IntN(100) < percent }

// word is a token that no other submission has.
func (v *visitor) word(prefix string) string {
	v.tokens++
	return prefix + "q" + strconv.FormatUint(hashOf(fmt.Sprint(v.id, v.tokens)), 36)
}

type submitted struct {
	SubmissionID string `json:"submission_id"`
}

func (v *visitor) post(ctx context.Context, path string, data any) (submitted, error) {
	var answer submitted
	body := map[string]any{}
	if data != nil {
		body["data"] = data
	}
	err := v.client.call(ctx, http.MethodPost, path, body, &answer)
	return answer, err
}

// keys is step 1: a key that is the user's alone, or none.
func (v *visitor) keys(ctx context.Context) error {
	if !v.chance(v.habits.keys) {
		_, err := v.post(ctx, "/step/1/skip", nil)
		if err == nil {
			v.record.of(v.id, func(s *state) { s.skipped = append(s.skipped, 1) })
		}
		return err
	}
	provider, key := "openai", "sk-chaos"+v.word("k")+v.word("k")
	if v.chance(40) {
		provider, key = "anthropic", "sk-ant-chaos"+v.word("k")+v.word("k")
	}
	_, err := v.post(ctx, "/step/1/complete", map[string]any{"api_keys": map[string]string{provider: key}})
	if err == nil {
		v.record.of(v.id, func(s *state) { s.lastFour, s.key = key[len(key)-4:], llmtest.Fingerprint(key) })
	}
	return err
}

// tries is how often a step that failed is submitted again.
const tries = 8

// website is step 2.
func (v *visitor) website(ctx context.Context) error {
	if v.chance(v.habits.gone) {
		w, err := v.submitWebsite(ctx, gonePrefix)
		if err != nil {
			return err
		}
		if _, err := v.await(ctx, w); err != nil {
			return err
		}
	}
	return v.work(ctx, 2, func(ctx context.Context) (work, error) { return v.submitWebsite(ctx, "w") })
}

func (v *visitor) submitWebsite(ctx context.Context, prefix string) (work, error) {
	w := work{user: v.id, step: 2, token: v.word(prefix), at: time.Now()}
	w.website = v.sites.address(w.token)
	if prefix == gonePrefix {
		w.fails = "page_not_found"
	}
	return v.submit(ctx, w, map[string]any{"website": w.website})
}

// submit submits a step and records what was accepted.
func (v *visitor) submit(ctx context.Context, w work, data any) (work, error) {
	answer, err := v.post(ctx, fmt.Sprintf("/step/%d/complete", w.step), data)
	if err != nil {
		return w, err
	}
	if answer.SubmissionID == "" {
		return w, fmt.Errorf("step %d was accepted without a submission", w.step)
	}
	w.submission = answer.SubmissionID
	v.record.accept(w)
	return w, nil
}

// work submits a step until it is completed, with a change of mind on the way.
func (v *visitor) work(ctx context.Context, step int, submit func(context.Context) (work, error)) error {
	for range tries {
		w, err := submit(ctx)
		if err != nil {
			return err
		}
		switch {
		case v.chance(v.habits.supersede):
			v.pause(ctx, 3*time.Second)
			if w, err = submit(ctx); err != nil {
				return err
			}
		case v.chance(v.habits.cancel):
			v.pause(ctx, 3*time.Second)
			_, err := v.post(ctx, fmt.Sprintf("/step/%d/cancel", step), nil)
			var refused *errRefused
			if err != nil && !errors.As(err, &refused) { // it may be over
				return err
			}
			if err == nil {
				continue
			}
		}
		completed, err := v.await(ctx, w)
		if err != nil || completed {
			return err
		}
	}
	return fmt.Errorf("step %d was not completed after %d submissions", step, tries)
}

func (v *visitor) pause(ctx context.Context, most time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(v.random.Int64N(int64(most)))):
	}
}

// await polls a step until its submission has ended, and tells whether it completed.
func (v *visitor) await(ctx context.Context, w work) (completed bool, err error) {
	for {
		var step struct {
			Status       string `json:"status"`
			SubmissionID string `json:"submission_id"`
			Error        struct {
				Code string `json:"code"`
			} `json:"error"`
		}
		if err := v.client.call(ctx, http.MethodGet, fmt.Sprintf("/step/%d", w.step), nil, &step); err != nil {
			return false, err
		}
		if step.SubmissionID != w.submission {
			v.record.find("lost", w.submission, fmt.Sprintf("user %s: step %d shows submission %s, accepted last was %s",
				v.id, w.step, step.SubmissionID, w.submission))
			return false, nil
		}
		if step.Status != "in_progress" {
			v.record.see(w.submission, step.Status, step.Error.Code)
			return step.Status == "completed", nil
		}
		_ = wait(ctx, 2*time.Second)
		v.pause(ctx, 2*time.Second)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
	}
}

// research is step 3, with a topic of the user's own.
func (v *visitor) research(ctx context.Context) error {
	topic := "Topic " + v.word("t")
	_, err := v.post(ctx, "/step/3/complete", map[string]any{"research_depth": "Deep", "content_types": []string{"Blog Posts", topic}})
	if err == nil {
		v.record.of(v.id, func(s *state) { s.topic = topic })
	}
	return err
}

var allPlatforms = []string{"linkedin", "facebook", "instagram", "twitter", "blog", "medium", "substack"}

// personas is step 4: two platforms, other ones each time.
func (v *visitor) personas(ctx context.Context) error {
	former := []string{}
	submit := func(ctx context.Context) (work, error) {
		w := work{user: v.id, step: 4, at: time.Now()}
		for {
			first := v.random.IntN(len(allPlatforms))
			second := (first + 1 + v.random.IntN(len(allPlatforms)-1)) % len(allPlatforms)
			w.platforms = []string{allPlatforms[min(first, second)], allPlatforms[max(first, second)]}
			if !slices.Equal(w.platforms, former) {
				break
			}
		}
		former = w.platforms
		return v.submit(ctx, w, map[string]any{"selected_platforms": w.platforms})
	}
	if err := v.work(ctx, 4, submit); err != nil || !v.chance(v.habits.reset) {
		return err
	}
	if _, err := v.post(ctx, "/step/4/reset", nil); err != nil {
		return err
	}
	return v.work(ctx, 4, submit)
}

func (v *visitor) integrations(ctx context.Context) error {
	_, err := v.post(ctx, "/step/5/skip", nil)
	if err == nil {
		v.record.of(v.id, func(s *state) { s.skipped = append(s.skipped, 5) })
	}
	return err
}

func (v *visitor) finish(ctx context.Context) error {
	if _, err := v.post(ctx, "/complete", nil); err != nil {
		return err
	}
	v.record.finish(v.id)
	return nil
}
