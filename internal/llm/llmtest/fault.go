package llmtest

// Fault is what a server does wrong, or says is wrong, about one request.
type Fault string

// The faults. Those that say "answer" have status 200.
const (
	// None answers well.
	None Fault = ""
	// Fenced answers well, in a Markdown fence.
	Fenced Fault = "fenced"

	// KeyInvalid is 401 whatever the key.
	KeyInvalid Fault = "key_invalid"
	// KeyInvalid400 is Gemini's answer to a wrong key, 400 in an array.
	KeyInvalid400 Fault = "key_invalid_400"
	// Forbidden is 403.
	Forbidden Fault = "forbidden"
	// RateLimited is 429 with Config.RetryAfter.
	RateLimited Fault = "rate_limited"
	// RateLimitedDate is 429 with a date in Retry-After.
	RateLimitedDate Fault = "rate_limited_date"
	// RateLimitedSilent is 429 that does not say how long to wait.
	RateLimitedSilent Fault = "rate_limited_silent"
	// RateLimitedBody is 429 whose body says how long, as Gemini's does.
	RateLimitedBody Fault = "rate_limited_body"
	// QuotaExhausted is an account without credit: 429 (OpenAI) or 400 (Anthropic).
	QuotaExhausted Fault = "quota_exhausted"
	// PaymentRequired is 402.
	PaymentRequired Fault = "payment_required"
	// Overloaded is 529.
	Overloaded Fault = "overloaded"
	// Busy is 503 with Config.RetryAfter.
	Busy Fault = "busy"
	// Unavailable is 503.
	Unavailable Fault = "unavailable"
	// ServerError is 500.
	ServerError Fault = "server_error"
	// Gateway is 502 with an HTML page.
	Gateway Fault = "gateway"
	// UnknownModel is 404.
	UnknownModel Fault = "unknown_model"
	// Invalid is 400.
	Invalid Fault = "invalid"
	// Unprocessable is 422.
	Unprocessable Fault = "unprocessable"
	// Redirect is 307 to another address of the same server.
	Redirect Fault = "redirect"

	// Refusal is an answer that declines.
	Refusal Fault = "refusal"
	// CutOff is an answer that ends at max_tokens.
	CutOff Fault = "cut_off"
	// Stopped is an answer that ends for a reason that has nothing to do with a question.
	Stopped Fault = "stopped"
	// Empty is an answer without text.
	Empty Fault = "empty"
	// NoChoice is an answer without any content.
	NoChoice Fault = "no_choice"
	// BrokenJSON is an answer whose text is no JSON.
	BrokenJSON Fault = "broken_json"
	// WrongSchema is an answer with other properties than asked for.
	WrongSchema Fault = "wrong_schema"
	// TwoValues is a good answer with another value behind it.
	TwoValues Fault = "two_values"
	// Huge is an answer of 10 MB.
	Huge Fault = "huge"
	// BrokenEnvelope is status 200 with a body that is no answer.
	BrokenEnvelope Fault = "broken_envelope"
	// HTML is status 200 with a web page.
	HTML Fault = "html"
	// Stall sends nothing until the client goes away.
	Stall Fault = "stall"
	// StallMidway sends headers and half of an answer, then nothing.
	StallMidway Fault = "stall_midway"
	// Dropped closes the connection without an answer.
	Dropped Fault = "dropped"
)

// Faults lists all faults but None.
func Faults() []Fault {
	return []Fault{
		Fenced, KeyInvalid, KeyInvalid400, Forbidden, RateLimited, RateLimitedDate, RateLimitedSilent, RateLimitedBody,
		QuotaExhausted, PaymentRequired, Overloaded, Busy, Unavailable, ServerError, Gateway, UnknownModel, Invalid,
		Unprocessable, Redirect, Refusal, CutOff, Stopped, Empty, NoChoice, BrokenJSON, WrongSchema, TwoValues, Huge,
		BrokenEnvelope, HTML, Stall, StallMidway, Dropped,
	}
}
