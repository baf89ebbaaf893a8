package submitted

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// checkShape compares a decoded value with the Go type that a document is read into.
// Null fits every type, and a field that the type lacks may hold anything. Parts that
// other servers may fill differently, and that are not read from a submitted document
// (meta and the like), need only be objects.
func checkShape(value any, t reflect.Type, path string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if value == nil {
		return nil
	}
	switch t.Kind() {
	case reflect.String:
		if _, ok := value.(string); !ok {
			return onboarding.WrongType(path, "text")
		}
	case reflect.Bool:
		if _, ok := value.(bool); !ok {
			return onboarding.WrongType(path, "true or false")
		}
	case reflect.Int, reflect.Float64:
		return checkNumber(value, t.Kind() == reflect.Int, path)
	case reflect.Slice:
		return checkList(value, t.Elem(), path)
	case reflect.Map, reflect.Struct:
		return checkObject(value, t, path)
	}
	return nil
}

func checkList(value any, element reflect.Type, path string) error {
	list, ok := value.([]any)
	if !ok {
		return onboarding.WrongType(path, "a list")
	}
	for i, v := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if v == nil {
			return onboarding.WrongType(at, "a value")
		}
		if err := checkShape(v, element, at); err != nil {
			return err
		}
	}
	return nil
}

func checkObject(value any, t reflect.Type, path string) error {
	object, ok := value.(map[string]any)
	if !ok {
		return onboarding.WrongType(path, "an object")
	}
	fieldOf := func(string) reflect.Type { return t.Elem() }
	if t.Kind() == reflect.Struct {
		known := jsonFields(t)
		fieldOf = func(name string) reflect.Type { return known[name] }
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if field := fieldOf(name); field != nil {
			if err := checkShape(object[name], field, path+"."+name); err != nil {
				return err
			}
		}
	}
	return nil
}

// jsonFields are the fields of a struct by their JSON names, embedded ones included.
func jsonFields(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for _, field := range onboarding.Fields(t) {
		fields[onboarding.JSONName(field)] = field.Type
		switch field.Type {
		case reflect.TypeFor[onboarding.Meta](), reflect.TypeFor[*onboarding.PlatformValidation](),
			reflect.TypeFor[onboarding.LinguisticInsights](), reflect.TypeFor[onboarding.DetailedMetrics]():
			fields[onboarding.JSONName(field)] = reflect.TypeFor[map[string]any]()
		}
	}
	return fields
}

// checkNumber bounds a number by the name of its field: scores are 0 to 100, sentences
// have at most 1,000 words.
func checkNumber(value any, whole bool, path string) error {
	var x float64
	switch n := value.(type) {
	case json.Number:
		if _, err := n.Int64(); whole && err != nil {
			return onboarding.WrongType(path, "a whole number")
		}
		x, _ = n.Float64() // storable refused what has none
	case float64:
		x = n
	default:
		return onboarding.WrongType(path, "a number")
	}
	low, high := numberRange(path)
	switch {
	case whole && x != math.Trunc(x):
		return onboarding.WrongType(path, "a whole number")
	case x < low || x > high:
		return refused(path, "out_of_range", fmt.Sprintf("Use a number from %.0f to %.0f.", low, high))
	}
	return nil
}

func numberRange(path string) (low, high float64) {
	switch {
	case strings.HasPrefix(path, "quality_metrics."), strings.HasSuffix(path, ".confidence_score"):
		return 0, 100
	case strings.Contains(path, ".sentence_metrics."):
		return 0, 1000
	case strings.HasSuffix(path, ".character_limit"):
		return 0, 1e6
	}
	return -1e6, 1e6
}
