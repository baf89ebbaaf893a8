package llm

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/anthropics/anthropic-sdk-go/packages/pagination"
)

// anthropicProtocol is messages with a JSON Schema as output format.
type anthropicProtocol struct{}

func (anthropicProtocol) options(c *call, client *http.Client) []option.RequestOption {
	return []option.RequestOption{
		option.WithBaseURL(c.baseURL), option.WithAPIKey(c.key), option.WithHTTPClient(client), option.WithMaxRetries(0),
		// The deadline is the context's; without a value of ours the SDK refuses long answers.
		option.WithRequestTimeout(maxWait),
	}
}

func (p anthropicProtocol) ask(c *call, q question, r rendered) (reply, error) {
	schema, err := titled(q.Schema, q.Name)
	if err != nil {
		return reply{}, err
	}
	params := anthropic.MessageNewParams{
		Model: c.model, MaxTokens: int64(q.maxTokens()),
		System:       []anthropic.TextBlockParam{{Text: r.system}},
		Messages:     []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(r.user))},
		OutputConfig: anthropic.OutputConfigParam{Format: anthropic.JSONOutputFormatParam{Schema: schema}},
	}
	var message *anthropic.Message
	err = c.send(func(client *http.Client) (err error) {
		service := anthropic.NewMessageService(p.options(c, client)...)
		message, err = service.New(c.ctx, params)
		return orNothing(message, err)
	})
	if err != nil {
		return reply{}, err
	}
	return p.replyOf(message), nil
}

// titled returns the schema with the question's name as its title, since the format has
// no name. The parts stay raw: the order of properties is the order of the answer.
func titled(raw json.RawMessage, name string) (map[string]any, error) {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, fmt.Errorf("read the schema of %s: %w", name, err)
	}
	schema := make(map[string]any, len(parts)+1)
	for key, part := range parts {
		schema[key] = part
	}
	schema["title"] = name
	return schema, nil
}

func (anthropicProtocol) replyOf(message *anthropic.Message) reply {
	usage := message.Usage
	// Anthropic counts the cached part of a prompt beside the rest of it.
	r := reply{model: message.Model, usage: usageOf(
		usage.InputTokens+usage.CacheCreationInputTokens+usage.CacheReadInputTokens, usage.CacheReadInputTokens, usage.OutputTokens,
	)}
	var said strings.Builder
	for _, block := range message.Content {
		if block.Type == "text" {
			said.WriteString(block.Text)
		}
	}
	r.text = said.String()
	switch message.StopReason {
	case anthropic.StopReasonEndTurn, anthropic.StopReasonStopSequence:
	case anthropic.StopReasonMaxTokens, anthropic.StopReasonModelContextWindowExceeded:
		r.cutOff = true
	case anthropic.StopReasonRefusal:
		r.refused = true
	default:
		r.stopped = true
	}
	return r
}

func (p anthropicProtocol) firstModel(c *call) (string, error) {
	var page *pagination.Page[anthropic.ModelInfo]
	err := c.send(func(client *http.Client) (err error) {
		service := anthropic.NewModelService(p.options(c, client)...)
		page, err = service.List(c.ctx, anthropic.ModelListParams{Limit: anthropic.Int(1)})
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
