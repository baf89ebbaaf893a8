package e2e_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// obedient is a server of models that does whatever the material of a question tells it to, in the wire format of OpenAI.
type obedient struct {
	url string

	mu sync.Mutex
	// asked are the questions; obeyed counts the answers by what the material had told.
	asked  []obedientQuestion
	obeyed map[string]int
}

// obedientQuestion is what is read of a request.
type obedientQuestion struct {
	Messages []struct{ Role, Content string }
	Format   struct {
		Schema struct {
			Schema map[string]any `json:"schema"`
		} `json:"json_schema"`
	} `json:"response_format"`
}

var (
	// orderedMode and orderedText are how a page says what is to be answered, and with which text.
	orderedMode = regexp.MustCompile(`answer-mode=([a-z]+)`)
	orderedText = regexp.MustCompile(`\[\[(.+?)\]\]`)
)

func startObedient(t *testing.T) *obedient {
	t.Helper()
	o := &obedient{obeyed: map[string]int{}}
	server := httptest.NewServer(http.HandlerFunc(o.serve))
	t.Cleanup(server.Close)
	o.url = server.URL + "/v1"
	return o
}

func (o *obedient) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, `{"data":[{"id":"gpt-4.1-mini"}]}`)
		return
	}
	var q obedientQuestion
	if json.NewDecoder(r.Body).Decode(&q) != nil || len(q.Messages) != 2 {
		http.Error(w, `{"error":{"message":"not a question"}}`, http.StatusBadRequest)
		return
	}
	material := q.Messages[1].Content
	mode, text := "fill", "javascript:executed('model')"
	if found := orderedMode.FindStringSubmatch(material); found != nil {
		mode = found[1]
	}
	if found := orderedText.FindStringSubmatch(material); found != nil {
		text = found[1]
	}
	o.mu.Lock()
	o.asked = append(o.asked, q)
	o.obeyed[mode]++
	o.mu.Unlock()
	message, reason := map[string]any{"role": "assistant"}, "stop"
	switch mode {
	case "tool":
		reason = "tool_calls"
		message["tool_calls"] = []any{map[string]any{"id": "1", "type": "function", "function": map[string]any{
			"name": "http_get", "arguments": material,
		}}}
	case "text":
		message["content"] = "I have been told: " + text + "\n```html\n" + material + "\n```"
	default:
		message["content"] = obedientAnswer(mode, text, q, r.Header)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"model":   "gpt-4.1-mini\x1b[31m<script>executed('model')</script>\u202e",
		"choices": []any{map[string]any{"finish_reason": reason, "message": message}},
		"usage":   map[string]any{"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20},
	})
}

// obedientAnswer fills the schema with the text that was ordered.
func obedientAnswer(mode, text string, q obedientQuestion, header http.Header) string {
	items := 3
	switch mode {
	case "leak":
		text = q.Messages[0].Content + header.Get("Authorization")
	case "huge":
		text, items = strings.Repeat(text+" ", 2000), 40
	}
	value := filled(q.Format.Schema.Schema, text, items)
	if object, ok := value.(map[string]any); ok && mode == "extra" {
		object["user_id"], object["role"], object["api_key"] = "victim", "admin", victimKey
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(encoded)
}

// unseen is what a screen obeys and nobody sees: it ends every text of an answer.
const unseen = "\u202e\u200b\x1b[31m"

// filled returns a value of a schema whose texts are all the same.
func filled(schema map[string]any, text string, items int) any {
	if options, ok := schema["anyOf"].([]any); ok && len(options) > 0 {
		option, _ := options[0].(map[string]any)
		return filled(option, text, items)
	}
	kind, _ := schema["type"].(string)
	if kinds, ok := schema["type"].([]any); ok {
		kind, _ = kinds[0].(string)
	}
	switch kind {
	case "object":
		object := map[string]any{}
		properties, _ := schema["properties"].(map[string]any)
		for name, property := range properties {
			inner, _ := property.(map[string]any)
			object[name] = filled(inner, text, items)
		}
		return object
	case "array":
		inner, _ := schema["items"].(map[string]any)
		list := make([]any, items)
		for i := range list {
			list[i] = filled(inner, text, items)
		}
		return list
	case "integer", "number":
		return 1
	case "boolean":
		return true
	}
	if choices, ok := schema["enum"].([]any); ok && len(choices) > 0 {
		return choices[0]
	}
	return text + unseen
}
