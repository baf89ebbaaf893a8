package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// follower reads a user's live progress as a web page does: when the stream ends it opens
// the next one, after the last event. Each event must come once and in order.
type follower struct {
	address, token string
	http           *http.Client
	counts         *followed
	// last is the id of the last event, retry the wait before the next stream.
	last  int64
	retry time.Duration

	stop context.CancelFunc
	// ended is closed when the reading has ended; then err is the reason, errTold for success.
	ended chan struct{}
	err   error
}

// followed counts the streams, events and gaps of all followers.
type followed struct {
	streams, events, gaps atomic.Int64
	// within is how soon a stream must announce the end of the onboarding, reconnecting included.
	within time.Duration
}

// errTold says that a stream has announced the end of the onboarding.
var errTold = errors.New("the onboarding is finished")

// follow reads the progress of a user until it is stopped or the onboarding has ended.
func (d *driver) follow(ctx context.Context, token string) *follower {
	ctx, stop := context.WithCancel(ctx)
	f := &follower{
		address: d.apis[0] + "/api/onboarding/events", token: token, http: d.http, counts: d.followed,
		retry: time.Second, stop: stop, ended: make(chan struct{}),
	}
	go func() {
		defer close(f.ended)
		for {
			if f.err = f.read(ctx); f.err != nil {
				return
			}
			_ = wait(ctx, f.retry)
			if f.err = ctx.Err(); f.err != nil {
				return
			}
		}
	}()
	return f
}

// end waits until a stream has announced the end of the onboarding.
func (f *follower) end() error {
	select {
	case <-f.ended:
	case <-time.After(f.counts.within):
		f.stop()
		<-f.ended
	}
	if errors.Is(f.err, errTold) {
		return nil
	}
	return fmt.Errorf("live progress stood at event %d: %w", f.last, f.err)
}

// read reads one stream to its end. It returns an error if the next stream is of no use.
func (f *follower) read(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.address, http.NoBody)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+f.token)
	request.Header.Set("Last-Event-ID", strconv.FormatInt(f.last, 10))
	response, err := f.http.Do(request)
	if err != nil {
		return nil //nolint:nilerr // counted by the transport
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil
	}
	f.counts.streams.Add(1)
	return f.events(response.Body)
}

// events reads server-sent events.
func (f *follower) events(stream io.Reader) error {
	fields := map[string]string{}
	for lines := bufio.NewScanner(stream); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		if lines.Text() != "" {
			fields[name] = value
			continue
		}
		if err := f.take(fields); err != nil {
			return err
		}
		clear(fields)
	}
	return nil
}

// take handles one event.
func (f *follower) take(fields map[string]string) error {
	if retry, err := strconv.Atoi(fields["retry"]); err == nil {
		f.retry = time.Duration(retry) * time.Millisecond
	}
	switch fields["event"] {
	case "step":
		id, err := strconv.ParseInt(fields["id"], 10, 64)
		if err != nil || id != f.last+1 {
			f.counts.gaps.Add(1)
			return fmt.Errorf("event %q follows event %d", fields["id"], f.last)
		}
		f.last = id
		f.counts.events.Add(1)
	case "session":
		var session struct {
			IsCompleted bool `json:"is_completed"`
		}
		if err := json.Unmarshal([]byte(fields["data"]), &session); err != nil {
			return fmt.Errorf("decode a session event: %w", err)
		}
		if session.IsCompleted {
			return errTold
		}
	}
	return nil
}
