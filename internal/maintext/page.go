// Package maintext tells which of the blocks of text of a page are its main text, how sure that is, and what type of
// page it is.
//
// The judgement is that of small trained models (see model.go) over measured features: the labels and roles of the
// elements around a block, what it and its heading are about, links, repetition, position and the page's metadata.
// The package is pure and reads no HTML; package webpage makes the Page.
package maintext

import (
	"net/url"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Page is what is known of a page, in document order.
type Page struct {
	Address *url.URL
	// Title is that of the head or of Open Graph, Heading the first h1.
	Title, Heading, Description, Author string
	// Generator is the software that made the page, OpenGraph the value of og:type.
	Generator, OpenGraph string
	// Types are the schema.org types of the page's JSON-LD.
	Types []string
	// Article is the text of the article, Things the descriptions of products and the like, and Reviews that of reviews
	// according to the metadata.
	Article, Things, Reviews string
	// Elements[0] is the document; parents stand before their children.
	Elements []Element
	Blocks   []Block
}

// Element is an element of the page.
type Element struct {
	// Parent is the index of the element around it; that of the document is -1.
	Parent int
	// Tag is 0 for elements that HTML doesn't know.
	Tag  atom.Atom
	Attr []html.Attribute
	// Labels are the words of its class, id and the like in lower case.
	Labels []string
	// Hidden reports whether the markup itself hides the element.
	Hidden bool
}

// Block is a piece of text.
type Block struct {
	onboarding.Block
	// Element is the index of the element in which the text begins.
	Element int
	// Level is that of a heading, 1 to 6, or 0.
	Level int
	// Words is the number of words, Linked the share of the text that is inside links, 0 to 1.
	Words  int
	Linked float64
}

// Type is a type of page that decides how to read it.
type Type string

// The types in the order of the model's.
const (
	Article       Type = "article"
	Service       Type = "service"
	Product       Type = "product"
	Collection    Type = "collection"
	Listing       Type = "listing"
	Forum         Type = "forum"
	Documentation Type = "documentation"
)

// Types are all types of page in the order of the model's.
var Types = []Type{Article, Service, Product, Collection, Listing, Forum, Documentation}
