package style

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/crawl"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

const (
	schemaVersion = 1
	// confidenceHalfWords is the amount of prose at which the confidence is one half.
	confidenceHalfWords = 400
	engineLocal         = "local"
	// WithoutModel is a note of an analysis made without a model.
	WithoutModel = "No language model was used."
)

// Analyze builds the analysis of a site from its digest alone. The same site gives
// the same analysis, byte for byte. A site without any text is a
// *onboarding.Failure with FailureEmptyPage; other errors only come from ctx.
//
// A text without a website is a Site with an empty URL and one page that holds only
// Blocks: what only a website can show is then empty. With Site.Text even a text
// without words has an analysis; almost all of its values are empty, with reasons.
func (a *Analyzer) Analyze(ctx context.Context, site onboarding.Site) (onboarding.Analysis, error) {
	began := time.Now()
	analysis, err := a.analyze(ctx, site)
	var failure *onboarding.Failure
	switch {
	case errors.As(err, &failure):
		a.metrics.observe("empty", 0, time.Since(began))
	case err != nil:
		a.metrics.observe("stopped", 0, time.Since(began))
	default:
		a.metrics.observe("done", analysis.Measured.Words, time.Since(began))
	}
	return analysis, err
}

func (a *Analyzer) analyze(ctx context.Context, site onboarding.Site) (onboarding.Analysis, error) {
	var latinOn map[int]bool
	site.Pages, latinOn = withoutLatin(a.withOwner(site.Pages))
	if site.Text != nil {
		site.Pages = composed(site.Pages)
	}
	blocks, lang, foreign, err := a.mainLanguage(ctx, site.Pages)
	if err != nil {
		return onboarding.Analysis{}, err
	}
	c, err := a.meter.NewCorpus(ctx, blocks, lang)
	if err != nil {
		return onboarding.Analysis{}, err
	}
	if c.Words == 0 && (site.Text == nil || len(site.Pages) == 0) {
		return onboarding.Analysis{}, &onboarding.Failure{Code: onboarding.FailureEmptyPage, Subject: hostOf(site.URL)}
	}
	words, err := c.WordCounts(ctx, site.Pages, foreign)
	if err != nil {
		return onboarding.Analysis{}, err
	}
	kinds := make([]string, len(site.Pages))
	for i, p := range site.Pages {
		if kinds[i] = pagetype.Other; site.URL != "" {
			kinds[i] = a.PageType(p)
		}
	}
	a.setAside(c, kinds)
	m, err := a.meter.MeasureCorpus(ctx, c, pageTitles(c, site.Pages, foreign, kinds), brandWords(site.Pages, c.LowerCase,
		a.trades[c.Rules]),
		brandNames(site.Pages), urlsOf(site.Pages))
	if err != nil {
		return onboarding.Analysis{}, err
	}
	e := &evidence{
		site: site, pages: site.Pages, kinds: kinds, words: words, foreign: foreign, latinOn: latinOn, c: c, m: m, a: a,
	}
	if e.isSite() {
		e.nameOffers()
		e.m.PageTypes = a.types.Summary(site, kinds, words)
		e.measureSite()
	}
	e.m.Audience = e.audience()
	e.m.Voice = e.voiceOf()
	e.actions = a.findActions(site.Pages)
	e.findings = findAll(e)
	analysis := onboarding.Analysis{
		Measured: e.m,
		Crawl:    crawl.Result(site, kinds, words, e.m.PageTypes, crawl.Brand{Name: e.brandName(), Tagline: e.tagline()}),
	}
	analysis.Style.Meta = meta(e)
	if err := fill(ctx, e, &analysis); err != nil {
		return onboarding.Analysis{}, err
	}
	return analysis, nil
}

// mainLanguage returns the blocks of each page, none for a page in another
// language than most of the text, that language, and the pages left out with the
// codes of theirs.
func (a *Analyzer) mainLanguage(
	ctx context.Context, pages []onboarding.Page,
) ([][]onboarding.Block, onboarding.TextLanguage, map[int]string, error) {
	letters, codes := map[string]int{}, make([]string, len(pages))
	declared := map[string]int{}
	var all strings.Builder
	var found onboarding.TextLanguage
	for i, p := range pages {
		if err := ctx.Err(); err != nil {
			return nil, onboarding.TextLanguage{}, nil, fmt.Errorf("detect language: %w", err)
		}
		text := textstat.Clip(p.Text(), textstat.MaxLanguageBytes)
		found = textstat.DetectLanguage(text, p.Lang)
		if found.Reliable {
			codes[i] = found.Code
			letters[found.Code] += textstat.CountLetters(text)
		}
		if p.Lang != "" {
			declared[p.Lang] += len(text)
		}
	}
	main := mostFrequent(letters)
	blocks := make([][]onboarding.Block, len(pages))
	foreign := map[int]string{}
	for i, p := range pages {
		if codes[i] != "" && codes[i] != main {
			foreign[i] = codes[i]
			continue
		}
		blocks[i] = p.Blocks
		if all.Len() < textstat.MaxLanguageBytes {
			all.WriteString(p.Text() + "\n\n")
		}
	}
	if len(pages) != 1 {
		found = textstat.DetectLanguage(all.String(), mostFrequent(declared))
	}
	return blocks, found, foreign, nil
}

