// Package findings answers what step 3 asks of what is stored: the profiles that a website links to, the tasks that
// are planned for it, and how its sitemap compares with those of competitors.
package findings

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
	"github.com/alwrity/onboarding/internal/postgres"
)

// Config configures the operations.
type Config struct {
	// Pool assumes the app role.
	Pool *postgres.Pool
}

// Register adds the operations.
func Register(e *edge.Edge, cfg Config) {
	const path, tag = edge.BasePath + "/step3", "research"
	h := handlers{cfg}
	edge.Register(e, "POST "+path+"/discover-social-media", "discoverSocialMedia", tag,
		"The social profiles that a website links to", h.social,
		edge.About("Read from the stored analysis of the website, at once; success is false before there is one."))
	edge.Register(e, "GET "+path+"/scheduled-tasks-status", "getScheduledTasks", tag,
		"What the analyses that follow step 3 can start from", h.tasks,
		edge.About("Whether there are competitors to analyse, and a report of sitemap-benchmark-report. Nothing is "+
			"scheduled here: the scheduler is another service."))
	edge.Register(e, "GET "+path+"/sitemap-benchmark-report", "getSitemapBenchmark", tag,
		"How the website's sitemap compares with those of competitors", h.report, missing,
		edge.About("Of the sitemaps that are stored: the website's own from its analysis, and those that analyze-sitemap "+
			"has read. 404 report_not_found while that of the website is not."))
}

type handlers struct{ cfg Config }

func (h handlers) queries(ctx context.Context) *postgres.Queries {
	return postgres.AsUser(h.cfg.Pool, edge.UserID(ctx))
}

// SocialRequest asks for the social profiles of a website.
type SocialRequest struct {
	UserURL string `json:"user_url,omitempty" example:"https://example.com" doc:"The address of the website; that of the stored analysis when it is empty or left out."`
}

// SocialBody is the response.
type SocialBody struct {
	Success  bool              `json:"success"`
	Message  string            `json:"message"`
	UserURL  string            `json:"user_url"`
	Accounts map[string]string `json:"social_media_accounts" doc:"By platform the address that most pages link to; twitter is X."`
	Error    *string           `json:"error" doc:"Why nothing is known, in a sentence."`
}

// notAnalysed is the error of a website without an analysis.
const notAnalysed = "The website has not been analysed. Analyse it in step 2; its profiles are read from its pages."

func (h handlers) social(ctx context.Context, in *edge.BodyInput[SocialRequest]) (*edge.Output[SocialBody], error) {
	stored, website, err := h.analysis(ctx, in.Body.UserURL)
	if err != nil {
		return nil, err
	}
	body := SocialBody{UserURL: hostname.ShownURL(website), Accounts: map[string]string{}}
	if stored == nil {
		body.Message, body.Error = notAnalysed, new(notAnalysed)
		return edge.OK(body), nil
	}
	body.Success, body.Accounts = true, onboarding.WizardAccounts(stored.Analysis.Crawl)
	body.Message = "The profiles that the website links to."
	if len(body.Accounts) == 0 {
		body.Message = "The pages that were read link to no profile."
	}
	return edge.OK(body), nil
}

// analysis returns the stored analysis of a website, nil without one, and the normalized address: that of the newest
// analysis if none was sent.
func (h handlers) analysis(ctx context.Context, sent string) (*onboarding.StoredAnalysis, string, error) {
	latest, err := orNil(postgres.LatestAnalysis(ctx, h.cfg.Pool, edge.UserID(ctx)))
	if err != nil {
		return nil, "", err
	}
	if strings.TrimSpace(sent) == "" {
		if latest == nil || latest.LastWebsite == "" {
			return nil, "", nil
		}
		sent = latest.LastWebsite
	}
	address, err := onboarding.NormalizeURL(sent)
	if err != nil {
		return nil, "", edge.InField("user_url", err)
	}
	if latest != nil && bareHost(latest.Website) == bareHost(address) {
		return latest, address, nil
	}
	stored, err := orNil(postgres.AnalysisOf(ctx, h.queries(ctx), edge.UserID(ctx), address))
	return stored, address, err
}

func orNil[T any](value T, err error) (*T, error) {
	switch {
	case errors.Is(err, onboarding.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &value, nil
}

// maxCompetitors is how many of the competitors of step 3 are compared with.
const maxCompetitors = 25

// stored is what the benchmark is made of.
type stored struct {
	competitors []string
	sitemaps    []onboarding.HeldSitemap
	// own is the sitemap of the user's website, nil if none is stored or it lists nothing.
	own *onboarding.HeldSitemap
}

func (h handlers) stored(ctx context.Context) (stored, error) {
	var s stored
	q, userID := h.queries(ctx), edge.UserID(ctx)
	preferences, err := orNil(postgres.Preferences(ctx, q, userID))
	if err != nil {
		return s, err
	}
	website := ""
	if preferences != nil {
		s.competitors = addresses(preferences.Findings[onboarding.FindingCompetitors])
		_ = json.Unmarshal(preferences.Findings["userUrl"], &website) // no text names no website
	}
	if s.sitemaps, err = postgres.Sitemaps(ctx, q, userID); err != nil || len(s.sitemaps) == 0 {
		return s, err
	}
	head, err := postgres.HeldAnalysisHead(ctx, q, userID)
	if err != nil {
		return s, err
	}
	if head != nil {
		website = cmp.Or(head.Website, website)
	}
	if website == "" {
		latest, err := orNil(postgres.LatestAnalysis(ctx, h.cfg.Pool, userID))
		if err != nil {
			return s, err
		}
		if latest != nil {
			website = latest.LastWebsite
		}
	}
	if s.own = find(s.sitemaps, website); s.own != nil && s.own.Report.Structure.TotalURLs == 0 {
		s.own = nil
	}
	return s, nil
}

// addresses are the websites of the competitors that step 3 keeps, each host once.
func addresses(findings json.RawMessage) []string {
	var competitors []struct{ URL, Domain any }
	_ = json.Unmarshal(findings, &competitors) // what is no list of objects names none
	var out []string
	for _, c := range competitors {
		for _, value := range []any{c.URL, c.Domain} {
			text, _ := value.(string)
			address, err := onboarding.NormalizeURL(text)
			if err != nil {
				continue
			}
			same := func(other string) bool { return bareHost(other) == bareHost(address) }
			if len(out) < maxCompetitors && !slices.ContainsFunc(out, same) {
				out = append(out, address)
			}
			break
		}
	}
	return out
}
