package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"net/url"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/voice"
)

const (
	// minVoiceWords is the least length of a page whose halves are compared.
	minVoiceWords = 800
	// voiceFolds is how many parts the hosts are put into; parameters come from the other parts.
	voiceFolds = 5
	// minVoiceGap is how far the median scores of same and different writers must be apart.
	minVoiceGap = 30
)

// runVoice compares the halves of pages by the voice score: with each other, and with those of other hosts. With -fit
// it writes the models that the program ships instead.
func runVoice(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("voice", flag.ContinueOnError)
	pages := flags.String("pages", "", "folder with ground-truth.json, as the Web Content eXtraction Benchmark has it")
	fit := flags.String("fit", "", "folder to write the models of the program to")
	texts := flags.String("texts", "", "with -fit: folder with a folder of texts for each language, by its code")
	sites := flags.String("sites", "", "with -fit: folders of websites, separated by commas")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *pages == "" {
		return errors.New("name the folder of pages: eval voice -pages DIR")
	}
	samples, err := readSamples(*pages)
	if err != nil {
		return err
	}
	reader := voice.Shared()
	if *fit != "" {
		return writeModels(ctx, reader, samples, modelSources{dir: *fit, texts: *texts, sites: *sites})
	}
	return compareVoices(reader, samples, stdout)
}

// readSamples reads the main content of long pages of running text.
func readSamples(dir string) ([]voice.Sample, error) {
	folder, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	raw, err := fs.ReadFile(folder, "ground-truth.json")
	if err != nil {
		return nil, fmt.Errorf("read the true texts: %w", err)
	}
	var truth map[string]struct {
		URL         string `json:"url"`
		PageType    string `json:"page_type"`
		MainContent string `json:"main_content"`
	}
	if err := json.Unmarshal(raw, &truth); err != nil {
		return nil, fmt.Errorf("read the true texts: %w", err)
	}
	var samples []voice.Sample
	for _, page := range truth {
		u, err := url.Parse(page.URL)
		if err != nil || len(strings.Fields(page.MainContent)) < minVoiceWords ||
			!slices.Contains([]string{"article", "service", "documentation"}, page.PageType) {
			continue
		}
		samples = append(samples, voice.Sample{
			Writer: u.Hostname(), Kind: page.PageType, Text: page.MainContent, Weight: 1,
		})
	}
	slices.SortFunc(samples, func(a, b voice.Sample) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Writer, b.Writer), strings.Compare(a.Text, b.Text))
	})
	return samples, nil
}

// foldOf puts all pages of a host into one part.
func foldOf(host string) int {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(host))
	return int(sum.Sum32() % voiceFolds)
}

func compareVoices(reader *voice.Reader, samples []voice.Sample, stdout io.Writer) error {
	fitting := reader.NewFitting("en", samples, false)
	models := map[[2]int]*voice.Model{}
	pairs, baseline := fitting.Pairs(func(a, b voice.Sample) *voice.Model {
		left := [2]int{min(foldOf(a.Writer), foldOf(b.Writer)), max(foldOf(a.Writer), foldOf(b.Writer))}
		if models[left] == nil {
			models[left] = fitting.Fit(func(s voice.Sample) bool {
				return foldOf(s.Writer) != left[0] && foldOf(s.Writer) != left[1]
			}, nil)
		}
		return models[left]
	})
	writers := map[string]bool{}
	for _, s := range samples {
		writers[s.Writer] = true
	}
	ceiling, floor := medianScore(pairs, true), medianScore(pairs, false)
	fmt.Fprintf(stdout, "voice: writers=%d pairs=%d eer=%.1f%% baseline_eer=%.1f%% ceiling=%.0f floor=%.0f\n",
		len(writers), len(pairs), 100*equalError(pairs), 100*equalError(baseline), ceiling, floor)
	if ceiling-floor < minVoiceGap {
		return fmt.Errorf("the same writer scores less than %d points above another", minVoiceGap)
	}
	return nil
}

func medianScore(pairs []voice.Pair, same bool) float64 {
	var scores []float64
	for _, p := range pairs {
		if p.Same == same {
			scores = append(scores, p.Score)
		}
	}
	slices.Sort(scores)
	if len(scores) == 0 {
		return 0
	}
	return scores[len(scores)/2]
}

// equalError is the share of errors at the score where as many pairs of one writer are below as others are above.
func equalError(pairs []voice.Pair) float64 {
	sorted := slices.SortedFunc(slices.Values(pairs), func(a, b voice.Pair) int { return cmp.Compare(a.Score, b.Score) })
	all := map[bool]float64{}
	for _, p := range pairs {
		all[p.Same]++
	}
	missed, taken := 0.0, all[false]
	best, rate := 2.0, 1.0
	for _, p := range sorted {
		if p.Same {
			missed++
		} else {
			taken--
		}
		a, b := missed/max(all[true], 1), taken/max(all[false], 1)
		if gap := max(a-b, b-a); gap < best {
			best, rate = gap, (a+b)/2
		}
	}
	return rate
}
