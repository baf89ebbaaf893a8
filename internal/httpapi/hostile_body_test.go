package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A few hundred KB of gzip hold hundreds of MB, which nothing would bound.
func TestEncodedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	f := works(t)
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, err := writer.Write([]byte(`{"data":{"website":7}}`))
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	for _, encoding := range []string{"gzip", "GZIP", "br", "deflate", "identity, gzip", "gzip,gzip", "unheard-of"} {
		r := f.as("ada", http.MethodPost, submit, packed.String(), "Content-Encoding", encoding)
		problem := requireProblem(t, r, 415, "unsupported_media_type")
		assert.Contains(t, problem["detail"], "Content-Encoding")
		assert.Equal(t, "identity", r.header.Get("Accept-Encoding"))
	}
	r := f.as("ada", http.MethodPost, submit, `{"data":{"website":7}}`, "Content-Encoding", "identity")
	requireProblem(t, r, 400, "invalid_field")
}

// Clients that send all of their body before they read must get the answer, not a
// connection that is reset.
func TestABodyThatIsTooLargeIsAnsweredAfterItIsSent(t *testing.T) {
	t.Parallel()
	f := works(t)
	token := "Authorization: Bearer " + f.token("ada") + "\r\n"
	for _, size := range []int{1<<20 + 1, 3 << 20} {
		for range 10 {
			head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", submit, token, size)
			requireProblem(t, raw(t, f, head+strings.Repeat("x", size)), 413, "body_too_large")
		}
	}
}

func TestOnlySomeOfManyMistakesAreTold(t *testing.T) {
	t.Parallel()
	f := works(t)
	r := f.as("ada", http.MethodPost, base+"/ai-research/configure-preferences", `{"content_types":[1`+strings.Repeat(",1", 100_000)+`]}`)
	problem := requireProblem(t, r, 400, "invalid_field")
	assert.Len(t, problem["errors"], 20)
}

// The decoder takes names in any case, which the schema doesn't know.
func TestFieldsInAnotherCaseOfTheWrongType(t *testing.T) {
	t.Parallel()
	f := works(t)
	for _, value := range []string{`5`, `1234567890123456789012`, `[]`} {
		r := f.as("ada", http.MethodPost, base+"/ai-research/configure-preferences", `{"research_depth":"Deep","RESEARCH_DEPTH":`+value+`}`)
		requireProblem(t, r, 400, "invalid_field")
		assert.NotContains(t, string(r.body), "Go struct")
		assert.NotContains(t, string(r.body), "1234567890123456789012")
	}
}

// Else the mask that another tab still shows would take the place of the key.
func TestAMaskIsNeverStoredAsAKey(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	server := `{"provider":"openai_compatible","api_key":"` + aModelKey + `","base_url":"https://models.example.com/v1"}`
	require.Equal(t, 200, f.as("ada", http.MethodPost, pathKeys, server).status)
	before := f.ok(http.MethodGet, pathKeys, "")
	for _, mask := range []string{"****", "****zzzz", " ****old1 "} {
		entry := `{"api_key":"` + mask + `","base_url":"https://models.example.com/v1"}`
		requireProblem(t, f.submitStep(1, `{"api_keys":{"openai_compatible":`+entry+`}}`), 400, "invalid_key")
	}
	assert.Equal(t, before, f.ok(http.MethodGet, pathKeys, ""))
}
