package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cmd/worker/table"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/voice"
)

// voiceOptions is the command line of voice.
type voiceOptions struct {
	file, site, platform, format string
}

func voiceCommand() *cobra.Command {
	opts := voiceOptions{}
	c := &cobra.Command{
		Use: "voice FILE", Short: "score how much a text sounds like a website",
		Long: `Scores a text file ("-" for standard input) against a website, without a model:
0 to 100, where 50 is as likely of the same writer as not, with the habits of both,
the sentences that drift and the limits of a platform that the text breaks. Without
a website the second half of the text is scored against the first.

The exit code is 0 when the text has a score, 1 when it has none, 2 when the command
line is wrong.`,
		Example: `  worker voice --site ./site draft.txt
  worker analyze https://example.com > site.json
  worker voice --site site.json --platform linkedin post.txt`,
		RunE: func(c *cobra.Command, _ []string) error {
			return scoreVoice(c.Context(), opts, c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&opts.site, "site", "", "the website: a `URL`, a folder, a file, or a .json of worker analyze")
	c.Flags().StringVar(&opts.platform, "platform", "", "check the limits of this `PLATFORM`")
	c.Flags().StringVarP(&opts.format, "output", "o", "table", "print `json|table`: the JSON document or a readable report")
	c.Args = func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) != 1:
			return errors.New("name one file to score, or - for standard input")
		case opts.format != "json" && opts.format != "table":
			return errors.New("-o takes json or table")
		}
		if opts.platform != "" {
			if _, err := onboarding.ParsePlatform(opts.platform, "platform"); err != nil {
				return err
			}
		}
		opts.file = args[0]
		return nil
	}
	return c
}

func scoreVoice(ctx context.Context, opts voiceOptions, stdin io.Reader, stdout, stderr io.Writer) error {
	text, err := readText(opts.file, stdin)
	if err != nil {
		return err
	}
	own := onboarding.Site{}
	switch {
	case opts.site == "":
		own, text = halfAsSite(text)
	case !strings.HasSuffix(opts.site, ".json"):
		settings, err := config.LoadTool(config.Options{})
		if err != nil {
			return err
		}
		from := analyzeOptions{target: opts.site, allow: settings.FetchAllowPrefixes}
		if own, err = readSite(ctx, from, stderr); err != nil {
			return err
		}
	}
	profile, err := profileOf(ctx, opts.site, own)
	if err != nil {
		return err
	}
	score := voice.Shared().Score(profile, text, onboarding.Platform(opts.platform).Limits())
	if opts.format == "json" {
		err = table.WriteJSON(stdout, score)
	} else {
		err = writeVoice(stdout, score)
	}
	if err == nil && score.Score == nil {
		err = errors.New(score.Reason)
	}
	return err
}

func readText(name string, stdin io.Reader) (string, error) {
	if name == "-" {
		raw, err := io.ReadAll(stdin)
		return string(raw), err
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("read the text: %w", err)
	}
	return string(raw), nil
}

// halfAsSite makes a site of the first half of the lines of a text and returns the rest.
func halfAsSite(text string) (onboarding.Site, string) {
	lines := strings.SplitAfter(text, "\n")
	page := onboarding.Page{}
	read := 0
	for i, line := range lines {
		if read += len(line); 2*read > len(text) && i > 0 {
			return onboarding.Site{Pages: []onboarding.Page{page}, Text: &onboarding.TextSource{}},
				strings.Join(lines[i:], "")
		}
		page.Blocks = append(page.Blocks, onboarding.Block{Kind: onboarding.BlockParagraph, Text: strings.TrimSpace(line)})
	}
	return onboarding.Site{Pages: []onboarding.Page{page}, Text: &onboarding.TextSource{}}, ""
}

// profileOf takes the voice from a printed analysis or from a site, nil where it has none.
func profileOf(ctx context.Context, name string, site onboarding.Site) (*onboarding.VoiceProfile, error) {
	var measured onboarding.Measurements
	if strings.HasSuffix(name, ".json") {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the analysis: %w", err)
		}
		var shown onboarding.ShownAnalysis
		if err := json.Unmarshal(raw, &shown); err != nil {
			return nil, fmt.Errorf("read the analysis: %w", err)
		}
		measured = shown.Measured
	} else {
		analyzer, err := style.New(prometheus.NewRegistry(), style.Config{})
		if err != nil {
			return nil, fmt.Errorf("load the analyser: %w", err)
		}
		analysis, err := analyzer.Analyze(ctx, site)
		if err != nil {
			return nil, err
		}
		measured = analysis.Measured
	}
	if measured.Voice == nil {
		return nil, nil //nolint:nilnil // the score says that there is no voice
	}
	return &measured.Voice.Profile, nil
}

// writeVoice prints a score for people.
func writeVoice(out io.Writer, s onboarding.VoiceScore) error {
	var b strings.Builder
	if s.Score != nil {
		fmt.Fprintf(&b, "voice: score=%d band=%s words=%d\n\n", *s.Score, s.Band, s.Words)
		fmt.Fprintf(&b, "%-16s %8s %8s %19s\n", "habit", "text", "site", "range of the site")
	}
	for _, m := range s.Measures {
		low := "not known"
		if m.Low != nil && m.High != nil {
			low = fmt.Sprintf("%.1f to %.1f", *m.Low, *m.High)
		}
		note := ""
		if m.Within != nil && !*m.Within {
			note = "  outside"
		}
		fmt.Fprintf(&b, "%-16s %8.1f %8.1f %19s%s\n", strings.ReplaceAll(m.Name, "_", " "), m.Value, m.Site, low, note)
	}
	for _, sentence := range s.Sentences {
		fmt.Fprintf(&b, "\n“%s”\n", sentence.Text)
		for _, reason := range sentence.Reasons {
			fmt.Fprintf(&b, "  %s\n", reason)
		}
	}
	for _, limit := range s.Limits {
		fmt.Fprintf(&b, "\n%s\n", limit)
	}
	_, err := io.WriteString(out, b.String())
	return err
}
