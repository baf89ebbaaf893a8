package onboarding

import (
	"math"
	"time"
)

// Progress is how far a submission is. The stored value changes when a phase
// begins; between two writes it is interpolated by the database's clock, so that
// clients that poll always see progress and every API process gives the same answer.
type Progress struct {
	// Value is the progress in percent when the phase began.
	Value float64
	// Ceiling is where the next phase begins; the interpolated value stays below.
	Ceiling float64
	// Phase names what is being done, lower snake case.
	Phase string
	// Message is one sentence for the user: what is being done or waited for.
	Message string
	// Elapsed is the time since the phase began.
	Elapsed time.Duration
}

// Interpolation of a phase that goes from Value to Ceiling:
//
//	value + range·0.6·t/(t+15 s) + min(t·0.0067/s, range·0.4)
//
// The first term shows early movement. The second one grows by 0.01 in 1.5 s, so
// that a value rounded to two decimals grows from poll to poll (2 s apart) for
// one minute per percent of the range.
const (
	interpolationHalf  = 15.0   // seconds in which half of the first term has passed
	interpolationShare = 0.6    // of the range that the first term covers
	interpolationRate  = 0.0067 // percent per second of the second term
)

// At returns the progress now, in percent with two decimals, always below
// Ceiling while work goes on.
func (p Progress) At() float64 {
	t, span := max(p.Elapsed.Seconds(), 0), p.Ceiling-p.Value
	if span <= 0 {
		return round2(p.Value)
	}
	v := p.Value + span*interpolationShare*t/(t+interpolationHalf) +
		min(t*interpolationRate, span*(1-interpolationShare))
	return min(round2(v), round2(p.Ceiling)-0.01)
}

// End returns the value to stop at. It is a little more than the progress now, so that
// a client that asks before the end is stored does not see more than afterwards.
func (p Progress) End() float64 {
	const margin = 0.1
	return round2(max(min(p.At()+margin, p.Ceiling), p.Value))
}

func round2(v float64) float64 { return math.Round(v*100) / 100 }
