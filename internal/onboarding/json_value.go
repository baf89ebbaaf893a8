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
		return nil, &InputError{path, "invalid_json", "This is not valid JSON."}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, &InputError{path, "invalid_json", "This is more than one JSON value."}
	}
	return value, nil
}

// decodeStorable decodes a value, leaves API keys out and refuses what no database can
// hold.
func decodeStorable(raw json.RawMessage, path string) (any, error) {
	value, err := decodeJSON(raw, path)
	if err != nil {
		return nil, err
	}
	leaveKeysOut(value, 0)
	return storable(value, path, 0)
}

// encoded encodes a value of texts, numbers as storable returns them, lists and objects, which can't fail.
func encoded(value any) json.RawMessage {
	raw, _ := json.Marshal(value)
	return raw
}

// StorableObject returns a submitted JSON object in a form that databases take, without
// the API keys in it, and reports whether there were any. Errors are *InputError with the
// path of the value.
func StorableObject(object map[string]json.RawMessage, path string) (document json.RawMessage, keys bool, err error) {
	kept := map[string]any{}
	for name, raw := range object {
		if kept[name], err = decodeJSON(raw, path+"."+name); err != nil {
			return nil, false, err
		}
	}
	keys = leaveKeysOut(kept, 0)
	stored, err := storable(kept, path, 0)
	if err != nil {
		return nil, false, err
	}
	return encoded(stored), keys, nil
}

// leaveKeysOut removes the fields of a decoded value that clients keep API keys in, at
// any depth that can be stored, and reports whether there were any: documents are stored
// and answered in the clear.
func leaveKeysOut(value any, depth int) bool {
	found := false
	if depth > maxJSONDepth {
		return false
	}
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			found = leaveKeysOut(element, depth+1) || found
		}
	case map[string]any:
		for name, field := range value {
			if holdsKeys(name, field) {
				delete(value, name)
				found = true
			} else {
				found = leaveKeysOut(field, depth+1) || found
			}
		}
	}
	return found
}

// holdsKeys reports by its name whether a field holds API keys: api_keys, apiKey,
// OPENAI_API_KEY. Flags and null do not.
func holdsKeys(name string, value any) bool {
	if _, flag := value.(bool); flag || value == nil {
		return false
	}
	bare := strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
	return strings.HasSuffix(bare, "apikey") || strings.HasSuffix(bare, "apikeys")
}

// storable returns a decoded value with its numbers in a form that databases take. An
// *InputError names the part that none can store. Paths are put together only for it:
// one of every element would cost a request of a few hundred KB minutes.
func storable(value any, path string, depth int) (any, error) {
	if depth > maxJSONDepth {
		return nil, &InputError{path, "too_deep", "This is nested too deeply; use at most 64 levels."}
	}
	switch value := value.(type) {
	case string:
		return value, refuseNUL(value, path)
	case json.Number:
		return storableNumber(value, path)
	case []any:
		for i, element := range value {
			stored, err := storable(element, "", depth+1)
			if err != nil {
				return nil, within(fmt.Sprintf("%s[%d]", path, i), err)
			}
			value[i] = stored
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if err := refuseNUL(name, path); err != nil {
				return nil, err
			}
			stored, err := storable(value[name], "", depth+1)
			if err != nil {
				return nil, within(path+"."+shortName(name), err)
			}
			value[name] = stored
		}
	}
	return value, nil
}

// within puts the path of a value before that of its part, which an *InputError names.
func within(path string, err error) error {
	var input *InputError
	if !errors.As(err, &input) {
		return err
	}
	return &InputError{Field: path + input.Field, Code: input.Code, Reason: input.Reason}
}

// maxShownName is how much of a field's name a path shows, in bytes.
const maxShownName = 100

func shortName(name string) string {
	if len(name) <= maxShownName {
		return name
	}
	return strings.ToValidUTF8(name[:maxShownName], "") + "…"
}

func refuseNUL(text, path string) error {
	if strings.ContainsRune(text, 0) {
		return &InputError{path, "invalid_character", "The text holds the character U+0000; remove it."}
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
		return nil, &InputError{path, "out_of_range", "The number is too large or has too many digits."}
	case strings.ContainsAny(string(n), "eE"):
		return value, nil
	}
	return n, nil
}
