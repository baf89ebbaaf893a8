package edge

import (
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
)

// MadeFrom says which analysis personas were made from.
type MadeFrom struct {
	AnalysisID int64               `json:"analysis_id" doc:"The id of the analysis."`
	Version    int                 `json:"version" doc:"The version of the analysis."`
	WebsiteURL *string             `json:"website_url" example:"https://example.com" doc:"The address that was analysed, null for a text."`
	Warning    *onboarding.Warning `json:"warning" doc:"That step 2 holds something else by now: personas_of_another_website, personas_of_older_analysis or personas_without_analysis; null if it is the same."`
}

// ShownMadeFrom compares what personas were made from with the analysis that step 2 holds, nil if it holds none.
func ShownMadeFrom(on *onboarding.BasedOn, held *onboarding.AnalysisHead) *MadeFrom {
	if on == nil {
		return nil
	}
	return &MadeFrom{
		AnalysisID: on.AnalysisID, Version: on.Version, WebsiteURL: OrNil(hostname.ShownURL(on.Website)),
		Warning: on.Outdated(held),
	}
}
