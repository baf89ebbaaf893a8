// Package llm asks one model provider one question, with one user's key, and answers
// with a value that the question's JSON Schema accepts.
//
// It owns the wire formats of the two provider families (OpenAI's chat completions,
// which Gemini, Mistral and many servers speak too, and Anthropic's messages), the
// rendering of prompts with untrusted text and the validation of the answer.
//
// It must not keep keys, read the environment, retry (that belongs to the queue), or put a key, a prompt, an answer or an address into an error, a log or a
// metric.
package llm
