package llmtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// problem is an error in the words of a provider.
type problem struct {
	status int
	// kind is Anthropic's error type and, where code is empty, OpenAI's type.
	kind    string
	code    string // OpenAI's
	message string
}

func keyProblem() *problem {
	return &problem{http.StatusUnauthorized, "authentication_error", "invalid_api_key", "Incorrect API key provided."}
}

func modelProblem(model string) *problem {
	return &problem{http.StatusNotFound, "not_found_error", "model_not_found", "The model `" + model +
		"` does not exist or you do not have access to it."}
}

func badRequest(format string, args ...any) *problem {
	return &problem{http.StatusBadRequest, "invalid_request_error", "", fmt.Sprintf(format, args...)}
}

// problems are the faults that are answered with an error of the protocol.
var problems = map[Fault]problem{
	KeyInvalid: *keyProblem(),
	Forbidden: {
		http.StatusForbidden, "permission_error", "unsupported_country_region_territory",
		"Your API key does not have permission to use the specified resource.",
	},
	RateLimited: {
		http.StatusTooManyRequests, "rate_limit_error", "rate_limit_exceeded",
		"Rate limit reached for requests.",
	},
	RateLimitedDate: {
		http.StatusTooManyRequests, "rate_limit_error", "rate_limit_exceeded",
		"Rate limit reached for requests.",
	},
	RateLimitedSilent: {
		http.StatusTooManyRequests, "rate_limit_error", "rate_limit_exceeded",
		"Rate limit reached for requests.",
	},
	PaymentRequired: {http.StatusPaymentRequired, "billing_error", "insufficient_credits", "Insufficient credits."},
	Overloaded:      {529, "overloaded_error", "overloaded_error", "Overloaded"},
	Busy: {
		http.StatusServiceUnavailable, "api_error", "server_error",
		"The engine is currently overloaded, please try again later.",
	},
	Unavailable: {
		http.StatusServiceUnavailable, "api_error", "server_error",
		"The engine is currently overloaded, please try again later.",
	},
	ServerError: {
		http.StatusInternalServerError, "api_error", "server_error",
		"The server had an error while processing your request.",
	},
	UnknownModel:  *modelProblem("asked for"),
	Invalid:       *badRequest("This request can't be understood."),
	Unprocessable: {http.StatusUnprocessableEntity, "invalid_request_error", "", "Extra inputs are not permitted."},
}

// quota is what the families say of an account without credit.
var quota = map[Family]problem{
	OpenAI: {
		http.StatusTooManyRequests, "insufficient_quota", "insufficient_quota",
		"You exceeded your current quota, please check your plan and billing details.",
	},
	Anthropic: {
		http.StatusBadRequest, "invalid_request_error", "",
		"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or " +
			"purchase credits.",
	},
}

// bodies are responses outside the protocol: errors as Google writes them, web pages, and half an answer.
var bodies = map[Fault]struct {
	status            int
	contentType, body string
}{
	KeyInvalid400: {
		http.StatusBadRequest, "application/json; charset=UTF-8",
		`[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT",` +
			`"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}]`,
	},
	RateLimitedBody: {
		http.StatusTooManyRequests, "application/json; charset=UTF-8",
		`[{"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED",` +
			`"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}}]`,
	},
	Gateway:        {http.StatusBadGateway, "text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>"},
	HTML:           {http.StatusOK, "text/html", "<html><body><h1>Welcome</h1></body></html>"},
	BrokenEnvelope: {http.StatusOK, "application/json", `{"id": "x", "choices": [{"message":`},
}

// fail writes an error of the protocol.
func (s *Server) fail(w http.ResponseWriter, p problem) {
	writeJSON(w, p.status, s.protocol.problem(p))
}

// misbehave does what fault says about the response itself; false leaves it to be
// answered.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, fault Fault, q question) bool {
	if fault == QuotaExhausted {
		s.fail(w, quota[s.cfg.Family])
		return true
	}
	if p, ok := problems[fault]; ok {
		s.setRetryAfter(w.Header(), fault)
		s.fail(w, p)
		return true
	}
	if other, ok := bodies[fault]; ok {
		write(w, other.status, other.contentType, other.body)
		return true
	}
	switch fault {
	case Redirect:
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusTemporaryRedirect)
	case Dropped:
		panic(http.ErrAbortHandler)
	case Stall:
		s.hold(r)
	case StallMidway:
		s.stallMidway(w, r, q)
	default:
		return false
	}
	return true
}

// setRetryAfter sets the headers that the provider sends with a fault.
func (s *Server) setRetryAfter(header http.Header, fault Fault) {
	wait := s.cfg.RetryAfter
	switch fault {
	case RateLimited, Busy:
		header.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		if s.cfg.Family == OpenAI {
			header.Set("Retry-After-Ms", strconv.FormatInt(wait.Milliseconds(), 10))
		}
	case RateLimitedDate:
		header.Set("Retry-After", time.Now().Add(wait).UTC().Format(http.TimeFormat))
	default: // the others have none
	}
}

// hold waits until the client goes away or the server is closed.
func (s *Server) hold(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.done:
	}
}

func (s *Server) stallMidway(w http.ResponseWriter, r *http.Request, q question) {
	body, err := json.Marshal(s.answerOf(q, None))
	if err != nil {
		return // the client sees an empty answer, which is as bad as half of one
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body[:len(body)/2]) // a client that left does not matter
	_ = http.NewResponseController(w).Flush()
	s.hold(r)
}

// hugeAnswer is the size of the text of Huge, in bytes.
const hugeAnswer = 10_000_000

// ending is how an answer ends.
type ending string

const (
	ended     ending = "ended"
	refused   ending = "refused"
	cutOff    ending = "cut_off"
	stopped   ending = "stopped"
	noContent ending = "no_content"
)

// answerOf returns the body of the answer to q, spoilt by fault.
func (s *Server) answerOf(q question, fault Fault) any {
	text := fill(q)
	switch fault {
	case Fenced:
		text = "```json\n" + text + "\n```"
	case Refusal:
		return s.protocol.answer(q, "I'm sorry, I can't help with that.", refused)
	case CutOff:
		return s.protocol.answer(q, text[:len(text)/2], cutOff)
	case Stopped:
		return s.protocol.answer(q, text, stopped)
	case NoChoice:
		return s.protocol.answer(q, "", noContent)
	case Empty:
		text = ""
	case BrokenJSON:
		text = strings.Replace(text, ":", "=>", 1) + ","
	case WrongSchema:
		text = `{"answer": "42"}`
	case TwoValues:
		text += " " + text
	case Huge:
		text = `{"answer": "` + strings.Repeat("x", hugeAnswer) + `"}`
	default: // spoilt elsewhere
	}
	return s.protocol.answer(q, text, ended)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		status, body = http.StatusInternalServerError, nil
	}
	write(w, status, "application/json", string(body))
}

func write(w http.ResponseWriter, status int, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // a client that left does not matter
}
