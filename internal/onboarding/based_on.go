package onboarding

import (
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding/hostname"
)

// BasedOn names the version of a website analysis that something was made from.
type BasedOn struct {
	AnalysisID int64 `json:"analysis_id"`
	Version    int   `json:"version"`
	// Website is the address that was analysed, "" for a text.
	Website string `json:"website_url"`
}

// AnalysisHead names a stored analysis in its current version.
type AnalysisHead struct {
	BasedOn
	// RestoredFrom is the version whose content it has again, 0 if it was not restored.
	RestoredFrom int
}

// Head names the analysis.
func (a StoredAnalysisOf[T]) Head() *AnalysisHead {
	return &AnalysisHead{BasedOn{a.ID, a.Version, a.Website}, a.RestoredFrom}
}

// Outdated returns the warning that personas made from b don't match the analysis that step 2
// holds now, nil if they do or if it is not known what they were made from. held is nil when
// step 2 holds no analysis.
func (b *BasedOn) Outdated(held *AnalysisHead) *Warning {
	switch {
	case b == nil:
		return nil
	case held == nil:
		return &Warning{
			"personas_without_analysis",
			fmt.Sprintf("The personas were made from %s, which counts no longer. Complete step 2 again.", b.name()),
		}
	case b.Website != held.Website:
		return &Warning{
			"personas_of_another_website",
			fmt.Sprintf("The personas were made from %s, but what counts now is %s. Generate the personas again.",
				b.name(), held.name()),
		}
	case b.AnalysisID == held.AnalysisID && (b.Version == held.Version || b.Version == held.RestoredFrom):
		return nil
	}
	return &Warning{
		"personas_of_older_analysis",
		fmt.Sprintf("What is known has changed since the personas were made from %s. Generate the personas again.",
			b.name()),
	}
}

func (b *BasedOn) name() string {
	if b.Website == "" {
		return "the analysis of a text"
	}
	return "the analysis of " + hostname.ShownURL(b.Website)
}
