package onboarding

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// Crawl is one request to read a website. A crawl that is repeated after a crash
// is given the pages that the former run kept.
type Crawl struct {
	// URL is the address to start from, as NormalizeURL returns it.
	URL string
	// AssumedScheme reports whether the user named no scheme, so that the website may be read
	// over http where it has no https.
	AssumedScheme bool
	// Held are pages that a former run of the same work kept; they are not
	// fetched again.
	Held []Page
	// Keep is called after each newly fetched page, one call at a time, with the
	// number of pages that the crawl means to hold in the end. An error ends the
	// crawl and is returned unchanged.
	Keep func(ctx context.Context, page Page, planned int) error
	// Acquire, if not nil, is called before each request, with its host and port, and waits
	// until the request may be sent. done must be called after the request, with the
	// *RateLimitError that it ended with, else nil. The error is a *RateLimitError if the wait
	// would be too long, the cause of the end of ctx, or another one, which ends the crawl.
	Acquire func(ctx context.Context, host string) (done func(error), err error)
	// Compute, if not nil, calls do, which computes and waits for nothing, when the machine has
	// room for it. The error is the cause of the end of ctx before that.
	Compute func(ctx context.Context, do func()) error
}

// Site is what a crawl returns: the pages in the order in which they were
// fetched (the start page first) and what is known of the rest.
type Site struct {
	// URL is the address that the crawl was asked for.
	URL   string `json:"url"`
	Pages []Page `json:"pages"`
	// Known lists same-host page addresses that the sitemap or a link names,
	// fetched or not, in order of discovery, at most 500.
	Known []string `json:"known"`
	// HasSitemap reports whether the site has a sitemap: true when one was read or
	// robots.txt names one, false when /sitemap.xml is known not to exist, nil when
	// it was not looked for or the response did not show it.
	HasSitemap *bool `json:"has_sitemap"`
	// Sitemap is what was read of it, nil if that was nothing.
	Sitemap *SitemapReport `json:"sitemap,omitempty"`
	// HasRobots reports whether the host serves a robots.txt, nil when it was not looked for.
	HasRobots *bool     `json:"has_robots,omitempty"`
	Warnings  []Warning `json:"warnings"`
	// Text is set where no website was read but a text: URL is
	// "" and Pages holds one page without an address.
	Text *TextSource `json:"text,omitempty"`
}

// Warning is something that went less well than asked but did not stop the work.
type Warning struct {
	// Code is stable, lower snake case.
	Code string `json:"code"`
	// Message is one sentence for the user.
	Message string `json:"message"`
}

