// Package llmtest serves the wire formats of model providers without a model: OpenAI's
// chat completions and Anthropic's messages, with their lists of models and their errors.
//
// A server checks each request as strictly as the real ones do, and makes a well-behaved
// answer by filling the request's JSON Schema with words of the request's own material,
// so that other material gives another answer. A script chooses faults. It is for
// tests and demonstrations; it must not be mistaken for a model, and it keeps of a key
// only a fingerprint.
package llmtest
