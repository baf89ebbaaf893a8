package webpage

import (
	"bytes"
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

// traits are what balance knows of a kind of element, as bits.
type traits uint8

const (
	// formatting elements that are not closed are reopened by the parser in every block
	// that follows (HTML standard, "reconstruct the active formatting elements"): a few
	// hundred of them turn a small page into a huge tree.
	formatting traits = 1 << iota
	// inline elements may stand between the tags of a formatting element. A link is
	// one of them: the parser keeps at most one of those open.
	inline
	// empty elements are inline and have no end tag.
	empty
	// inHead elements may stand before the body.
	inHead
	// rawText elements hold text in which a "<" begins no tag.
	rawText
	// unread elements hold raw text that is dropped. What a noscript in the body holds is
	// parsed, as by a browser without scripts.
	unread
)

// traitsOf are the traits of the elements that have some.
var traitsOf = func() map[atom.Atom]traits {
	of := map[atom.Atom]traits{}
	for trait, elements := range map[traits][]atom.Atom{
		formatting: {
			atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt,
			atom.U,
		},
		inline: {
			atom.A, atom.Abbr, atom.Acronym, atom.Bdi, atom.Bdo, atom.Cite, atom.Data, atom.Del, atom.Dfn, atom.Ins, atom.Kbd,
			atom.Label, atom.Mark, atom.Q, atom.Samp, atom.Span, atom.Sub, atom.Sup, atom.Time, atom.Var,
		},
		empty: {atom.Br, atom.Img, atom.Input, atom.Wbr},
		inHead: {
			atom.Html, atom.Head, atom.Title, atom.Base, atom.Link, atom.Meta, atom.Script, atom.Style, atom.Noscript,
			atom.Template, atom.Noframes, atom.Basefont, atom.Bgsound,
		},
		rawText: {
			atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript, atom.Plaintext, atom.Script, atom.Style, atom.Textarea,
			atom.Title, atom.Xmp,
		},
		unread: {atom.Iframe, atom.Noembed, atom.Noframes, atom.Noscript, atom.Script, atom.Style},
	} {
		for _, element := range elements {
			of[element] |= trait
		}
	}
	return of
}()

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
	b.out = make([]byte, 0, len(page))
	for count := 0; ; count++ {
		kind := b.tokens.Next()
		switch {
		case kind == html.ErrorToken:
			b.leave(0)
			return b.result(), nil
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
	out    []byte
	// dropped are the tags in out that are left out in the end.
	dropped []span
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

// span is a part of the output.
type span struct{ from, to int }

// openInline is an inline element; tag is its start tag in the output, which is dropped if
// the element is a formatting one and not closed.
type openInline struct {
	element atom.Atom
	drop    bool
	tag     span
}

// result returns the output without the tags that were dropped.
func (b *balancer) result() string {
	slices.SortFunc(b.dropped, func(x, y span) int { return x.from - y.from })
	var kept strings.Builder
	kept.Grow(len(b.out))
	at := 0
	for _, tag := range b.dropped {
		kept.Write(b.out[at:tag.from])
		at = tag.to
	}
	kept.Write(b.out[at:])
	return kept.String()
}

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
		b.emit("<!DOCTYPE ")
		b.emit(strings.ReplaceAll(string(b.tokens.Text()), "<", ""))
		b.emit(">")
	}
}

func (b *balancer) emit(text string) { b.out = append(b.out, text...) }

// text writes text with its entities as they are.
func (b *balancer) text() {
	text, within, data := b.tokens.Raw(), b.raw, b.data
	b.raw, b.data = 0, false
	b.body = b.body || within == 0 && len(bytes.TrimSpace(text)) > 0
	switch {
	case data:
		b.emit(strings.ReplaceAll(scriptMarks.Replace(string(text)), "<", `\u003c`))
	case traitsOf[within]&unread == 0:
		b.replacing(text, "&lt;")
	}
}

// replacing writes text with something in place of each "<".
func (b *balancer) replacing(text []byte, in string) {
	for {
		before, rest, found := bytes.Cut(text, []byte{'<'})
		b.out = append(b.out, before...)
		if !found {
			return
		}
		b.emit(in)
		text = rest
	}
}

func (b *balancer) start(selfClosing bool) {
	name, more := b.tokens.TagName()
	element, from := atom.Lookup(name), len(b.out)
	own := traitsOf[element]
	b.emit("<")
	b.replacing(name, "_")
	attrs := len(b.out)
	kind := b.attributes(more)
	b.raw, b.data = 0, false
	b.body = b.body || own&inHead == 0
	switch {
	case b.foreign > 0, element == atom.Noscript && b.body: // as the parser does
		b.tokens.NextIsNotRawText()
	case own&rawText != 0:
		b.raw, b.data = element, element == atom.Script && strings.Contains(strings.ToLower(kind), "ld+json")
	case element == atom.Html || element == atom.Body:
		if b.roots[element] {
			b.out = b.out[:attrs]
		}
		b.roots[element] = true
	}
	if (element == atom.Svg || element == atom.Math) && !selfClosing {
		b.foreign++
	}
	if selfClosing {
		b.emit("/")
	}
	b.emit(">")
	b.enter(element, own, span{from, len(b.out)})
	if element == atom.Nobr { // it implicitly closes another one, and carries no text of its own
		b.out = b.out[:from]
	}
}

// enter records the start of an element.
func (b *balancer) enter(element atom.Atom, own traits, tag span) {
	switch {
	case own&empty != 0 || element == atom.Nobr:
		return
	case own&(formatting|inline) == 0 || len(b.open) >= maxOpenInline:
		b.leave(0)
	case element == atom.A: // it ends the link that is open
		if at := b.opened(element); at >= 0 {
			b.leave(at)
		}
	}
	if own&(formatting|inline) != 0 {
		b.open = append(b.open, openInline{element, own&formatting != 0, tag})
	}
}

func (b *balancer) end() {
	name, _ := b.tokens.TagName()
	element := atom.Lookup(name)
	own := traitsOf[element]
	b.raw, b.data = 0, false
	if element == atom.Svg || element == atom.Math {
		b.foreign = max(0, b.foreign-1)
	}
	at := b.opened(element)
	switch {
	case element == atom.Nobr || own&formatting != 0 && at < 0:
		return
	case at >= 0:
		b.open[at].drop = false
		b.leave(at)
	case own&empty == 0: // a block, or an element that was opened before the last one
		b.leave(0)
	}
	b.emit("</")
	b.replacing(name, "_")
	b.emit(">")
}

// opened returns the index of the innermost open element of that kind, or -1.
func (b *balancer) opened(element atom.Atom) int {
	for i, e := range slices.Backward(b.open) {
		if e.element == element {
			return i
		}
	}
	return -1
}

// leave ends the inline elements from an index on and drops the formatting elements
// among them, which were not closed.
func (b *balancer) leave(from int) {
	for _, e := range b.open[from:] {
		if e.drop {
			b.dropped = append(b.dropped, e.tag)
		}
	}
	b.open = b.open[:from]
}

// attributes writes the attributes of the current tag: each name once. It returns
// the value of the type attribute.
func (b *balancer) attributes(more bool) (kind string) {
	var names [maxAttrs]span // of those written
	count := 0
	for more {
		var key, value []byte
		key, value, more = b.tokens.TagAttr()
		if len(key) == 0 || count >= maxAttrs || bytes.ContainsAny(key, "<>\"'=/ \t\r\n\f\x00") ||
			slices.ContainsFunc(names[:count], func(n span) bool { return bytes.Equal(b.out[n.from:n.to], key) }) {
			continue
		}
		b.emit(" ")
		names[count] = span{len(b.out), len(b.out) + len(key)}
		count++
		b.out = append(b.out, key...)
		b.emit(`="`)
		short := value[:min(len(value), maxAttrValue)]
		if len(short) < len(value) {
			short = []byte(Cut(string(value), maxAttrValue))
		}
		if string(key) == "type" {
			kind = string(short)
		}
		b.escaped(short)
		b.emit(`"`)
	}
	return kind
}

// escaped writes the value of an attribute.
func (b *balancer) escaped(value []byte) {
	if bytes.ContainsAny(value, `&'<>"`) {
		b.emit(html.EscapeString(string(value)))
		return
	}
	b.out = append(b.out, value...)
}
