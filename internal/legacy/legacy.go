// Package legacy takes over the users of ALwrity's former back end: it checks what a store has of each as what users
// submit today, hands it to flow, and reports what became of every row.
package legacy

import (
	"time"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/legacy/store"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// Sealer seals API keys; seal.Ring is one.
type Sealer interface {
	Seal(key []byte, userID, provider string) ([]byte, error)
	Fingerprint(key []byte) string
}

// Mapper turns the rows of a user into parts.
type Mapper struct {
	Keys Sealer
	// WithoutBrand leaves the brand analysis and the strategy insights out of analyses.
	WithoutBrand bool
	// Zone is the time zone of times that name none, nil if that is not known: they are left out then.
	Zone *time.Location
}

// Mapped is what the rows of a user are here.
type Mapped struct {
	Parts []flow.FormerPart
	// Verdicts are those of the rows, in their order.
	Verdicts []Verdict
}

// Verdict says what becomes of a row.
type Verdict struct {
	// Refused says that nothing of the row is taken over.
	Refused bool
	// Code and Reason say why it is refused, or why it is kept for prefill only; "" for neither.
	Code, Reason string
	// Part is the part that the row is a part of, -1 if it is none: a session, or a refused row.
	Part int
}

// mapping is the work on one user.
type mapping struct {
	*Mapper
	Mapped

	user store.User
}

// Map checks the rows of a user. The error is one of sealing.
func (m *Mapper) Map(user store.User) (Mapped, error) {
	w := &mapping{Mapper: m, user: user}
	for _, row := range user.Rows {
		v := Verdict{Part: -1}
		if reason := row.Columns["broken"]; reason != "" {
			v = refusal("invalid_json", reason)
		}
		w.Verdicts = append(w.Verdicts, v)
	}
	if err := w.keys(); err != nil {
		return Mapped{}, err
	}
	w.analyses()
	w.business()
	w.preferences()
	w.personas()
	w.integrations()
	for _, n := range user.Skipped {
		if step := onboarding.StepNumber(n); step >= 1 && step <= onboarding.StepCount && step.Skippable() {
			w.Parts = append(w.Parts, flow.FormerSkip{Step: step})
		}
	}
	return w.Mapped, nil
}

func refusal(code, reason string) Verdict {
	return Verdict{Refused: true, Code: code, Reason: reason, Part: -1}
}

// rows are the positions of the rows of a table, the newest first.
func (w *mapping) rows(table string) (positions []int) {
	for i, row := range w.user.Rows {
		if row.Table == table && !w.Verdicts[i].Refused {
			positions = append(positions, i)
		}
	}
	return positions
}

func (w *mapping) columns(i int) map[string]string { return w.user.Rows[i].Columns }

func (w *mapping) refuse(i int, code, reason string) { w.Verdicts[i] = refusal(code, reason) }

// refuseOlder refuses a row in whose place another one is taken.
func (w *mapping) refuseOlder(i int) {
	w.refuse(i, "older_duplicate", "Another row stands in its place, a newer one or one that passes the checks.")
}

// take adds a part made of rows; with faults it is kept for prefill.
func (w *mapping) take(part flow.FormerPart, faults faults, rows ...int) {
	v := Verdict{Part: len(w.Parts)}
	if len(faults) > 0 {
		v.Code, v.Reason = faults[0].Code, faults[0].Sentence()
	}
	for _, i := range rows {
		w.Verdicts[i] = v
	}
	w.Parts = append(w.Parts, part)
}

// at returns a time that is known for sure, nil otherwise.
func (m *Mapper) at(text string) *time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil && m.Zone != nil {
		at, err = time.ParseInLocation("2006-01-02T15:04:05.999999999", text, m.Zone)
	}
	if err != nil || at.After(time.Now()) {
		return nil
	}
	return &at
}

func (w *mapping) step(i int, faults faults) flow.FormerStep {
	return flow.FormerStep{Completes: len(faults) == 0, CompletedAt: w.at(w.columns(i)["completed_at"])}
}