// mostFrequent is the key with the highest count, the first of equals.
func mostFrequent(counts map[string]int) string {
	best := ""
	for _, key := range textstat.SortedKeys(counts) {
		if best == "" || counts[key] > counts[best] {
			best = key
		}
	}
	return best
}

// setAside marks the blocks that say nothing of what the site is about: those of legal
// pages, consent dialogs, contact details, what customers say, and what most pages repeat.
func (a *Analyzer) setAside(c *textstat.Corpus, kinds []string) {
	shown := textstat.NewTally()
	for _, ch := range c.Chunks {
		shown.Add(ch.Text, ch.Page)
	}
	furniture := map[string]bool{}
	for _, term := range shown.Top(len(shown.Count), minFurniture) {
		furniture[term.Text] = term.Pages >= minFurniture && 2*term.Pages > len(kinds)
	}
	for i, ch := range c.Chunks {
		kind, words := kinds[ch.Page], len(ch.Words)
		consent := a.names.ConsentWords(ch.Words)
		contact := words <= maxContactWords && contactDetails.MatchString(ch.Text)
		c.Chunks[i].Aside = kind == "legal" || kind == "testimonials" && ch.Kind != onboarding.BlockHeading ||
			consent > 1 || consent == 1 && words <= maxContactWords || contact ||
			furniture[ch.Text]
	}
}

// minFurniture is the number of pages from which a block that most pages repeat is no text.
const minFurniture = 3

// maxContactWords is the length of a block of contact details.
const maxContactWords = 30

// contactDetails matches e-mail addresses and numbers of seven digits and more.
var contactDetails = regexp.MustCompile(`\S@\S+\.\pL|\+?\d(?:[ ./()-]{0,2}\d){6,}`)

// pageTitles are the titles, descriptions, meta keywords and headings of the
// pages in the main language, the brand's name cut from the titles. A heading that
// is also the title counts once.
func pageTitles(
	c *textstat.Corpus, pages []onboarding.Page, foreign map[int]string, kinds []string,
) []textstat.Title {
	titles := textstat.HeadingTitles(c)
	seen := map[string]bool{}
	for _, t := range titles {
		seen[fmt.Sprint(t.Page, textstat.JoinWords(t.Words))] = true
	}
	for i, p := range pages {
		if _, left := foreign[i]; left || kinds[i] == "legal" {
			continue
		}
		name := strings.Trim(strings.ReplaceAll(p.Title, p.Brand.Name, ""), " -–—|·:")
		texts := []string{name, p.Description}
		for keyword := range strings.SplitSeq(p.Meta["keywords"], ",") {
			texts = append(texts, keyword)
		}
		if c.Cut[i] { // the corpus may lack the page's headings
			for _, h := range p.Headings {
				texts = append(texts, h.Text)
			}
		}
		for _, text := range texts {
			words := c.Split(text)
			key := fmt.Sprint(i, textstat.JoinWords(words))
			if len(words) > 0 && !seen[key] {
				seen[key] = true
				titles = append(titles, textstat.Title{Words: words, Page: i})
			}
		}
	}
	return titles
}

// meta returns the confidence of the analysis and notes on what it left out.
func meta(e *evidence) onboarding.Meta {
	prose := float64(e.m.ProseWords)
	confidence := prose / (prose + confidenceHalfWords)
	if !e.m.Language.Reliable {
		confidence /= 2
	}
	sure, unsure := e.extraction()
	confidence *= sure
	chosen := e.chosenByModel()
	notes := wording.Sentences{"Made from " + e.material() + "."}
	notes.Add(chosen == 0, WithoutModel)
	notes.Add(chosen > 0, "A language model chose the main text of %s.", wording.Plural(chosen, "page"))
	notes = append(notes, sourceNotes(e)...)
	notes.Add(len(e.foreign) > 0, "%s in another language left out.", wording.Plural(len(e.foreign), "page"))
	notes.Add(e.m.Truncated, "Only the first %d words were measured.", textstat.MaxWords)
	notes.Add(!e.m.Language.Reliable, "The language could not be determined with certainty.")
	notes.Add(len(unsure) > 0, "The main text of %s is uncertain.", wording.Plural(len(unsure), "page"))
	return onboarding.Meta{
		SchemaVersion: schemaVersion, Engine: engineLocal, Confidence: math.Round(100*confidence) / 100,
		Notes: onboarding.List(notes),
	}
}

// extraction returns how sure the main text of the pages is, as the mean by their words, 0
// to 1, and the addresses of the pages where it is uncertain. A text is sure.
func (e *evidence) extraction() (sure float64, unsure []string) {
	all, sum := 0.0, 0.0
	for i, p := range e.pages {
		confidence, words := 1.0, float64(e.words[i])
		if p.Extraction.Type != "" {
			confidence = p.Extraction.Confidence
		}
		all, sum = all+words, sum+words*confidence
		if p.Extraction.Unsure() {
			unsure = append(unsure, p.URL)
		}
	}
	if all == 0 {
		return 1, unsure
	}
	return sum / all, unsure
}

// chosenByModel counts the pages whose main text a language model chose.
func (e *evidence) chosenByModel() int {
	chosen := 0
	for _, p := range e.pages {
		if p.Extraction.Model != "" {
			chosen++
		}
	}
	return chosen
}

func urlsOf(pages []onboarding.Page) []string {
	urls := make([]string, len(pages))
	for i, p := range pages {
		urls[i] = p.URL
	}
	return urls
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
