package onboarding

import "time"

// BusinessInfo is what a user without a website says of the business. Empty
// strings were left out.
type BusinessInfo struct {
	ID                  int64     `json:"id"`
	BusinessDescription string    `json:"business_description"`
	Industry            string    `json:"industry"`
	TargetAudience      string    `json:"target_audience"`
	BusinessGoals       string    `json:"business_goals"`
	CreatedAt           time.Time `json:"created_at"`
	UpdatedAt           time.Time `json:"updated_at"`
}

// Sources is what is held about a user that personas and inputs are made from. Nil
// is not there.
type Sources struct {
	// Analysis is the result that step 2 holds.
	Analysis *StoredAnalysis
	// Preferences and their findings are those of step 3.
	Preferences *ResearchPreferences
	// Personas are the result that step 4 holds.
	Personas *StoredPersonas
	Business *BusinessInfo
}
