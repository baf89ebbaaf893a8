package llm

import (
	"net/http"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/pagination"
	"github.com/openai/openai-go/v3/shared"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// openaiProtocol is chat completions with a JSON Schema as response format.
type openaiProtocol struct{}

// options make services that know nothing but the call: the constructors of whole
// clients read the environment, and with it might send a user's key elsewhere.
func (openaiProtocol) options(c *call, client *http.Client) []option.RequestOption {
	return []option.RequestOption{
		option.WithBaseURL(c.baseURL), option.WithAPIKey(c.key), option.WithHTTPClient(client), option.WithMaxRetries(0),
	}
}

func (p openaiProtocol) ask(c *call, q question, r rendered) (reply, error) {
	params := openai.ChatCompletionNewParams{
		Model:    c.model,
		Messages: []openai.ChatCompletionMessageParamUnion{openai.SystemMessage(r.system), openai.UserMessage(r.user)},
		ResponseFormat: openai.ChatCompletionNewParamsResponseFormatUnion{
			OfJSONSchema: &shared.ResponseFormatJSONSchemaParam{JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{
				Name: q.Name, Strict: openai.Bool(true), Schema: q.Schema,
			}},
		},
	}
	limitTokens(&params, c.provider, int64(q.maxTokens()))
	var completion *openai.ChatCompletion
	err := c.send(func(client *http.Client) (err error) {
		service := openai.NewChatCompletionService(p.options(c, client)...)
		completion, err = service.New(c.ctx, params)
		return orNothing(completion, err)
	})
	if err != nil {
		return reply{}, err
	}
	return p.replyOf(completion), nil
}

// thinkingTokens is what Gemini may think at effort "low"
// (https://ai.google.dev/gemini-api/docs/openai); its thoughts count as output.
const thinkingTokens = 1024

// limitTokens bounds the answer in the provider's own way: OpenAI's newer models take
// only max_completion_tokens, Mistral and many servers only max_tokens.
func limitTokens(params *openai.ChatCompletionNewParams, provider onboarding.Provider, limit int64) {
	switch provider {
	case onboarding.ProviderOpenAI:
		params.MaxCompletionTokens = openai.Int(limit)
	case onboarding.ProviderGemini:
		params.MaxTokens = openai.Int(limit + thinkingTokens)
		params.ReasoningEffort = shared.ReasoningEffortLow
	default:
		params.MaxTokens = openai.Int(limit)
	}
}

func (openaiProtocol) replyOf(completion *openai.ChatCompletion) reply {
	usage := completion.Usage
	r := reply{model: completion.Model, usage: usageOf(
		usage.PromptTokens, usage.PromptTokensDetails.CachedTokens,
		max(usage.CompletionTokens, usage.TotalTokens-usage.PromptTokens), // Gemini's thoughts are only in the total
	)}
	if len(completion.Choices) == 0 {
		return r
	}
	choice := completion.Choices[0]
	r.text = choice.Message.Content
	r.refused = choice.Message.Refusal != "" || strings.HasPrefix(choice.FinishReason, "content_filter")
	r.cutOff = choice.FinishReason == "length"
	r.stopped = choice.FinishReason == "tool_calls" || choice.FinishReason == "function_call"
	return r
}

func (p openaiProtocol) firstModel(c *call) (string, error) {
	var page *pagination.Page[openai.Model]
	err := c.send(func(client *http.Client) (err error) {
		service := openai.NewModelService(p.options(c, client)...)
		page, err = service.List(c.ctx)
		return orNothing(page, err)
	})
	var names []string
	if err == nil {
		for _, model := range page.Data {
			names = append(names, model.ID)
		}
	}
	return c.first(names, err)
}
