package llm

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// maxSchemas bounds the compiled schemas that are kept. The prompts of one release have
// some ten.
const maxSchemas = 64

// schemas compiles each schema once.
type schemas struct {
	mu       sync.Mutex
	compiled map[[sha256.Size]byte]*jsonschema.Schema
}

// promptName is what the providers accept as the name of a format, and what may stand in
// a tag.
var promptName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// get returns the compiled schema of prompt, or what is wrong with the prompt.
func (s *schemas) get(prompt onboarding.Prompt) (*jsonschema.Schema, error) {
	if !promptName.MatchString(prompt.Name) {
		return nil, errors.New("the name of a prompt must be lower snake case, at most 64 characters")
	}
	key := sha256.Sum256(prompt.Schema)
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.compiled[key]; ok {
		return known, nil
	}
	compiled, err := compile(prompt.Schema)
	if err != nil {
		return nil, fmt.Errorf("compile the schema of %s: %w", prompt.Name, err)
	}
	if s.compiled == nil || len(s.compiled) >= maxSchemas {
		s.compiled = map[[sha256.Size]byte]*jsonschema.Schema{}
	}
	s.compiled[key] = compiled
	return compiled, nil
}

func compile(raw json.RawMessage) (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	const location = "prompt:schema"
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(jsonschema.SchemeURLLoader{}) // of no scheme: a schema must not refer to other documents
	if err := compiler.AddResource(location, document); err != nil {
		return nil, err
	}
	return compiler.Compile(location)
}

// violation says where an answer violates its schema, in the schema's own words: the
// keyword, and the path to the schema that has it.
func violation(err error) string {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return "unknown"
	}
	for len(invalid.Causes) > 0 {
		invalid = invalid.Causes[0]
	}
	_, path, _ := strings.Cut(invalid.SchemaURL, "#")
	return strings.Join(append([]string{path}, invalid.ErrorKind.KeywordPath()...), "/")
}
