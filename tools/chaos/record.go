package main

import (
	"sync"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// work is an accepted submission and what its result must contain.
type work struct {
	user       string
	step       onboarding.StepNumber
	submission string
	at         time.Time
	// website is the address that was submitted, for step 2.
	website, token string
	// platforms are those of step 4.
	platforms []string
	// fails is the code that it must fail with, "" if it may complete.
	fails string
}

// sighting is what the API said about a submission.
type sighting struct {
	status, code string
	at           time.Time
}

// state is what the API has accepted of a user without a job.
type state struct {
	// lastFour are those of the stored key, "" without one.
	lastFour string
	// key is its fingerprint, by which the providers know the user.
	key string
	// topic is one of the content types of step 3.
	topic string
	// skipped are steps that were left out.
	skipped []onboarding.StepNumber
	// done is when the onboarding was finished, as the API said.
	done time.Time
}

// happening is a fault that was injected.
type happening struct {
	kind     kind
	target   string // the slots, or the server
	from, to time.Time
	note     string
	// slots lost their connections to the database.
	slots []string
	// database says that all processes lost the database.
	database bool
}

// record is what the users, the injector and the checker have recorded. Its methods are
// safe for concurrent use.
type record struct {
	mu        sync.Mutex
	began     time.Time
	works     map[string]work
	sightings map[string]sighting
	states    map[string]*state
	happened  []happening
	finished  int
	requests  int
	retries   int
	refusals  map[string]int
	findings  map[string]finding
	troubles  []string
}

// finding is something wrong.
type finding struct {
	class string // lost, doubled, contradictory, stuck, stolen
	what  string // for a person
	at    time.Time
}

func newRecord() *record {
	return &record{
		began: time.Now(), works: map[string]work{}, sightings: map[string]sighting{}, states: map[string]*state{},
		refusals: map[string]int{}, findings: map[string]finding{},
	}
}

// accept records a submission that the API has accepted.
func (r *record) accept(w work) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if former, ok := r.works[w.submission]; ok { // joined
		w.at = former.at
	}
	r.works[w.submission] = w
}

// see records the end of a submission as the API shows it.
func (r *record) see(submission, status, code string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sightings[submission] = sighting{status: status, code: code, at: time.Now()}
}

// of changes the state of a user.
func (r *record) of(user string, change func(*state)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.states[user] == nil {
		r.states[user] = &state{}
	}
	change(r.states[user])
}

// finish records the end of an onboarding.
func (r *record) finish(user string) {
	r.of(user, func(s *state) { s.done = time.Now() })
	r.mu.Lock()
	defer r.mu.Unlock()
	r.finished++
}

// happen records a fault.
func (r *record) happen(h happening) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.happened = append(r.happened, h)
}

// find records a finding, once for each name.
func (r *record) find(class, name, what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := class + " " + name
	if _, ok := r.findings[key]; !ok {
		r.findings[key] = finding{class: class, what: what, at: time.Now()}
	}
}

// count returns the findings of a class.
func (r *record) count(class string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.findings {
		if f.class == class {
			n++
		}
	}
	return n
}

// trouble records what went wrong with the run itself.
func (r *record) trouble(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.troubles = append(r.troubles, time.Since(r.began).Round(time.Millisecond).String()+" "+text)
}

// kinds counts the faults by kind.
func (r *record) kinds() map[kind]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	counts := map[kind]int{}
	for _, h := range r.happened {
		counts[h.kind]++
	}
	return counts
}
