package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cmd/worker/table"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/website"
)

// analyzeOptions is the command line of analyze.
type analyzeOptions struct {
	target string
	format string
	text   bool
	rules  bool
	// allow has the prefixes of -allow, later those of the settings as well.
	allow []netip.Prefix
}

func analyzeCommand() *cobra.Command {
	opts := analyzeOptions{}
	c := &cobra.Command{
		Use: "analyze URL | FILE.html | FILE.txt | FOLDER", Short: "print the analysis of a website, a file or a folder",
		Long: `Reads a website and prints its analysis, made without a model and without a
database. A URL is crawled as the worker does it (at most 10 pages, 40 seconds),
a file is read as one page, a .txt or .md file as a text sample of a user without
a website, a folder is served on a loopback port and crawled.

The exit code is 0 when the analysis was printed, 1 when the website could not be
analysed, 2 when the command line is wrong.`,
		Example: `  worker analyze https://example.com
  worker analyze -o table ./site
  worker analyze -text article.html
  worker analyze -rules`,
		RunE: func(c *cobra.Command, _ []string) error {
			return analyze(c.Context(), opts, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringVarP(&opts.format, "output", "o", "json", "print `json|table`: the JSON document or a readable report")
	c.Flags().BoolVar(&opts.text, "text", false, "print only the main text of the pages")
	c.Flags().BoolVar(&opts.rules, "rules", false, "print how each judged value is made, and nothing else")
	c.Flags().Func("allow", "let the crawl reach the addresses of this `PREFIX`, for example 127.0.0.1/32, on "+
		"any port, as "+
		"FETCH_ALLOW_PREFIXES does, and with DEPLOY_ENV=local only; may be repeated", func(s string) error {
		prefix, err := parsePrefix(s)
		opts.allow = append(opts.allow, prefix)
		return err
	})
	c.Args = func(_ *cobra.Command, args []string) error {
		switch {
		case opts.rules && len(args) == 0:
			return nil
		case len(args) == 0:
			return errors.New("name a URL, a file or a folder to analyse")
		case len(args) > 1:
			return errors.New("only one URL, file or folder can be analysed at a time")
		case opts.format != "json" && opts.format != "table":
			return errors.New("-o takes json or table")
		}
		opts.target = args[0]
		return nil
	}
	return c
}

// analyze prints an analysis on stdout, and progress on stderr when that is a terminal.
func analyze(ctx context.Context, opts analyzeOptions, stdout, stderr io.Writer) error {
	if opts.rules {
		_, err := io.WriteString(stdout, style.Rules)
		return err
	}
	settings, err := config.LoadTool(config.Options{}, opts.allow...)
	if err != nil {
		return err
	}
	opts.allow = settings.FetchAllowPrefixes
	site, err := readSite(ctx, opts, stderr)
	if err != nil {
		return err
	}
	if opts.text {
		return printText(stdout, site)
	}
	analyzer, err := style.New(prometheus.NewRegistry(), style.Config{Brand: settings.BrandColumns})
	if err != nil {
		return fmt.Errorf("load the analyser: %w", err)
	}
	analysis, err := analyzer.Analyze(ctx, site)
	switch {
	case err != nil:
		return err
	case opts.format == "table":
		return WriteReport(stdout, onboarding.Show(analysis))
	}
	return table.WriteJSON(stdout, onboarding.Show(analysis))
}

// parsePrefix reads "10.0.0.0/8", or a bare address as a prefix of full length.
func parsePrefix(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(s)
	if err != nil {
		return prefix, fmt.Errorf("not an address prefix such as 127.0.0.1/32")
	}
	return prefix, nil
}

// readSite returns the digest of what the command line names.
func readSite(ctx context.Context, opts analyzeOptions, stderr io.Writer) (onboarding.Site, error) {
	info, err := os.Stat(opts.target)
	switch {
	case err == nil && info.IsDir():
		return CrawlFolder(ctx, os.DirFS(opts.target), opts.allow, stderr)
	case err == nil:
		return readFile(ctx, opts.target, info)
	case looksLikePath(opts.target):
		return onboarding.Site{}, fmt.Errorf("there is no file or folder %s", opts.target)
	}
	address, err := onboarding.NormalizeURL(opts.target)
	if err != nil {
		return onboarding.Site{}, err
	}
	asked := onboarding.Crawl{URL: address, AssumedScheme: !onboarding.NamesScheme(opts.target)}
	return crawl(ctx, asked, opts.allow, stderr)
}

// looksLikePath reports whether target is a mistyped file name rather than an address.
func looksLikePath(target string) bool {
	return !strings.Contains(target, "://") &&
		(strings.HasPrefix(target, ".") || filepath.IsAbs(target) ||
			slices.Contains([]string{".html", ".txt"}, filepath.Ext(target)))
}

// crawl reads a website as the worker does.
func crawl(
	ctx context.Context, asked onboarding.Crawl, allow []netip.Prefix, stderr io.Writer,
) (onboarding.Site, error) {
	crawler := website.New(allow, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	bar := newProgress(stderr, 1, "reading pages")
	defer bar.end()
	asked.Keep = func(_ context.Context, _ onboarding.Page, planned int) error {
		bar.add(planned)
		return nil
	}
	return crawler.Crawl(ctx, asked)
}

func printText(w io.Writer, site onboarding.Site) error {
	texts := make([]string, 0, len(site.Pages))
	for _, page := range site.Pages {
		if text := page.Text(); text != "" {
			texts = append(texts, text)
		}
	}
	_, err := fmt.Fprintln(w, strings.Join(texts, "\n\n"))
	return err
}
