package website

import (
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Digest reads one HTML page. It is pure: the same body, Content-Type header
// (may be empty) and address (not nil) give the same digest, and nothing is fetched.
// The caller sets FetchedAt and RequestedURL where it knows better.
//
// Errors are *onboarding.Failure: page_unreadable, page_too_complex (nested deeper
// than 512 elements or a tree of more than 300,000 nodes) or page_empty. With page_empty the digest is returned too: its
// links may lead to pages with text.
func Digest(body []byte, contentType string, address *url.URL) (onboarding.Page, error) {
	fail := func(code onboarding.FailureCode, err error) (onboarding.Page, error) {
		return onboarding.Page{}, &onboarding.Failure{Code: code, Subject: address.Hostname(), Err: err}
	}
	text, name := decode(body, contentType)
	if garbled(text, maxGarbledBody) {
		return fail(onboarding.FailureUnreadable, nil)
	}
	if tooHeavy(text) {
		return fail(onboarding.FailureTooComplex, nil)
	}
	root, err := html.Parse(strings.NewReader(text))
	if err != nil { // the only error of the parser for a string is its limit of 512 open elements
		return fail(onboarding.FailureTooComplex, err)
	}
	page := onboarding.Page{URL: address.String(), RequestedURL: address.String(), Bytes: len(body), Charset: name}
	readPage(&page, root, address)
	switch {
	case garbled(page.Title+page.Text(), maxGarbledText):
		return fail(onboarding.FailureUnreadable, nil)
	case words(page.Text()) < minWords:
		_, err := fail(onboarding.FailureEmptyPage, nil)
		return page, err
	}
	return page, nil
}

const (
	// maxGarbledBody is the share of broken characters from which a body is no text.
	maxGarbledBody = 0.3
	// maxGarbledText is the share of broken characters from which text can't be judged.
	maxGarbledText = 0.1
	// minWords is the least number of words that makes a page: less is the shell of
	// an application that needs JavaScript.
	minWords = 5
)

// readPage fills page from the parsed document.
func readPage(page *onboarding.Page, root *html.Node, address *url.URL) {
	doc := goquery.NewDocumentFromNode(root)
	base := baseOf(doc, address)
	found := things(doc)
	readMeta(page, doc, base)
	page.JSONLD = rawThings(found)
	readHeadings(page, doc)
	readLinks(page, doc, base)
	readActions(page, doc, base)
	readImages(page, doc, base)
	readSocials(page, found, base)
	readContacts(page, doc, found)
	readBrand(page, doc, found, address)
	readStructure(page, doc)
	page.Blocks = blocksOf(mainText(root, newOutline(page, doc, found, address)))
}
