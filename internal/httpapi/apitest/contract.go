package apitest

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
)

// covering names the package whose tests cover the operations of a tag.
var covering = map[string]string{
	"operations": "httpapi", "admin": "admin", "streams": "live", "onboarding": "wizard", "steps": "wizard",
	"keys":     "wizard",
	"research": "wizard", "personas": "wizard", "account": "wizard", "services": "wizard",
	"history": "history",
}

// coveringOne names the package of operations that another one than that of their tag covers.
var coveringOne = map[string]string{
	"discoverSocialMedia": "findings", "getScheduledTasks": "findings", "getSitemapBenchmark": "findings",
}

// Main runs the tests of a package. When all of them passed it fails if an operation that
// the package covers was never seen to answer as it should, or never to refuse.
func Main(m *testing.M, pkg string) {
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.RegisteredBodyDecoder("text/plain"))
	code := m.Run()
	if code == 0 && wholePackage() {
		holes, err := held.holes(pkg)
		if err != nil {
			holes = []string{err.Error()}
		}
		for _, hole := range holes {
			_, _ = fmt.Fprintln(os.Stderr, "FAIL: contract:", hole)
			code = 1
		}
	}
	os.Exit(code)
}

// wholePackage reports whether all tests were asked for, but for those that are skipped by name because another run
// has them.
func wholePackage() bool {
	for _, name := range []string{"test.run", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return !testing.Short()
}

// held are the answers that were held against the document.
var held = contract{statuses: map[string][]int{}}

// contract notes the statuses of the checked answers by operation id.
type contract struct {
	mu       sync.Mutex
	statuses map[string][]int
}

func (c *contract) note(operation string, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.statuses[operation], status) {
		c.statuses[operation] = append(c.statuses[operation], status)
	}
}

// holes says which operations that a package covers lack a checked success or a checked error. Whoever sends
// no token is refused everywhere: an operation that takes input must have refused
// something else.
func (c *contract) holes(pkg string) (holes []string, err error) {
	doc, err := Described()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			by := cmp.Or(coveringOne[op.OperationID], covering[op.Tags[0]])
			if by == "" {
				holes = append(holes, fmt.Sprintf("%s %s: no package covers the tag %s", method, path, op.Tags[0]))
			}
			if by != pkg {
				continue
			}
			statuses := c.statuses[op.OperationID]
			if !slices.ContainsFunc(statuses, func(s int) bool { return s < http.StatusBadRequest }) {
				holes = append(holes, fmt.Sprintf("%s %s: no good answer was checked", method, path))
			}
			if !slices.ContainsFunc(statuses, func(s int) bool { return refuses(op, s) }) {
				holes = append(holes, fmt.Sprintf("%s %s: no error was checked (of %v)", method, path, statuses))
			}
		}
	}
	slices.Sort(holes)
	return holes, nil
}

func refuses(op *openapi3.Operation, status int) bool {
	return status >= http.StatusBadRequest && (status != http.StatusUnauthorized || op.RequestBody == nil)
}

// Described is the document.
var Described = sync.OnceValues(func() (*openapi3.T, error) {
	document, err := httpapi.Document()
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(document)
})

// ExampleOf returns the example of a body, nil if it has none.
func ExampleOf(media *openapi3.MediaType) any {
	if shared := media.Examples["example"]; shared != nil {
		return shared.Value.Value
	}
	return media.Example
}

// CheckEvent holds the data of a stream's event against the document.
func CheckEvent(t *testing.T, operation string, status int, event string, data map[string]any) {
	t.Helper()
	doc, err := Described()
	require.NoError(t, err)
	schema := doc.Components.Schemas[map[string]string{"step": "StepEventBody", "session": "SessionEventBody"}[event]]
	require.NotNil(t, schema, "%s is no event of the document", event)
	require.NoError(t, schema.Value.VisitJSON(data), "%s", JSONOf(t, data))
	held.note(operation, status)
}

// JSONOf encodes a value.
func JSONOf(t testing.TB, value any) string {
	t.Helper()
	encoded, err := json.Marshal(value)
	require.NoError(t, err)
	return string(encoded)
}

// RequireEncodedRefused checks that operations that take nothing and need no token refuse
// what they can't read.
func RequireEncodedRefused(t *testing.T) {
	t.Helper()
	f := Works(t)
	doc, err := Described()
	require.NoError(t, err)
	for path, item := range doc.Paths.Map() {
		if operation := item.Get; operation != nil && len(*operation.Security) == 0 {
			RequireProblem(t, f.Send(http.MethodGet, path, "", "Content-Encoding", "gzip"), 415, "unsupported_media_type")
		}
	}
}
