package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/cmd/worker"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/persona"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/voice"
)

// minMargin is how much better a persona must match its own site than the others, in
// the mean and in points of 100.
const minMargin = 20.0

// siteVoice is the persona made from half of a site, and the measurements of the other half.
type siteVoice struct {
	name  string
	words int
	core  onboarding.CorePersona
	held  onboarding.Measurements
}

// runPersonas makes the persona of each site from half of its pages and matches it with the other half and with the
// held-out halves of the other sites; then the same with the topic masked. It fails when a persona matches another site
// as well as its own, or too little better in the mean.
func runPersonas(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("personas", flag.ContinueOnError)
	sites := flags.String("sites", "", "folders of websites, separated by commas, or one folder of them")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dirs := strings.FieldsFunc(*sites, func(r rune) bool { return r == ',' || r == ' ' })
	dirs, err := eachSite(dirs)
	if err != nil {
		return err
	}
	if len(dirs) < 2 {
		return errors.New("name two folders at least: eval personas -sites DIR1,DIR2")
	}
	read, err := readVoices(ctx, dirs, stdout)
	if err != nil {
		return err
	}
	if read.unreadable > 0 {
		fmt.Fprintf(stdout, "%d of %d folders hold no website that can be read\n\n", read.unreadable, len(dirs))
	}
	own, other, wrong := matchVoices(read.plain, stdout)
	fmt.Fprintln(stdout, "\nwith the topic masked:")
	ownMasked, otherMasked, wrongMasked := matchVoices(read.masked, stdout)
	wrong, wrongMasked = wrong+read.failed, wrongMasked+read.failed
	fmt.Fprintf(stdout, "masked: sites=%d own=%.1f other=%.1f margin=%.1f wrong=%d\n", len(read.masked), ownMasked,
		otherMasked, ownMasked-otherMasked, wrongMasked)
	fmt.Fprintf(stdout, "personas: sites=%d own=%.1f other=%.1f margin=%.1f wrong=%d\n", len(read.plain), own, other,
		own-other, wrong)
	switch {
	case len(read.plain) < 2:
		return errors.New("it takes two websites that can be read")
	case wrong > 0 || wrongMasked > 0:
		return errors.New("a persona matches another site as well as its own")
	case own-other < minMargin:
		return fmt.Errorf("the personas match their own sites less than %.0f points better than others", minMargin)
	}
	return nil
}

// eachSite replaces a single folder of fetched sites by these, which are named owner+name. All must be there.
func eachSite(dirs []string) ([]string, error) {
	for _, dir := range dirs {
		if _, err := openFolder(dir); err != nil {
			return nil, err
		}
	}
	if len(dirs) != 1 {
		return dirs, nil
	}
	found, err := filepath.Glob(filepath.Join(dirs[0], "*+*"))
	if err != nil {
		return nil, fmt.Errorf("list the sites: %w", err)
	}
	return found, nil
}

// voicesRead are the sites as they are and masked, how many could not be analysed, and how many are none: folders
// without a start page, and start pages without text, which only scripts would fill.
type voicesRead struct {
	plain, masked      []siteVoice
	failed, unreadable int
}

// readVoices reads the sites; those that can't be read are reported and counted.
func readVoices(ctx context.Context, dirs []string, stdout io.Writer) (read voicesRead, err error) {
	analyzer, err := style.New(prometheus.NewRegistry(), style.Config{Brand: true})
	if err != nil {
		return read, err
	}
	generator := persona.New(prometheus.NewRegistry())
	for _, dir := range dirs {
		p, m, err := readSiteVoices(ctx, analyzer, generator, dir)
		var failure *onboarding.Failure
		switch {
		case err == nil:
			read.plain, read.masked = append(read.plain, p), append(read.masked, m)
			continue
		case errors.Is(err, worker.ErrNoSite), errors.As(err, &failure) && failure.Code == onboarding.FailureEmptyPage:
			read.unreadable++
		default:
			read.failed++
		}
		fmt.Fprintln(stdout, err)
	}
	return read, ctx.Err()
}

// readSiteVoices reads the website in dir as it is and masked.
func readSiteVoices(
	ctx context.Context, analyzer *style.Analyzer, generator *persona.Generator, dir string,
) (plain, masked siteVoice, err error) {
	name, site, err := crawlSite(ctx, dir)
	if err != nil {
		return plain, masked, err
	}
	whole, err := analyzer.Analyze(ctx, site)
	if err != nil {
		return plain, masked, fmt.Errorf("analyse %s: %w", name, err)
	}
	if plain, err = readVoice(ctx, analyzer, generator, name, site); err != nil {
		return plain, masked, err
	}
	site.Pages = maskPages(site.Pages, whole.Measured.Language.Code)
	masked, err = readVoice(ctx, analyzer, generator, name, site)
	return plain, masked, err
}

