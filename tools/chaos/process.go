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

// incarnation is one process of a slot.
type incarnation struct {
	slot    *slot
	number  int
	logPath string
	started time.Time
	leash   *localpg.Leash
	pid     int

	// When it was killed or told to end, when it ended and was stopped; guarded by the
	// slot's mutex.
	killed, asked, ended time.Time
	stops                []span
}

// slot is one api or worker of the system; processes follow each other in it.
type slot struct {
	name    string // worker-3
	program string // worker
	path    string
	environ map[string]string
	folder  string
	// http answers /readyz.
	http string

	// busy is held while a fault is injected into the process.
	busy sync.Mutex

	mu      sync.Mutex
	current *incarnation
	past    []*incarnation
}

// start starts the next process of the slot. A leash ends it together with this program;
// the shell in between writes the process id to a file.
func (s *slot) start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	number := len(s.past) + 1
	i := &incarnation{
		slot: s, number: number, started: time.Now(),
		logPath: filepath.Join(s.folder, fmt.Sprintf("%s.%d.log", s.name, number)),
	}
	log, err := os.Create(i.logPath)
	if err != nil {
		return fmt.Errorf("open the log of %s: %w", s.name, err)
	}
	defer func() { _ = log.Close() }() // the process has its own
	pidPath := i.logPath + ".pid"
	cmd := exec.Command("/bin/sh", "-c", `echo $$ >"$1.new" && mv "$1.new" "$1" && exec "$2" run`, "chaos", pidPath,
		s.path) //nolint:gosec,noctx // a program of this project, ended by its leash
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
		return fmt.Errorf("start %s: its process id is not known", s.name)
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

// terminate is SIGTERM; it reports whether the process has ended within the bound. The
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

// awaitReady waits until /readyz is 200.
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

// lines calls each with every line of the log.
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
	_ = i.lines(func(line map[string]any) { // an unreadable log has none
		if line["msg"] == "worker started" {
			id, _ = line["client_id"].(string)
		}
	})
	return id
}

// environment is that of this program with some variables replaced; an empty value
// removes the variable.
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
