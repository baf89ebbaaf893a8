package submitted

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
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
// value that f leaves nil or sends back as it was shown, with its evidence; an empty text or
// list clears a value. Without one, only f's
// values are known: the engine is "client", nothing is measured and the address of the
// crawl result is empty. Meta.Uncertainty covers the empty values either way.
func Analysis(f onboarding.FlatAnalysis, held *onboarding.Analysis) onboarding.Analysis {
	var result onboarding.Analysis
	values := onboarding.ValuesOf(&result)
	if held != nil {
		result = *held
	} else {
		unmeasured(&result, values)
	}
	patterns := f.StylePatterns
	if f.StyleConsistency != nil {
		patterns.StyleConsistency = f.StyleConsistency
	}
	if f.UniqueElements != nil {
		patterns.UniqueElements = f.UniqueElements
	}
	meta := result.Style.Meta
	given := onboarding.ShownAnalysis{Style: f.StyleAnalysis, Guidelines: f.StyleGuidelines, Patterns: patterns}
	changed := overlay(values, onboarding.ValuesOf(&given))
	if changed && meta.Engine != clientEngine && !slices.Contains(meta.Notes, clientChanged) {
		meta.Notes = append(slices.Clone(meta.Notes), clientChanged)
	}
	meta.Uncertainty = uncertaintyOf(values, meta)
	result.Style.Meta = meta
	return result
}

// Document is the JSON of the values that f has, nil ones left out: ParseFlatAnalysis
// reads the same f from it. Unlike what the client sent it can be stored.
func Document(f onboarding.FlatAnalysis) json.RawMessage {
	object := map[string]any{}
	for path, v := range onboarding.ValuesOf(&f) {
		if v.IsNil() {
			continue
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
	}
	return encoded(object)
}

// unmeasured makes a, whose values are given, an analysis of nothing, without nil slices and maps.
func unmeasured(a *onboarding.Analysis, values map[string]reflect.Value) {
	for _, v := range values {
		switch v.Kind() {
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		case reflect.Map:
			v.Set(reflect.MakeMap(v.Type()))
		}
	}
	a.Style.Meta = onboarding.Meta{
		SchemaVersion: analysisSchema, Engine: clientEngine, Notes: onboarding.List{clientGiven},
	}
	a.Measured.Language.Name = "unknown"
}

// overlay sets the values of target that given has, and reports whether one changed.
func overlay(target, given map[string]reflect.Value) bool {
	changed := false
	for path, v := range target {
		from := given[path]
		if onboarding.IsEmpty(from) && from.Kind() == reflect.Pointer {
			continue
		}
		switch value := from.Interface().(type) {
		case *string:
			held, judged := v.Interface().(*onboarding.Judged)
			switch {
			case !judged, held != nil && held.Text() == *value, held == nil && *value == "":
				continue
			case *value == "":
				v.SetZero()
			default:
				v.Set(reflect.ValueOf(&onboarding.Judged{Value: *value}))
			}
			changed = true
		case onboarding.List:
			if value != nil && !slices.Equal(v.Interface().(onboarding.List), value) {
				v.Set(from)
				changed = true
			}
		}
	}
	return changed
}

// uncertaintyOf keeps the reasons of meta for those values that are still empty and adds those of the rest.
func uncertaintyOf(values map[string]reflect.Value, meta onboarding.Meta) onboarding.Uncertainty {
	reasons := maps.Clone(meta.Uncertainty.Reasons)
	if reasons == nil {
		reasons = make(map[string]string, len(values))
	}
	for path, v := range values {
		reason := clientGaveNone
		switch section, _, _ := strings.Cut(path, "."); {
		case section == "crawl_result", section == "measurements" && meta.Engine != clientEngine:
			continue
		case section == "measurements":
			reason = notMeasured
		}
		switch _, known := reasons[path]; {
		case !onboarding.IsEmpty(v):
			delete(reasons, path)
		case !known:
			reasons[path] = reason
		}
	}
	return onboarding.Uncertainty{Fields: slices.Sorted(maps.Keys(reasons)), Reasons: reasons}
}
