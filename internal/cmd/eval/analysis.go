package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/cmd/worker"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
)

// minFilled is the share of the fields with a local rule that must be filled.
const minFilled = 0.60

// analysed is one site with the values that local rules filled.
type analysed struct {
	name   string
	values map[string]string
}

// runAnalysis analyses websites that are stored in folders and reports how many of
// the fields with a local rule are filled, and how many of the values differ
// between the sites. It fails when a site fills too few or the sites get the same
// values (fewer than half of them differ).
func runAnalysis(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("analysis", flag.ContinueOnError)
	sites := flags.String("sites", "", "folders of websites, separated by commas")
	show := flags.Bool("values", false, "print the values of every site")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *sites == "" {
		return errors.New("name the folders: eval analysis -sites DIR1,DIR2")
	}
	analyzer, err := style.New(prometheus.NewRegistry(), style.Config{Brand: true})
	if err != nil {
		return err
	}
	var all []analysed
	var short []string
	for dir := range strings.SplitSeq(*sites, ",") {
		site, share, err := measureSite(ctx, analyzer, strings.TrimSpace(dir), stdout)
		if err != nil {
			return err
		}
		if *show {
			printValues(stdout, site)
		}
		if share < minFilled {
			short = append(short, site.name)
		}
		all = append(all, site)
	}
	differing, compared := compareSites(all)
	fmt.Fprintf(stdout, "analysis: sites=%d compared=%d differ=%d\n", len(all), compared, differing)
	switch {
	case len(short) > 0:
		return fmt.Errorf("fewer than %.0f%% of the fields are filled for %s", 100*minFilled, strings.Join(short, ", "))
	case len(all) > 1 && differing*2 < compared:
		return errors.New("the sites get the same values")
	}
	return nil
}

// measureSite analyses the website in dir and prints its line.
func measureSite(
	ctx context.Context, analyzer *style.Analyzer, dir string, stdout io.Writer,
) (analysed, float64, error) {
	name, site, err := crawlSite(ctx, dir)
	if err != nil {
		return analysed{}, 0, err
	}
	analysis, err := analyzer.Analyze(ctx, site)
	if err != nil {
		return analysed{}, 0, fmt.Errorf("analyse %s: %w", name, err)
	}
	values, local := style.Values(analysis), len(style.LocalPaths())
	share := float64(len(values)) / float64(local)
	fmt.Fprintf(stdout, "analysis: site=%s pages=%d words=%d fields=%d/%d share=%.2f\n",
		name, len(site.Pages), analysis.Measured.Words, len(values), local, share)
	return analysed{name: name, values: values}, share, nil
}

// crawlSite crawls the website in the folder dir and returns it with its name.
func crawlSite(ctx context.Context, dir string) (name string, site onboarding.Site, err error) {
	name = filepath.Base(filepath.Clean(dir))
	folder, err := openFolder(dir)
	if err != nil {
		return name, site, err
	}
	if site, err = worker.CrawlFolder(ctx, folder, nil, io.Discard); err != nil {
		err = fmt.Errorf("crawl %s: %w", name, err)
	}
	return name, site, err
}

// compareSites counts the fields that at least two sites fill, and those of them
// whose values are not all the same.
func compareSites(all []analysed) (differing, compared int) {
	byField := map[string][]string{}
	for _, site := range all {
		for field, value := range site.values {
			byField[field] = append(byField[field], value)
		}
	}
	for _, values := range byField {
		if len(values) < 2 {
			continue
		}
		compared++
		slices.Sort(values)
		if len(slices.Compact(values)) > 1 {
			differing++
		}
	}
	return differing, compared
}

func printValues(stdout io.Writer, site analysed) {
	for _, field := range slices.Sorted(maps.Keys(site.values)) {
		fmt.Fprintf(stdout, "  %s = %s\n", field, site.values[field])
	}
}
