package onboarding

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// silence is how long a stream may be quiet: heartbeats come every 10 s.
	silence = 30 * time.Second
	// longestLine bounds a line of a stream.
	longestLine = 1 << 20
)

// Event is one event of the live progress: a step or, after every connect, the session.
type Event struct {
	// ID is the session's version after the change, 0 of the session's event.
	ID int64
	// Step is nil if this is the session's event.
	Step    *StepEventBody
	Session *SessionEventBody
}

// Events yields the user's events until the context ends or the loop breaks. It reconnects without a gap. With after it
// begins with what came after that id, with 0 now. An error is the last that it yields: the server refuses the stream.
func (c *Client) Events(ctx context.Context, after int64) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		s := &stream{client: c, last: after, retry: time.Second}
		for ctx.Err() == nil {
			err := s.read(ctx, yield)
			var problem *ProblemError
			var final *finalError
			wait := s.retry
			switch {
			case s.done || ctx.Err() != nil:
				return
			case errors.As(err, &final), errors.As(err, &problem) && problem.Status < 500 && problem.RetryAfter == 0:
				yield(Event{}, err)
				return
			case problem != nil && problem.RetryAfter > 0:
				wait = problem.RetryAfter
			}
			if pause(ctx, wait) != nil {
				return
			}
		}
	}
}

// stream is where a stream is.
type stream struct {
	client *Client
	last   int64
	retry  time.Duration
	// done is set when the loop breaks.
	done bool
}

// read opens the stream and reads it until it ends.
func (s *stream) read(ctx context.Context, yield func(Event, error) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watchdog := time.AfterFunc(silence, cancel)
	defer watchdog.Stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.client.server+"/api/onboarding/events", nil)
	if err != nil {
		return fmt.Errorf("open the stream: %w", err)
	}
	request.Header.Set("Accept", "text/event-stream")
	if s.last > 0 {
		request.Header.Set("Last-Event-ID", strconv.FormatInt(s.last, 10))
	}
	response, err := s.client.send.once(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return s.lines(response.Body, watchdog, yield)
}

// lines reads the events of a stream.
func (s *stream) lines(body io.Reader, watchdog *time.Timer, yield func(Event, error) bool) error {
	fields := map[string]string{}
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		watchdog.Reset(silence)
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok {
			fields[name] = strings.TrimPrefix(value, " ")
			continue
		}
		event, ok, err := s.event(fields)
		if err != nil {
			return err
		}
		if ok && !yield(event, nil) {
			s.done = true
			return nil
		}
		clear(fields)
	}
	return lines.Err()
}

// event is what the lines of an event say, and whether it is one for the caller: heartbeats are not.
func (s *stream) event(fields map[string]string) (Event, bool, error) {
	if id, err := strconv.ParseInt(fields["id"], 10, 64); err == nil {
		s.last = id
	}
	if ms, err := strconv.Atoi(fields["retry"]); err == nil {
		s.retry = time.Duration(ms) * time.Millisecond
	}
	e := Event{}
	var into any
	switch fields["event"] {
	case "step":
		e.ID, e.Step = s.last, &StepEventBody{}
		into = e.Step
	case "session":
		e.Session = &SessionEventBody{}
		into = e.Session
	default:
		return e, false, nil
	}
	if err := json.Unmarshal([]byte(fields["data"]), into); err != nil {
		return e, false, fmt.Errorf("read an event: %w", err)
	}
	return e, true, nil
}
