package httpapi_test

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/httpapi/live"
)

// described is one operation of the document.
type described struct {
	method, path string
	*openapi3.Operation
}

// operations lists the operations of the document in order of their paths, but for streams, which don't end.
func operations(t testing.TB) (all []described) {
	t.Helper()
	document, err := apitest.Described()
	require.NoError(t, err)
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			if operation.OperationID != "streamEvents" && operation.OperationID != "streamWebSocket" {
				all = append(all, described{method, path, operation})
			}
		}
	}
	slices.SortFunc(all, func(a, b described) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method)) })
	return all
}

// example returns the first example of the operation's body, "" for an operation without one.
func (d described) example(t testing.TB) string {
	t.Helper()
	if d.RequestBody == nil || d.RequestBody.Value.Content["application/json"] == nil {
		return ""
	}
	for _, example := range d.RequestBody.Value.Content["application/json"].Examples {
		return apitest.JSONOf(t, example.Value.Value)
	}
	return "{}"
}

var (
	// pathParameter is a parameter of a path.
	pathParameter = regexp.MustCompile(`\{[^}]+\}`)
	// unsent is what no client can send in a query.
	unsent = regexp.MustCompile(`[^!"$-~]+`)
)

const (
	// soonAnswered is more than any operation needs, and far less than a handler takes that is stuck.
	soonAnswered = 10 * time.Second
	// largestAnswer bounds an answer: a document of the API is the largest.
	largestAnswer = 4 << 20
)

// Whatever is sent to an operation in path, query and body, it is answered as the document says, soon, in a bounded
// size and never with a fault of the server. One user sends all of it, who is an operator and a service too.
func FuzzOperations(f *testing.F) {
	all := operations(f)
	for i, operation := range all {
		f.Add(uint(i), "1", "", []byte(operation.example(f)))
	}
	f.Add(uint(0), "%00/../\xff", "a=%zz&b[]=1", []byte(`{"data":{"website":"http://a\u0000/"},"data":[]}`))
	server := apitest.New(f, func(c *httpapi.Config) {
		c.Wizard.Patience, c.Edge.RequestTimeout = 200*time.Millisecond, soonAnswered
		c.Live = live.Config{App: c.Wizard.Pool, Reader: c.Admin.Pool, Listener: c.Wizard.Submitter.Listener()}
	})
	server.Work()
	token := "Bearer " + server.TokenOf(auth.User{
		ID: "ada", Role: auth.RoleAdmin, Scopes: []string{"inputs:read"}, SessionID: strings.Repeat("s", 30),
	})
	f.Fuzz(func(t *testing.T, number uint, parameter, query string, body []byte) {
		operation := all[number%uint(len(all))]
		target := pathParameter.ReplaceAllLiteralString(operation.path, url.PathEscape(parameter))
		if query != "" {
			target += "?" + unsent.ReplaceAllStringFunc(query, url.QueryEscape)
		}
		sent := *server
		sent.T = t
		began := time.Now()
		r := sent.Send(operation.method, target, string(body), "Authorization", token)
		require.Less(t, r.Status, http.StatusInternalServerError, "%s %s: %s", operation.method, target, r.Body)
		require.Less(t, time.Since(began), soonAnswered)
		require.Less(t, len(r.Body), largestAnswer)
	})
}
