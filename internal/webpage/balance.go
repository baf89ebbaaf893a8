package webpage

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits of the markup of one page. A page that browsers cope with has some
// thousands of tags.
const (
	// maxNodes is the most tokens that are read and the most nodes of the tree.
	maxNodes = 150_000
	// maxAttrs is the most attributes of one tag that are kept, maxAttrValue how many
	// bytes of each.
	maxAttrs     = 64
	maxAttrValue = 8 << 10
	// maxOpenInline is how many inline elements may be open in each other.
	maxOpenInline = 256
)

// errTooHeavy means that a page has more markup than is read.
var errTooHeavy = errors.New("the page has too many elements")

// formatting elements that are not closed are reopened by the parser in every block
// that follows (HTML standard, "reconstruct the active formatting elements"): a few
// hundred of them turn a small page into a huge tree.
var formatting = atomSet(atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.S, atom.Small, atom.Strike,
	atom.Strong, atom.Tt, atom.U)

// inline elements may stand between the tags of a formatting element. A link is
// one of them: the parser keeps at most one of those open.
var inline = atomSet(atom.A, atom.Abbr, atom.Acronym, atom.Bdi, atom.Bdo, atom.Cite, atom.Data, atom.Del, atom.Dfn,
	atom.Ins, atom.Kbd, atom.Label, atom.Mark, atom.Q, atom.Samp, atom.Span, atom.Sub, atom.Sup, atom.Time, atom.Var)

// empty elements are inline and have no end tag.
var empty = atomSet(atom.Br, atom.Img, atom.Input, atom.Wbr)

// headElements may stand before the body.
var headElements = atomSet(atom.Html, atom.Head, atom.Title, atom.Base, atom.Link, atom.Meta, atom.Script, atom.Style,
	atom.Noscript, atom.Template, atom.Noframes, atom.Basefont, atom.Bgsound)

// rawText elements hold text in which a "<" begins no tag.
var rawText = atomSet(atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript, atom.Plaintext, atom.Script, atom.Style,
	atom.Textarea, atom.Title, atom.Xmp)

// unread elements hold raw text that is dropped. What a noscript in the body holds is
// parsed, as by a browser without scripts.
var unread = atomSet(atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript, atom.Script, atom.Style)

func atomSet(atoms ...atom.Atom) map[atom.Atom]bool {
	set := make(map[atom.Atom]bool, len(atoms))
	for _, a := range atoms {
		set[a] = true
	}
	return set
}

// parse builds the tree of a page in time and memory proportional to its size.
// Errors are errTooHeavy, the cause of ctx when it ended, and the parser's for
// nesting deeper than 512 elements.
func parse(ctx context.Context, page string) (*html.Node, error) {
	balanced, err := balance(ctx, page)
	if err != nil {
		return nil, err
	}
	root, err := html.ParseWithOptions(untilDone{ctx, strings.NewReader(balanced)},
		html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil, err
	}
	if countNodes(root, maxNodes) > maxNodes {
		return nil, errTooHeavy
	}
	if err := compose(root); err != nil {
		return nil, err
	}
	return root, nil
}

// untilDone reads until ctx ends, and then returns its cause.
type untilDone struct {
	ctx  context.Context
	from io.Reader
}

func (r untilDone) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.from.Read(p)
}

// balance rewrites a page so that its tree has at most a few nodes for each tag. It
// drops a formatting element that is not closed before the next block begins or
// ends. Every "<" of the result begins a tag that was seen here, so that a parser in
// another state than the tokenizer finds no others. Comments and unread raw text are
// dropped.
func balance(ctx context.Context, page string) (string, error) {
	b := balancer{tokens: html.NewTokenizer(strings.NewReader(page)), roots: map[atom.Atom]bool{}}
	for count := 0; ; count++ {
		kind := b.tokens.Next()
		switch {
		case kind == html.ErrorToken:
			b.leave(0)
			return strings.Join(b.pieces, ""), nil
		case count >= maxNodes:
			return "", errTooHeavy
		case count%1024 == 0 && ctx.Err() != nil:
			return "", context.Cause(ctx)
		}
		b.token(kind)
	}
}

// balancer is the state of one call of balance.
type balancer struct {
	tokens *html.Tokenizer
	pieces []string
	// open lists the inline elements that were opened since the last block.
	open []openInline
	// raw is the element whose raw text comes next; data reports whether it is JSON-LD.
	raw  atom.Atom
	data bool
	// foreign counts the open svg and math elements.
	foreign int
	// body reports whether something was seen that can't stand in the head.
	body bool
	// roots records the html and body elements seen: the parser merges the attributes
	// of all of them in quadratic time.
	roots map[atom.Atom]bool
}

// openInline is an inline element and the index of its start tag.
type openInline struct {
	tag   atom.Atom
	piece int
}

