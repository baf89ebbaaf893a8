package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/langdetect"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/voice"
)

// modelSources are where the models of the languages come from and go to: texts has a folder of guides for each
// language, sites are folders of businesses' websites.
type modelSources struct {
	dir, texts, sites string
}

// guideSites is how many websites all guides of a language together count as: few enough that the means are those of
// businesses, enough to hold a language with few sites.
const guideSites = 4

// writeModels fits the model of English on all pages. The other languages have no such pages: their means come from
// businesses' websites and from guides, their weights are those of English, whose means come from such pages, too.
func writeModels(ctx context.Context, reader *voice.Reader, samples []voice.Sample, from modelSources) error {
	english := reader.NewFitting("en", samples, true).Fit(func(voice.Sample) bool { return true }, nil)
	const source = "# Made by `eval voice -fit`: "
	if err := writeModel(from.dir, "en", source+"features, means and weights from pages of the Web Content eXtraction "+
		"Benchmark\n# (Murrough Foley, CC BY 4.0).\n"+english.String()); err != nil {
		return err
	}
	if from.texts == "" || from.sites == "" {
		return nil
	}
	sites, err := readSites(ctx, strings.Split(from.sites, ","))
	if err != nil {
		return err
	}
	for _, code := range reader.Languages() {
		if code == "en" {
			continue
		}
		guides, err := readGuides(from.texts, code)
		if err != nil {
			return err
		}
		text := source + fmt.Sprintf("features and means from the websites of %d small businesses (mean rates alone),\n"+
			"# and from the Open Source Guides (GitHub, CC BY 4.0), the Cloud Native Glossary (CNCF, CC BY 4.0) and\n"+
			"# mozilla.org (mozilla-l10n/www-l10n, MPL 2.0), which count as %d sites; weights from pages of the Web Content\n"+
			"# eXtraction Benchmark (CC BY 4.0).\n", len(sites[code]), guideSites)
		background := reader.NewFitting(code, append(guides, sites[code]...), false)
		if err := writeModel(from.dir, code, text+english.WithFeatures(background).String()); err != nil {
			return err
		}
	}
	return nil
}

func writeModel(dir, code, text string) error {
	if err := os.WriteFile(filepath.Join(dir, code+".txt"), []byte(text), 0o600); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	return nil
}

func readGuides(dir, code string) ([]voice.Sample, error) {
	names, err := filepath.Glob(filepath.Join(dir, code, "*.txt"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("there are no texts in %s", filepath.Join(dir, code))
	}
	var samples []voice.Sample
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read a text: %w", err)
		}
		samples = append(samples, voice.Sample{Writer: name, Text: string(raw), Weight: guideSites / float64(len(names))})
	}
	return samples, nil
}

// minSiteWords is the least running text of a website that counts in the means of its language.
const minSiteWords = 100

// readSites reads the running text of websites by their language: of pages that the owner wrote in it.
func readSites(ctx context.Context, folders []string) (map[string][]voice.Sample, error) {
	analyzer, err := style.New(prometheus.NewRegistry(), style.Config{Brand: true})
	if err != nil {
		return nil, err
	}
	samples := map[string][]voice.Sample{}
	for _, folder := range folders {
		dirs, err := eachSite([]string{folder})
		if err != nil {
			return nil, err
		}
		for _, dir := range dirs {
			name, site, err := crawlSite(ctx, dir)
			if err != nil {
				continue
			}
			code := langdetect.Detect(textOf(site.Pages), "").Code
			var own []voice.Page
			for _, p := range site.Pages {
				if analyzer.PageType(p) != "legal" && langdetect.Detect(p.Text(), "").Code == code {
					own = append(own, voice.Page{URL: p.URL, Blocks: p.Blocks})
				}
			}
			if text := voice.Prose(own); len(strings.Fields(text)) >= minSiteWords {
				samples[code] = append(samples[code], voice.Sample{Writer: name, Text: text, Weight: 1})
			}
		}
	}
	return samples, ctx.Err()
}

func textOf(pages []onboarding.Page) string {
	var b strings.Builder
	for _, p := range pages {
		b.WriteString(p.Text() + "\n")
	}
	return b.String()
}
