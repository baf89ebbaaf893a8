package httpapi_test

import (
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
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
)

// TestMain fails when all tests of the package passed, but an operation of the document
// was never seen to answer as it should, or never to refuse.
func TestMain(m *testing.M) {
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.RegisteredBodyDecoder("text/plain"))
	code := m.Run()
	if code == 0 && wholePackage() {
		holes, err := held.holes()
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

// wholePackage tells whether all tests were asked for.
func wholePackage() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
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

// holes says which operations lack a checked success or a checked error. Whoever sends
// no token is refused everywhere: an operation that takes input must have refused
// something else.
func (c *contract) holes() (holes []string, err error) {
	doc, err := described()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
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

// described is the document.
var described = sync.OnceValues(func() (*openapi3.T, error) {
	document, err := httpapi.Document()
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(document)
})

// checkEvent holds the data of a stream's event against the document.
func checkEvent(t *testing.T, operation string, status int, event string, data map[string]any) {
	t.Helper()
	doc, err := described()
	require.NoError(t, err)
	schema := doc.Components.Schemas[map[string]string{"step": "StepEventBody", "session": "SessionEventBody"}[event]]
	require.NotNil(t, schema, "%s is no event of the document", event)
	require.NoError(t, schema.Value.VisitJSON(data), "%s", jsonOf(t, data))
	held.note(operation, status)
}

// Operations that take nothing refuse what they can't read.
func TestOperationsWithoutInputRefuseEncodedBodies(t *testing.T) {
	t.Parallel()
	f := works(t)
	doc, err := described()
	require.NoError(t, err)
	for path, item := range doc.Paths.Map() {
		if operation := item.Get; operation != nil && operation.Security == nil {
			requireProblem(t, f.send(http.MethodGet, path, "", "Content-Encoding", "gzip"), 415, "unsupported_media_type")
		}
	}
}

func TestHolesOfTheContractAreNoticed(t *testing.T) {
	t.Parallel()
	c := contract{statuses: map[string][]int{}}
	c.note("saveAPIKey", 200)
	c.note("saveAPIKey", 401)
	c.note("getStatus", 401)
	holes, err := c.holes()
	require.NoError(t, err)
	assert.Contains(t, holes, "POST /api/onboarding/api-keys: no error was checked (of [200 401])")
	assert.Contains(t, holes, "GET /api/onboarding/status: no good answer was checked")
	assert.NotContains(t, holes, "GET /api/onboarding/status: no error was checked (of [401])")
}

func jsonOf(t *testing.T, value any) string {
	t.Helper()
	encoded, err := json.Marshal(value)
	require.NoError(t, err)
	return string(encoded)
}
