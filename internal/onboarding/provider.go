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
	Provider Provider `json:"provider"`
	Name     string   `json:"name"`
	// Model tells whether it offers language models: one such key completes step 1.
	Model bool `json:"language_model"`
	// Variable is the environment variable that its key is known by.
	Variable string `json:"environment_variable"`
	// Format says what a key looks like, for people.
	Format string `json:"key_format"`

	pattern *regexp.Regexp
}

// anyKey is the format of keys that nothing more is known of.
var anyKey = regexp.MustCompile(`^[!-~]{10,}$`)

const anyFormat = "at least 10 characters without spaces"

// providers is the table of all providers, models first in the order in which they
// are asked.
var providers = []ProviderInfo{
	{ProviderOpenAI, "OpenAI", true, "OPENAI_API_KEY", "sk- and at least 17 more characters", regexp.MustCompile(`^sk-[!-~]{17,}$`)},
	{ProviderAnthropic, "Anthropic", true, "ANTHROPIC_API_KEY", "sk-ant- and at least 10 more characters", regexp.MustCompile(`^sk-ant-[!-~]{10,}$`)},
	{ProviderGemini, "Gemini", true, "GEMINI_API_KEY", "AIza and at least 26 more characters", regexp.MustCompile(`^AIza[!-~]{26,}$`)},
	{ProviderMistral, "Mistral", true, "MISTRAL_API_KEY", anyFormat, anyKey},
	{ProviderCompatible, "OpenAI-compatible server", true, "OPENAI_COMPATIBLE_API_KEY", "any, at most 4,096 characters without spaces", regexp.MustCompile(`^[!-~]+$`)},
	{"exa", "Exa", false, "EXA_API_KEY", "a UUID", regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)},
	{"tavily", "Tavily", false, "TAVILY_API_KEY", anyFormat, anyKey},
	{"serper", "Serper", false, "SERPER_API_KEY", anyFormat, anyKey},
	{"metaphor", "Metaphor", false, "METAPHOR_API_KEY", anyFormat, anyKey},
	{"firecrawl", "Firecrawl", false, "FIRECRAWL_API_KEY", anyFormat, anyKey},
	{"stability", "Stability AI", false, "STABILITY_API_KEY", anyFormat, anyKey},
	{"copilotkit", "CopilotKit", false, "COPILOTKIT_API_KEY", "ck_pub_ and at least 3 more characters", regexp.MustCompile(`^ck_pub_[!-~]{3,}$`)},
}

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
			Field: field + "provider", Code: "unknown_provider",
			Reason: "This provider is not known. Use one of " + providerNames() + ".",
		}
	}
	c := Credential{Provider: info.Provider, Key: Secret(strings.TrimSpace(key)), Model: strings.TrimSpace(model)}
	if len(c.Key) > maxKey || !info.pattern.MatchString(string(c.Key)) {
		return Credential{}, &InputError{
			Field: field + "api_key", Code: "invalid_key",
			Reason: "This is not a key of " + info.Name + ", which looks like this: " + info.Format + ".",
		}
	}
	if len(c.Model) > maxModel {
		return Credential{}, &InputError{Field: field + "model", Code: "too_long", Reason: "The name of the model is too long; use at most 200 characters."}
	}
	if strings.ContainsFunc(c.Model, unicode.IsControl) {
		return Credential{}, &InputError{Field: field + "model", Code: "invalid_character", Reason: "The name of the model holds a control character; remove it."}
	}
	address, err := baseURLOf(info, strings.TrimSpace(baseURL))
	if err != nil {
		return Credential{}, &InputError{Field: field + "base_url", Code: "invalid_url", Reason: err.Error()}
	}
	c.BaseURL = address
	return c, nil
}

// baseURLError is a sentence for the user.
type baseURLError string

func (e baseURLError) Error() string { return string(e) }

func baseURLOf(info ProviderInfo, baseURL string) (string, error) {
	if info.Provider != ProviderCompatible {
		if baseURL != "" {
			return "", baseURLError("Only an OpenAI-compatible server has an address of its own; leave it out for " + info.Name + ".")
		}
		return "", nil
	}
	u, err := url.Parse(baseURL)
	switch {
	case baseURL == "":
		return "", baseURLError("Enter the address of the server, for example https://models.example.com/v1.")
	case err != nil, u.Hostname() == "", !isPort(u.Port()), u.Scheme != "http" && u.Scheme != "https", u.User != nil,
		u.RawQuery != "", u.ForceQuery, u.Fragment != "", len(baseURL) > maxBaseURL:
		return "", baseURLError("This is not the address of a server. It looks like https://models.example.com/v1.")
	case InClear(u):
		return "", baseURLError("Everybody on the way could read your key: use an https address. Plain http is for a server on the same machine.")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// InClear tells whether what is sent to an address can be read on the way: it is plain
// http, and not for the same machine.
func InClear(address *url.URL) bool {
	host := address.Hostname()
	ip, err := netip.ParseAddr(host)
	return address.Scheme != "https" && !strings.EqualFold(host, "localhost") && (err != nil || !ip.Unmap().IsLoopback())
}

// isPort tells whether text is the number of a port, or none.
func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil
}

func providerNames() string {
	names := make([]string, len(providers))
	for i, p := range providers {
		names[i] = string(p.Provider)
	}
	return strings.Join(names, ", ")
}
