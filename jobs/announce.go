package jobs

import "github.com/google/uuid"

// announce is told each session whose version a commit has raised, after that commit
// and outside of any transaction; it must not wait. Nil tells nobody.
type announce func(sessionID uuid.UUID)

func (a announce) changed(sessionID uuid.UUID) {
	if a != nil && sessionID != uuid.Nil {
		a(sessionID)
	}
}
