package onboarding

import "time"

// Quota is a sort of submissions of which a user has so many a day. Days are those of UTC.
type Quota string

// The quotas.
const (
	// QuotaAnalyses are analyses of websites and texts, previews included.
	QuotaAnalyses Quota = "analyses"
	// QuotaPersonas are generations of personas.
	QuotaPersonas Quota = "personas"
	// QuotaImports are analyses and personas that the client posts.
	QuotaImports Quota = "imports"
	// QuotaLookups are checks of keys, searches for competitors, readings of sitemaps and
	// assessments of personas.
	QuotaLookups Quota = "lookups"
)

// Limits bound what one user may do; 0 is no bound.
type Limits struct {
	// WritesPerSecond and WritesBurst bound the calls that change something, and
	// AddressWritesPerSecond those of one network address, in each API process.
	WritesPerSecond, WritesBurst, AddressWritesPerSecond int
	// ReadsPerSecond, ReadsBurst and AddressReadsPerSecond bound all other calls likewise.
	ReadsPerSecond, ReadsBurst, AddressReadsPerSecond int
	// AnalysesPerDay and so on bound the submissions of each quota, ChangesPerDay the step
	// events, which are kept.
	AnalysesPerDay, PersonasPerDay, ImportsPerDay, LookupsPerDay, ChangesPerDay int
	// WaitingCalls bounds the calls that wait for work, Streams the open streams, at the same
	// time, in each API process.
	WaitingCalls, Streams int
}

// PerDay returns how many submissions of a quota a day may have.
func (l Limits) PerDay(quota Quota) int {
	return map[Quota]int{
		QuotaAnalyses: l.AnalysesPerDay, QuotaPersonas: l.PersonasPerDay,
		QuotaImports: l.ImportsPerDay, QuotaLookups: l.LookupsPerDay,
	}[quota]
}

// LimitError says that a user has done as much as a limit allows.
type LimitError struct {
	// Code is stable, lower snake case.
	Code string
	// Reason is one sentence that tells the user what to do.
	Reason string
	// RetryAfter is when the same request makes sense again.
	RetryAfter time.Duration
}

func (e *LimitError) Error() string { return e.Code + ": " + e.Reason }
