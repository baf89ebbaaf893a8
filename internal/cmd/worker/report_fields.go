package worker

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// row is one named value of a section, a list of one or more items.
type row struct {
	label  string
	values []string
}

// fields prints the values that the structs hold: their texts, numbers and lists, in
// order, named after the JSON names, in a section unless title is "". Empty ones are left
// out.
func (p *printer) fields(title string, structs ...any) {
	rows := []row{}
	for _, s := range structs {
		rows = append(rows, rowsOf(reflect.ValueOf(s))...)
	}
	p.rows(title, rows)
}

// rowsOf returns the fields of a struct that are texts, numbers or lists of texts.
func rowsOf(v reflect.Value) []row {
	rows := []row{}
	for i := range v.NumField() {
		label, field := humanise(v.Type().Field(i).Tag.Get("json")), reflect.Indirect(v.Field(i))
		if !field.IsValid() {
			continue
		}
		switch value := field.Interface().(type) {
		case float64:
			rows = append(rows, row{label, []string{fmt.Sprintf("%.3g", value)}})
		case string, int, int64:
			rows = append(rows, row{label, []string{fmt.Sprint(value)}})
		case onboarding.List:
			rows = append(rows, row{label, value})
		}
	}
	return rows
}

// humanise returns "call_to_action" as "Call to action".
func humanise(name string) string {
	text := strings.ReplaceAll(name, "_", " ")
	for _, acronym := range []string{"seo", "ai"} {
		if rest, found := strings.CutPrefix(text, acronym+" "); found {
			return strings.ToUpper(acronym) + " " + rest
		}
	}
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// labelWidth is the column of the labels, the longest of which is "Content
// calendar suggestions".
const labelWidth = 30

// rows prints labelled values, in a section unless title is "". Empty ones are left out.
func (p *printer) rows(title string, rows []row) {
	for _, r := range rows {
		if len(r.values) == 0 {
			continue
		}
		if title != "" {
			p.section(title)
			title = ""
		}
		p.row(r)
	}
}

// row prints the values beside the label, if there is one. The items of a list are marked
// with dashes.
func (p *printer) row(r row) {
	label, mark := "", "- "
	if r.label != "" {
		label = pad(r.label, labelWidth)
	}
	if label != "" && len(r.values) == 1 {
		mark = ""
	}
	width := columns.StringWidth(label)
	for _, value := range r.values {
		lead := mark
		for _, text := range wrap(clean(value), p.width-2-width-len(mark)) {
			p.line("  " + label + lead + text)
			label, lead = strings.Repeat(" ", width), strings.Repeat(" ", len(mark))
		}
	}
}
