package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// TextChooser asks a model which candidates of a page are its main text. It is pure.
type TextChooser struct {
	Prompt func(onboarding.Page) onboarding.Prompt
	// Merge returns the page with the text that the answer chooses. The error wraps onboarding.ErrBadAnswer if the
	// answer makes no sense.
	Merge func(onboarding.Page, onboarding.Answer) (onboarding.Page, error)
}

// maxPageQuestions is how many pages of a website a model is asked about.
const maxPageQuestions = 3

// timeForPage is the time that must be left to ask about a page: for its answer, for a second one if the first is bad,
// and for the question about the analysis.
const timeForPage = 3 * callTime

// noTextChosen is the note of an analysis that is made from texts that a model should have chosen.
const noTextChosen = "A language model was asked about the uncertain main text of a page and gave no usable answer."

// askedPage is the checkpoint of a question about a page. It names the page, since a repeated run may have read more.
type askedPage struct {
	asked
	URL string `json:"url"`
}

// chooseTexts returns the pages with the main text that a model chooses, for those where it is most uncertain, and
// whether a model gave no usable answer. Each question has a number, under which it is charged and kept. The first one
// without an answer is the last. None is asked after the question about the analysis, which is about the text.
func (w *websiteAnalysis) chooseTexts(
	ctx context.Context, r *run, kept map[string]json.RawMessage, keys []onboarding.StoredKey, pages []onboarding.Page,
) (chosen []onboarding.Page, failed bool, err error) {
	chosen = slices.Clone(pages)
	unsure := unsurePages(pages)
	_, analyzed := kept["analysis"]
	for n := 1; n <= maxPageQuestions; n++ {
		name := fmt.Sprintf("main_text_%d", n)
		mayAsk := len(keys) > 0 && len(unsure) > 0 && !analyzed && timeLeft(ctx, timeForPage)
		if _, ok := kept[name]; !ok && !mayAsk {
			break
		}
		analyzing := func() onboarding.Phase { return onboarding.PhaseAnalyzing }
		answer, err := once(ctx, r, kept, name, analyzing, func(ctx context.Context) (askedPage, error) {
			page := chosen[unsure[0]]
			prompt := w.texts.Prompt(page)
			prompt.Name = name
			out, err := w.models.ask(ctx, r, keys, prompt)
			return askedPage{asked: out, URL: page.URL}, err
		})
		if err != nil {
			return nil, false, fmt.Errorf("ask a model about a page: %w", err)
		}
		if answer.Answer == nil {
			return chosen, true, nil
		}
		at := slices.IndexFunc(unsure, func(i int) bool { return pages[i].URL == answer.URL })
		if at < 0 {
			continue
		}
		i := unsure[at]
		unsure = slices.Delete(unsure, at, at+1)
		if chosen[i], err = w.texts.Merge(pages[i], *answer.Answer); err != nil {
			w.models.log.InfoContext(ctx, "answer about a page dropped", "submission_id", r.Submission.ID, "error", err)
			chosen[i], failed = pages[i], true
		}
	}
	return chosen, failed, nil
}

// unsurePages returns the indices of the pages that a model can be asked about, the most uncertain first.
func unsurePages(pages []onboarding.Page) []int {
	var unsure []int
	for i, p := range pages {
		if p.Extraction.Unsure() && len(p.Candidates) > 0 {
			unsure = append(unsure, i)
		}
	}
	slices.SortStableFunc(unsure, func(a, b int) int {
		return cmp.Compare(pages[a].Extraction.Confidence, pages[b].Extraction.Confidence)
	})
	return unsure
}

// timeLeft reports whether ctx lasts that long.
func timeLeft(ctx context.Context, least time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) >= least
}
