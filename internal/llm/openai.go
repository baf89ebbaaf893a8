package llm

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"
)

// openAI is chat completions with a JSON Schema as response format, see
// https://platform.openai.com/docs/api-reference/chat/create.
type openAI struct{}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// chatMessage is the part of a model's message that is read. Servers of users' own put the answer into any of them.
type chatMessage struct {
	Content   json.RawMessage `json:"content"`
	Refusal   string          `json:"refusal"`
	ToolCalls []struct {
		Function function `json:"function"`
	} `json:"tool_calls"`
	FunctionCall     *function       `json:"function_call"`
	ReasoningContent json.RawMessage `json:"reasoning_content"`
	Reasoning        json.RawMessage `json:"reasoning"`
}

type function struct {
	Arguments json.RawMessage `json:"arguments"`
}

// texts returns where the answer may stand: what was said, the arguments of calls, and the reasoning.
func (m chatMessage) texts() []string {
	texts := []string{textOf(m.Content)}
	for _, call := range m.ToolCalls {
		texts = append(texts, argumentsOf(call.Function.Arguments))
	}
	if m.FunctionCall != nil {
		texts = append(texts, argumentsOf(m.FunctionCall.Arguments))
	}
	return append(texts, textOf(m.ReasoningContent), textOf(m.Reasoning))
}

// chatCompletion is the part of an answer that is read.
type chatCompletion struct {
	Model   string `json:"model"`
	Choices []struct {
		FinishReason string          `json:"finish_reason"`
		Message      chatMessage     `json:"message"`
		Error        json.RawMessage `json:"error"`
	} `json:"choices"`
	Usage struct {
		PromptTokens        int64 `json:"prompt_tokens"`
		CompletionTokens    int64 `json:"completion_tokens"`
		TotalTokens         int64 `json:"total_tokens"`
		PromptTokensDetails struct {
			CachedTokens int64 `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
	} `json:"usage"`
}

func (openAI) header(key string) http.Header { return http.Header{"Authorization": {"Bearer " + key}} }

func (openAI) modelsPath() string { return "/models" }

func (openAI) ask(c *call, q question, r rendered) (reply, error) {
	format := map[string]any{"name": q.Name, "strict": true, "schema": q.Schema}
	request := map[string]any{
		"model": c.model, "messages": []message{{"system", r.system}, {"user", r.user}},
		"response_format": map[string]any{"type": "json_schema", "json_schema": format},
	}
	switch limit := cmp.Or(q.MaxTokens, defaultMaxTokens); { // each provider has its own way to bound the answer
	case c.info.CompletionLimit:
		request["max_completion_tokens"] = limit
	case c.info.ThinkingTokens > 0:
		request["max_tokens"], request["reasoning_effort"] = limit+c.info.ThinkingTokens, "low"
	default:
		request["max_tokens"] = limit
	}
	var completion chatCompletion
	if err := c.api.Call(c.ctx, "/chat/completions", request, &completion); err != nil {
		return reply{}, err
	}
	return completion.reply(), nil
}

func (c chatCompletion) reply() reply {
	usage := c.Usage
	r := reply{model: c.Model, usage: usageOf(
		usage.PromptTokens, usage.PromptTokensDetails.CachedTokens,
		max(usage.CompletionTokens, usage.TotalTokens-usage.PromptTokens), // Gemini's thoughts are only in the total
	)}
	if len(c.Choices) == 0 {
		return r
	}
	choice := c.Choices[0]
	r.texts, r.failed = choice.Message.texts(), choice.Error
	switch reason := choice.FinishReason; {
	case choice.Message.Refusal != "", strings.HasPrefix(reason, "content_filter"):
		r.useless = refused
	case reason == "length":
		r.useless = cutOff
	case reason == "error":
		r.useless = stopped
	}
	return r
}
