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
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/walk"
)

// habits say how the users behave, in percent.
type habits struct {
	keys      int // store an API key
	supersede int // submit something else while the first runs
	cancel    int // cancel, and submit again
	gone      int // first submit a website that has no page
	reset     int // reset step 4 after it, and submit it again
	peek      int // have three sitemaps read first, of which one is held, and go on at once
}

var usualHabits = habits{keys: 60, supersede: 10, cancel: 4, gone: 5, reset: 4, peek: 8}

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
	// followed counts the live progress that users read, nil if they only poll.
	followed *followed
}

// run lets users onboard until ctx ends. No user begins after begin has ended.
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

// visitor is one user.
type visitor struct {
	*driver
	walk.User
	id     string
	random *rand.Rand
	tokens int
}

func (d *driver) onboard(ctx context.Context, number int64) error {
	id := fmt.Sprintf("chaos-%d-%d", d.seed, number)
	token, err := d.issuer.Mint(auth.User{ID: id}, 24*time.Hour)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(d.seed, uint64(number)<<8)) //nolint:gosec // it has to be repeatable
	client := &client{apis: d.apis, token: token, http: d.http, random: random, record: d.record}
	v := &visitor{driver: d, User: walk.User{Call: client.call}, id: id, random: random}
	end := func() error { return nil }
	if d.followed != nil {
		f := d.follow(ctx, token)
		defer f.stop()
		end = f.end
	}
	if err := walk.InOrder(ctx, v.keys, v.website, v.research, v.personas, v.integrations, v.finish); err != nil {
		return err
	}
	return end()
}

func (v *visitor) chance(percent int) bool { return v.random.IntN(100) < percent }

// word returns a token that is unique to a submission.
func (v *visitor) word(prefix string) string {
	v.tokens++
	return prefix + "q" + strconv.FormatUint(hashOf(fmt.Sprint(v.id, v.tokens)), 36)
}

// keys is step 1: a key of the user's own, or none.
func (v *visitor) keys(ctx context.Context) error {
	if !v.chance(v.habits.keys) {
		return v.skip(ctx, onboarding.StepProviders)
	}
	provider, key := "openai", "sk-chaos"+v.word("k")+v.word("k")
	if v.chance(40) {
		provider, key = "anthropic", "sk-ant-chaos"+v.word("k")+v.word("k")
	}
	err := v.StoreKeys(ctx, map[string]string{provider: key})
	if err == nil {
		v.record.of(v.id, func(s *state) { s.lastFour, s.key = key[len(key)-4:], llmtest.Fingerprint(key) })
	}
	return err
}

func (v *visitor) skip(ctx context.Context, n onboarding.StepNumber) error {
	err := v.Skip(ctx, n)
	if err == nil {
		v.record.of(v.id, func(s *state) { s.skipped = append(s.skipped, n) })
	}
	return err
}

// tries is how often a step that failed is submitted again.
const tries = 8

// website is step 2.
func (v *visitor) website(ctx context.Context) error {
	if v.chance(v.habits.peek) {
		v.peek(ctx)
	}
	if v.chance(v.habits.gone) {
		w, err := v.submitWebsite(ctx, gonePrefix)
		if err != nil {
			return err
		}
		if _, err := v.await(ctx, w); err != nil {
			return err
		}
	}
	return v.work(ctx, onboarding.StepWebsite,
		func(ctx context.Context) (work, error) { return v.submitWebsite(ctx, "w") })
}

// peek asks for the sitemaps of three websites and waits for no answer: the work goes on beside step 2.
func (v *visitor) peek(ctx context.Context) {
	token, err := v.issuer.Mint(auth.User{ID: v.id}, time.Hour)
	if err != nil {
		v.record.trouble(fmt.Sprintf("user %s: %v", v.id, err))
		return
	}
	var group sync.WaitGroup
	for range 3 {
		api := walk.Client{URL: v.apis[v.random.IntN(len(v.apis))], Token: token, HTTP: v.http}
		body := map[string]any{"user_url": v.sites.address(v.word("p"))}
		group.Go(func() {
			bounded, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			_ = api.Call(bounded, http.MethodPost, "/step3/analyze-sitemap", body, nil)
		})
	}
	group.Wait()
}

func (v *visitor) submitWebsite(ctx context.Context, prefix string) (w work, err error) {
	w = work{user: v.id, step: onboarding.StepWebsite, token: v.word(prefix), at: time.Now()}
	w.website = v.sites.address(w.token)
	if prefix == gonePrefix {
		w.fails = "page_not_found"
	}
	if w.submission, err = v.SubmitWebsite(ctx, w.website); err == nil {
		v.record.accept(w)
	}
	return w, err
}

// work submits a step until it is completed, with a change of mind on the way.
func (v *visitor) work(
	ctx context.Context, step onboarding.StepNumber, submit func(context.Context) (work, error),
) error {
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
			err := v.Post(ctx, fmt.Sprintf("/step/%d/cancel", step))
			var refused *walk.Refused
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

// await polls a step until its submission has ended, and reports whether it completed.
func (v *visitor) await(ctx context.Context, w work) (completed bool, err error) {
	for {
		var step walk.Step
		if err := v.Get(ctx, fmt.Sprintf("/step/%d", w.step), &step); err != nil {
			return false, err
		}
		if step.SubmissionID != w.submission {
			v.record.find("lost", w.submission, fmt.Sprintf("user %s: step %d shows submission %s, accepted last was %s",
				v.id, w.step, step.SubmissionID, w.submission))
			return false, nil
		}
		if step.Status != onboarding.StepInProgress {
			v.record.see(w.submission, string(step.Status), step.Error.Code)
			return step.Status == onboarding.StepCompleted, nil
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
	err := v.Research(ctx, "Blog Posts", topic)
	if err == nil {
		v.record.of(v.id, func(s *state) { s.topic = topic })
	}
	return err
}

// personas is step 4: two platforms, different each time.
func (v *visitor) personas(ctx context.Context) error {
	var former, all []string
	for _, platform := range onboarding.Platforms() {
		all = append(all, string(platform))
	}
	submit := func(ctx context.Context) (w work, err error) {
		w = work{user: v.id, step: onboarding.StepPersonalization, at: time.Now()}
		for {
			first := v.random.IntN(len(all))
			second := (first + 1 + v.random.IntN(len(all)-1)) % len(all)
			w.platforms = []string{all[min(first, second)], all[max(first, second)]}
			if !slices.Equal(w.platforms, former) {
				break
			}
		}
		former = w.platforms
		if w.submission, err = v.SubmitPersonas(ctx, w.platforms...); err == nil {
			v.record.accept(w)
		}
		return w, err
	}
	if err := v.work(ctx, onboarding.StepPersonalization, submit); err != nil || !v.chance(v.habits.reset) {
		return err
	}
	if err := v.Post(ctx, "/step/4/reset"); err != nil {
		return err
	}
	return v.work(ctx, onboarding.StepPersonalization, submit)
}

func (v *visitor) integrations(ctx context.Context) error {
	return v.skip(ctx, onboarding.StepIntegrations)
}

func (v *visitor) finish(ctx context.Context) error {
	if err := v.Finish(ctx); err != nil {
		return err
	}
	v.record.finish(v.id)
	return nil
}
