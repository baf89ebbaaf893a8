package version

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// MaxChanges bounds how many changes a comparison lists.
const MaxChanges = 500

// Change is a value that differs between two documents.
type Change struct {
	// Path leads to the value: names joined by dots, positions in brackets.
	Path string
	// Kind is added, removed or changed.
	Kind string
	// Before and After are the values, null where there is none.
	Before, After json.RawMessage
}

// Compare returns the values that differ between two JSON objects, at most MaxChanges, and how
// many are left out. The fields named in order come first. Lists of objects are compared by
// position, other lists as a whole. A value that is null is one that is not there.
func Compare(before, after map[string]any, order ...string) (changes []Change, leftOut int) {
	var c comparison
	for _, name := range order {
		c.values(name, before[name], after[name])
	}
	for _, name := range fields(before, after) {
		if !slices.Contains(order, name) {
			c.values(name, before[name], after[name])
		}
	}
	return c.changes, c.leftOut
}

type comparison struct {
	changes []Change
	leftOut int
}

func (c *comparison) values(path string, before, after any) {
	if reflect.DeepEqual(before, after) {
		return
	}
	was, objects := before.(map[string]any)
	is, both := after.(map[string]any)
	if objects && both {
		for _, name := range fields(was, is) {
			c.values(path+"."+name, was[name], is[name])
		}
		return
	}
	former, lists := objectsIn(before)
	latter, both := objectsIn(after)
	if lists && both {
		for i := range max(len(former), len(latter)) {
			c.values(path+"["+strconv.Itoa(i)+"]", at(former, i), at(latter, i))
		}
		return
	}
	c.add(path, before, after)
}

func (c *comparison) add(path string, before, after any) {
	if len(c.changes) == MaxChanges {
		c.leftOut++
		return
	}
	change := Change{Path: path, Kind: "changed", Before: encode(before), After: encode(after)}
	switch {
	case before == nil:
		change.Kind = "added"
	case after == nil:
		change.Kind = "removed"
	}
	c.changes = append(c.changes, change)
}

// encode returns the JSON of a value that was decoded from JSON.
func encode(value any) json.RawMessage {
	document, err := json.Marshal(value)
	if err != nil {
		return json.RawMessage("null")
	}
	return document
}

// fields are the names of both objects, sorted.
func fields(a, b map[string]any) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// objectsIn returns a list of objects, false for anything else.
func objectsIn(value any) ([]any, bool) {
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return nil, false
	}
	for _, element := range list {
		if _, ok := element.(map[string]any); !ok {
			return nil, false
		}
	}
	return list, true
}

// at is an element of a list, nil beyond its end.
func at(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}
