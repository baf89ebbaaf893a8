package onboarding

import (
	"reflect"
	"strings"
	"time"
)

// ValuesOf returns the values of an analysis by the path that Meta.Uncertainty uses: their dotted JSON path, the
// leading "style_analysis." left out. What is no struct is a value; elements of lists and maps are not entered, and Meta
// and times are left out. The values can be set.
func ValuesOf[T any](a *AnalysisOf[T]) map[string]reflect.Value {
	return valuesOf(reflect.ValueOf(a).Elem(), "")
}

func valuesOf(v reflect.Value, prefix string) map[string]reflect.Value {
	values := map[string]reflect.Value{}
	for i := range v.NumField() {
		field, path := v.Field(i), prefix+jsonName(v.Type().Field(i))
		switch field.Interface().(type) {
		case Meta, time.Time:
			continue
		}
		if field.Kind() != reflect.Struct {
			values[path] = field
			continue
		}
		inner := path + "."
		if path == "style_analysis" || v.Type().Field(i).Anonymous {
			inner = prefix
		}
		for path, value := range valuesOf(field, inner) {
			values[path] = value
		}
	}
	return values
}

func jsonName(field reflect.StructField) string {
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
	return shown
}
