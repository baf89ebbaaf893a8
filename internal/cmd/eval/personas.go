package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/persona"
	"github.com/alwrity/onboarding/internal/style"
)

// minMargin is how much better a persona must match its own site than the others, in
// the mean and in points of 100.
const minMargin = 20.0

// voice is the persona made from half of the pages of a site, and the measurements of the
// other half.
type voice struct {
	name  string
	words int
	core  onboarding.CorePersona
	held  onboarding.Measurements
}

// runPersonas makes the persona of each site from half of its pages and matches it
// with the other half and with the held-out pages of the other sites. It fails when a
// persona matches another site better than its own, or too little better in the mean.
func runPersonas(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("personas", flag.ContinueOnError)
	sites := flags.String("sites", "", "folders of websites, separated by commas")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dirs := strings.FieldsFunc(*sites, func(r rune) bool { return r == ',' || r == ' ' })
	if len(dirs) < 2 {
		return errors.New("name two folders at least: eval personas -sites DIR1,DIR2")
	}
	voices, err := readVoices(ctx, dirs)
	if err != nil {
		return err
	}
	own, other, wrong := matchVoices(voices, stdout)
	fmt.Fprintf(stdout, "personas: sites=%d own=%.1f other=%.1f margin=%.1f wrong=%d\n", len(voices), own, other,
		own-other, wrong)
	switch {
	case wrong > 0:
		return errors.New("a persona matches another site better than its own")
	case own-other < minMargin:
		return fmt.Errorf("the personas match their own sites less than %.0f points better than others", minMargin)
	}
	return nil
}

func readVoices(ctx context.Context, dirs []string) ([]voice, error) {
	analyzer, err := style.New(prometheus.NewRegistry(), style.Config{Brand: true})
	if err != nil {
		return nil, err
	}
	generator := persona.New(prometheus.NewRegistry())
	voices := make([]voice, 0, len(dirs))
	for _, dir := range dirs {
		v, err := readVoice(ctx, analyzer, generator, dir)
		if err != nil {
			return nil, err
		}
		voices = append(voices, v)
	}
	return voices, nil
}

// readVoice crawls the site in dir and puts its pages, ordered by address, alternately
// into two halves.
func readVoice(ctx context.Context, analyzer *style.Analyzer, generator *persona.Generator, dir string) (voice, error) {
	name, site, err := crawlSite(ctx, dir)
	if err != nil {
		return voice{}, err
	}
	byPath := func(a, b onboarding.Page) int { return strings.Compare(pathOf(a.URL), pathOf(b.URL)) }
	pages := slices.SortedFunc(slices.Values(site.Pages), byPath)
	var halves [2]onboarding.Analysis
	for i := range halves {
		half := onboarding.Site{URL: site.URL}
		for j := i; j < len(pages); j += 2 {
			half.Pages = append(half.Pages, pages[j])
		}
		if halves[i], err = analyzer.Analyze(ctx, half); err != nil {
			return voice{}, fmt.Errorf("analyse half of %s: %w", name, err)
		}
	}
	core := generator.Core(onboarding.PersonaSources{Website: site.URL, Analysis: halves[0]})
	return voice{name: name, words: halves[0].Measured.ProseWords, core: core, held: halves[1].Measured}, nil
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
func matchVoices(voices []voice, stdout io.Writer) (own, other float64, wrong int) {
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
