package website

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// trackers are query parameters that identify visitors, not content.
var trackers = []string{
	"gclid", "fbclid", "msclkid", "dclid", "yclid", "mc_cid", "mc_eid", "igshid", "_ga", "_gl",
	"ref", "ref_src", "replytocom", "hsctatracking",
}

// normalize returns a copy of u without fragment and tracking parameters.
func normalize(u *url.URL) *url.URL {
	normalized := *u
	normalized.Fragment, normalized.RawFragment, normalized.User = "", "", nil
	normalized.Host = strings.ToLower(normalized.Host)
	if normalized.RawQuery != "" {
		query := normalized.Query()
		for name := range query {
			if strings.HasPrefix(strings.ToLower(name), "utm_") || slices.Contains(trackers, strings.ToLower(name)) {
				query.Del(name)
			}
		}
		normalized.RawQuery = query.Encode()
	}
	normalized.ForceQuery = false
	return &normalized
}

// indexFile matches the names of the file that a folder shows.
var indexFile = regexp.MustCompile(`(?i)^(index\.(html?|php|aspx?|jsp|shtml)|default\.(aspx|html?))$`)

// key returns a string that is equal for the addresses of one page: without scheme,
// www, tracking parameters, index file and trailing slash.
func key(u *url.URL) string {
	normalized := normalize(u)
	dir, file := path.Split(normalized.Path)
	page := strings.TrimRight(dir+indexFile.ReplaceAllString(file, ""), "/")
	if normalized.RawQuery != "" {
		page += "?" + normalized.RawQuery
	}
	return bareHost(normalized) + page
}

// keyOf is key for an address as text, "" for none.
func keyOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return ""
	}
	return key(u)
}

// bareHost returns host and port without a leading www.
func bareHost(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if port := u.Port(); port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	return strings.TrimPrefix(host, "www.")
}

// sameDomain reports whether two hosts belong to one registrable domain.
func sameDomain(a, b *url.URL) bool {
	if bareHost(a) == bareHost(b) {
		return true
	}
	left, errLeft := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(a.Hostname()))
	right, errRight := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(b.Hostname()))
	return errLeft == nil && errRight == nil && left == right
}