// maskPages hides the topic of pages: words outside the language's commonest, digits, and what is no text. Blocks that
// repeat are left out, as an analysis does with what it can read.
func maskPages(pages []onboarding.Page, code string) []onboarding.Page {
	masked, seen := make([]onboarding.Page, len(pages)), map[string]bool{}
	for i, p := range pages {
		masked[i] = onboarding.Page{URL: p.URL, Lang: code}
		for _, b := range p.Blocks {
			if seen[b.Text] {
				continue
			}
			seen[b.Text] = true
			b.Text = voice.Shared().Mask(code, b.Text)
			masked[i].Blocks = append(masked[i].Blocks, b)
		}
	}
	return masked
}

func readVoice(
	ctx context.Context, analyzer *style.Analyzer, generator *persona.Generator, name string, site onboarding.Site,
) (siteVoice, error) {
	var halves [2]onboarding.Analysis
	for i, pages := range halvesOf(analyzer, site.Pages) {
		var err error
		if halves[i], err = analyzer.Analyze(ctx, onboarding.Site{URL: site.URL, Pages: pages}); err != nil {
			return siteVoice{}, fmt.Errorf("analyse half of %s: %w", name, err)
		}
	}
	core := generator.Core(onboarding.PersonaSources{Website: site.URL, Analysis: halves[0]})
	return siteVoice{name: name, words: halves[0].Measured.ProseWords, core: core, held: halves[1].Measured}, nil
}

// minHalfPages is how many pages of some text, legal ones and testimonials aside, a site has whose pages are put into
// halves; minHalfWords is that text.
const minHalfPages, minHalfWords = 4, 100

// halvesOf puts the pages, ordered by address, into two halves, each into the one with less text of the owner's. A site
// with few pages is halved within each page.
func halvesOf(analyzer *style.Analyzer, all []onboarding.Page) (halves [2][]onboarding.Page) {
	byPath := func(a, b onboarding.Page) int { return strings.Compare(pathOf(a.URL), pathOf(b.URL)) }
	pages := slices.SortedFunc(slices.Values(all), byPath)
	telling, words := 0, make([]int, len(pages))
	for i, p := range pages {
		if kind := analyzer.PageType(p); kind != "legal" && kind != "testimonials" {
			words[i] = len(strings.Fields(p.Text()))
		}
		telling += textstat.BoolToInt(words[i] >= minHalfWords)
	}
	balance := 0
	for i, p := range pages {
		if telling >= minHalfPages {
			half := textstat.BoolToInt(balance > 0)
			halves[half] = append(halves[half], p)
			balance += words[i] * (1 - 2*half)
			continue
		}
		first, second := p, p
		middle := middleOf(p.Blocks)
		first.Blocks, second.Blocks = p.Blocks[:middle], p.Blocks[middle:]
		halves[0], halves[1] = append(halves[0], first), append(halves[1], second)
	}
	return halves
}

// middleOf is where the second half of the text of blocks begins.
func middleOf(blocks []onboarding.Block) int {
	all := 0
	for _, b := range blocks {
		all += len(b.Text)
	}
	before := 0
	for i, b := range blocks {
		if before += len(b.Text); 2*before > all {
			return i + 1
		}
	}
	return len(blocks)
}

// pathOf is an address without the server, whose port differs from run to run.
func pathOf(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	_, path, _ := strings.Cut(rest, "/")
	return path
}

// matchVoices prints the table of matches, one row for each persona, and returns the
// mean match with the own and with other sites, and how often another site matched as
// well as the own or better.
func matchVoices(voices []siteVoice, stdout io.Writer) (own, other float64, wrong int) {
	fmt.Fprintf(stdout, "%-24s %8s", "persona of \\ text of", "words")
	for _, v := range voices {
		fmt.Fprintf(stdout, " %12.12s", v.name)
	}
	fmt.Fprintln(stdout)
	for i, v := range voices {
		fmt.Fprintf(stdout, "%-24.24s %8d", v.name, v.words)
		self := persona.LinguisticMatch(v.core, v.held)
		own += self
		for j, text := range voices {
			score := persona.LinguisticMatch(v.core, text.held)
			fmt.Fprintf(stdout, " %12.1f", score)
			if i == j {
				continue
			}
			other += score
			if score >= self {
				wrong++
			}
		}
		fmt.Fprintln(stdout)
	}
	n := float64(len(voices))
	return own / n, other / (n * (n - 1)), wrong
}
