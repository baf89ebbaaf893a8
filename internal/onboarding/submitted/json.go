// Package submitted reads the documents that clients submit: analyses, personas, the findings of research, and what
// else is stored as it was sent.
package submitted

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func refused(field, code, reason string) error {
	return &onboarding.InputError{Field: field, Code: code, Reason: reason}
}

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
		return nil, refused(path, "invalid_json", "This is not valid JSON.")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, refused(path, "invalid_json", "This is more than one JSON value.")
	}
	return value, nil
}

// decodeStorable decodes a value and cleans it.
func decodeStorable(raw json.RawMessage, path string) (any, error) {
	value, err := decodeJSON(raw, path)
	if err != nil {
		return nil, err
	}
	return new(cleaner).clean(value, path, 0)
}

// encoded encodes a value of texts, cleaned numbers, lists and objects, which can't fail.
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
	var c cleaner
	if _, err := c.clean(kept, path, 0); err != nil {
		return nil, false, err
	}
	return encoded(kept), c.keys, nil
}

// cleaner makes decoded values fit to be stored.
type cleaner struct {
	// bounded means that texts and names of fields have at most maxPersonaRunes characters, lists maxPersonaItems
	// elements.
	bounded bool
	// keys reports whether there were API keys.
	keys bool
}

// clean removes the fields of a value that clients keep API keys in, since documents are stored and answered in the
// clear, and returns it with its numbers in a form that databases take. An *InputError names the part that none can
// store or that is too large. Paths are put together only for it: one of every element would cost a request of a few
// hundred KB minutes.
func (c *cleaner) clean(value any, path string, depth int) (any, error) {
	if depth > maxJSONDepth {
		return nil, refused(path, "too_deep", "This is nested too deeply; use at most 64 levels.")
	}
	var err error
	switch value := value.(type) {
	case string:
		return value, c.checkText(value, path, "The text is too long; use at most 5,000 characters.")
	case json.Number:
		return storableNumber(value, path)
	case []any:
		if c.bounded && len(value) > maxPersonaItems {
			return nil, refused(path, "too_many", "The list is too long; use at most 200 elements.")
		}
		for i := range value {
			if value[i], err = c.clean(value[i], "", depth+1); err != nil {
				return nil, within(fmt.Sprintf("%s[%d]", path, i), err)
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if holdsKeys(name, value[name]) {
				delete(value, name)
				c.keys = true
				continue
			}
			if err := c.checkText(name, path, "The name of a field is too long; use at most 5,000 characters."); err != nil {
				return nil, err
			}
			if value[name], err = c.clean(value[name], "", depth+1); err != nil {
				return nil, within(path+"."+shortName(name), err)
			}
		}
	}
	return value, nil
}

func (c *cleaner) checkText(text, path, tooLong string) error {
	if c.bounded && utf8.RuneCountInString(text) > maxPersonaRunes {
		return refused(path, "too_long", tooLong)
	}
	return onboarding.RefuseNUL(text, path)
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

// within puts the path of a value before that of its part, which an *InputError names.
func within(path string, err error) error {
	var input *onboarding.InputError
	if !errors.As(err, &input) {
		return err
	}
	inner := *input
	inner.Field = path + input.Field
	return &inner
}

// maxShownName is how much of a field's name a path shows, in bytes.
const maxShownName = 100

func shortName(name string) string {
	if len(name) <= maxShownName {
		return name
	}
	return strings.ToValidUTF8(name[:maxShownName], "") + "…"
}

// maxNumberDigits is far more than any client's numbers have.
const maxNumberDigits = 100

// storableNumber resolves exponents: 1e-99999 is legal JSON that no number type holds.
func storableNumber(n json.Number, path string) (any, error) {
	value, err := n.Float64()
	switch {
	case err != nil, len(n) > maxNumberDigits:
		return nil, refused(path, "out_of_range", "The number is too large or has too many digits.")
	case strings.ContainsAny(string(n), "eE"):
		return value, nil
	}
	return n, nil
}
