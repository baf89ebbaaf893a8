package persona

import (
	"reflect"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// fillGaps copies the texts of src into those of dst that are nil, and appends its
// lists; both are structs of the same type.
func fillGaps(dst, src reflect.Value) {
	for i := range dst.NumField() {
		to, from := dst.Field(i), src.Field(i)
		switch to.Kind() {
		case reflect.Struct:
			fillGaps(to, from)
		case reflect.Pointer:
			if to.IsNil() {
				to.Set(from)
			}
		case reflect.Slice:
			to.Set(reflect.ValueOf(union(to.Interface().(onboarding.List), from.Interface().(onboarding.List))))
		}
	}
}

// replace copies the texts of src that are not nil.
func replace(dst, src reflect.Value) {
	for i := range dst.NumField() {
		if from := src.Field(i); !from.IsNil() {
			dst.Field(i).Set(from)
		}
	}
}

// orElse is the first list, or the second when the first is empty.
func orElse(list, other onboarding.List) onboarding.List {
	if len(list) > 0 {
		return list
	}
	return other
}

// union appends the items that list lacks, ignoring case, up to maxAnswerItems. A longer
// first list stays whole.
func union(list, more onboarding.List) onboarding.List {
	out := append(onboarding.List{}, list...)
	for _, item := range more {
		if len(out) < maxAnswerItems && !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, item) }) {
			out = append(out, item)
		}
	}
	return out
}

// without drops the items whose lower case is in the set.
func without(list onboarding.List, unwanted map[string]bool) onboarding.List {
	out := onboarding.List{}
	for _, item := range list {
		if !unwanted[strings.ToLower(item)] {
			out = append(out, item)
		}
	}
	return out
}

func set(list onboarding.List) map[string]bool {
	items := map[string]bool{}
	for _, item := range list {
		items[strings.ToLower(item)] = true
	}
	return items
}

// mergedMeta returns meta with the name of the model that contributed.
func mergedMeta(meta onboarding.Meta, model string) onboarding.Meta {
	meta.Engine = model
	meta.Notes = onboarding.List{"The measured values are the local engine's; a language model (" + clip(model, 100) +
		") added wording."}
	return meta
}
