package onboarding

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Provider is a service that users bring an API key for, lower snake case.
type Provider string

// The providers of language models.
const (
	ProviderOpenAI    Provider = "openai"
	ProviderAnthropic Provider = "anthropic"
	ProviderGemini    Provider = "gemini"
	ProviderMistral   Provider = "mistral"
	// ProviderCompatible is any server that speaks OpenAI's protocol, by base URL.
	ProviderCompatible Provider = "openai_compatible"
)

// ProviderInfo is what is known of a provider.
type ProviderInfo struct {
	Provider Provider
	// Name is its name for people.
	Name string
	// Variable is the environment variable that its key is known by.
	Variable string
	// Format says what a key looks like, for people.
	Format string
	// Model says how its language models are asked; nil if it offers none. One such key completes step 1.
	Model *ModelAPI

	pattern *regexp.Regexp
}

// WireFormat is the protocol of a family of providers of language models.
type WireFormat string

// The wire formats.
const (
	WireOpenAI    WireFormat = "openai"    // chat completions
	WireAnthropic WireFormat = "anthropic" // messages
)

// ModelAPI says how a provider of language models is asked.
type ModelAPI struct {
	Wire WireFormat
	// BaseURL is the address that the paths of the wire format are appended to: OpenAI's ends in the version (…/v1),
	// Anthropic's does not. Empty if users name the server.
	BaseURL string
	// Model is asked unless another model is set, a small one. Empty for the first that the server lists.
	Model string
	// Price is the list price of Model.
	Price Price
	// CompletionLimit is true where an answer is bounded by max_completion_tokens, not max_tokens.
	CompletionLimit bool
	// ThinkingTokens is what the model may think at effort "low", which counts as output; 0 for models that don't think.
	ThinkingTokens int
}

// Price is what a provider charges for text, standard tier, in US dollars per million tokens.
type Price struct{ Input, Cached, Output float64 }

// The formats of keys, each with its words for people.
var (
	anyKey     = keyFormat{"at least 10 characters without spaces", regexp.MustCompile(`^[!-~]{10,}$`)}
	anyWord    = keyFormat{"any, at most 4,096 characters without spaces", regexp.MustCompile(`^[!-~]+$`)}
	openAIKey  = keyFormat{"sk- and at least 17 more characters", regexp.MustCompile(`^sk-[!-~]{17,}$`)}
	claudeKey  = keyFormat{"sk-ant- and at least 10 more characters", regexp.MustCompile(`^sk-ant-[!-~]{10,}$`)}
	googleKey  = keyFormat{"AIza and at least 26 more characters", regexp.MustCompile(`^AIza[!-~]{26,}$`)}
	uuidKey    = keyFormat{"a UUID", regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)}
	copilotKey = keyFormat{"ck_pub_ and at least 3 more characters", regexp.MustCompile(`^ck_pub_[!-~]{3,}$`)}
)

type keyFormat struct {
	words   string
	pattern *regexp.Regexp
}

// providers is the table of all providers, models first in the order in which they are asked. Its prices are of
// November 2026: https://openai.com/api/pricing, https://www.anthropic.com/pricing#api,
// https://ai.google.dev/gemini-api/docs/pricing and https://mistral.ai/pricing (no discount for cached tokens).
var providers = []ProviderInfo{
	provider(ProviderOpenAI, "OpenAI", "OPENAI_API_KEY", openAIKey, &ModelAPI{
		Wire: WireOpenAI, BaseURL: "https://api.openai.com/v1", Model: "gpt-4.1-mini", Price: Price{0.40, 0.10, 1.60},
		CompletionLimit: true, // newer models take no other
	}),
	provider(ProviderAnthropic, "Anthropic", "ANTHROPIC_API_KEY", claudeKey, &ModelAPI{
		Wire: WireAnthropic, BaseURL: "https://api.anthropic.com", Model: "claude-haiku-4-5", Price: Price{1.00, 0.10, 5.00},
	}),
	provider(ProviderGemini, "Gemini", "GEMINI_API_KEY", googleKey, &ModelAPI{
		Wire: WireOpenAI, BaseURL: "https://generativelanguage.googleapis.com/v1beta/openai", Model: "gemini-2.5-flash",
		Price: Price{0.30, 0.03, 2.50}, ThinkingTokens: 1024, // https://ai.google.dev/gemini-api/docs/openai
	}),
	provider(ProviderMistral, "Mistral", "MISTRAL_API_KEY", anyKey, &ModelAPI{
		Wire: WireOpenAI, BaseURL: "https://api.mistral.ai/v1", Model: "mistral-small-latest", Price: Price{0.10, 0.10, 0.30},
	}),
	provider(ProviderCompatible, "OpenAI-compatible server", "OPENAI_COMPATIBLE_API_KEY", anyWord,
		&ModelAPI{Wire: WireOpenAI}),
	provider(ProviderExa, "Exa", "EXA_API_KEY", uuidKey, nil),
	provider("tavily", "Tavily", "TAVILY_API_KEY", anyKey, nil),
	provider("serper", "Serper", "SERPER_API_KEY", anyKey, nil),
	provider("metaphor", "Metaphor", "METAPHOR_API_KEY", anyKey, nil),
	provider("firecrawl", "Firecrawl", "FIRECRAWL_API_KEY", anyKey, nil),
	provider("stability", "Stability AI", "STABILITY_API_KEY", anyKey, nil),
	provider("copilotkit", "CopilotKit", "COPILOTKIT_API_KEY", copilotKey, nil),
}

