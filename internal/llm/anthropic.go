package llm

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// anthropic is messages with a JSON Schema as output format, see
// https://docs.claude.com/en/api/messages.
type anthropic struct{}

// messagesAnswer is the part of an answer that is read.
type messagesAnswer struct {
	Model      string `json:"model"`
	StopReason string `json:"stop_reason"`
	Content    []struct {
		Type  string          `json:"type"`
		Text  string          `json:"text"`
		Input json.RawMessage `json:"input"`
	} `json:"content"`
	Usage struct {
		InputTokens              int64 `json:"input_tokens"`
		CacheCreationInputTokens int64 `json:"cache_creation_input_tokens"`
		CacheReadInputTokens     int64 `json:"cache_read_input_tokens"`
		OutputTokens             int64 `json:"output_tokens"`
	} `json:"usage"`
}

func (anthropic) header(key string) http.Header {
	return http.Header{"X-Api-Key": {key}, "Anthropic-Version": {"2023-06-01"}}
}

func (anthropic) modelsPath() string { return "/v1/models?limit=1" }

func (anthropic) ask(c *call, q question, r rendered) (reply, error) {
	schema, err := titled(q.Schema, q.Name)
	if err != nil {
		return reply{}, err
	}
	request := map[string]any{
		"model": c.model, "max_tokens": cmp.Or(q.MaxTokens, defaultMaxTokens),
		"system": r.system, "messages": []message{{"user", r.user}},
		"output_config": map[string]any{"format": map[string]any{"type": "json_schema", "schema": schema}},
	}
	var answer messagesAnswer
	if err := c.api.Call(c.ctx, "/v1/messages", request, &answer); err != nil {
		return reply{}, err
	}
	return answer.reply(), nil
}

// titled returns the schema with the question's name as its title, since the format has
// no name. The parts stay raw: the order of properties is the order of the answer.
func titled(raw json.RawMessage, name string) (map[string]json.RawMessage, error) {
	var schema map[string]json.RawMessage
	if err := json.Unmarshal(raw, &schema); err != nil {
		return nil, fmt.Errorf("read the schema of %s: %w", name, err)
	}
	schema["title"] = json.RawMessage(`"` + name + `"`) // promptName needs no escaping
	return schema, nil
}

func (a messagesAnswer) reply() reply {
	usage := a.Usage
	// Anthropic counts the cached part of a prompt separately from the rest of it.
	r := reply{model: a.Model, usage: usageOf(
		usage.InputTokens+usage.CacheCreationInputTokens+
			usage.CacheReadInputTokens, usage.CacheReadInputTokens, usage.OutputTokens,
	)}
	var text strings.Builder
	var calls []string
	for _, block := range a.Content {
		switch block.Type {
		case "text":
			text.WriteString(block.Text)
		case "tool_use":
			calls = append(calls, string(block.Input))
		}
	}
	r.texts = append([]string{text.String()}, calls...)
	switch a.StopReason {
	case "end_turn", "stop_sequence", "tool_use":
	case "max_tokens", "model_context_window_exceeded":
		r.useless = cutOff
	case "refusal":
		r.useless = refused
	default:
		r.useless = stopped
	}
	return r
}