func (b *balancer) emit(pieces ...string) { b.pieces = append(b.pieces, strings.Join(pieces, "")) }

func (b *balancer) token(kind html.TokenType) {
	switch kind {
	case html.TextToken:
		b.text()
	case html.StartTagToken:
		b.start(false)
	case html.SelfClosingTagToken:
		b.start(true)
	case html.EndTagToken:
		b.end()
	case html.DoctypeToken:
		b.emit("<!DOCTYPE ", strings.ReplaceAll(string(b.tokens.Text()), "<", ""), ">")
	}
}

// text writes text with its entities as they are.
func (b *balancer) text() {
	text, within, data := string(b.tokens.Raw()), b.raw, b.data
	b.raw, b.data = 0, false
	b.body = b.body || within == 0 && strings.TrimSpace(text) != ""
	switch {
	case data:
		b.emit(strings.ReplaceAll(scriptMarks.Replace(text), "<", `\u003c`))
	case !unread[within]:
		b.emit(strings.ReplaceAll(text, "<", "&lt;"))
	}
}

func (b *balancer) start(selfClosing bool) {
	name, more := b.tokens.TagName()
	tag, written := atom.Lookup(name), tagName(name)
	attrs, kind := b.attributes(more)
	b.raw, b.data = 0, false
	b.body = b.body || !headElements[tag]
	switch {
	case b.foreign > 0, tag == atom.Noscript && b.body: // as the parser does
		b.tokens.NextIsNotRawText()
	case rawText[tag]:
		b.raw, b.data = tag, tag == atom.Script && strings.Contains(strings.ToLower(kind), "ld+json")
	case tag == atom.Html || tag == atom.Body:
		if b.roots[tag] {
			attrs = ""
		}
		b.roots[tag] = true
	}
	if (tag == atom.Svg || tag == atom.Math) && !selfClosing {
		b.foreign++
	}
	b.enter(tag)
	if tag == atom.Nobr {
		return // it implicitly closes another one, and carries no text of its own
	}
	if selfClosing {
		attrs += "/"
	}
	b.emit("<", written, attrs, ">")
}

// enter records the start of an element.
func (b *balancer) enter(tag atom.Atom) {
	switch {
	case empty[tag] || tag == atom.Nobr:
		return
	case !formatting[tag] && !inline[tag] || len(b.open) >= maxOpenInline:
		b.leave(0)
	case tag == atom.A: // it ends the link that is open
		if at := b.opened(tag); at >= 0 {
			b.leave(at)
		}
	}
	if formatting[tag] || inline[tag] {
		b.open = append(b.open, openInline{tag, len(b.pieces)})
	}
}

func (b *balancer) end() {
	name, _ := b.tokens.TagName()
	tag, written := atom.Lookup(name), tagName(name)
	b.raw, b.data = 0, false
	if tag == atom.Svg || tag == atom.Math {
		b.foreign = max(0, b.foreign-1)
	}
	at := b.opened(tag)
	switch {
	case tag == atom.Nobr || formatting[tag] && at < 0:
		return
	case at >= 0:
		b.open[at].piece = -1
		b.leave(at)
	case !empty[tag]: // a block, or an element that was opened before the last one
		b.leave(0)
	}
	b.emit("</", written, ">")
}

// opened returns the index of the innermost open element with that tag, or -1.
func (b *balancer) opened(tag atom.Atom) int {
	for i, e := range slices.Backward(b.open) {
		if e.tag == tag {
			return i
		}
	}
	return -1
}

// leave ends the inline elements from an index on and drops the formatting elements
// among them, which were not closed.
func (b *balancer) leave(from int) {
	for _, e := range b.open[from:] {
		if formatting[e.tag] && e.piece >= 0 {
			b.pieces[e.piece] = ""
		}
	}
	b.open = b.open[:from]
}

// tagName returns the name of a tag as it may be written.
func tagName(name []byte) string { return strings.ReplaceAll(string(name), "<", "_") }

// attributes renders the attributes of the current tag: each name once. It returns
// the value of the type attribute too.
func (b *balancer) attributes(more bool) (attrs, kind string) {
	var written strings.Builder
	var seen []string
	for more {
		var key, value []byte
		key, value, more = b.tokens.TagAttr()
		name := string(key)
		if name == "" || len(seen) >= maxAttrs || strings.ContainsAny(name, "<>\"'=/ \t\r\n\f\x00") ||
			slices.Contains(seen, name) {
			continue
		}
		seen = append(seen, name)
		short := Cut(string(value), maxAttrValue)
		if name == "type" {
			kind = short
		}
		written.WriteString(" " + name + `="` + html.EscapeString(short) + `"`)
	}
	return written.String(), kind
}