func provider(p Provider, name, variable string, key keyFormat, model *ModelAPI) ProviderInfo {
	return ProviderInfo{Provider: p, Name: name, Variable: variable, Format: key.words, Model: model, pattern: key.pattern}
}

// UserNamesServer reports whether the address of the server comes with the key.
func (p ProviderInfo) UserNamesServer() bool { return p.Model != nil && p.Model.BaseURL == "" }

// Providers lists all providers, those of language models first, in the order in
// which they are asked.
func Providers() []ProviderInfo { return slices.Clone(providers) }

// ProviderByName returns a provider by its name in any case; false if there is none.
func ProviderByName(name string) (ProviderInfo, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "google" { // the name of Gemini in older clients
		name = string(ProviderGemini)
	}
	i := slices.IndexFunc(providers, func(p ProviderInfo) bool { return string(p.Provider) == name })
	if i < 0 {
		return ProviderInfo{}, false
	}
	return providers[i], true
}

// Info returns what is known of p, which must be one of Providers.
func (p Provider) Info() ProviderInfo {
	info, _ := ProviderByName(string(p))
	return info
}

// The bounds of what is submitted, in bytes: a key, the address of a user's own
// server, the name of a model.
const (
	maxKey     = 4096
	maxBaseURL = 2048
	maxModel   = 200
)

// NewCredential checks a key as the user submitted it. Errors are *InputError, which
// name field + ".provider", …, and never hold a value.
func NewCredential(field, provider, key, baseURL, model string) (Credential, error) {
	info, ok := ProviderByName(provider)
	if !ok {
		return Credential{}, &InputError{
			field + "provider", "unknown_provider",
			"This provider is not known. Use one of " + ProviderNames() + ".",
		}
	}
	c := Credential{Provider: info.Provider, Key: Secret(strings.TrimSpace(key)), Model: strings.TrimSpace(model)}
	if len(c.Key) > maxKey || !info.pattern.MatchString(string(c.Key)) {
		return Credential{}, &InputError{
			field + "api_key", "invalid_key",
			"This is not a key of " + info.Name + ", which looks like this: " + info.Format + ".",
		}
	}
	if len(c.Model) > maxModel {
		return Credential{},
			&InputError{field + "model", "too_long", "The name of the model is too long; use at most 200 characters."}
	}
	if strings.ContainsFunc(c.Model, unicode.IsControl) {
		return Credential{},
			&InputError{field + "model", "invalid_character", "The name of the model holds a control character; remove it."}
	}
	address, fault := baseURLOf(info, strings.TrimSpace(baseURL))
	if fault != "" {
		return Credential{}, &InputError{field + "base_url", "invalid_url", fault}
	}
	c.BaseURL = address
	return c, nil
}

// baseURLOf returns the address of a server in its normal form, or a sentence for the user about what is wrong with it.
func baseURLOf(info ProviderInfo, baseURL string) (address, fault string) {
	u, err := url.Parse(baseURL)
	switch {
	case !info.UserNamesServer() && baseURL != "":
		return "", "Only an OpenAI-compatible server has an address of its own; leave it out for " + info.Name + "."
	case !info.UserNamesServer():
		return "", ""
	case baseURL == "":
		return "", "Enter the address of the server, for example https://models.example.com/v1."
	case err != nil, u.Hostname() == "", !isPort(u.Port()), u.Scheme != "http" && u.Scheme != "https", u.User != nil,
		u.RawQuery != "", u.ForceQuery, u.Fragment != "", len(baseURL) > maxBaseURL:
		return "", "This is not the address of a server. It looks like https://models.example.com/v1."
	case InClear(u):
		return "",
			"Everybody on the way could read your key: use an https address. Plain http is for a server on the same machine."
	}
	return strings.TrimRight(u.String(), "/"), ""
}

// InClear reports whether what is sent to an address can be read in transit: it is plain
// http, and not for the same machine.
func InClear(address *url.URL) bool {
	host := address.Hostname()
	ip, err := netip.ParseAddr(host)
	return address.Scheme != "https" && !strings.EqualFold(host, "localhost") && (err != nil || !ip.Unmap().IsLoopback())
}

// isPort reports whether text is the number of a port, or none.
func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil
}

// ProviderNames lists the names of all providers for a sentence.
func ProviderNames() string {
	names := make([]string, len(providers))
	for i, p := range providers {
		names[i] = string(p.Provider)
	}
	return strings.Join(names, ", ")
}

// ModelProviders lists the providers of language models.
func ModelProviders() []Provider {
	var providers []Provider
	for _, p := range Providers() {
		if p.Model != nil {
			providers = append(providers, p.Provider)
		}
	}
	return providers
}
