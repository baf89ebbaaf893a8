// Package wizard has the operations of users, a file for each resource. A handler reads
// state or submits work and shapes the response; it holds no rule and no SQL.
package wizard

import (
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// Config is what Handlers are made of. ReadableKeys, WriteEnv and RemoveEnv may be left out.
type Config struct {
	State     State
	Submitter Submitter
	// Keys seals users' API keys: *seal.Ring.
	Keys KeyRing
	// ReadableKeys lets owners read their API keys back in full; each time is audited.
	ReadableKeys bool
	// WriteEnv is told every API key that was stored, RemoveEnv every one that was
	// removed, by the environment variable of its provider: for a developer's other
	// programs. Nil in production.
	WriteEnv  func(name, value string) error
	RemoveEnv func(name string) error
	// DefaultInputs are the personalization inputs of users before the first build.
	DefaultInputs onboarding.Inputs
}

// Handlers are the handlers of users' operations.
type Handlers struct {
	edge    *edge.Edge
	cfg     Config
	exports chan struct{} // holds a value for each export under way
}

// Register adds the operations.
func Register(e *edge.Edge, cfg Config) {
	h := &Handlers{edge: e, cfg: cfg, exports: make(chan struct{}, exportsAtOnce)}
	h.registerSession()
	h.registerStep()
	h.registerStepActions()
	h.registerFinish()
	h.registerInit()
	h.registerSummary()
	h.registerConfiguration()
	h.registerKeys()
	h.registerKeyChecks()
	h.registerResearch()
	h.registerCompetitors()
	h.registerAnalysis()
	h.registerStyleDetection()
	h.registerBusinessInfo()
	h.registerPersona()
	h.registerInputs()
	h.registerPersonalization()
	h.registerAccount()
}
