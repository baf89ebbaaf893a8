package mediatype

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// namespaces are those whose elements an HTML parser knows by their bare names.
var namespaces = []string{
	"", "http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML",
}

// voidElements have no content and no end tag in HTML.
var voidElements = []string{
	"area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
}

func isVoid(name string) bool { return slices.Contains(voidElements, name) }

// AsHTML returns a document as an HTML parser is to read it. XHTML is known by its type or,
// since servers and files call it HTML, by its declaration.
func AsHTML(text, mediaType string) string {
	if essenceOf(mediaType) == xhtml || strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "<?xml") {
		return xhtmlAsHTML(text)
	}
	return text
}

// xhtmlAsHTML rewrites XHTML as HTML that means the same: an HTML parser takes "<script/>"
// and "<title/>" for the begin of an element that goes on, and CDATA sections for comments.
// A text that is not well-formed is returned as it is.
func xhtmlAsHTML(text string) string {
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.Entity = xml.HTMLEntity
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	w := xhtmlWriter{}
	w.add("<!DOCTYPE html>")
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return w.out.String()
		}
		if err != nil {
			return text
		}
		w.write(token)
	}
}

// xhtmlWriter writes the tokens of a document as HTML.
type xhtmlWriter struct {
	out strings.Builder
	// raw reports whether the open element has text without references.
	raw bool
}

func (w *xhtmlWriter) add(text string) { _, _ = w.out.WriteString(text) }

func (w *xhtmlWriter) write(token xml.Token) {
	switch token := token.(type) {
	case xml.StartElement:
		name := htmlName(token.Name)
		w.raw = name == "script" || name == "style"
		w.add("<" + name)
		for _, a := range token.Attr {
			w.attribute(a)
		}
		w.add(">")
	case xml.EndElement:
		w.raw = false
		if name := htmlName(token.Name); !isVoid(name) {
			w.add("</" + name + ">")
		}
	case xml.CharData:
		if w.raw {
			w.add(strings.ReplaceAll(string(token), "</", `<\/`))
			return
		}
		w.add(html.EscapeString(string(token)))
	}
}

// htmlName is the name of an element in HTML. One of a foreign namespace keeps a prefix, so
// that its title is not taken for the page's.
func htmlName(name xml.Name) string {
	if slices.Contains(namespaces, name.Space) {
		return name.Local
	}
	return "x-" + name.Local
}

func (w *xhtmlWriter) attribute(a xml.Attr) {
	name := a.Name.Local
	switch a.Name.Space {
	case "":
	case "http://www.w3.org/XML/1998/namespace", "xml":
		name = "xml:" + name
	default:
		return
	}
	w.add(" " + name + `="` + html.EscapeString(a.Value) + `"`)
}
