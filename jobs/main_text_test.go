package jobs

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// textCrawl reads a page for each confidence in its main text.
func textCrawl(confidences ...float64) crawlScript {
	return func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		site := onboarding.Site{URL: crawl.URL, Pages: crawl.Held}
		for i := len(crawl.Held); i < len(confidences); i++ {
			p := page(i)
			p.Extraction = onboarding.Extraction{Type: "service", Confidence: confidences[i]}
			p.Blocks = []onboarding.Block{{Kind: onboarding.BlockParagraph, Text: "measured"}}
			if p.Extraction.Unsure() {
				p.Candidates = []onboarding.Candidate{{Block: p.Blocks[0], Kept: true, Asked: true}}
			}
			if err := crawl.Keep(ctx, p, len(confidences)); err != nil {
				return site, err
			}
			site.Pages = append(site.Pages, p)
		}
		return site, nil
	}
}

// texts is a TextChooser that remembers the pages that were asked about, and an Analyzer that lists the pages' texts.
type texts struct {
	*scripted
	mu    sync.Mutex
	asked []string
	// read are the texts of the last analysis.
	read []string
	// unusable are the pages whose answers can't be merged.
	unusable string
}

func (c *texts) Analyze(ctx context.Context, site onboarding.Site) (onboarding.Analysis, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = nil
	for _, p := range site.Pages {
		c.read = append(c.read, p.Text())
	}
	return c.scripted.Analyze(ctx, site)
}

func (c *texts) chooser() TextChooser {
	return TextChooser{
		Prompt: func(p onboarding.Page) onboarding.Prompt {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.asked = append(c.asked, p.URL)
			return onboarding.Prompt{Name: "main_text"}
		},
		Merge: func(p onboarding.Page, answer onboarding.Answer) (onboarding.Page, error) {
			if p.URL == c.unusable {
				return p, fmt.Errorf("%w: nothing", onboarding.ErrBadAnswer)
			}
			p.Blocks = []onboarding.Block{{Kind: onboarding.BlockParagraph, Text: "chosen by " + answer.Model}}
			return p, nil
		},
	}
}

// textWorker starts a worker that reads pages of these confidences, and analyses a website with it.
func (b *bundle) textWorker(models *scriptedModels, c *texts, confidences ...float64) onboarding.Submission {
	b.t.Helper()
	cfg := b.config(textCrawl(confidences...))
	c.scripted = cfg.Analyzer.(*scripted)
	cfg.Analyzer, cfg.Texts, cfg.Models = c, c.chooser(), models
	b.start(cfg)
	return b.ended(b.website("example.com").ID)
}

func (b *bundle) charges() string {
	b.t.Helper()
	return pgtest.One[string](b.t, b.db,
		"select coalesce(string_agg(prompt, ' ' order by prompt), '') from model_calls")
}

// The three most uncertain pages are asked about, each once, although the run is repeated between two answers and at
// its end.
func TestUncertainPagesAreAskedAboutOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	b.owner(`create sequence hits; grant usage on sequence hits to public;
		create function refuse_once() returns trigger language plpgsql as $$ begin
			if nextval('hits') = 1 then raise exception 'not now' using errcode = '57P01'; end if;
			return new;
		end $$;
		create trigger refuse_once before insert on website_analyses for each row execute function refuse_once()`)
	models := &scriptedModels{script: func(
		_ context.Context, calls int, _ onboarding.Provider, prompt string,
	) (onboarding.Answer, error) {
		if prompt == "main_text_2" && calls == 1 {
			return onboarding.Answer{}, &onboarding.Failure{Code: onboarding.FailureProviderUnavailable, Subject: "OpenAI"}
		}
		return answered(prompt), nil
	}}
	var c texts
	submission := b.textWorker(models, &c, 0.5, 0.9, 0.1, 0.3, 0.55, 0.2)
	require.Equal(t, onboarding.SubmissionCompleted, submission.Status)
	assert.Equal(t, "analysis main_text_1 main_text_2 main_text_3", b.charges())
	assert.Equal(t, []string{page(2).URL, page(5).URL, page(5).URL, page(3).URL}, c.asked)
	assert.Equal(t, []string{
		"measured", "measured", "chosen by main_text_1", "chosen by main_text_3", "measured", "chosen by main_text_2",
	}, c.read)
	assert.Empty(t, b.analysis().Style.Meta.Notes)
	assert.Zero(t, pgtest.One[int](t, b.db, "select count(*) from checkpoints"))
}

// Without a usable answer the measured text stands, and no other page is asked about.
func TestUselessAnswersAboutPagesFailNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	models := &scriptedModels{script: func(
		_ context.Context, _ int, _ onboarding.Provider, prompt string,
	) (onboarding.Answer, error) {
		if strings.HasPrefix(prompt, "main_text") {
			return answered("gpt"), onboarding.ErrBadAnswer
		}
		return answered("gpt"), nil
	}}
	var c texts
	submission := b.textWorker(models, &c, 0.5, 0.1)
	require.Equal(t, onboarding.SubmissionCompleted, submission.Status)
	assert.Equal(t, "analysis main_text_1 main_text_1", b.charges())
	assert.Equal(t, []string{"measured", "measured"}, c.read)
	assert.Equal(t, "gpt", b.analysis().Style.Meta.Engine)
	assert.Equal(t, onboarding.List{noTextChosen}, b.analysis().Style.Meta.Notes)
}

// An answer that makes no sense is dropped; the next page is asked about.
func TestAnswerAboutAPageIsDropped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	c := texts{unusable: page(1).URL}
	submission := b.textWorker(&scriptedModels{script: oneModel}, &c, 0.5, 0.1)
	require.Equal(t, onboarding.SubmissionCompleted, submission.Status)
	assert.Equal(t, []string{"chosen by gpt", "measured"}, c.read)
	assert.Equal(t, onboarding.List{noTextChosen}, b.analysis().Style.Meta.Notes)
}

func TestWithoutAKeyNoPageIsAskedAbout(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var c texts
	submission := b.textWorker(&scriptedModels{script: oneModel}, &c, 0.5, 0.1)
	require.Equal(t, onboarding.SubmissionCompleted, submission.Status)
	assert.Empty(t, c.asked)
	assert.Empty(t, b.charges())
	assert.Equal(t, []string{"measured", "measured"}, c.read)
}
