package onboarding

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// The sentences of an analysis that a client gave or changed.
const (
	clientEngine   = "client"
	clientGiven    = "The analysis was given by the client; nothing was measured."
	clientChanged  = "Some values were given by the client."
	clientGaveNone = "The client gave no value."
	notMeasured    = "Nothing was measured: the client gave the analysis."
)

// analysisSchema is the schema_version of Meta.
const analysisSchema = 1

// Analysis returns the analysis that the client means. Over a held analysis of the same
// website, which is not changed, what was read and measured stays, and so does every
// value that f leaves nil; an empty text or list clears a value. Without one, only f's
// values are known: the engine is "client", nothing is measured and the address of the
// crawl result is empty. Meta.Uncertainty covers the empty values either way.
func (f FlatAnalysis) Analysis(held *Analysis) Analysis {
	result := unmeasured()
	if held != nil {
		result = *held
	}
	patterns := f.StylePatterns
	if f.StyleConsistency != nil {
		patterns.StyleConsistency = f.StyleConsistency
	}
	if f.UniqueElements != nil {
		patterns.UniqueElements = f.UniqueElements
	}
	meta := result.Style.Meta
	changed := overlay(&result.Style, f.StyleAnalysis)
	changed = overlay(&result.Guidelines, f.StyleGuidelines) || changed
	changed = overlay(&result.Patterns, patterns) || changed
	if changed && meta.Engine != clientEngine && !slices.Contains(meta.Notes, clientChanged) {
		meta.Notes = append(slices.Clone(meta.Notes), clientChanged)
	}
	meta.Uncertainty = uncertaintyOf(&result, meta.Uncertainty)
	result.Style.Meta = meta
	return result
}

// Submitted is the JSON of the values that f has, nil ones left out: ParseFlatAnalysis
// reads the same f from it. Unlike what the client sent it can be stored.
func (f FlatAnalysis) Submitted() (json.RawMessage, error) {
	object := map[string]any{}
	eachValue(reflect.ValueOf(f), "", func(path string, v reflect.Value) {
		if v.IsNil() {
			return
		}
		parent := object
		names := strings.Split(path, ".")
		for _, name := range names[:len(names)-1] {
			child, ok := parent[name].(map[string]any)
			if !ok {
				child = map[string]any{}
				parent[name] = child
			}
			parent = child
		}
		parent[names[len(names)-1]] = v.Interface()
	})
	raw, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("encode submitted analysis: %w", err)
	}
	return raw, nil
}

// unmeasured is an analysis of nothing, without nil slices and maps.
func unmeasured() Analysis {
	return Analysis{
		Style: StyleAnalysis{Meta: Meta{SchemaVersion: analysisSchema, Engine: clientEngine, Notes: List{clientGiven}}},
		Crawl: CrawlResult{
			Content: CrawlContent{
				Headings: List{}, Links: []Link{}, Images: []Image{},
				MetaTags: map[string]string{}, SocialMedia: map[string]string{},
			},
			Pages: []CrawledPage{}, Warnings: []Warning{},
		},
		Measured: Measurements{
			Language:           TextLanguage{Name: "unknown"},
			PunctuationPer1000: map[string]float64{}, FunctionWords: map[string]float64{},
			Keywords: []Keyword{}, Phrases: []Term{}, Topics: []Topic{}, Transitions: []Term{}, Devices: []Device{}, Audience: []Term{},
			PageTypes: PageTypes{Found: []PageType{}, Linked: List{}, Missing: List{}},
		},
	}
}

// overlay sets the values of target that given has, and tells whether one changed.
func overlay[T any](target *T, given T) bool {
	from := map[string]reflect.Value{}
	eachValue(reflect.ValueOf(&given).Elem(), "", func(path string, v reflect.Value) { from[path] = v })
	changed := false
	eachValue(reflect.ValueOf(target).Elem(), "", func(path string, v reflect.Value) {
		former := v.Interface()
		switch value := from[path].Interface().(type) {
		case *string:
			if value != nil && *value == "" {
				v.SetZero()
			} else if value != nil {
				v.Set(from[path])
			}
		case List:
			if value != nil {
				v.Set(from[path])
			}
		}
		changed = changed || !sameValue(former, v.Interface())
	})
	return changed
}

// sameValue takes nil and empty lists for the same.
func sameValue(a, b any) bool {
	if list, ok := a.(List); ok {
		return slices.Equal(list, b.(List))
	}
	return reflect.DeepEqual(a, b)
}

// uncertaintyOf keeps the reasons of what is still empty and adds those of the rest.
func uncertaintyOf(a *Analysis, held Uncertainty) Uncertainty {
	reasons := maps.Clone(held.Reasons)
	if reasons == nil {
		reasons = map[string]string{}
	}
	note := func(reason string) func(string, reflect.Value) {
		return func(path string, v reflect.Value) {
			switch _, known := reasons[path]; {
			case !isEmptyValue(v):
				delete(reasons, path)
			case !known:
				reasons[path] = reason
			}
		}
	}
	for prefix, part := range map[string]any{"": &a.Style, "style_patterns": &a.Patterns, "style_guidelines": &a.Guidelines} {
		eachValue(reflect.ValueOf(part).Elem(), prefix, note(clientGaveNone))
	}
	if a.Style.Meta.Engine == clientEngine {
		eachValue(reflect.ValueOf(&a.Measured).Elem(), "measurements", note(notMeasured))
	}
	return Uncertainty{Fields: slices.Sorted(maps.Keys(reasons)), Reasons: reasons}
}

// eachValue visits what is no struct below v, with its dotted JSON path; Meta and times
// are left out.
func eachValue(v reflect.Value, path string, visit func(path string, v reflect.Value)) {
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if path != "" {
			name = path + "." + name
		}
		switch v.Field(i).Interface().(type) {
		case Meta, time.Time:
			continue
		}
		if v.Field(i).Kind() == reflect.Struct {
			eachValue(v.Field(i), name, visit)
		} else {
			visit(name, v.Field(i))
		}
	}
}

func isEmptyValue(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return v.IsNil()
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	}
	return false
}
