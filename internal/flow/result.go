package flow

import (
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/version"
)

// Result is what completed work leaves, each part nil for nothing. It is written by the transaction that
// ends the submission.
type Result struct {
	Analysis *version.Analysis
	Personas *version.Personas
	// Inputs is the document of a build of the inputs, made from Ending.Revision.
	Inputs []byte
	// Keys is what live calls said of API keys.
	Keys []app.SetKeyStatusParams
	// Answer is a document for the request that waits for the submission.
	Answer []byte
}

// results are what the members store as versions, but for those that fail.
func results(members []*member) (r version.Results) {
	for _, m := range members {
		if m.ending.Failure != nil {
			continue
		}
		if made := m.ending.Result.Analysis; made != nil {
			r.Analyses = append(r.Analyses, made)
		}
		if made := m.ending.Result.Personas; made != nil {
			r.Personas = append(r.Personas, made)
		}
	}
	return r
}
