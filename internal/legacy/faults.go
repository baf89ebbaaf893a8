package legacy

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// faults are what keeps a document from passing today's checks.
type faults []*onboarding.InputError

func (f *faults) add(field, code, reason string) {
	*f = append(*f, &onboarding.InputError{Field: field, Code: code, Reason: reason})
}

// sentences say what was left out.
func (f faults) sentences() (sentences []string) {
	for _, fault := range f {
		sentences = append(sentences, fault.Sentence())
	}
	return sentences
}

// maxFaults is how many values of a document are left out at most.
const maxFaults = 50

// salvage checks a document with parse. As long as that refuses a value, the value is left out and noted; a document
// that is refused as a whole is the error.
func salvage[T any](
	document any, root string, parse func(json.RawMessage) (T, error),
) (value T, left faults, err error) {
	for range maxFaults {
		raw, err := json.Marshal(document)
		if err != nil {
			return value, left, err
		}
		value, err = parse(raw)
		var input *onboarding.InputError
		switch {
		case err == nil:
			return value, left, nil
		case !errors.As(err, &input), !cut(document, strings.TrimPrefix(input.Field, root)):
			return value, left, err
		}
		left = append(left, input)
	}
	return value, left, &onboarding.InputError{
		Field: root, Code: "too_many_faults", Reason: "Too many values of the document can't be taken.",
	}
}

// cut removes the value at a path below a document, such as .tone or .list[3], or the innermost part that the path
// leads to, and reports whether there was one.
func cut(document any, path string) bool {
	name, rest := nextName(path)
	if name == "" {
		return false
	}
	switch parent := document.(type) {
	case map[string]any:
		child, ok := parent[name]
		if ok && !cut(child, rest) && !cutElement(parent, name, child, rest) {
			delete(parent, name)
		}
		return ok
	default:
		return false
	}
}

// cutElement removes an element of a list, whose parent has to take the shorter list.
func cutElement(parent map[string]any, name string, list any, path string) bool {
	elements, ok := list.([]any)
	index, rest := nextName(path)
	i, err := strconv.Atoi(index)
	if !ok || err != nil || i < 0 || i >= len(elements) {
		return false
	}
	if cut(elements[i], rest) {
		return true
	}
	parent[name] = append(elements[:i:i], elements[i+1:]...)
	return true
}

// nextName splits the first name or index off a path.
func nextName(path string) (name, rest string) {
	switch {
	case strings.HasPrefix(path, "."):
		path = path[1:]
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			end = len(path)
		}
		return path[:end], path[end:]
	case strings.HasPrefix(path, "["):
		name, rest, _ = strings.Cut(path[1:], "]")
		return name, rest
	}
	return "", ""
}

// decode decodes a JSON column. Some hold JSON within a JSON text. Null is nil.
func decode(text string) (value any, err error) {
	for range 2 {
		value, err = decodeOnce(text)
		inner, isText := value.(string)
		if err != nil || !isText || !strings.HasPrefix(inner, "{") && !strings.HasPrefix(inner, "[") {
			break
		}
		text = inner
	}
	return value, err
}

var errRest = errors.New("more than one JSON value")

func decodeOnce(text string) (value any, err error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err = decoder.Decode(&value); err == nil && decoder.More() {
		err = errRest
	}
	return value, err
}

// object decodes the JSON columns of a row into one object; those that are not JSON are faults.
func object(columns map[string]string, left *faults, names ...string) map[string]any {
	object := map[string]any{}
	for _, name := range names {
		text, ok := columns[name]
		if !ok {
			continue
		}
		value, err := decode(text)
		if err != nil {
			left.add(name, "invalid_json", "This is not valid JSON.")
			continue
		}
		if value != nil {
			object[name] = value
		}
	}
	return object
}

// why returns the code and the sentence of an error of the checks.
func why(err error) (code, reason string) {
	var input *onboarding.InputError
	if errors.As(err, &input) {
		return input.Code, input.Sentence()
	}
	return "invalid", "The row can't be read."
}
