package llmtest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// openAI is the wire format of OpenAI and of those who speak its protocol.
type openAI struct{}

func (openAI) paths() (ask, list, base string) {
	return "/v1/chat/completions", "/v1/models", "/v1"
}

func (openAI) key(r *http.Request) string {
	key, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		return ""
	}
	return key
}

// message is one message of a request. Parts other than a string are not supported.
type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// openAIRequest is the part of a chat completion request that is looked at.
type openAIRequest struct {
	Model               string    `json:"model"`
	Messages            []message `json:"messages"`
	MaxTokens           *int      `json:"max_tokens"`
	MaxCompletionTokens *int      `json:"max_completion_tokens"`
	ResponseFormat      struct {
		Type       string `json:"type"`
		JSONSchema struct {
			Name   string          `json:"name"`
			Strict bool            `json:"strict"`
			Schema json.RawMessage `json:"schema"`
		} `json:"json_schema"`
	} `json:"response_format"`
}

var formatName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

func (openAI) read(r *http.Request, body []byte) (question, *problem) {
	var req openAIRequest
	if r.Header.Get("Content-Type") != "application/json" || json.Unmarshal(body, &req) != nil {
		return question{}, badRequest("We could not parse the JSON body of your request.")
	}
	format := req.ResponseFormat.JSONSchema
	q := question{model: req.Model, name: format.Name}
	for i, message := range req.Messages {
		switch {
		case message.Content == "":
			return q, badRequest("Invalid value for 'messages[%d].content': expected a string.", i)
		case message.Role == "user":
			q.user += message.Content
		case message.Role == "system", message.Role == "developer":
			q.system += message.Content
		default:
			return q, badRequest("Invalid value for 'messages[%d].role'.", i)
		}
	}
	switch {
	case req.Model == "":
		return q, badRequest("you must provide a model parameter")
	case q.user == "":
		return q, badRequest("Invalid 'messages': there is no user message.")
	case req.MaxTokens != nil && *req.MaxTokens < 1, req.MaxCompletionTokens != nil && *req.MaxCompletionTokens < 1:
		return q, badRequest("Invalid 'max_tokens': integer below minimum value.")
	case req.MaxTokens != nil && req.MaxCompletionTokens != nil:
		return q, badRequest("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
	case req.ResponseFormat.Type != "json_schema":
		return q, badRequest("Invalid value for 'response_format.type': this server expects 'json_schema'.")
	case !formatName.MatchString(format.Name):
		return q, badRequest("Invalid 'response_format.json_schema.name': string does not match pattern.")
	case !format.Strict:
		return q, badRequest("'response_format.json_schema.strict' must be true.")
	}
	return q.withSchema(format.Schema, "response_format")
}

// snapshots are the names under which models answer.
var snapshots = map[string]string{
	"gpt-4.1-mini":     "gpt-4.1-mini-2025-04-14",
	"claude-haiku-4-5": "claude-haiku-4-5-20251001",
}

func snapshotOf(model string) string { return cmp.Or(snapshots[model], model) }

func (openAI) answer(q question, text string, end ending) any {
	message := map[string]any{"role": "assistant", "content": text, "refusal": nil, "annotations": []any{}}
	finish := map[ending]string{ended: "stop", refused: "stop", cutOff: "length", stopped: "error"}[end]
	if end == refused {
		message["content"], message["refusal"] = nil, text
	}
	choices := []any{map[string]any{"index": 0, "message": message, "logprobs": nil, "finish_reason": finish}}
	if end == noContent {
		choices = []any{}
	}
	input, output := q.tokens(), tokens(text)
	return map[string]any{
		"id": "chatcmpl-" + strconv.FormatUint(uint64(q.seed), 36), "object": "chat.completion", "created": 1764547200,
		"model": snapshotOf(q.model), "choices": choices,
		"usage": map[string]any{
			"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
			"prompt_tokens_details":     map[string]any{"cached_tokens": input / 4, "audio_tokens": 0},
			"completion_tokens_details": map[string]any{"reasoning_tokens": 0, "audio_tokens": 0},
		},
		"service_tier": "default",
	}
}

func (openAI) problem(p problem) any {
	var code any
	if p.code != "" {
		code = p.code
	}
	kind := p.kind
	if p.status == http.StatusUnauthorized || p.status == http.StatusNotFound {
		kind = "invalid_request_error"
	}
	return map[string]any{"error": map[string]any{"message": p.message, "type": kind, "param": nil, "code": code}}
}

func (openAI) models(models []string, _ string) any {
	data := make([]any, len(models))
	for i, model := range models {
		data[i] = map[string]any{"id": model, "object": "model", "created": 1744316542, "owned_by": "system"}
	}
	return map[string]any{"object": "list", "data": data}
}
