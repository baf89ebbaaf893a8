package worker

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// WriteReport prints an analysis for people: what was read, every value that is
// known, the measured numbers with bars, and at the end what is not known and why.
// It fits the terminal behind w (100 columns without one) and uses bold type only
// there. Control characters of the pages are left out.
func WriteReport(w io.Writer, analysis onboarding.ShownAnalysis) error {
	p := &printer{width: terminalWidth(w), bold: isTerminal(w) && os.Getenv("NO_COLOR") == ""}
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
	p.warnings(analysis.Crawl.Warnings)
	p.uncertain(analysis.Style.Meta.Uncertainty)
	_, err := w.Write(p.out.Bytes())
	return err
}

// printer lays out a report.
type printer struct {
	out   bytes.Buffer
	width int
	bold  bool
}

// head prints who the site is and how much of it was read.
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
	facts = append(facts, fmt.Sprintf("confidence %.0f %%", a.Style.Meta.Confidence*100), "engine "+clean(a.Style.Meta.Engine))
	p.line(strings.Join(facts, " · "))
}

// section prints the heading of a section.
func (p *printer) section(title string) {
	upper := strings.ToUpper(title)
	rule := strings.Repeat("─", max(p.width-displayWidth(upper)-1, 3))
	p.line("")
	p.line(p.strong(upper) + " " + rule)
}

func (p *printer) pages(pages []onboarding.CrawledPage) {
	if len(pages) == 0 {
		return
	}
	p.section("Pages")
	for _, page := range pages {
		words := plural(page.Words, "word")
		room := p.width - 2 - 14 - 1 - 13
		p.line(fmt.Sprintf("  %s %s %12s", pad(clean(page.Type), 13), pad(clean(page.Title), room), words))
	}
}

func (p *printer) contacts(content onboarding.CrawlContent) {
	info := content.BrandInfo.ContactInfo
	socials := make([]string, 0, len(content.SocialMedia))
	for platform := range content.SocialMedia {
		socials = append(socials, platform)
	}
	slices.Sort(socials)
	rows := []row{
		{"Email", info.Email}, {"Phone", info.Phone}, {"Address", info.Address}, {"Social media", socials},
	}
	p.rows("Contacts", rows)
}

func (p *printer) warnings(warnings []onboarding.Warning) {
	if len(warnings) == 0 {
		return
	}
	p.section("Warnings")
	for _, warning := range warnings {
		p.bullet(clean(warning.Message))
	}
}

// uncertain prints what is not known, one line for each field with its reason.
func (p *printer) uncertain(u onboarding.Uncertainty) {
	if len(u.Fields) == 0 {
		return
	}
	p.section("Not known")
	for _, field := range u.Fields {
		p.bullet(clean(field) + ": " + clean(u.Reasons[field]))
	}
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
