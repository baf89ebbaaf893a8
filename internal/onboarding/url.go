package onboarding

import (
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/onboarding/hostname"
)

// MaxURLLength is the longest website address that is accepted, in bytes.
const MaxURLLength = 2048

// NormalizeURL checks a website address and returns the form by which the website
// is identified: scheme (https when missing) and host in lower case, the host in
// ASCII (UTS #46), default ports, fragment and the slash of an empty path
// removed, the query kept. Equal websites give equal strings.
//
// It accepts what the URL standard accepts for http and https. It does not say
// whether the address may be fetched: that is decided when a connection is
// dialled. Errors are *InputError with field "website".
func NormalizeURL(raw string) (string, error) {
	raw = strings.TrimSpace(raw)
	switch {
	case raw == "":
		return "", badURL("required", "Enter the address of your website, for example https://example.com.")
	case len(raw) > MaxURLLength:
		return "", errURLTooLong
	case !utf8.ValidString(raw) || strings.ContainsFunc(raw, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", badURL("invalid_url",
			"The website address contains characters that are not allowed. Enter it as your browser shows it.")
	}
	u, err := parseWithScheme(raw)
	if err != nil {
		return "", err
	}
	host, err := hostname.ASCII(u)
	switch {
	case errors.Is(err, hostname.ErrPort):
		return "", badURL("invalid_url", "The port of the website address is not valid. Enter the address without a port.")
	case err != nil:
		return "", badURL("invalid_url", "The name of the website is not valid. Check its spelling.")
	}
	u.Host, u.Fragment, u.RawFragment = host, "", ""
	if u.Path == "/" {
		u.Path, u.RawPath = "", ""
	}
	if u.Path == "" && u.RawQuery == "" {
		u.ForceQuery = false
	}
	normal := u.String() // longer than raw where it escapes characters
	if len(normal) > MaxURLLength {
		return "", errURLTooLong
	}
	return normal, nil
}

// parseWithScheme parses raw, taking https when it names no scheme, and rejects
// other schemes and addresses with a user name.
func parseWithScheme(raw string) (*url.URL, error) {
	if !hasScheme(raw) {
		raw = "https://" + strings.TrimPrefix(raw, "//")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, badURL("invalid_url", "The address of the website is not valid. Enter one like https://example.com.")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil,
			badURL("unsupported_scheme", "Only http and https addresses can be read. Enter one like https://example.com.")
	case u.User != nil:
		return nil, badURL("userinfo_in_url", "The address contains a user name or password. Enter it without them.")
	case u.Hostname() == "":
		return nil, badURL("invalid_url", "The address names no website. Enter one like https://example.com.")
	}
	return u, nil
}

// NamesScheme reports whether an address that NormalizeURL accepts names its scheme.
func NamesScheme(raw string) bool { return hasScheme(strings.TrimSpace(raw)) }

// hasScheme tells "javascript:…" and "https://…" from "example.com:8080/…": a
// scheme is followed by "//" or by something that is not a port number.
func hasScheme(raw string) bool {
	scheme, rest, found := strings.Cut(raw, ":")
	if !found || strings.ContainsAny(scheme, "/?#[@. ") {
		return false
	}
	port, _, _ := strings.Cut(rest, "/")
	return strings.Trim(port, "0123456789") != "" || port == ""
}

var errURLTooLong = badURL("too_long", "The website address is longer than 2048 characters. Enter a shorter one.")

func badURL(code, reason string) error {
	return &InputError{"website", code, reason}
}
