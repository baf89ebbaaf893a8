package worker

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/website"
)

const analyzeUsage = `Usage: worker analyze [flags] URL | FILE.html | FILE.txt | FOLDER

Reads a website and prints its analysis, made without a model and without a
database. A URL is crawled as the worker does it (at most 10 pages, 40 seconds),
a file is read as one page, a .txt or .md file as a text sample of a user without
a website, a folder is served on a loopback port and crawled.

Flags:
  -o json|table    how to print: the JSON document (default) or a readable report
  -text            print only the main text of the pages
  -allow PREFIX    let the crawl reach the addresses of this prefix, for example
                   127.0.0.1/32, on any port, like FETCH_ALLOW_PREFIXES does and
                   like it with DEPLOY_ENV=local only; may be repeated

Examples:
  worker analyze https://example.com
  worker analyze -o table ./site
  worker analyze -text article.html

The exit code is 0 when the analysis was printed, 1 when the website could not be
analysed, 2 when the command line is wrong.
`

// analyzeOptions is the command line of analyze.
type analyzeOptions struct {
	target string
	format string
	text   bool
	// allow holds the prefixes of -allow, and later those of the settings too.
	allow []netip.Prefix
}

// Analyze runs "worker analyze": it prints the analysis of a website, a file or a
// folder on stdout, and shows progress on stderr when that is a terminal. The
// error is for Exit; with -h the help is printed and the error is nil.
func Analyze(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	opts, err := parseAnalyze(args)
	if err != nil {
		return usage(err, analyzeUsage, stdout, stderr)
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
	if err != nil {
		return err
	}
	if opts.format == "table" {
		return WriteReport(stdout, analysis)
	}
	enc := json.NewEncoder(stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(analysis)
}

// parseAnalyze reads the command line. Flags may stand on both sides of the
// target.
func parseAnalyze(args []string) (analyzeOptions, error) {
	opts := analyzeOptions{}
	fs := flag.NewFlagSet("analyze", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&opts.format, "o", "json", "")
	fs.BoolVar(&opts.text, "text", false, "")
	fs.Func("allow", "", func(s string) error {
		prefix, err := parsePrefix(s)
		opts.allow = append(opts.allow, prefix)
		return err
	})
	for {
		if err := fs.Parse(args); err != nil {
			return opts, err
		}
		switch {
		case fs.NArg() == 0 && opts.target == "":
			return opts, fmt.Errorf("name a URL, a file or a folder to analyse")
		case fs.NArg() == 0 && opts.format != "json" && opts.format != "table":
			return opts, fmt.Errorf("-o takes json or table")
		case fs.NArg() == 0:
			return opts, nil
		case opts.target != "":
			return opts, fmt.Errorf("only one URL, file or folder can be analysed at a time")
		}
		opts.target, args = fs.Arg(0), fs.Args()[1:]
	}
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
		return readFolder(ctx, opts, stderr)
	case err == nil && isPlainText(opts.target):
		return readText(opts.target)
	case err == nil:
		return readFile(ctx, opts.target)
	case looksLikePath(opts.target):
		return onboarding.Site{}, fmt.Errorf("there is no file or folder %s", opts.target)
	}
	address, err := onboarding.NormalizeURL(opts.target)
	if err != nil {
		return onboarding.Site{}, err
	}
	return crawl(ctx, address, opts.allow, stderr)
}

// looksLikePath tells a mistyped file name from an address.
func looksLikePath(target string) bool {
	return !strings.Contains(target, "://") &&
		(strings.HasPrefix(target, ".") || filepath.IsAbs(target) || strings.HasSuffix(target, ".html") || strings.HasSuffix(target, ".txt"))
}

// crawl reads the website at address the way the worker does.
func crawl(ctx context.Context, address string, allow []netip.Prefix, stderr io.Writer) (onboarding.Site, error) {
	crawler, err := website.New(website.Config{AllowPrefixes: allow}, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	if err != nil {
		return onboarding.Site{}, fmt.Errorf("set up the crawler: %w", err)
	}
	bar := newPageBar(stderr)
	defer bar.end()
	return crawler.Crawl(ctx, onboarding.Crawl{URL: address, Keep: bar.keep})
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
