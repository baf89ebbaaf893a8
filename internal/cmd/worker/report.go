package worker

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// WriteReport prints an analysis for people: the pages, every known value, the
// measurements with bars, and at the end what is not known and why. It fits the terminal
// behind w (100 columns without one) and uses bold type only there. It omits control
// characters of the pages.
func WriteReport(w io.Writer, analysis onboarding.ShownAnalysis) error {
	p := newPrinter(w)
	p.head(analysis)
	p.pages(analysis.Crawl.Pages)
	p.fields("Writing style", analysis.Style.WritingStyle)
	p.fields("Content", analysis.Style.ContentCharacteristics)
	p.fields("Audience", analysis.Style.TargetAudience)
	p.fields("Kind of content", analysis.Style.ContentType)
	p.fields("Brand", analysis.Style.BrandAnalysis)
	p.fields("Strategy", analysis.Style.ContentStrategyInsights)
	p.fields("Patterns", analysis.Patterns.Patterns, analysis.Patterns)
	p.fields("Guidelines", analysis.Guidelines.Guidelines, analysis.Guidelines)
	p.fields("Recommended settings", analysis.Style.RecommendedSettings)
	p.measured(analysis.Measured)
	p.contacts(analysis.Crawl.Content)
	var warnings, unknown []string
	for _, warning := range analysis.Crawl.Warnings {
		warnings = append(warnings, warning.Message)
	}
	for _, field := range analysis.Style.Meta.Uncertainty.Fields {
		unknown = append(unknown, field+": "+analysis.Style.Meta.Uncertainty.Reasons[field])
	}
	p.rows("Warnings", []row{{"", warnings}})
	p.rows("Not known", []row{{"", unknown}})
	return p.flush(w)
}

// printer lays out a report.
type printer struct {
	out   bytes.Buffer
	width int
	bold  bool
	// barWidth is the columns of the longest bar.
	barWidth int
}

const wideBar = 24

// newPrinter returns a printer for the terminal behind w, if there is one.
func newPrinter(w io.Writer) *printer {
	return &printer{width: terminalWidth(w), bold: isTerminal(w) && os.Getenv("NO_COLOR") == "", barWidth: wideBar}
}

// flush writes what was printed.
func (p *printer) flush(w io.Writer) error {
	_, err := w.Write(p.out.Bytes())
	return err
}

// head prints the name of the site and how much of it was read.
func (p *printer) head(a onboarding.ShownAnalysis) {
	name := a.Crawl.Content.Title
	if company := a.Crawl.Content.BrandInfo.CompanyName; company != nil && *company != "" {
		name = *company
	}
	title := clean(name)
	if title == "" {
		title = cmp.Or(clean(a.Crawl.URL), "Text")
	}
	p.line(p.strong(title))
	if a.Crawl.URL != "" && title != clean(a.Crawl.URL) {
		p.line(clean(a.Crawl.URL))
	}
	m := a.Measured
	facts := []string{plural(len(a.Crawl.Pages), "page"), plural(m.Words, "word"), plural(m.Sentences, "sentence")}
	if m.Language.Name != "" {
		facts = append(facts, clean(m.Language.Name))
	}
	facts = append(facts, fmt.Sprintf("confidence %.0f %%", a.Style.Meta.Confidence*100), "engine "+
		clean(a.Style.Meta.Engine))
	p.line(strings.Join(facts, " · "))
}

// section prints the heading of a section.
func (p *printer) section(title string) {
	upper := strings.ToUpper(title)
	rule := strings.Repeat("─", max(p.width-columns.StringWidth(upper)-1, 3))
	p.line("")
	p.line(p.strong(upper) + " " + rule)
}

func (p *printer) pages(pages []onboarding.CrawledPage) {
	rows := make([]row, len(pages))
	for i, page := range pages {
		rows[i] = row{page.Type, []string{fmt.Sprintf("%s (%s)", page.Title, plural(page.Words, "word"))}}
	}
	p.rows("Pages", rows)
}

func (p *printer) contacts(content onboarding.CrawlContent) {
	info := content.BrandInfo.ContactInfo
	p.rows("Contacts", []row{
		{"Email", info.Email},
		{"Phone", info.Phone},
		{"Address", info.Address},
		{"Social media", slices.Sorted(maps.Keys(content.SocialMedia))},
	})
}

// clean returns s on one line and without the control and format characters that
// could change the terminal or the direction of the text.
func clean(s string) string {
	visible := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(visible), " ")
}
