// Package llmtest serves the wire formats of model providers without a model: OpenAI's
// chat completions and Anthropic's messages, with their lists of models and their errors.
//
// A server checks each request as strictly as the real ones do, and makes a well-behaved
// answer by filling the request's JSON Schema with words of the request's own material,
// so that other material gives another answer. A script chooses faults. It is for
// tests and demonstrations; it must not be mistaken for a model, and it keeps of a key
// only a fingerprint.
package llmtest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Family is what a server speaks.
type Family string

// The families.
const (
	OpenAI    = Family(onboarding.WireOpenAI)
	Anthropic = Family(onboarding.WireAnthropic)
)

// models returns the default models of the family's providers.
func (f Family) models() []string {
	var models []string
	for _, p := range onboarding.Providers() {
		if p.Model != nil && Family(p.Model.Wire) == f && p.Model.Model != "" {
			models = append(models, p.Model.Model)
		}
	}
	return models
}

// Config is what a server is like.
type Config struct {
	Family Family
	// Keys are the keys that are accepted; none means every key that is not empty.
	Keys []string
	// Models are the models that the server has, the first first in its list; none
	// means the usual small ones of the family.
	Models []string
	// RetryAfter is what RateLimited and Busy ask to wait; 0 means one second.
	RetryAfter time.Duration
	// Wait makes a request wait like a slow model does; ctx ends with the client. Nil
	// waits for nothing. A client that is gone by then has asked nothing.
	Wait func(ctx context.Context)
	// Script says what the server does with a request. Questions and lists of models
	// are counted apart, each from 1. Nil means None for all. It is called by one
	// goroutine at a time, and must not call the server.
	Script func(n int, req Request) Fault
}

// Request is one request as a script sees it.
type Request struct {
	// List is true for the list of models, false for a question.
	List  bool
	Model string
	// PromptName is the name of the response format (OpenAI) or the title of the
	// schema (Anthropic).
	PromptName string
	// KeyFingerprint is Fingerprint of the key.
	KeyFingerprint string
}

// Call is one request and what was done with it.
type Call struct {
	Request
	// Fault is the choice of the script; Status what was sent, 0 if nothing was.
	Fault  Fault
	Status int
	// Problem says what was wrong with the request itself, "" if nothing was.
	Problem string
}

// Fingerprint tells keys apart without showing them.
func Fingerprint(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:4])
}

// Server is a running server.
type Server struct {
	cfg      Config
	protocol protocol
	http     *httptest.Server
	done     chan struct{}

	mu      sync.Mutex
	calls   []Call
	counts  map[bool]int
	closing sync.Once
}

// protocol is what the families differ in.
type protocol interface {
	// key returns the key of a request.
	key(r *http.Request) string
	// read reads and checks a question; the problem is for its sender.
	read(r *http.Request, body []byte) (question, *problem)
	// answer is the body of an answer; text is the model's.
	answer(q question, text string, end ending) any
	// problem is the body of an error.
	problem(p problem) any
	// models is the body of the list.
	models(models []string, limit string) any
	paths() (ask, list, base string)
}

// Start starts a server.
func Start(cfg Config) (*Server, error) {
	s := &Server{cfg: cfg, done: make(chan struct{}), counts: make(map[bool]int)}
	switch cfg.Family {
	case OpenAI:
		s.protocol = openAI{}
	case Anthropic:
		s.protocol = anthropic{}
	default:
		return nil, fmt.Errorf("%q is no family of model providers", cfg.Family)
	}
	if len(cfg.Models) == 0 {
		s.cfg.Models = cfg.Family.models()
	}
	s.cfg.RetryAfter = cmp.Or(cfg.RetryAfter, time.Second)
	s.http = httptest.NewServer(s.handler())
	return s, nil
}

// URL returns the base URL that a client of the family is given.
func (s *Server) URL() string {
	_, _, base := s.protocol.paths()
	return s.http.URL + base
}

// Calls returns what was asked so far, in the order of arrival.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Close stops the server and its stalled answers. A second call does nothing.
func (s *Server) Close() {
	s.closing.Do(func() {
		close(s.done)
		s.http.CloseClientConnections() // what is still open is cut on purpose
		s.http.Close()
	})
}

func (s *Server) handler() http.Handler {
	ask, list, _ := s.protocol.paths()
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+ask, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, false) })
	mux.HandleFunc("GET "+list, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, true) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		s.fail(w, problem{status: http.StatusNotFound, kind: "not_found_error", message: "Unknown request URL"})
	})
	return mux
}

// maxRequest bounds a request's body, in bytes.
const maxRequest = 8 << 20

func (s *Server) serve(w http.ResponseWriter, r *http.Request, list bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		s.fail(w, problem{
			status: http.StatusRequestEntityTooLarge, kind: "request_too_large",
			message: "Request exceeds the maximum size",
		})
		return
	}
	if s.cfg.Wait != nil {
		s.cfg.Wait(r.Context())
		if r.Context().Err() != nil {
			return
		}
	}
	key := s.protocol.key(r)
	q, wrong := question{}, (*problem)(nil)
	if !list {
		q, wrong = s.protocol.read(r, body)
	}
	if key == "" || len(s.cfg.Keys) > 0 && !slices.Contains(s.cfg.Keys, key) {
		wrong = keyProblem()
	} else if wrong == nil && !list && !slices.Contains(s.cfg.Models, q.model) {
		wrong = modelProblem(q.model)
	}
	call := Call{Request: Request{List: list, Model: q.model, PromptName: q.name, KeyFingerprint: Fingerprint(key)}}
	recorder := &statusWriter{ResponseWriter: w}
	index := s.record(&call, wrong)
	defer func() { s.sent(index, recorder.status) }()
	switch {
	case wrong != nil:
		s.fail(recorder, *wrong)
	case s.misbehave(recorder, r, call.Fault, q):
	case list:
		writeJSON(recorder, http.StatusOK, s.protocol.models(s.cfg.Models, r.URL.Query().Get("limit")))
	default:
		writeJSON(recorder, http.StatusOK, s.answerOf(q, call.Fault))
	}
}

// record counts the call, asks the script about a well-formed one, and notes both.
func (s *Server) record(call *Call, wrong *problem) (index int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[call.List]++
	if wrong != nil {
		call.Problem = wrong.message
	} else if s.cfg.Script != nil {
		call.Fault = s.cfg.Script(s.counts[call.List], call.Request)
	}
	s.calls = append(s.calls, *call)
	return len(s.calls) - 1
}

func (s *Server) sent(index, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[index].Status = status
}

// statusWriter remembers the status that was sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController flush.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
