package onboarding

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// maxJSONDepth bounds the nesting of submitted documents: databases that keep them
// have a bound of their own, far above what any client sends.
const maxJSONDepth = 64

// decodeJSON decodes a submitted value; numbers keep their digits, unpaired surrogates
// become U+FFFD. Errors are *InputError and name path.
func decodeJSON(raw json.RawMessage, path string) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, &InputError{Field: path, Code: "invalid_json", Reason: "This is not valid JSON."}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, &InputError{Field: path, Code: "invalid_json", Reason: "This is more than one JSON value."}
	}
	return value, nil
}

// StorableObject returns a submitted JSON object, without the fields of the given names,
// in a form that databases take. Errors are *InputError with the path of the value.
func StorableObject(object map[string]json.RawMessage, path string, without ...string) (json.RawMessage, error) {
	kept := map[string]any{}
	for name, raw := range object {
		if slices.Contains(without, name) {
			continue
		}
		value, err := decodeJSON(raw, path+"."+name)
		if err != nil {
			return nil, err
		}
		kept[name] = value
	}
	stored, err := storable(kept, path, 0)
	if err != nil {
		return nil, err
	}
	document, err := json.Marshal(stored)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", path, err)
	}
	return document, nil
}

// storable returns a decoded value with its numbers in a form that databases take. An
// *InputError names the part that none can store.
func storable(value any, path string, depth int) (any, error) {
	if depth > maxJSONDepth {
		return nil, &InputError{Field: path, Code: "too_deep", Reason: "This is nested too deeply; use at most 64 levels."}
	}
	switch value := value.(type) {
	case string:
		return value, refuseNUL(value, path)
	case json.Number:
		return storableNumber(value, path)
	case []any:
		for i, element := range value {
			stored, err := storable(element, fmt.Sprintf("%s[%d]", path, i), depth+1)
			if err != nil {
				return nil, err
			}
			value[i] = stored
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if err := refuseNUL(name, path); err != nil {
				return nil, err
			}
			stored, err := storable(value[name], path+"."+name, depth+1)
			if err != nil {
				return nil, err
			}
			value[name] = stored
		}
	}
	return value, nil
}

func refuseNUL(text, path string) error {
	if strings.ContainsRune(text, 0) {
		return &InputError{Field: path, Code: "invalid_character", Reason: "The text holds the character U+0000; remove it."}
	}
	return nil
}

// maxNumberDigits is far more than any client's numbers have.
const maxNumberDigits = 100

// storableNumber resolves exponents: 1e-99999 is legal JSON that no number type holds.
func storableNumber(n json.Number, path string) (any, error) {
	value, err := n.Float64()
	switch {
	case err != nil, len(n) > maxNumberDigits:
		return nil, &InputError{Field: path, Code: "out_of_range", Reason: "The number is too large or has too many digits."}
	case strings.ContainsAny(string(n), "eE"):
		return value, nil
	}
	return n, nil
}
