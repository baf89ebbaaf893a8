package onboarding

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding/hostname"
)

// ValuesOf returns the values of a document, to which it takes a pointer, by the path that Meta.Uncertainty uses: their
// dotted JSON path, the leading "style_analysis." left out. What is no struct is a value; elements of lists and maps
// are not entered, and Meta, times and the fields of embedded nil pointers are left out. The values can be set.
func ValuesOf(document any) map[string]reflect.Value {
	v := reflect.ValueOf(document).Elem()
	places := placesOf(v.Type())
	values := make(map[string]reflect.Value, len(places))
	for _, p := range places {
		if value, err := v.FieldByIndexErr(p.index); err == nil {
			values[p.path] = value
		}
	}
	return values
}

// place is where a struct has a value: its path, and the index of its field.
type place struct {
	path  string
	index []int
}

var knownPlaces sync.Map // of types, to []place

// placesOf returns the places of the values of a type.
func placesOf(t reflect.Type) []place {
	if known, ok := knownPlaces.Load(t); ok {
		return known.([]place)
	}
	places := addPlaces(nil, t, place{})
	knownPlaces.Store(t, places)
	return places
}

func addPlaces(places []place, t reflect.Type, at place) []place {
	for _, field := range Fields(t) {
		path, index := at.path+JSONName(field), slices.Concat(at.index, field.Index)
		switch {
		case field.Type == reflect.TypeFor[Meta](), field.Type == reflect.TypeFor[time.Time]():
		case field.Type.Kind() != reflect.Struct:
			places = append(places, place{path, index})
		case path == "style_analysis":
			places = addPlaces(places, field.Type, place{at.path, index})
		default:
			places = addPlaces(places, field.Type, place{path + ".", index})
		}
	}
	return places
}

var knownFields sync.Map // of types, to []reflect.StructField

// Fields returns the visible fields of a struct, those of embedded structs in their place.
func Fields(t reflect.Type) []reflect.StructField {
	if known, ok := knownFields.Load(t); ok {
		return known.([]reflect.StructField)
	}
	fields := slices.DeleteFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool { return f.Anonymous })
	knownFields.Store(t, fields)
	return fields
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

// shownCrawl returns what was crawled with the names of hosts as people write them.
func shownCrawl(c CrawlResult) CrawlResult {
	c.URL = hostname.ShownURL(c.URL)
	c.Content.DomainInfo.Domain = hostname.Shown(c.Content.DomainInfo.Domain)
	c.Content.DomainInfo.DomainName = hostname.Shown(c.Content.DomainInfo.DomainName)
	if c.Facts != nil {
		facts := *c.Facts
		facts.Canonical = hostname.ShownURL(facts.Canonical)
		c.Facts = &facts
	}
	c.Pages, c.Content.Links = slices.Clone(c.Pages), slices.Clone(c.Content.Links)
	for i := range c.Pages {
		c.Pages[i].URL = hostname.ShownURL(c.Pages[i].URL)
	}
	for i := range c.Content.Links {
		c.Content.Links[i].Href = hostname.ShownURL(c.Content.Links[i].Href)
	}
	return c
}
