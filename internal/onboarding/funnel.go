package onboarding

// Funnel counts how far the sessions that began in some days have come. What happened
// to a session counts once and for good: neither a reset nor the deletion of the
// account takes it back.
type Funnel struct {
	Started int64
	Steps   [StepCount]FunnelStep
}

// FunnelStep counts the sessions that came to one step.
type FunnelStep struct {
	Step StepNumber `json:"step"`
	// Reached: something was submitted, skipped or completed for the step.
	Reached int64 `json:"reached"`
	// Completed, Skipped, Failed: that happened to the step at least once.
	Completed int64 `json:"completed"`
	Skipped   int64 `json:"skipped"`
	Failed    int64 `json:"failed"`
	// Passed: this step or a later one was completed or skipped.
	Passed int64 `json:"passed"`
	// Lost: every step before this one was passed, this one was not. These sessions
	// have stopped here so far.
	Lost int64 `json:"lost"`
	// DropOff is Lost as a share, 0 to 1, of the sessions that passed every step before
	// this one, 0 if there are none.
	DropOff float64 `json:"drop_off"`
	// Engines splits Completed by what made the first result, the most frequent first.
	// Steps that no engine works on have none.
	Engines []EngineCount `json:"engines,omitempty"`
}

// EngineCount is how many sessions got their first result of a step from an engine.
type EngineCount struct {
	Engine    string `json:"engine"`
	Completed int64  `json:"completed"`
}

// Derive sets what follows from the counts: Step, Lost and DropOff of each step.
func (f *Funnel) Derive() {
	came := f.Started
	for i := range f.Steps {
		step := &f.Steps[i]
		step.Step, step.Lost = StepNumber(i+1), came-step.Passed
		step.DropOff = Share(step.Lost, came)
		came = step.Passed
	}
}

// Finished returns how many sessions completed the whole onboarding.
func (f *Funnel) Finished() int64 { return f.Steps[StepFinish-1].Passed }

// Share returns part as a share of whole, 0 if whole is 0.
func Share(part, whole int64) float64 { return float64(part) / float64(max(whole, 1)) }
