package edge_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

// A few hundred KB of gzip hold hundreds of MB, which nothing would bound.
func TestEncodedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, err := writer.Write([]byte(`{"data":{"website":7}}`))
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	for _, encoding := range []string{"gzip", "GZIP", "br", "deflate", "identity, gzip", "gzip,gzip", "unheard-of"} {
		r := f.As("ada", http.MethodPost, apitest.PathSubmit, packed.String(), "Content-Encoding", encoding)
		problem := apitest.RequireProblem(t, r, 415, "unsupported_media_type")
		assert.Contains(t, problem["detail"], "Content-Encoding")
		assert.Equal(t, "identity", r.Header.Get("Accept-Encoding"))
	}
	r := f.As("ada", http.MethodPost, apitest.PathSubmit, `{"data":{"website":7}}`, "Content-Encoding", "identity")
	apitest.RequireProblem(t, r, 400, "invalid_field")
}

// Clients that send all of their body before they read must get the answer, not a
// connection that is reset.
func TestABodyThatIsTooLargeIsAnsweredAfterItIsSent(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	token := "Authorization: Bearer " + f.Token("ada") + "\r\n"
	for _, size := range []int{1<<20 + 1, 3 << 20} {
		for range 10 {
			head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
				apitest.PathSubmit, token, size)
			apitest.RequireProblem(t, apitest.Raw(t, f, head+strings.Repeat("x", size)), 413, "body_too_large")
		}
	}
}

func TestOnlySomeOfManyMistakesAreTold(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	r := f.As("ada", http.MethodPost, apitest.Base+
		"/ai-research/configure-preferences", `{"content_types":[1`+strings.Repeat(",1", 100_000)+`]}`)
	problem := apitest.RequireProblem(t, r, 400, "invalid_field")
	assert.Len(t, problem["errors"], 20)
}

// The decoder takes names in any case, which the schema doesn't know.
func TestFieldsInAnotherCaseOfTheWrongType(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	for _, value := range []string{`5`, `1234567890123456789012`, `[]`} {
		r := f.As("ada", http.MethodPost, apitest.Base+
			"/ai-research/configure-preferences", `{"research_depth":"Deep","RESEARCH_DEPTH":`+value+`}`)
		apitest.RequireProblem(t, r, 400, "invalid_field")
		assert.NotContains(t, string(r.Body), "Go struct")
		assert.NotContains(t, string(r.Body), "1234567890123456789012")
	}
}

// Else the mask that another tab still shows would take the place of the key.
func TestAMaskIsNeverStoredAsAKey(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	server := `{"provider":"openai_compatible","api_key":"` + apitest.AModelKey +
		`","base_url":"https://models.example.com/v1"}`
	require.Equal(t, 200, f.As("ada", http.MethodPost, apitest.PathKeys, server).Status)
	before := f.OK(http.MethodGet, apitest.PathKeys, "")
	for _, mask := range []string{"****", "****zzzz", " ****old1 "} {
		entry := `{"api_key":"` + mask + `","base_url":"https://models.example.com/v1"}`
		apitest.RequireProblem(t, f.SubmitStep(1, `{"api_keys":{"openai_compatible":`+entry+`}}`), 400, "invalid_key")
	}
	assert.Equal(t, before, f.OK(http.MethodGet, apitest.PathKeys, ""))
}
