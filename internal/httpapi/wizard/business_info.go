package wizard

import (
	"context"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// legacyUser is the id that the wizard sends for every user.
const legacyUser = "1"

// BusinessRequest is what a user without a website tells of the business.
type BusinessRequest struct {
	BusinessDescription string `json:"business_description" nullable:"true" example:"We repair bicycles in Leeds and teach our customers to do it themselves." doc:"10 to 1,000 characters."`
	Industry            string `json:"industry,omitempty" nullable:"true" example:"Bicycle repair" doc:"At most 100 characters."`
	TargetAudience      string `json:"target_audience,omitempty" nullable:"true" doc:"At most 500 characters."`
	BusinessGoals       string `json:"business_goals,omitempty" nullable:"true" doc:"At most 1,000 characters."`
	UserID              any    `json:"user_id,omitempty" doc:"Accepted and ignored: the user is the one who is signed in."`
}

// BusinessRow is what is stored of it.
type BusinessRow struct {
	ID                  int64     `json:"id"`
	UserID              string    `json:"user_id" doc:"The claim sub of the user."`
	BusinessDescription string    `json:"business_description"`
	Industry            *string   `json:"industry"`
	TargetAudience      *string   `json:"target_audience"`
	BusinessGoals       *string   `json:"business_goals"`
	CreatedAt           time.Time `json:"created_at"`
	UpdatedAt           time.Time `json:"updated_at"`
}

// BusinessSubmitted is what is stored, and the analysis that is made from it.
type BusinessSubmitted struct {
	BusinessRow
	SubmissionID string `json:"submission_id" format:"uuid" doc:"The submission of step 2; the step shows its progress."`
}

type businessUpdate struct {
	RowPath
	Body BusinessRequest
}

type businessOfUser struct {
	edge.StateInput
	UserID string `path:"user_id" example:"1" doc:"The caller's own user id; 1, which the wizard sends, means the caller too."`
}

// readBusiness reads the description of a business; path is that of the object.
func readBusiness(object edge.Fields, path string) (info onboarding.BusinessInfo, err error) {
	for _, field := range []struct {
		name  string
		value *string
	}{
		{"business_description", &info.BusinessDescription},
		{"industry", &info.Industry},
		{"target_audience", &info.TargetAudience},
		{"business_goals", &info.BusinessGoals},
	} {
		if *field.value, err = object.Text(path, field.name); err != nil {
			return info, err
		}
	}
	return info, nil
}

// checkedBusiness validates the description of a business, which is required; path is that of the
// object.
func checkedBusiness(path string, info onboarding.BusinessInfo) (onboarding.BusinessInfo, error) {
	info, err := info.Checked(path)
	if err == nil && info.BusinessDescription == "" {
		err = &onboarding.InputError{
			Field: path + "business_description", Code: "required", Reason: "Describe your business in 10 to 1,000 characters.",
		}
	}
	return info, err
}

func (h *Handlers) submitBusiness(
	ctx context.Context, in *edge.BodyInput[BusinessRequest],
) (*edge.Output[BusinessSubmitted], error) {
	info, err := checkedBusiness("", onboarding.BusinessInfo{
		BusinessDescription: in.Body.BusinessDescription, Industry: in.Body.Industry,
		TargetAudience: in.Body.TargetAudience, BusinessGoals: in.Body.BusinessGoals,
	})
	if err != nil {
		return nil, err
	}
	submission, err := h.cfg.Submitter.SubmitBusiness(ctx, edge.UserID(ctx), info)
	if err != nil {
		return nil, err
	}
	stored, err := postgres.Business(ctx, h.queries(ctx), edge.UserID(ctx))
	return edge.OK(BusinessSubmitted{BusinessRow: businessRow(ctx, stored), SubmissionID: submission.ID.String()}), err
}

func (h *Handlers) updateBusiness(ctx context.Context, in *businessUpdate) (*edge.Output[BusinessSubmitted], error) {
	if _, err := h.businessByID(ctx, in.ID); err != nil {
		return nil, err
	}
	return h.submitBusiness(ctx, &edge.BodyInput[BusinessRequest]{Body: in.Body})
}

func (h *Handlers) business(ctx context.Context, in *rowInput) (*edge.StateOutput[BusinessRow], error) {
	stored, err := h.businessByID(ctx, in.ID)
	return edge.Conditional(&in.StateInput, businessRow(ctx, stored), err)
}

// businessByID returns the caller's description if it has that id.
func (h *Handlers) businessByID(ctx context.Context, id int64) (onboarding.BusinessInfo, error) {
	stored, err := postgres.Business(ctx, h.queries(ctx), edge.UserID(ctx))
	if err == nil && stored.ID != id {
		err = onboarding.ErrNotFound
	}
	return stored, err
}

func (h *Handlers) businessOfUser(ctx context.Context, in *businessOfUser) (*edge.StateOutput[BusinessRow], error) {
	if in.UserID != edge.UserID(ctx) && in.UserID != legacyUser {
		return nil, onboarding.ErrNotFound
	}
	stored, err := postgres.Business(ctx, h.queries(ctx), edge.UserID(ctx))
	return edge.Conditional(&in.StateInput, businessRow(ctx, stored), err)
}

func businessRow(ctx context.Context, stored onboarding.BusinessInfo) BusinessRow {
	return BusinessRow{
		ID: stored.ID, UserID: edge.UserID(ctx), BusinessDescription: stored.BusinessDescription,
		Industry: edge.OrNil(stored.Industry), TargetAudience: edge.OrNil(stored.TargetAudience),
		BusinessGoals: edge.OrNil(stored.BusinessGoals),
		CreatedAt:     stored.CreatedAt, UpdatedAt: stored.UpdatedAt,
	}
}
