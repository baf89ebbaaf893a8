package wizard

import (
	"context"
	"encoding/json"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
)

// completeWebsite submits step 2 from a finished analysis, a website, a text or the
// description of the business, the first of them that was sent.
func (h *Handlers) completeWebsite(ctx context.Context, data edge.Fields) (*submittedOutput, error) {
	website, field, err := submittedWebsite(data)
	if err != nil {
		return nil, err
	}
	business, err := submittedBusiness(data)
	switch {
	case err != nil:
		return nil, err
	case !data.Empty("analysis"):
		return h.importAnalysis(ctx, data["analysis"], website, field)
	case website != "":
		submission, err := h.cfg.Submitter.SubmitWebsite(ctx, edge.UserID(ctx), onboarding.WebsiteInput{Website: website})
		return acceptedAnalysis(submission, "The analysis of your website has started.", edge.InField(field, err))
	case data.Has("text_sample"):
		return h.submitText(ctx, data, business)
	case business != nil:
		submission, err := h.cfg.Submitter.SubmitBusiness(ctx, edge.UserID(ctx), *business)
		return acceptedAnalysis(submission, "The analysis of your description has started.", err)
	}
	return nil, &onboarding.InputError{
		Field: "data.website", Code: "required",
		Reason: "Enter the address of your website, for example https://example.com.",
	}
}

// acceptedAnalysis is the response to a submitted analysis, with its input.
func acceptedAnalysis(submission onboarding.Submission, message string, err error) (*submittedOutput, error) {
	if err != nil {
		return nil, err
	}
	input, err := onboarding.InputOf[SubmittedData](submission)
	delete(input, "assumed_scheme") // says nothing that the client did not know
	if website, named := input["website"].(string); named {
		input["website"] = hostname.ShownURL(website)
	}
	return with(accepted(onboarding.StepWebsite, submission, message), input), err
}

// importAnalysis stores an analysis that the client has.
func (h *Handlers) importAnalysis(
	ctx context.Context, raw json.RawMessage, website, field string,
) (*submittedOutput, error) {
	document, err := h.sentAnalysis(raw)
	if err != nil {
		return nil, edge.MoveField(err, "", "data.")
	}
	submission, err := h.cfg.Submitter.ImportAnalysis(ctx, edge.UserID(ctx),
		onboarding.AnalysisImport{Website: website, Analysis: document})
	if err != nil {
		return nil, edge.InField(field, err)
	}
	input, err := onboarding.InputOf[onboarding.AnalysisImport](submission)
	out, err := h.awaitImport(ctx, submission, err, "Your website analysis is stored.")
	if err != nil || input.Website == "" {
		return out, err
	}
	return with(out, SubmittedData{"website": hostname.ShownURL(input.Website)}), nil
}

// submitText submits a text of the user, with the description of the business if there is one.
func (h *Handlers) submitText(
	ctx context.Context, data edge.Fields, business *onboarding.BusinessInfo,
) (*submittedOutput, error) {
	text, err := data.Text("data.", "text_sample")
	if err != nil {
		return nil, err
	}
	if text, err = onboarding.CheckedTextSample(text, "data.text_sample"); err != nil {
		return nil, err
	}
	input := onboarding.WebsiteInput{TextSample: text}
	if business != nil {
		input.BusinessDescription, input.Industry = business.BusinessDescription, business.Industry
		input.TargetAudience, input.BusinessGoals = business.TargetAudience, business.BusinessGoals
	}
	submission, err := h.cfg.Submitter.SubmitWebsite(ctx, edge.UserID(ctx), input)
	return acceptedAnalysis(submission, "The analysis of your text has started.", err)
}

// submittedWebsite returns the address in the data of step 2 and its field, "" if there is none.
func submittedWebsite(data edge.Fields) (website, field string, err error) {
	for _, name := range []string{"website", "website_url"} {
		value, err := edge.DecodeField[string](data, "data.", name, "text: the address of the website")
		if err != nil || value != "" {
			return value, "data." + name, err
		}
	}
	return "", "data.website", nil
}

// submittedBusiness returns the description of the business in the data of step 2 or in its object
// businessData, nil if there is none.
func submittedBusiness(data edge.Fields) (*onboarding.BusinessInfo, error) {
	path, optional := "data.", data.Has("text_sample", "website", "website_url", "analysis")
	if data.Has("businessData") && !data.Has("business_description") {
		nested, err := edge.DecodeField[edge.Fields](data, path, "businessData", "an object")
		if err != nil || len(nested) == 0 {
			return nil, err
		}
		data, path = nested, "data.businessData."
	}
	info, err := readBusiness(data, path)
	if err != nil || info == (onboarding.BusinessInfo{}) {
		return nil, err
	}
	if optional {
		info, err = info.Checked(path)
	} else {
		info, err = checkedBusiness(path, info)
	}
	return &info, err
}
