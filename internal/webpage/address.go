package webpage

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
)

// Absolute resolves a reference found in a page or header; nil when it is empty, too long,
// broken, or not http or https. The host is in ASCII.
func Absolute(base *url.URL, ref string) *url.URL {
	ref = asBrowsersRead(ref)
	if ref == "" || len(ref) > onboarding.MaxURLLength {
		return nil
	}
	target, err := base.Parse(ref)
	if err != nil || target.Scheme != "http" && target.Scheme != "https" || target.Hostname() == "" ||
		target.User != nil {
		return nil
	}
	if strings.ContainsFunc(target.Host, func(r rune) bool { return r > unicode.MaxASCII }) {
		if target.Host, err = hostname.ASCII(target); err != nil {
			return nil
		}
	}
	return target
}

// asBrowsersRead drops the line breaks in a reference, and turns backslashes before the query
// into slashes (URL standard, section 4.4).
func asBrowsersRead(ref string) string {
	ref = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, strings.TrimSpace(ref))
	end := strings.IndexAny(ref, "?#")
	if end < 0 {
		end = len(ref)
	}
	return strings.ReplaceAll(ref[:end], `\`, "/") + ref[end:]
}
