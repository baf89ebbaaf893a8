package onboarding

import "fmt"

// Phase is a stretch of a submission's progress, from From to To percent.
type Phase struct {
	Name     string
	From, To float64
	Message  string
}

// The phases that every submission may be in.
var (
	// PhaseQueued is the wait for a free worker.
	PhaseQueued = Phase{"queued", 0, 20, "Waiting for a free worker."}
	// PhaseRetrying is the wait before the next attempt.
	PhaseRetrying = Phase{Name: "retrying"}
	// PhaseRateLimited is the wait that another side asked for.
	PhaseRateLimited = Phase{Name: "rate_limited"}
	// PhaseRecovering is the wait after the worker was lost.
	PhaseRecovering = Phase{Name: "recovering", Message: "The work was interrupted and goes on in a moment."}
	// PhaseFinished is the end, whatever the outcome.
	PhaseFinished = Phase{Name: "finished", From: 100, To: 100}
)

// The phases of a website analysis.
var (
	PhaseCrawling  = Phase{"crawling", 20, 75, "Reading the website."}
	PhaseAnalyzing = Phase{"analyzing", 75, 98, "Analysing the writing style."}
)

// CrawlPhase is the part of PhaseCrawling after done of planned pages.
func CrawlPhase(done, planned int) Phase {
	planned = max(planned, done, 1)
	span := (PhaseCrawling.To - PhaseCrawling.From) / float64(planned)
	from := PhaseCrawling.From + span*float64(done)
	message := fmt.Sprintf("Read %d of %d pages of the website.", done, planned)
	return Phase{PhaseCrawling.Name, round2(from), round2(min(from+span, PhaseAnalyzing.From)), message}
}

// minRange is the least range of a phase in percent, where that much is left: two
// minutes of visible growth.
const minRange = 2

// Enter returns the progress at the begin of phase. It never goes back: a phase
// that is repeated after a crash goes on from where the work was, with a tenth of
// what is left as its range. A phase without a range is a wait within the phase
// that the work is in.
func (p Progress) Enter(phase Phase) Progress {
	value, ceiling := max(p.At(), phase.From), phase.To
	if ceiling == 0 {
		ceiling = p.Ceiling
	}
	if ceiling-value < minRange {
		ceiling = max(ceiling, round2(value+(100-value)/10))
	}
	return Progress{Value: value, Ceiling: ceiling, Phase: phase.Name, Message: phase.Message}
}
