package version

import (
	"context"
	"fmt"

	"github.com/alwrity/onboarding/internal/postgres"
)

// Results are what the submissions of one transaction have made, at most one of each session.
type Results struct {
	Analyses []*Analysis
	Personas []*Personas
}

// Read reads what the results replace. The statements may be sent together with others.
func (r Results) Read(ctx context.Context, q *postgres.Queries) error {
	if err := readAnalyses(ctx, q, r.Analyses); err != nil {
		return err
	}
	for _, p := range r.Personas {
		if err := p.read(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// Decide decides, by what was read under the locks of the sessions, what becomes of each result.
func (r Results) Decide() error {
	for _, a := range r.Analyses {
		if err := a.decide(); err != nil {
			return err
		}
	}
	for _, p := range r.Personas {
		if err := p.decide(); err != nil {
			return err
		}
	}
	return nil
}

// DecideFirst is Decide for results in whose place nothing is stored: Read is not needed before.
func (r Results) DecideFirst() (err error) {
	for _, p := range r.Personas {
		if p.row, err = p.newRow(); err != nil {
			return err
		}
	}
	return r.Decide()
}

// Write stores the results as decided. The statements may be sent together with others.
func (r Results) Write(ctx context.Context, q *postgres.Queries) error {
	var steps []step
	for _, a := range r.Analyses {
		steps = append(steps, a.steps...)
	}
	for _, p := range r.Personas {
		steps = append(steps, p.steps...)
	}
	for _, do := range steps {
		if err := do(ctx, q); err != nil {
			return fmt.Errorf("write versions: %w", err)
		}
	}
	return saveAnalyses(ctx, q, r.Analyses)
}
