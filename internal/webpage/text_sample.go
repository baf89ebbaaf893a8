package webpage

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// FromText returns a user's text as a site: one page without an address that holds
// the text sample or, without a sample, the business description. It accepts any
// input; a text without words gives a page without blocks. At is the time at which
// the user gave the text.
func FromText(input onboarding.WebsiteInput, at time.Time) onboarding.Site {
	source := onboarding.TextSource{
		Sample: strings.TrimSpace(input.TextSample) != "", Description: fold(input.BusinessDescription),
		Industry: fold(input.Industry), Audience: audienceLine(input.TargetAudience), Goals: fold(input.BusinessGoals),
	}
	text := input.BusinessDescription
	if source.Sample {
		text = input.TextSample
	}
	page := textPage(text)
	page.FetchedAt, page.Bytes, page.Charset = at, len(text), "utf-8"
	return onboarding.Site{
		Pages: []onboarding.Page{page}, Known: []string{}, Warnings: []onboarding.Warning{},
		Text: &source,
	}
}

// audienceLine folds a list that may be written one entry a line.
func audienceLine(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.Trim(fold(line), ";, "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}

// visible replaces invalid bytes and drops control characters but white space.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

var (
	textHeading = regexp.MustCompile(`^(#{1,6})\s+(.*?)[\s#]*$`)
	textItem    = regexp.MustCompile(`^\s*(?:[-*+•–]|\d{1,3}[.)])\s+(.*)$`)
	textQuote   = regexp.MustCompile(`^>\s?(.*)$`)
)

// textPage splits plain text into blocks: a blank line ends a paragraph, and lines
// that look like Markdown headings (#), list items (-, *, 1.), quotations (>) and
// fenced code are those.
func textPage(text string) onboarding.Page {
	b := textBuilder{page: onboarding.Page{Headings: []onboarding.Heading{}, Blocks: []onboarding.Block{}}}
	for line := range strings.Lines(visible(text)) {
		b.add(strings.TrimRightFunc(line, unicode.IsSpace))
	}
	b.flush()
	return b.page
}

// textBuilder collects the lines of the current block.
type textBuilder struct {
	page  onboarding.Page
	kind  onboarding.BlockKind
	lines []string
	code  bool
}

func (b *textBuilder) add(line string) {
	if strings.HasPrefix(line, "```") {
		b.flush()
		b.code = !b.code
		return
	}
	switch heading, item, quote := textHeading.FindStringSubmatch(line), textItem.FindStringSubmatch(line),
		textQuote.FindStringSubmatch(line); {
	case b.code:
		b.grow(onboarding.BlockCode, line)
	case strings.TrimSpace(line) == "":
		b.flush()
	case heading != nil:
		b.flush()
		b.heading(len(heading[1]), heading[2])
	case item != nil:
		b.flush()
		b.grow(onboarding.BlockListItem, item[1])
	case quote != nil:
		b.grow(onboarding.BlockQuote, quote[1])
	case b.kind == onboarding.BlockListItem && unicode.IsSpace(rune(line[0])):
		b.grow(onboarding.BlockListItem, line)
	default:
		b.grow(onboarding.BlockParagraph, line)
	}
}

// grow adds a line to the current block, or begins a block of another kind.
func (b *textBuilder) grow(kind onboarding.BlockKind, line string) {
	if kind != b.kind {
		b.flush()
	}
	b.kind, b.lines = kind, append(b.lines, line)
}

func (b *textBuilder) heading(level int, text string) {
	if text = fold(text); text == "" {
		return
	}
	b.page.Headings = append(b.page.Headings, onboarding.Heading{Level: level, Text: text})
	b.page.Structure.Headings[level-1]++
	b.page.Blocks = append(b.page.Blocks, onboarding.Block{Kind: onboarding.BlockHeading, Text: text})
}

// flush ends the current block.
func (b *textBuilder) flush() {
	text := fold(strings.Join(b.lines, " "))
	if b.kind == onboarding.BlockCode {
		text = strings.TrimSpace(strings.Join(b.lines, "\n"))
	}
	if text != "" {
		b.count()
		b.page.Blocks = append(b.page.Blocks, onboarding.Block{Kind: b.kind, Text: text})
	}
	b.kind, b.lines = "", nil
}

// count counts the block that ends. Items that follow each other are one list.
func (b *textBuilder) count() {
	last := len(b.page.Blocks) - 1
	switch {
	case b.kind == onboarding.BlockParagraph:
		b.page.Structure.Paragraphs++
	case b.kind == onboarding.BlockListItem && (last < 0 || b.page.Blocks[last].Kind != onboarding.BlockListItem):
		b.page.Structure.Lists++
	}
}
