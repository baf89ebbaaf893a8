package llmtest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const goodSchema = `{"type":"object","additionalProperties":false,"required":["a","b"],"properties":{"a":{"type":"string"},"b":{"type":"array","items":{"type":"string"}}}}`

const goodOpenAI = `{"model":"gpt-4.1-mini","messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}],
	"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":` + goodSchema + `}}}`

const goodAnthropic = `{"model":"claude-haiku-4-5","max_tokens":10,"messages":[{"role":"user","content":"u"}],
	"output_config":{"format":{"type":"json_schema","schema":` + goodSchema + `}}}`

// post sends a question with the headers that its family wants and returns the answer.
func post(t *testing.T, s *Server, body string, change func(http.Header)) (int, string) {
	t.Helper()
	path := "/chat/completions"
	if s.cfg.Family == Anthropic {
		path = "/v1/messages"
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer k1")
	req.Header.Set("X-Api-Key", "k1")
	req.Header.Set("Anthropic-Version", "2023-06-01")
	if change != nil {
		change(req.Header)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(answer)
}

func startServer(t *testing.T, cfg Config) *Server {
	t.Helper()
	s, err := Start(cfg)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func TestRequestsAreChecked(t *testing.T) {
	t.Parallel()
	servers := map[Family]*Server{
		OpenAI:    startServer(t, Config{Family: OpenAI, Keys: []string{"k1"}}),
		Anthropic: startServer(t, Config{Family: Anthropic, Keys: []string{"k1"}}),
	}
	good := map[Family]string{OpenAI: goodOpenAI, Anthropic: goodAnthropic}
	both := []Family{OpenAI, Anthropic}
	for _, test := range []struct {
		name, from, to string
		families       []Family
		header         func(http.Header)
		status         int
		says           string
	}{
		{name: "good", families: both, status: 200},
		{name: "wrong key", families: both, header: func(
			h http.Header,
		) {
			h.Set("Authorization", "Bearer k2")
			h.Set("X-Api-Key", "k2")
		}, status: 401, says: "API key"},
		{
			name: "no key", families: both,
			header: func(h http.Header) { h.Del("Authorization"); h.Del("X-Api-Key") }, status: 401,
		},
		{
			name: "other scheme", families: []Family{OpenAI},
			header: func(h http.Header) { h.Set("Authorization", "Basic k1") }, status: 401,
		},
		{
			name: "no version", families: []Family{Anthropic}, header: func(h http.Header) { h.Del("Anthropic-Version") },
			status: 400, says: "anthropic-version",
		},
		{name: "no JSON", from: `{"model"`, to: `{model`, families: both, status: 400},
		{name: "form", families: both, header: func(h http.Header) { h.Set("Content-Type", "text/plain") }, status: 400},
		{name: "model", from: `"model":"`, to: `"model":"x-`, families: both, status: 404, says: "does not exist"},
		{name: "no model", from: `"model"`, to: `"m"`, families: both, status: 400, says: "model"},
		{
			name: "no max_tokens", from: `"max_tokens":10`, to: `"max":1`, families: []Family{Anthropic}, status: 400,
			says: "max_tokens",
		},
		{name: "no user", from: `"role":"user"`, to: `"role":"system"`, families: both, status: 400},
		{name: "empty text", from: `"content":"u"`, to: `"content":""`, families: both, status: 400},
		{name: "format", from: `json_schema"`, to: `json_object"`, families: both, status: 400},
		{
			name: "not strict", from: `"strict":true`, to: `"strict":false`, families: []Family{OpenAI}, status: 400,
			says: "strict",
		},
		{name: "name", from: `"name":"n"`, to: `"name":"n n"`, families: []Family{OpenAI}, status: 400, says: "name"},
		{
			name: "not required", from: `"required":["a","b"]`, to: `"required":["a"]`, families: both, status: 400,
			says: "Missing 'b'",
		},
		{
			name: "required too much", from: `"required":["a","b"]`, to: `"required":["a","b","c"]`,
			families: both, status: 400,
		},
		{
			name: "open object", from: `"additionalProperties":false,`, families: both, status: 400,
			says: "additionalProperties",
		},
		{name: "too many choices", from: `"a":{"type":"string"}`, to: `"a":{"anyOf":[` + strings.Repeat(
			`{"type":["string","null"]},`, 16,
		) + `{"type":"string"}]}`, families: both, status: 400, says: "union"},
		{name: "no items", from: `,"items":{"type":"string"}`, families: both, status: 400, says: "items"},
		{name: "no type", from: `"a":{"type":"string"}`, to: `"a":{}`, families: both, status: 400, says: "type"},
		{
			name: "range", from: `"a":{"type":"string"}`, to: `"a":{"type":"string","maxLength":3}`, families: both, status: 400,
			says: "maxLength",
		},
		{name: "deep", from: `"a":{"type":"string"}`, to: `"a":{"type":"object"}`, families: both, status: 400, says: "/a"},
		{
			name: "reference", from: `"a":{"type":"string"}`, to: `"a":{"$ref":"#/$defs/x"}`, families: both, status: 400,
			says: "$ref",
		},
		{name: "root", from: goodSchema, to: `{"type":"array","items":{"type":"string"}}`, families: both, status: 400},
		{name: "no schema", from: goodSchema, to: `null`, families: both, status: 400},
	} {
		for _, family := range test.families {
			body := good[family]
			if test.from != "" {
				require.Contains(t, body, test.from)
				body = strings.ReplaceAll(body, test.from, test.to)
			}
			status, answer := post(t, servers[family], body, test.header)
			assert.Equal(t, test.status, status, "%s %s: %s", family, test.name, answer)
			assert.Contains(t, answer, test.says, "%s %s", family, test.name)
			assert.True(t, json.Valid([]byte(answer)))
			assert.Equal(t, status != 200, strings.Contains(answer, `"error":{`))
		}
	}
}

func TestCallsAreRecorded(t *testing.T) {
	t.Parallel()
	var seen []Request
	s := startServer(t, Config{Family: OpenAI, Keys: []string{"k1"}, Script: func(n int, req Request) Fault {
		seen = append(seen, req)
		if n == 2 {
			return ServerError
		}
		return None
	}})
	post(t, s, goodOpenAI, nil)
	post(t, s, goodOpenAI, nil)
	post(t, s, goodOpenAI, func(h http.Header) { h.Set("Authorization", "Bearer k2") })
	calls := s.Calls()
	require.Len(t, calls, 3)
	assert.Equal(t, []int{200, 500, 401}, []int{calls[0].Status, calls[1].Status, calls[2].Status})
	assert.Equal(t, Request{Model: "gpt-4.1-mini", PromptName: "n", KeyFingerprint: Fingerprint("k1")}, calls[0].Request)
	assert.Equal(t, ServerError, calls[1].Fault)
	assert.NotEmpty(t, calls[2].Problem)
	assert.NotEqual(t, calls[0].KeyFingerprint, calls[2].KeyFingerprint)
	assert.Len(t, seen, 2, "a script is not asked about what is wrong anyway")
}

func TestStartRefusesAnotherFamily(t *testing.T) {
	t.Parallel()
	_, err := Start(Config{Family: "other"})
	require.Error(t, err)
}

const everything = `{"type":"object","additionalProperties":false,"required":["s","n","i","b","e","o","l","c","r","x"],"properties":{
	"s":{"type":"string"},"n":{"type":"number"},"i":{"type":"integer"},"b":{"type":"boolean"},"e":{"enum":["x","y","z"]},
	"o":{"type":["object","null"],"additionalProperties":false,"required":["t"],"properties":{"t":{"type":["null","string"]}}},
	"l":{"type":"array","items":{"type":"array","items":{"type":"string"}}},"c":{"const":7},
	"r":{"$ref":"#/$defs/r"},"x":{"anyOf":[{"type":"string"},{"type":"null"}]}},
	"$defs":{"r":{"type":"object","additionalProperties":false,"required":["again"],"properties":{"again":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/r"}]}}}}}`

func TestAnswersFitAndDiffer(t *testing.T) {
	t.Parallel()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(everything))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("x:y", document))
	compiled, err := compiler.Compile("x:y")
	require.NoError(t, err)
	answers := map[string]bool{}
	for _, text := range []string{
		"", "a b c",
		"The bakery sells bread. Every morning the bakery opens before sunrise.\nBread is what bakers live for, they say.",
		"We repair bicycles while you wait. Bicycles deserve careful mechanics and original parts.",
		strings.Repeat("ünïcödé wörds ", 50),
	} {
		q, wrong := question{user: "<material-00ff name=\"page\">\n" + text + "\n</material-00ff>"}.withSchema(
			[]byte(everything), "here",
		)
		require.Nil(t, wrong)
		answer := fill(q)
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(answer)))
		require.NoError(t, err)
		require.NoError(t, compiled.Validate(value))
		assert.Equal(t, answer, fill(q), "the same question gives the same answer")
		assert.NotContains(t, answer, "material-")
		answers[answer] = true
	}
	assert.Len(t, answers, 5)
}

// A request waits like a slow model's, and one whose client has gone meanwhile is none.
func TestCanceledRequestsAreNotCounted(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan struct{})
	s := startServer(t, Config{Family: OpenAI, Wait: func(waiting context.Context) {
		leave()
		<-waiting.Done()
		close(left)
	}})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+
		"/chat/completions", strings.NewReader(goodOpenAI))
	require.NoError(t, err)
	resp, err := (&http.Client{}).Do(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	require.ErrorIs(t, err, context.Canceled)
	<-left
	s.Close()
	assert.Empty(t, s.Calls())
}
