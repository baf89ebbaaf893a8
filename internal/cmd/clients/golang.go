package main

import (
	_ "embed"
	"io"
	"strings"
	"text/template"
)

// goSource is the file of the methods.
//
//go:embed golang.tmpl
var goSource string

// writeGo writes the methods of the Go client: one for each operation, on the types that oapi-codegen writes.
func writeGo(w io.Writer, content []byte) error {
	d, err := parse(content)
	if err != nil {
		return err
	}
	methods, err := template.New("go").Funcs(template.FuncMap{
		"camel": camel, "path": goPath, "inputs": inputs, "comment": goComment, "param": goParam, "body": goBody,
	}).Parse(goSource)
	if err != nil {
		return err
	}
	return methods.Execute(w, d.calls())
}

// initialisms are the words that Go writes in capitals, of those that names of the document have.
var initialisms = map[string]string{"Id": "ID", "Url": "URL", "Api": "API"}

// camel is a name in Go: UserID of user_id.
func camel(name string) string {
	var camel strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		word = strings.ToUpper(word[:1]) + word[1:]
		if capitals, ok := initialisms[word]; ok {
			word = capitals
		}
		camel.WriteString(word)
	}
	return camel.String()
}

// GoAnswer is the type of what a method returns, "" where that is nothing.
func (c call) GoAnswer() string {
	switch s := c.answer(); {
	case s == nil:
		return ""
	case s.Ref != "":
		return strings.TrimPrefix(s.Ref, refPrefix)
	case len(s.AnyOf) > 0:
		return "*" + strings.TrimPrefix(s.AnyOf[0].Ref, refPrefix)
	}
	return "map[string]any"
}

// goBody is the type of a request's body.
func goBody(s *schema) string {
	if s.Ref == "" {
		return "any"
	}
	return strings.TrimPrefix(s.Ref, refPrefix)
}

// goParam is the type of a parameter in the path.
func goParam(p parameter) string {
	if p.Schema.Type[0] == "integer" {
		return "int64"
	}
	return "string"
}

// goPath is the path of a call as an expression.
func goPath(path string) string {
	return strings.TrimSuffix(`"`+placeholder.ReplaceAllString(path, `"+segment($1)+"`)+`"`, `+""`)
}

// goComment is a text as lines of a comment.
func goComment(text string) string {
	return "// " + strings.ReplaceAll(wrapped(0, text), "\n", "\n// ")
}
