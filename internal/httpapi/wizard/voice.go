package wizard

import (
	"context"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/voice"
)

// maxScoredRunes is the longest text that is scored, in characters.
const maxScoredRunes = 50_000

// VoiceRequest asks how much a text sounds like the user's website.
type VoiceRequest struct {
	Text     string  `json:"text" doc:"1 to 50,000 characters; 30 words have a score."`
	Platform *string `json:"platform,omitempty" nullable:"true" example:"linkedin" doc:"The platform whose limits are checked; none by default."`
}

// VoiceBody is the response.
type VoiceBody struct {
	Success   bool                  `json:"success" doc:"Whether the text has a score; reason of the score says why not."`
	Platform  *string               `json:"platform"`
	Voice     onboarding.VoiceScore `json:"voice"`
	Timestamp time.Time             `json:"timestamp" doc:"When the response was made."`
}

// scoreVoice compares a text with the newest analysis; nothing is stored or queued.
func (h *Handlers) scoreVoice(
	ctx context.Context, in *edge.BodyInput[VoiceRequest],
) (*edge.Output[VoiceBody], error) {
	text, err := onboarding.CheckedText(in.Body.Text, "text", maxScoredRunes)
	if err == nil && text == "" {
		err = &onboarding.InputError{Field: "text", Code: "required", Reason: "Enter a text to score."}
	}
	if err != nil {
		return nil, err
	}
	limits := onboarding.PlatformLimits{}
	if in.Body.Platform != nil {
		platform, err := onboarding.ParsePlatform(*in.Body.Platform, "platform")
		if err != nil {
			return nil, err
		}
		limits = platform.Limits()
	}
	results, err := h.results(ctx, onboarding.StepWebsite)
	if err != nil {
		return nil, err
	}
	var profile *onboarding.VoiceProfile
	if results.analysis != nil && results.analysis.Analysis.Measured.Voice != nil {
		profile = &results.analysis.Analysis.Measured.Voice.Profile
	}
	score := voice.Shared().Score(profile, text, limits)
	if results.analysis == nil {
		score.Reason = "There is no website analysis to compare the text with. Complete step 2 first."
	}
	return edge.OK(VoiceBody{
		Success: score.Score != nil, Platform: in.Body.Platform, Voice: score, Timestamp: time.Now().UTC(),
	}), nil
}
