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
	PhaseQueued = Phase{Name: "queued", To: 20}
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

// The end of a website analysis: a model's part, for users who have a key, and what
// follows it.
var (
	PhaseAskingModel = Phase{"asking_model", 80, 95, "Asking the model about the writing style."}
	PhaseMerging     = Phase{"merging", 95, 98, "Putting the analysis together."}
)

// The phases of a persona generation. Clients tell them apart by words of their
// messages: Initializing, core persona, platform, quality, completed.
var (
	PhaseCorePersona      = Phase{"core_persona", 20, 40, "Generating the core persona."}
	PhasePlatforms        = Phase{"platform_personas", 40, 90, "Generating the platform personas."}
	PhaseAssessingQuality = Phase{"assessing_quality", 90, 98, "Assessing the quality of the personas."}
)

// PersonaPhases are the phases of a persona generation, in order.
func PersonaPhases() []Phase { return []Phase{PhaseCorePersona, PhasePlatforms, PhaseAssessingQuality} }

// The phases of the other kinds.
var (
	PhaseCheckingKeys = Phase{"checking_keys", 20, 98, "Asking the providers about the keys."}
	PhaseSitemap      = Phase{"reading_sitemap", 20, 98, "Reading the sitemap."}
	PhaseCompetitors  = Phase{"finding_competitors", 20, 98, "Looking for similar websites."}
)

// QueuedPhase returns PhaseQueued with the message of a kind of work: of its wait for a worker
// or, if it is held, for the user's other work.
func QueuedPhase(kind Kind, held bool) Phase {
	phase, info := PhaseQueued, kind.Info()
	phase.Message = info.Queued
	if held {
		phase.Message = info.Held
	}
	return phase
}

// PlatformPhase is the part of PhasePlatforms after done of planned platforms, and
// PhaseAssessingQuality after all of them.
func PlatformPhase(done, planned int) Phase {
	if done >= planned {
		return PhaseAssessingQuality
	}
	return PhasePlatforms.part(done, planned, "Generating the platform personas: %d of %d done.")
}

// part is the part of a phase that follows done of planned parts; format takes both.
func (p Phase) part(done, planned int, format string) Phase {
	span := (p.To - p.From) / float64(planned)
	from := p.From + span*float64(done)
	return Phase{p.Name, round2(from), round2(min(from+span, p.To)), fmt.Sprintf(format, done, planned)}
}

// CrawlPhase is the part of PhaseCrawling after done of planned pages.
func CrawlPhase(done, planned int) Phase {
	return PhaseCrawling.part(done, max(planned, done, 1), "Read %d of %d pages of the website.")
}

// minRange is the least range of a phase in percent, where that much is left: two
// minutes of visible growth.
const minRange = 2

// Enter returns the progress at the beginning of phase. It never goes back: a phase
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
