package httpapi

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// exampleFiles hold a request and the successful responses of every operation, one file per resource:
// {"operationId": {"request": …, "200": …}}. Shared values are in shared.json under a name; {"$like":
// "name"} refers to one. A test validates the examples against their schemas.
//
//go:embed examples
var exampleFiles embed.FS

const (
	exampleRequest   = "request"
	exampleMediaType = "application/json"
	sharedExamples   = "examples/shared.json"
)

// exampleReference matches a reference to a shared example.
var exampleReference = regexp.MustCompile(`\{"\$like": "([^"]+)"\}`)

// addExamples puts the examples into the document: those of the files, and one problem
// for each status.
func addExamples(doc *huma.OpenAPI) error {
	examples, err := readExamples()
	if err != nil {
		return err
	}
	for _, item := range doc.Paths {
		for _, op := range operations(item) {
			shareProblems(doc, op)
			if err := addOperationExamples(op, examples[op.OperationID]); err != nil {
				return err
			}
			delete(examples, op.OperationID)
		}
	}
	for id := range examples {
		return fmt.Errorf("examples of %s: there is no such operation", id)
	}
	shareExamples(doc)
	return nil
}

// smallExample is the largest example in bytes that stands where it is used.
const smallExample = 300

// shareExamples moves the large examples to the components, equal ones to one. Beside each other those of a tag, which
// have much in common, are compressed well.
func shareExamples(doc *huma.OpenAPI) {
	doc.Components.Examples = map[string]*huma.Example{}
	names := map[string]string{} // by content
	for _, at := range slices.Sorted(maps.Keys(doc.Paths)) {
		item := doc.Paths[at]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put} {
			bodies := bodiesOf(op)
			for _, body := range slices.Sorted(maps.Keys(bodies)) {
				media := bodies[body]
				example, _ := media.Example.(json.RawMessage)
				if len(example) <= smallExample {
					continue
				}
				name := cmp.Or(names[string(example)], op.Tags[0]+"."+op.OperationID+"."+body)
				names[string(example)] = name
				doc.Components.Examples[name] = &huma.Example{Value: example}
				media.Example = nil
				media.Examples = map[string]*huma.Example{"example": {Ref: "#/components/examples/" + name}}
			}
		}
	}
}

// bodiesOf are the JSON bodies of an operation, by their names in the files of examples.
func bodiesOf(op *huma.Operation) map[string]*huma.MediaType {
	bodies := map[string]*huma.MediaType{}
	if op == nil {
		return bodies
	}
	if op.RequestBody != nil {
		bodies[exampleRequest] = op.RequestBody.Content[exampleMediaType]
	}
	for status, response := range op.Responses {
		bodies[status] = response.Content[exampleMediaType]
	}
	maps.DeleteFunc(bodies, func(_ string, media *huma.MediaType) bool { return media == nil })
	return bodies
}

// operationExamples are those of one operation: "request", and each status of success.
type operationExamples map[string]json.RawMessage

// readExamples returns the examples of all files by operation.
func readExamples() (map[string]operationExamples, error) {
	names, err := fs.Glob(exampleFiles, "examples/*.json")
	if err != nil {
		return nil, fmt.Errorf("list the examples: %w", err)
	}
	shared := map[string]json.RawMessage{}
	if err := readExampleFile(sharedExamples, nil, &shared); err != nil {
		return nil, err
	}
	all := map[string]operationExamples{}
	for _, name := range names {
		if name == sharedExamples {
			continue
		}
		file := map[string]operationExamples{}
		if err := readExampleFile(name, shared, &file); err != nil {
			return nil, err
		}
		for id, examples := range file {
			if all[id] != nil {
				return nil, fmt.Errorf("%s: the examples of %s stand twice", name, id)
			}
			all[id] = examples
		}
	}
	return all, nil
}

// readExampleFile decodes a file into target, with what it refers to in shared.
func readExampleFile(name string, shared map[string]json.RawMessage, target any) error {
	content, err := exampleFiles.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read the examples: %w", err)
	}
	// shared examples refer to others
	for depth := 0; depth < 8 && shared != nil && exampleReference.Match(content); depth++ {
		content = exampleReference.ReplaceAllFunc(content, func(reference []byte) []byte {
			return shared[string(exampleReference.FindSubmatch(reference)[1])] // nothing for an unknown name: no JSON
		})
	}
	if err := json.Unmarshal(content, target); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	return nil
}

// addOperationExamples does not change content that the operation shares with others.
func addOperationExamples(op *huma.Operation, examples operationExamples) error {
	for name, example := range examples {
		response := op.Responses[name]
		switch {
		case name == exampleRequest && op.RequestBody != nil:
			op.RequestBody.Content = withExample(op.RequestBody.Content, example)
		case response != nil:
			response.Content = withExample(response.Content, example)
		default:
			return fmt.Errorf("examples of %s: it has no %s", op.OperationID, name)
		}
	}
	return nil
}

func withExample(content map[string]*huma.MediaType, example json.RawMessage) map[string]*huma.MediaType {
	if content[exampleMediaType] == nil {
		return content
	}
	media := *content[exampleMediaType]
	media.Example = example
	content = maps.Clone(content)
	content[exampleMediaType] = &media
	return content
}

// shareProblems lets the problems of an operation refer to the one response of their status.
func shareProblems(doc *huma.OpenAPI, op *huma.Operation) {
	for name, response := range op.Responses {
		problem := response.Content[edge.ProblemContentType]
		if problem == nil {
			continue
		}
		key := "Problem" + strings.TrimPrefix(name, "default")
		if doc.Components.Responses == nil {
			doc.Components.Responses = map[string]*huma.Response{}
		}
		if doc.Components.Responses[key] == nil {
			example := &huma.MediaType{Schema: problem.Schema, Example: exampleProblem(name)}
			doc.Components.Responses[key] = &huma.Response{
				Description: cmp.Or(http.StatusText(statusOf(name)), "A problem."),
				Content:     map[string]*huma.MediaType{edge.ProblemContentType: example},
			}
		}
		op.Responses[name] = &huma.Response{Ref: "#/components/responses/" + key}
	}
}

// statusOf is the status that is written in name, 0 for "default".
func statusOf(name string) int {
	status, _ := strconv.Atoi(name)
	return status
}

// exampleProblem is a problem with the status that is written in name; "default" is another one.
func exampleProblem(name string) *edge.Problem {
	switch status := cmp.Or(statusOf(name), http.StatusInternalServerError); status {
	case http.StatusBadRequest:
		_, err := onboarding.NormalizeURL("")
		return edge.ProblemOf(edge.MoveField(err, "", "data."))
	case http.StatusUnauthorized:
		return edge.ProblemOf(auth.ErrToken)
	case http.StatusForbidden:
		return edge.NewProblem(status, "origin_not_allowed",
			"This page may not watch the onboarding; ask the operator to allow its origin.")
	case http.StatusConflict:
		return edge.ProblemOf(&onboarding.ConflictError{
			Code: "step_in_progress", Reason: "Step 2 is still in progress. Try again in a moment.", RetryAfter: edge.RetryAfter,
		})
	case http.StatusUpgradeRequired:
		return edge.NewProblem(status, "upgrade_required",
			"This address speaks WebSocket only; use /api/onboarding/events for server-sent events.")
	case http.StatusTooManyRequests:
		return edge.ProblemOf(&onboarding.RateLimitError{RetryAfter: 5 * time.Second})
	case http.StatusServiceUnavailable:
		return edge.ProblemOf(context.DeadlineExceeded)
	default:
		return edge.StatusProblem(status)
	}
}
