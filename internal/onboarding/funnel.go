package onboarding

// Funnel counts how far the sessions that began in some days have come. What happened
// to a session counts once and for good: neither a reset nor the deletion of the
// account takes it back.
type Funnel struct {
	Started int64
	Steps   [StepCount]FunnelStep
}

// FunnelStep counts the sessions that came to one step. Each session that has not finished is in one place: in Lost or
// in NotBegun of one step. Left counts those that passed the step or began a later one.
type FunnelStep struct {
	Step      StepNumber    `json:"step" example:"2"`
	Reached   int64         `json:"reached" example:"900" doc:"Something was submitted, skipped or completed for this step or a later one."`
	Completed int64         `json:"completed" example:"850" doc:"It was completed at least once."`
	Skipped   int64         `json:"skipped" example:"0" doc:"It was skipped at least once."`
	Failed    int64         `json:"failed" example:"70" doc:"It failed at least once."`
	Passed    int64         `json:"passed" example:"870" doc:"This step or a later one was completed or skipped."`
	Left      int64         `json:"-"`
	Lost      int64         `json:"lost" example:"80" doc:"Stopped here so far: of those that reached it, the ones that neither passed it nor began a later one."`
	NotBegun  int64         `json:"not_begun" example:"20" doc:"Left the step before, and have not begun this one or a later one."`
	DropOff   float64       `json:"drop_off" example:"0.089" doc:"lost as a share of reached, 0 to 1."`
	Engines   []EngineCount `json:"engines" doc:"What made the first result, the most frequent first; empty without one."`
}

// EngineCount is how many sessions got their first result of a step from an engine.
type EngineCount struct {
	Engine    string `json:"engine" example:"local"`
	Completed int64  `json:"completed" example:"500"`
}

// Add counts sessions that have begun the step reached and done the step passed, each the furthest; 0 is none.
func (f *Funnel) Add(reached, passed StepNumber, sessions int64) {
	f.Started += sessions
	for i := range f.Steps {
		step := &f.Steps[i]
		switch n := StepNumber(i + 1); {
		case n <= passed:
			step.Reached, step.Left, step.Passed = step.Reached+sessions, step.Left+sessions, step.Passed+sessions
		case n < reached:
			step.Reached, step.Left = step.Reached+sessions, step.Left+sessions
		case n == reached:
			step.Reached += sessions
		}
	}
}

// Derive sets what follows from the counts: Step, Lost, NotBegun and DropOff of each step.
func (f *Funnel) Derive() {
	came := f.Started
	for i := range f.Steps {
		step := &f.Steps[i]
		step.Step, step.Lost, step.NotBegun = StepNumber(i+1), step.Reached-step.Left, came-step.Reached
		step.DropOff = Share(step.Lost, step.Reached)
		came = step.Left
	}
}

// Finished returns how many sessions completed the whole onboarding.
func (f *Funnel) Finished() int64 { return f.Steps[StepFinish-1].Passed }

// Share returns part as a share of whole, 0 if whole is 0.
func Share(part, whole int64) float64 { return float64(part) / float64(max(whole, 1)) }
