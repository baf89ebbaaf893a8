package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/danielgtaylor/huma/v2"
)

// schemaReference matches a reference to a schema in the encoded document.
var schemaReference = regexp.MustCompile(`"#/components/schemas/(\w+)"`)

// encodeDocument writes the document in JSON, with each schema after the first that refers to it: what belongs together
// is compressed together.
func encodeDocument(doc *huma.OpenAPI) ([]byte, error) {
	content, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode the document: %w", err)
	}
	var parts struct {
		Components struct {
			Schemas json.RawMessage `json:"schemas"`
		} `json:"components"`
		Paths json.RawMessage `json:"paths"`
	}
	var schemas map[string]json.RawMessage
	if err = json.Unmarshal(content, &parts); err == nil {
		err = json.Unmarshal(parts.Components.Schemas, &schemas)
	}
	if err != nil {
		return nil, fmt.Errorf("order the schemas: %w", err)
	}
	ordered := bytes.NewBufferString("{")
	written := map[string]bool{}
	var write func(json.RawMessage)
	write = func(from json.RawMessage) {
		for _, found := range schemaReference.FindAllSubmatch(from, -1) {
			name := string(found[1])
			if written[name] {
				continue
			}
			if len(written) > 0 {
				ordered.WriteByte(',')
			}
			written[name] = true
			fmt.Fprintf(ordered, "%q:%s", name, schemas[name])
			write(schemas[name])
		}
	}
	write(parts.Paths)
	write(content) // what only other components refer to
	ordered.WriteByte('}')
	return bytes.Replace(content, parts.Components.Schemas, ordered.Bytes(), 1), nil
}
