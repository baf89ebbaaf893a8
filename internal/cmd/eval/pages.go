package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/maintext/training"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/webpage"
)

// runPages measures the main text and the types of the pages in a folder, out of fold: each page is judged by models
// that have seen no page of its host. The score of the committed model, which has seen all pages, stands beside it.
func runPages(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("pages", flag.ContinueOnError)
	dir := flags.String("pages", "", "folder with html/*.html.gz and ground-truth.json")
	articles := flags.String("articles", "", "folder of articles that every fold is trained on too")
	perPage := flags.Bool("each", false, "print the score of every page")
	if err := flags.Parse(args); err != nil {
		return err
	}
	pages, extra, err := loadPages(ctx, *dir, *articles)
	if err != nil {
		return err
	}
	training.JudgeBuiltIn(pages)
	inSample := training.NewReport(pages)
	step := 0
	training.Validate(pages, extra, func(fold int, name string) {
		step++
		fmt.Fprintf(os.Stderr, "\rpages: fold %d of %d: %-8s", fold+1, training.Folds, name)
	})
	fmt.Fprintln(os.Stderr)
	if *perPage {
		for _, p := range pages {
			choice := p.Choice()
			_, _ = fmt.Fprintf(stdout, "%s %s f1=%.3f confidence=%.2f type=%s %s\n", p.ID, p.Type, p.Score(),
				choice.Confidence, choice.Type, p.Address)
		}
	}
	rate, err := measureSpeed(ctx, pages)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stdout, "in-sample: %s\n", inSample)
	_, _ = fmt.Fprintf(stdout, "speed: digests_per_cpu_s=%.1f analysed_pages_per_cpu_s=%.1f cost_of_library=%.2f\n",
		rate.digests, rate.analyses, rate.libraryRatio)
	_, _ = fmt.Fprintf(stdout, "pages: %s pages_per_cpu_s=%.1f\n", training.NewReport(pages), rate.analyses)
	return nil
}

func loadPages(ctx context.Context, dir, articles string) (pages, extra []*training.Page, err error) {
	if dir == "" {
		return nil, nil, errors.New("name the folder of pages: -pages DIR")
	}
	for _, from := range []struct {
		dir  string
		into *[]*training.Page
	}{{dir, &pages}, {articles, &extra}} {
		if from.dir == "" {
			continue
		}
		folder, err := openFolder(from.dir)
		if err != nil {
			return nil, nil, err
		}
		*from.into, err = training.Load(ctx, folder, func(done, of int) {
			fmt.Fprintf(os.Stderr, "\rpages: %d of %d read", done, of)
		})
		fmt.Fprintln(os.Stderr)
		if err != nil {
			return nil, nil, fmt.Errorf("read the pages of %s: %w", from.dir, err)
		}
	}
	return pages, extra, nil
}

// runTrain trains the model on the pages of folders and writes it beside a description.
func runTrain(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("train", flag.ContinueOnError)
	dir := flags.String("pages", "", "folder with html/*.html.gz and ground-truth.json")
	articles := flags.String("articles", "", "folder of articles to train on too")
	out := flags.String("out", "internal/maintext", "folder to write model.gob.gz and model.json to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	pages, extra, err := loadPages(ctx, *dir, *articles)
	if err != nil {
		return err
	}
	training.Validate(pages, extra, func(fold int, name string) {
		fmt.Fprintf(os.Stderr, "train: fold %d of %d: %s done\n", fold+1, training.Folds, name)
	})
	means := training.TypeF1(pages)
	model := training.Train(slices.Concat(pages, extra), func(name string) {
		fmt.Fprintf(os.Stderr, "train: %s done\n", name)
	})
	model.TypeF1 = means
	var file bytes.Buffer
	if err := model.Encode(&file); err != nil {
		return err
	}
	sum := sha256.Sum256(file.Bytes())
	description, err := json.MarshalIndent(map[string]any{
		"sha256": hex.EncodeToString(sum[:]), "bytes": file.Len(), "pages": len(pages), "articles": len(extra),
		"attribution": training.Attribution,
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("describe the model: %w", err)
	}
	for name, content := range map[string][]byte{"model.gob.gz": file.Bytes(), "model.json": append(description, '\n')} {
		//nolint:gosec // files of the repository
		if err := os.WriteFile(filepath.Join(*out, name), content, 0o644); err != nil {
			return fmt.Errorf("write the model: %w", err)
		}
	}
	_, _ = fmt.Fprintf(stdout, "train: pages=%d articles=%d bytes=%d sha256=%s\n", len(pages), len(extra), file.Len(),
		hex.EncodeToString(sum[:]))
	return nil
}

// speed is how many pages a core reads in a second, and how much CPU time that takes against the extraction library
// alone on the same pages.
type speed struct{ digests, analyses, libraryRatio float64 }

// measureSpeed digests and analyses each page by itself, and gives it to the extraction library in the same run.
func measureSpeed(ctx context.Context, pages []*training.Page) (speed, error) {
	analyzer, err := style.New(prometheus.NewRegistry(), style.Config{Brand: true})
	if err != nil {
		return speed{}, fmt.Errorf("measure the speed: %w", err)
	}
	var digests, analyses, library float64
	timed := func(sum *float64, do func() error) error {
		before := cpuSeconds()
		err := do()
		*sum += cpuSeconds() - before
		return err
	}
	for _, p := range pages {
		var page onboarding.Page
		if err := timed(&digests, func() (err error) {
			page, err = webpage.Digest(ctx, p.HTML, "text/html", p.Address)
			return err
		}); err != nil {
			continue // a page without text
		}
		_ = timed(&analyses, func() error { // a page may hold too little text for an analysis
			_, err := analyzer.Analyze(ctx, onboarding.Site{URL: p.Address.String(), Pages: []onboarding.Page{page}})
			return err
		})
		_ = timed(&library, func() error { libraryText(p.HTML, p.Address); return nil })
	}
	n := float64(len(pages))
	both := digests + analyses
	return speed{digests: n / digests, analyses: n / both, libraryRatio: both / library}, nil
}

// cpuSeconds is the CPU time that the process has used.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}