// Page is the digest of one fetched HTML page: all that the analysis may know of
// it. Text is Unicode NFC with white space folded.
type Page struct {
	// URL is the address after redirects, without fragment.
	URL string `json:"url"`
	// RequestedURL is the address that was asked for.
	RequestedURL string    `json:"requested_url"`
	FetchedAt    time.Time `json:"fetched_at"`
	// Bytes is the size of the decoded body.
	Bytes int `json:"bytes"`
	// Charset is the encoding that the body was decoded from, e.g. "utf-8".
	Charset string `json:"charset"`
	// Lang is the language that the page declares (html lang or content-language),
	// lower case, or "".
	Lang        string `json:"lang"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Canonical   string `json:"canonical"`
	// Meta holds <meta name=… content=…> by lower-case name.
	Meta map[string]string `json:"meta"`
	// OpenGraph holds og:* and twitter:* properties by lower-case name.
	OpenGraph map[string]string `json:"open_graph"`
	// JSONLD holds the objects of the page's JSON-LD scripts, arrays and @graph
	// flattened, broken ones left out.
	JSONLD   []json.RawMessage `json:"json_ld"`
	Headings []Heading         `json:"headings"`
	// CallsToAction are buttons and links that ask the reader to do something.
	CallsToAction []Link  `json:"calls_to_action"`
	Links         []Link  `json:"links"`
	Images        []Image `json:"images"`
	// Socials maps a platform ("linkedin", "x", …) to the profile address.
	Socials   map[string]string `json:"socials"`
	Contacts  Contacts          `json:"contacts"`
	Brand     Brand             `json:"brand"`
	Structure Structure         `json:"structure"`
	// Blocks is the main text in reading order, without navigation, footers,
	// cookie banners and other boilerplate.
	Blocks []Block `json:"blocks"`
	// Extraction says how Blocks was found.
	Extraction Extraction `json:"extraction"`
	// Candidates are what a model can be asked to choose the main text from, in reading order; none where the main text
	// is sure.
	Candidates []Candidate `json:"candidates,omitempty"`
}

// Candidate is a block of a page whose main text is uncertain.
type Candidate struct {
	Block
	// Words is the number of words.
	Words int `json:"words"`
	// Kept reports whether the block is one of the page's Blocks.
	Kept bool `json:"kept"`
	// Asked reports whether a model is asked about the block. The others are kept.
	Asked bool `json:"asked"`
}

// Extraction is the judgement of a page's text by trained models.
type Extraction struct {
	// Type is the type of page that decides how it is read: article, service, product,
	// collection, listing, forum or documentation; "" for a text that is no web page.
	Type string `json:"type"`
	// TypeProbability is how probable that type is, 0 to 1.
	TypeProbability float64 `json:"type_probability"`
	// Confidence is the expected F1 of the words of Blocks, 0 to 1.
	Confidence float64 `json:"confidence"`
	// Model is the language model that chose Blocks from the page's candidates, "" for none.
	Model string `json:"model,omitempty"`
}

// unsureBelow is the confidence below which the main text of a page counts as uncertain.
const unsureBelow = 0.7

// Unsure reports whether the main text is uncertain. A text that is no web page is sure.
func (e Extraction) Unsure() bool { return e.Type != "" && e.Confidence < unsureBelow }

// Text returns the main text: the blocks in order, a blank line between two.
func (p Page) Text() string {
	parts := make([]string, len(p.Blocks))
	for i, b := range p.Blocks {
		parts[i] = b.Text
	}
	return strings.Join(parts, "\n\n")
}

// BlockKind says what a block of the main text is.
type BlockKind string

// The kinds of block.
const (
	BlockHeading   BlockKind = "heading"
	BlockParagraph BlockKind = "paragraph"
	BlockListItem  BlockKind = "list_item"
	BlockQuote     BlockKind = "quote"
	BlockCode      BlockKind = "code"
	BlockTable     BlockKind = "table"
)

// Block is one piece of the main text.
type Block struct {
	Kind BlockKind `json:"kind"`
	Text string    `json:"text"`
}

// Heading is a heading with its level, 1 to 6.
type Heading struct {
	Level int    `json:"level"`
	Text  string `json:"text"`
}

// Link is an anchor with its visible text and absolute address.
type Link struct {
	Text string `json:"text"`
	Href string `json:"href"`
}

// Image is an image with its alternative text and absolute address.
type Image struct {
	Alt string `json:"alt"`
	Src string `json:"src"`
}

// Contacts are the ways to reach the site's owner that a page shows.
type Contacts struct {
	Emails    []string `json:"emails"`
	Phones    []string `json:"phones"`
	Addresses []string `json:"addresses"`
}

// Brand is what a page says of its owner.
type Brand struct {
	// Name is the first of Claims, else "".
	Name string `json:"name"`
	// Claims are the names that the page gives its owner, in the order of NameSource.
	Claims []NameClaim `json:"claims,omitempty"`
	// Tagline is a slogan that JSON-LD or the class of an element calls so, else "".
	Tagline  string   `json:"tagline"`
	LogoAlts []string `json:"logo_alts"`
}

// NameClaim is a name for the owner of a site with the place that gives it.
type NameClaim struct {
	Source NameSource `json:"source"`
	Name   string     `json:"name"`
}

// NameSource is a place of a page that can name the owner.
type NameSource string

// The sources of names: a business or organisation in JSON-LD, the property
// og:site_name, a part of the title that the host's name contains, the website or the
// publisher in JSON-LD, the meta tag application-name, the link to the start page in the
// header, and the copyright line.
const (
	NameOfOwner       NameSource = "owner"
	NameOfSite        NameSource = "site_name"
	NameInHost        NameSource = "host"
	NameOfWebsite     NameSource = "website"
	NameOfPublisher   NameSource = "publisher"
	NameOfApplication NameSource = "application"
	NameOfHomeLink    NameSource = "home_link"
	NameInCopyright   NameSource = "copyright"
)

// Structure counts what the page is built of.
type Structure struct {
	// Headings counts h1 to h6, index 0 for h1.
	Headings      [6]int `json:"headings"`
	Paragraphs    int    `json:"paragraphs"`
	Lists         int    `json:"lists"`
	Images        int    `json:"images"`
	Links         int    `json:"links"`
	Sections      int    `json:"sections"`
	Forms         int    `json:"forms"`
	Tables        int    `json:"tables"`
	Videos        int    `json:"videos"`
	HasNavigation bool   `json:"has_navigation"`
	HasFooter     bool   `json:"has_footer"`
	HasSidebar    bool   `json:"has_sidebar"`
}

// TextSource is where the text of a site came from that is no website, with what
// the user said of the business. Strings are on one line; empty ones were left out.
type TextSource struct {
	// Sample reports that the user handed in a text of theirs: what is measured is that
	// text, else the description.
	Sample      bool   `json:"sample"`
	Description string `json:"description"`
	Industry    string `json:"industry"`
	Audience    string `json:"audience"`
	Goals       string `json:"goals"`
}

// Audiences are the groups of people that the user named, in order: the parts of
// Audience between commas and semicolons.
func (t TextSource) Audiences() []string {
	var groups []string
	for part := range strings.FieldsFuncSeq(t.Audience, func(r rune) bool { return r == ',' || r == ';' }) {
		if part = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(part), "and ")); part != "" {
			groups = append(groups, part)
		}
	}
	return groups
}
