package wizard

import (
	"context"
	"encoding/json"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
)

// QualityRequest asks how good personas are.
type QualityRequest struct {
	Core      json.RawMessage `json:"core_persona" doc:"A CorePersona with at least an identity."`
	Platforms json.RawMessage `json:"platform_personas" doc:"An object with a PlatformPersona for at least one platform."`
	Feedback  json.RawMessage `json:"user_feedback,omitempty" doc:"Accepted and ignored: the scores are computed."`
}

// QualityBody is the response.
type QualityBody struct {
	Success         bool                       `json:"success" doc:"Whether the personas were assessed."`
	Quality         *onboarding.QualityMetrics `json:"quality_metrics" doc:"Null unless success is true."`
	Recommendations []string                   `json:"recommendations" doc:"What would raise the scores, in sentences."`
	Error           *string                    `json:"error" doc:"Why there are no scores, in a sentence."`
}

func (h *Handlers) assessQuality(
	ctx context.Context, in *edge.BodyInput[QualityRequest],
) (*edge.Output[QualityBody], error) {
	personas, err := submitted.ParsePersonas(in.Body.Core, in.Body.Platforms, nil, nil)
	if err != nil {
		return nil, err
	}
	submission, err := h.cfg.Submitter.AssessPersonas(ctx, edge.UserID(ctx), personas)
	body := QualityBody{Recommendations: []string{}}
	short, err := h.awaitResult(ctx, submission, err, "The assessment of the personas", &body.Quality)
	if err != nil {
		return nil, err
	}
	if short == "" && body.Quality == nil {
		short = "There is no website analysis to compare the personas with. Complete step 2 first."
	}
	if body.Success, body.Error = short == "", edge.OrNil(short); body.Success {
		edge.WithoutNulls(body.Quality)
		body.Recommendations = append(body.Recommendations, body.Quality.Recommendations...)
	}
	return edge.OK(body), nil
}
