package llmtest

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// anthropic is the wire format of Anthropic.
type anthropic struct{}

func (anthropic) paths() (ask, list, base string) { return "/v1/messages", "/v1/models", "" }

func (anthropic) key(r *http.Request) string { return r.Header.Get("X-Api-Key") }

// anthropicRequest is the part of a messages request that is looked at.
type anthropicRequest struct {
	Model        string    `json:"model"`
	MaxTokens    int       `json:"max_tokens"`
	System       string    `json:"system"`
	Messages     []message `json:"messages"`
	OutputConfig struct {
		Format struct {
			Type   string          `json:"type"`
			Schema json.RawMessage `json:"schema"`
		} `json:"format"`
	} `json:"output_config"`
}

func (anthropic) read(r *http.Request, body []byte) (question, *problem) {
	var req anthropicRequest
	if r.Header.Get("Content-Type") != "application/json" || json.Unmarshal(body, &req) != nil {
		return question{}, badRequest("The request body is not valid JSON.")
	}
	format := req.OutputConfig.Format
	var titled struct {
		Title string `json:"title"`
	}
	_ = json.Unmarshal(format.Schema, &titled) // a schema that is no object is refused below
	q := question{model: req.Model, name: titled.Title, system: req.System}
	for i, message := range req.Messages {
		if message.Role != "user" && message.Role != "assistant" {
			return q, badRequest("messages.%d.role: Input should be 'user' or 'assistant'", i)
		}
		if message.Content == "" {
			return q, badRequest("messages.%d.content: text content blocks must be non-empty", i)
		}
		q.user += message.Content
	}
	switch {
	case r.Header.Get("Anthropic-Version") != "2023-06-01":
		return q, badRequest("anthropic-version: header is required")
	case req.Model == "":
		return q, badRequest("model: Field required")
	case req.MaxTokens < 1:
		return q, badRequest("max_tokens: Field required")
	case len(req.Messages) == 0:
		return q, badRequest("messages: at least one message is required")
	case format.Type != "json_schema":
		return q, badRequest("output_config.format.type: Input should be 'json_schema'")
	}
	return q.withSchema(format.Schema, "output_config.format.schema")
}

func (anthropic) answer(q question, text string, end ending) any {
	content := []any{map[string]any{"type": "text", "text": text}}
	if end == noContent || end == refused {
		content = []any{}
	}
	reason := map[ending]string{
		ended: "end_turn", noContent: "end_turn", refused: "refusal", cutOff: "max_tokens",
		stopped: "pause_turn",
	}[end]
	input := q.tokens()
	return map[string]any{
		"id": "msg_" + strconv.FormatUint(uint64(q.seed), 36), "type": "message", "role": "assistant",
		"model": snapshotOf(q.model), "content": content, "stop_reason": reason, "stop_sequence": nil,
		"usage": map[string]any{
			"input_tokens": input - input/4, "cache_creation_input_tokens": 0, "cache_read_input_tokens": input / 4,
			"output_tokens": tokens(text), "service_tier": "standard",
		},
	}
}

func (anthropic) problem(p problem) any {
	return map[string]any{
		"type": "error", "error": map[string]any{"type": p.kind, "message": p.message},
		"request_id": "req_011CSHoEeqs5C35K2UUqR7Fy",
	}
}

func (anthropic) models(models []string, limit string) any {
	most, err := strconv.Atoi(limit)
	if err != nil || most < 1 {
		most = 20
	}
	shown := models[:min(most, len(models))]
	data := make([]any, len(shown))
	for i, model := range shown {
		data[i] = map[string]any{
			"type": "model", "id": snapshotOf(model), "display_name": model,
			"created_at": "2025-10-15T00:00:00Z",
		}
	}
	return map[string]any{
		"data": data, "has_more": len(shown) < len(models),
		"first_id": snapshotOf(shown[0]), "last_id": snapshotOf(shown[len(shown)-1]),
	}
}
