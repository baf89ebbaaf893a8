package flow

import (
	"github.com/google/uuid"
)

// Announce is told each session whose version a commit has raised, after that commit
// and outside of any transaction; it must not wait. Nil tells nobody.
type Announce func(sessionID uuid.UUID)

func (a Announce) Changed(sessionID uuid.UUID) {
	if a != nil && sessionID != uuid.Nil {
		a(sessionID)
	}
}
