package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/alwrity/onboarding/internal/provider"
)

// value returns the value of a reply, compact: of the first of its texts that holds an object which the schema
// accepts. Errors wrap onboarding.ErrBadAnswer.
func (r reply) value(schema *jsonschema.Schema) (json.RawMessage, error) {
	if r.useless != "" {
		return nil, provider.BadAnswer(r.useless)
	}
	failure := errEmpty
	for _, text := range r.texts {
		value, err := find(text, schema)
		if err == nil {
			return value, nil
		}
		if errors.Is(failure, errEmpty) {
			failure = err
		}
	}
	return nil, failure
}

var (
	errEmpty   = provider.BadAnswer("it is empty")
	errNotJSON = provider.BadAnswer("it is not JSON")
)

// maxScans bounds how often the bytes of a text are read in search of objects: in one of brackets that never close,
// every bracket begins a search to the end.
const maxScans = 8

// find returns the last object in text that the schema accepts. Models write it behind their reasoning, between
// sentences, in a Markdown fence, or after a draft. The error tells what is wrong with the last object.
func find(text string, schema *jsonschema.Schema) (json.RawMessage, error) {
	if strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")) == "" {
		return nil, errEmpty
	}
	var found json.RawMessage
	failure, budget := errNotJSON, maxScans*len(text)
	for rest := text; budget > 0; {
		begin := strings.IndexByte(rest, '{')
		if begin < 0 {
			break
		}
		rest = rest[begin:]
		object, read := cutObject(rest)
		budget -= read
		if object == nil {
			rest = rest[1:]
			continue
		}
		rest = rest[len(object):]
		value, err := check(object, schema)
		if err == nil {
			found = value
		} else {
			failure = err
		}
	}
	if found == nil {
		return nil, failure
	}
	return found, nil
}

// cutObject returns the JSON object that text begins with, nil if it begins with none, and how many bytes it had to
// read to tell.
func cutObject(text string) (object json.RawMessage, read int) {
	decoder := json.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(&object); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, int(syntax.Offset)
		}
		return nil, len(text) // it never ends
	}
	return object, len(object)
}

// check returns the object, compact, if the schema accepts it.
func check(object json.RawMessage, schema *jsonschema.Schema) (json.RawMessage, error) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(object))
	if err != nil {
		return nil, errNotJSON
	}
	if err := schema.Validate(value); err != nil {
		return nil, provider.BadAnswer("it does not fit the schema: " + violation(err))
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, object); err != nil {
		return nil, errNotJSON
	}
	return compact.Bytes(), nil
}

// textOf returns the text of a message's content: a string, or parts, of which those that are no text (thoughts,
// images) are left out.
func textOf(content json.RawMessage) string {
	var text string
	if json.Unmarshal(content, &text) == nil {
		return text
	}
	var parts []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if json.Unmarshal(content, &parts) != nil {
		return ""
	}
	var whole strings.Builder
	for _, part := range parts {
		if part.Type == "" || strings.HasSuffix(part.Type, "text") {
			whole.WriteString(part.Text)
		}
	}
	return whole.String()
}

// argumentsOf returns the arguments of a tool call as text: providers send JSON in a string, some of them an object.
func argumentsOf(arguments json.RawMessage) string {
	var text string
	if json.Unmarshal(arguments, &text) == nil {
		return text
	}
	return string(arguments)
}
