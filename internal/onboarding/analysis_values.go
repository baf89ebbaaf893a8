package onboarding

import (
	"reflect"
	"strings"
	"time"
)

// ValuesOf returns the values of a document, to which it takes a pointer, by the path that Meta.Uncertainty uses: their
// dotted JSON path, the leading "style_analysis." left out. What is no struct is a value; elements of lists and maps
// are not entered, and Meta, times and the fields of embedded nil pointers are left out. The values can be set.
func ValuesOf(document any) map[string]reflect.Value {
	values := map[string]reflect.Value{}
	addValues(values, reflect.ValueOf(document).Elem(), "")
	return values
}

func addValues(values map[string]reflect.Value, v reflect.Value, prefix string) {
	for _, field := range reflect.VisibleFields(v.Type()) {
		value, err := v.FieldByIndexErr(field.Index)
		path := prefix + JSONName(field)
		switch {
		case err != nil, field.Anonymous, field.Type == reflect.TypeFor[Meta](), field.Type == reflect.TypeFor[time.Time]():
		case field.Type.Kind() != reflect.Struct:
			values[path] = value
		case path == "style_analysis":
			addValues(values, value, prefix)
		default:
			addValues(values, value, path+".")
		}
	}
}

// JSONName is the name of a field in JSON.
func JSONName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

// IsEmpty reports whether a value of ValuesOf says nothing.
func IsEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return v.IsNil()
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	}
	return false
}

// Show returns an analysis as people read it.
func Show(a Analysis) ShownAnalysis {
	shown := ShownAnalysis{Crawl: a.Crawl, Measured: a.Measured}
	shown.Style.Meta = a.Style.Meta
	from := ValuesOf(&a)
	for path, to := range ValuesOf(&shown) {
		switch value := from[path].Interface().(type) {
		case *Judged:
			if value != nil {
				to.Set(reflect.ValueOf(new(value.Text())))
			}
		default:
			to.Set(from[path])
		}
	}
	shown.Crawl = shownCrawl(shown.Crawl)
	return shown
}
