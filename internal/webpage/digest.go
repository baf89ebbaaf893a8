// Package webpage reads an HTML page, or a text that a user hands in, into its digest: main text, metadata,
// structured data, links, contacts and owner.
//
// It is pure: it fetches nothing, and the same body gives the same digest. It does not judge the writing; that is for
// package style.
package webpage

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"github.com/alwrity/onboarding/internal/maintext"
	"github.com/alwrity/onboarding/internal/mediatype"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/transcode"
)

// Digest reads one HTML page. It is pure: the same body, Content-Type header
// (may be empty) and address (not nil) give the same digest, and nothing is fetched.
// The caller sets FetchedAt and RequestedURL where it knows better.
//
// Errors are the cause of ctx when it ended before the page was read, or
// *onboarding.Failure: page_unreadable, page_too_complex (nested deeper than 512
// elements, or more than 150,000 tags or nodes) or page_empty. With page_empty the
// digest is returned too: its links may lead to pages with text.
func Digest(ctx context.Context, body []byte, contentType string, address *url.URL) (onboarding.Page, error) {
	root, name, err := readTree(ctx, body, contentType, address)
	if err != nil {
		return onboarding.Page{}, err
	}
	page := onboarding.Page{URL: address.String(), RequestedURL: address.String(), Bytes: len(body), Charset: name}
	if err := readPage(ctx, &page, root, address); err != nil {
		return onboarding.Page{}, err
	}
	if garbled(page.Title+page.Text(), maxGarbledText) {
		return onboarding.Page{}, failure(onboarding.FailureUnreadable, address, nil)
	}
	return page, emptiness(page)
}

// emptiness returns the failure page_empty for a page without text, else nil.
func emptiness(page onboarding.Page) error {
	if Words(page.Text()) >= minWords || hasContactData(page) {
		return nil
	}
	host := ""
	if address, err := url.Parse(page.URL); err == nil {
		host = address.Hostname()
	}
	return &onboarding.Failure{Code: onboarding.FailureEmptyPage, Subject: host}
}

// stubWords is the number of words below which a page may only lead on, or show others in its
// frames.
const stubWords = 50

// IsStub reports whether a result of Digest has so little text that it matters where it leads.
func IsStub(page onboarding.Page, err error) bool {
	var failure *onboarding.Failure
	if errors.As(err, &failure) {
		return failure.Code == onboarding.FailureEmptyPage
	}
	return err == nil && Words(page.Text()) < stubWords
}

// Describe returns what the main text of an HTML page is chosen from; for training and
// evaluation. Errors are those of Digest.
func Describe(ctx context.Context, body []byte, contentType string, address *url.URL) (*maintext.Page, error) {
	root, _, err := readTree(ctx, body, contentType, address)
	if err != nil {
		return nil, err
	}
	doc, page := newDocument(root, address), onboarding.Page{}
	readMeta(&page, doc)
	return describe(&page, doc), nil
}

func failure(code onboarding.FailureCode, address *url.URL, err error) error {
	return &onboarding.Failure{Code: code, Subject: address.Hostname(), Err: err}
}

// readTree parses a page, and returns its document as a reader sees it and the name of
// its encoding.
func readTree(ctx context.Context, body []byte, contentType string, address *url.URL) (*html.Node, string, error) {
	if bytes.HasPrefix(body, gzipMagic) {
		return nil, "", failure(onboarding.FailureNotHTML, address, nil)
	}
	text, name := transcode.ToUTF8(body, contentType)
	if garbled(text, maxGarbledBody) || !strings.HasPrefix(name, "utf-16") && binary(body) {
		return nil, "", failure(onboarding.FailureUnreadable, address, nil)
	}
	text = mediatype.AsHTML(text, contentType)
	root, err := parse(ctx, text)
	switch {
	case ctx.Err() != nil:
		return nil, "", context.Cause(ctx)
	case err != nil:
		return nil, "", failure(onboarding.FailureTooComplex, address, err)
	}
	tidy(root)
	return root, name, nil
}

const (
	// maxGarbledBody is the share of broken characters above which a body is not text.
	maxGarbledBody = 0.3
	// maxGarbledText is the share of broken characters above which text can't be analysed.
	maxGarbledText = 0.1
	// minWords is the least number of words of a page. Fewer are the shell of an
	// application that needs JavaScript.
	minWords = 5
)

// gzipMagic begins a gzip'd file.
var gzipMagic = []byte{0x1f, 0x8b}

// binary reports whether a body has too many "binary data bytes" (MIME Sniffing
// standard, section 3) to be text in any encoding.
func binary(body []byte) bool {
	found := 0
	for _, b := range body {
		if b < ' ' && (b <= 0x08 || b == 0x0b || b >= 0x0e && b <= 0x1a || b >= 0x1c) {
			found++
		}
	}
	return found > 20 && found*200 > len(body) // a few may be mistakes
}

// hasContactData reports whether a page with hardly any text is worth keeping:
// a contact page may hold only an address.
func hasContactData(page onboarding.Page) bool {
	c := page.Contacts
	return len(c.Emails)+len(c.Phones)+len(c.Addresses)+len(page.JSONLD) > 0
}

// readPage fills page from the parsed document in steps. When ctx ends, it returns
// its cause after the current step.
func readPage(ctx context.Context, page *onboarding.Page, root *html.Node, address *url.URL) error {
	doc := newDocument(root, address)
	for _, read := range []func(*onboarding.Page, *document){
		readMeta, readThings, readHeadings, readLinks, readActions, readImages, readSocials, readContacts, readBrand,
		readStructure, readMainText, readStated,
	} {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		read(page, doc)
	}
	return nil
}
