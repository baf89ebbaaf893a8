package httpapi_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
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

// example returns the example of the operation's body, "" for an operation without a body.
func (d described) example(t testing.TB) string {
	t.Helper()
	if d.RequestBody == nil {
		return ""
	}
	media := d.RequestBody.Value.Content["application/json"]
	example := apitest.ExampleOf(media)
	require.NotNil(t, example, d.OperationID)
	return apitest.JSONOf(t, example)
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

// odd are values that stand in the place of another one of a body.
var odd = []string{
	`null`, `true`, `-1`, `1e308`, `1e999`, `9223372036854775808`, `""`, `"\u0000"`, `"\ud800"`, `"\u202e"`, `[]`, `{}`, `[null]`,
	`{"__proto__":{}}`, `"javascript:alert(1)"`, `"http://169.254.169.254/"`, strings.Repeat("[", 200) + strings.Repeat("]", 200),
	`"` + strings.Repeat("ü", 20_000) + `"`, `[` + strings.Repeat(`"a",`, 5_000) + `"a"]`,
}

// values counts the values of a JSON text, 0 for what is none.
func values(body []byte) int {
	found := 0
	if visit(body, func([]byte) []byte { found++; return nil }) == nil {
		return 0
	}
	return found
}

// replaced returns a JSON text with another value in a place of its values, counted from its start and around.
func replaced(body []byte, place int, value string) []byte {
	count, at := values(body), -1
	if count == 0 {
		return body
	}
	return visit(body, func([]byte) []byte {
		if at++; at == place%count {
			return []byte(value)
		}
		return nil
	})
}

// visit calls change with each value of a JSON text, the outer before the inner ones, and returns the text with the values
// that change returns in their places; nil for what is no JSON.
func visit(body []byte, change func([]byte) []byte) []byte {
	if other := change(body); other != nil {
		return other
	}
	var object map[string]json.RawMessage
	var list []json.RawMessage
	parts := []string{}
	switch {
	case json.Unmarshal(body, &object) == nil && object != nil:
		for _, name := range slices.Sorted(maps.Keys(object)) {
			parts = append(parts, strconv.Quote(name)+":"+string(visit(object[name], change)))
		}
		return []byte("{" + strings.Join(parts, ",") + "}")
	case json.Unmarshal(body, &list) == nil && list != nil:
		for _, item := range list {
			parts = append(parts, string(visit(item, change)))
		}
		return []byte("[" + strings.Join(parts, ",") + "]")
	case json.Valid(body):
		return body
	}
	return nil
}

// Whatever is sent to an operation in path, query and body, it is answered as the document says, soon, in a bounded
// size and never with a fault of the server. One user sends all of it, who is an operator and a service too.
func FuzzOperations(f *testing.F) {
	all := operations(f)
	for i, operation := range all {
		body := []byte(operation.example(f))
		f.Add(uint(i), "1", "", body, uint8(0), uint8(0))
		for place := range min(values(body), 12) {
			f.Add(uint(i), "1", "", body, uint8(place), uint8(1+(i+place)%len(odd)))
		}
	}
	f.Add(uint(0), "%00/../\xff", "a=%zz&b[]=1", []byte(`{"data":{"website":"http://a\u0000/"},"data":[]}`), uint8(0), uint8(0))
	server := apitest.New(f, func(c *httpapi.Config) {
		c.Wizard.Patience, c.Edge.RequestTimeout = 200*time.Millisecond, soonAnswered
		c.Live = live.Config{App: c.Wizard.Pool, Reader: c.Admin.Pool, Listening: c.Admin.Pool, Listener: c.Wizard.Submitter.Listener()}
	})
	server.Work()
	token := "Bearer " + server.TokenOf(auth.User{
		ID: "ada", Role: auth.RoleAdmin, Scopes: []string{"inputs:read"}, SessionID: strings.Repeat("s", 30),
	})
	f.Fuzz(func(t *testing.T, number uint, parameter, query string, body []byte, place, with uint8) {
		if with > 0 {
			body = replaced(body, int(place), odd[int(with)%len(odd)])
		}
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
