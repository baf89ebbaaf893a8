package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/alwrity/onboarding/internal/localpg"
)

// span is a stretch of time; a zero end means that it lasts.
type span struct{ from, to time.Time }

func (s span) overlaps(from, to time.Time) bool {
	return !s.from.After(to) && (s.to.IsZero() || !s.to.Before(from))
}

// incarnation is one process from its start to its end.
type incarnation struct {
	slot    *slot
	number  int
	logPath string
	started time.Time
	leash   *localpg.Leash
	pid     int

	// What the injector did to it; guarded by the slot's mutex.
	killed, asked, ended time.Time
	stops                []span
}

// slot is a place for one process after the other: the third worker.
type slot struct {
	name    string // worker-3
	program string // worker
	path    string
	environ map[string]string
	folder  string
	// http answers /readyz.
	http string

	// busy is held by who does something to the process.
	busy sync.Mutex

	mu      sync.Mutex
	current *incarnation
	past    []*incarnation
}

// start starts the next process of the slot. A leash ends it with this process;
// the shell between them writes down the number of the process itself.
func (s *slot) start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	number := len(s.past) + 1
	i := &incarnation{slot: s, number: number, started: time.Now(), logPath: filepath.Join(s.folder, fmt.Sprintf("%s.%d.log", s.name, number))}
	log, err := os.Create(i.logPath)
	if err != nil {
		return fmt.Errorf("open the log of %s: %w", s.name, err)
	}
	defer func() { _ = log.Close() }() // the process has its own
	pidPath := i.logPath + ".pid"
	cmd := exec.Command("/bin/sh", "-c", `echo $$ >"$1.new" && mv "$1.new" "$1" && exec "$2" run`, "chaos", pidPath, s.path) //nolint:gosec,noctx // a program of this project, ended by its leash
	cmd.Env, cmd.Stdout, cmd.Stderr = environment(s.environ), log, log
	if i.leash, err = localpg.StartLeashed(cmd); err != nil {
		return fmt.Errorf("start %s: %w", s.name, err)
	}
	for range 500 {
		text, err := os.ReadFile(pidPath)
		if i.pid, _ = strconv.Atoi(strings.TrimSpace(string(text))); err == nil && i.pid > 1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if i.pid <= 1 {
		return fmt.Errorf("start %s: its number is not known", s.name)
	}
	s.current, s.past = i, append(s.past, i)
	go func() {
		<-i.leash.Done()
		s.mu.Lock()
		defer s.mu.Unlock()
		i.ended = time.Now()
	}()
	return nil
}

// signal signals the process; the caller holds busy.
func (s *slot) signal(signal syscall.Signal, note func(*incarnation)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil || !s.current.ended.IsZero() {
		return errors.New(s.name + " has ended by itself")
	}
	note(s.current)
	return syscall.Kill(s.current.pid, signal)
}

// terminate is SIGTERM; it tells whether the process has ended within the bound. The
// caller holds busy.
func (s *slot) terminate(bound time.Duration) (ended bool, err error) {
	if err := s.signal(syscall.SIGTERM, func(i *incarnation) { i.asked = time.Now() }); err != nil {
		return false, err
	}
	select {
	case <-s.running().leash.Done():
		return true, nil
	case <-time.After(bound):
		return false, nil
	}
}

// kill is kill -9; it returns when the process is gone.
func (s *slot) kill() error {
	err := s.signal(syscall.SIGKILL, func(i *incarnation) { i.killed = time.Now() })
	if err == nil {
		<-s.running().leash.Done()
	}
	return err
}

func (s *slot) running() *incarnation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// awaitReady waits until the process says that it is ready.
func (s *slot) awaitReady(ctx context.Context, bound time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.http+"/readyz", http.NoBody)
		if err != nil {
			return err
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s was not ready after %s; its log is %s", s.name, bound, s.running().logPath)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// clients returns the queue clients that a process was, by its log.
func (i *incarnation) lines(each func(map[string]any)) error {
	text, err := os.ReadFile(i.logPath)
	if err != nil {
		return err
	}
	scanner := bufio.NewScanner(bytes.NewReader(text))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		line := map[string]any{}
		if json.Unmarshal(scanner.Bytes(), &line) == nil {
			each(line)
		}
	}
	return scanner.Err()
}

// client returns the id of the worker's queue client, "" if it never started.
func (i *incarnation) client() (id string) {
	_ = i.lines(func(line map[string]any) { // an unreadable log is one without it
		if line["msg"] == "worker started" {
			id, _ = line["client_id"].(string)
		}
	})
	return id
}

// environment is this process's with some variables replaced; an empty value takes
// the variable out.
func environment(replaced map[string]string) []string {
	all := map[string]string{}
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		all[name] = value
	}
	maps.Copy(all, replaced)
	var result []string
	for name, value := range all {
		if value != "" {
			result = append(result, name+"="+value)
		}
	}
	return result
}
