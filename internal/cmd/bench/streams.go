package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// streamRate is how many submissions a second are made while latencyOpen streams are open.
const streamRate = 50

// streams is the figure of how soon a submission is heard of.
func streams(ctx context.Context, s *stage) ([]figure, error) {
	database, err := s.migrated(ctx, "streams")
	if err != nil {
		return nil, err
	}
	folder, err := s.subfolder("streams")
	if err != nil {
		return nil, err
	}
	a, err := startAPI(ctx, database, folder, append(readsWithoutLimit, "ADDRESS_WRITES_PER_SECOND=0")...)
	if err != nil {
		return nil, err
	}
	s.stops = append(s.stops, a.Stop)
	round := 0
	return []figure{{
		name: "submit_sse",
		what: "a submission to its event on the user's stream at 50 a second, 200 streams, 99th percentile in milliseconds",
		unit: "ms", goal: 40, most: true,
		ours: side{"ours", func(ctx context.Context) (float64, error) {
			round++
			return submitToStream(ctx, a, round, latencyTime/time.Duration(s.scale))
		}},
	}}, nil
}

// posted are when users have submitted what they have not heard of, and how long others took to hear.
type posted struct {
	mu     sync.Mutex
	at     map[int]time.Time
	delays []float64
}

// hear notes that a user has heard of what the user has submitted.
func (p *posted) hear(user int, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if since, ok := p.at[user]; ok {
		p.delays = append(p.delays, milliseconds(at.Sub(since)))
		delete(p.at, user)
	}
}

func (p *posted) post(user int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at[user] = time.Now()
}

// submitToStream returns the 99th percentile of the time from a submission's request to its event on the user's stream.
func submitToStream(ctx context.Context, a *api, round int, took time.Duration) (float64, error) {
	p := &posted{at: map[int]time.Time{}}
	name := func(i int) string { return fmt.Sprintf("stream-%d-%d", round, i) }
	heard := func(user int, _ int64, at time.Time) { p.hear(user, at) }
	closeAll, err := openAll(ctx, a, latencyOpen, name, openSSE, heard)
	defer closeAll()
	if err != nil {
		return 0, err
	}
	group, groupCtx := errgroup.WithContext(ctx)
	tick := time.NewTicker(time.Second / streamRate)
	defer tick.Stop()
	n := int(took.Seconds() * streamRate)
	for i := range n {
		<-tick.C
		group.Go(func() error {
			user := i % latencyOpen
			p.post(user)
			text := fmt.Sprintf("We repair bicycles in the old town, and lend you one meanwhile: shop %d.", i)
			return submitOnce(groupCtx, a, name(user), text)
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	for end := time.Now().Add(lostAfter); ; time.Sleep(10 * time.Millisecond) {
		p.mu.Lock()
		left := len(p.at)
		p.mu.Unlock()
		if left == 0 {
			break
		}
		if time.Now().After(end) {
			return 0, fmt.Errorf("%d of %d submissions were not heard of", left, n)
		}
	}
	slices.Sort(p.delays)
	return p.delays[len(p.delays)*99/100], nil
}

// submitOnce submits a text for step 2.
func submitOnce(ctx context.Context, a *api, user, text string) error {
	token, err := a.token(user)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+a.http+pathOnboarding+"/step/2/complete",
		strings.NewReader(fmt.Sprintf(`{"data":{"text_sample":%q}}`, text)))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusAccepted {
		err = errors.New("submit: " + response.Status)
	}
	return errors.Join(err, response.Body.Close())
}
