package llm

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// openAI is chat completions with a JSON Schema as response format, see
// https://platform.openai.com/docs/api-reference/chat/create.
type openAI struct{}

// chatRequest is the body of a question.
type chatRequest struct {
	Model               string         `json:"model"`
	Messages            []message      `json:"messages"`
	ResponseFormat      responseFormat `json:"response_format"`
	MaxTokens           int            `json:"max_tokens,omitempty"`
	MaxCompletionTokens int            `json:"max_completion_tokens,omitempty"`
	ReasoningEffort     string         `json:"reasoning_effort,omitempty"`
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type responseFormat struct {
	Type       string     `json:"type"`
	JSONSchema jsonSchema `json:"json_schema"`
}

type jsonSchema struct {
	Name   string          `json:"name"`
	Strict bool            `json:"strict"`
	Schema json.RawMessage `json:"schema"`
}

// chatCompletion is the part of an answer that is read.
type chatCompletion struct {
	Model   string `json:"model"`
	Choices []struct {
		FinishReason string `json:"finish_reason"`
		Message      struct {
			Content string `json:"content"`
			Refusal string `json:"refusal"`
		} `json:"message"`
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

func (openAI) authorize(header http.Header, key string) { header.Set("Authorization", "Bearer "+key) }

func (openAI) modelsPath() string { return "/models" }

func (openAI) ask(c *call, q question, r rendered) (reply, error) {
	request := chatRequest{
		Model: c.model, Messages: []message{{"system", r.system}, {"user", r.user}},
		ResponseFormat: responseFormat{"json_schema", jsonSchema{Name: q.Name, Strict: true, Schema: q.Schema}},
	}
	request.limitTokens(c.api, q.maxTokens())
	var completion chatCompletion
	if err := c.post("/chat/completions", request, &completion); err != nil {
		return reply{}, err
	}
	return completion.reply(), nil
}

// limitTokens bounds the answer in the provider's own way.
func (r *chatRequest) limitTokens(api onboarding.ModelAPI, limit int) {
	switch {
	case api.CompletionLimit:
		r.MaxCompletionTokens = limit
	case api.ThinkingTokens > 0:
		r.MaxTokens, r.ReasoningEffort = limit+api.ThinkingTokens, "low"
	default:
		r.MaxTokens = limit
	}
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
	r.text = choice.Message.Content
	r.refused = choice.Message.Refusal != "" || strings.HasPrefix(choice.FinishReason, "content_filter")
	r.cutOff = choice.FinishReason == "length"
	r.stopped = choice.FinishReason == "tool_calls" || choice.FinishReason == "function_call"
	return r
}
