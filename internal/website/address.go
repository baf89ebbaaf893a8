package website

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// trackers are query parameters that identify visitors, not content.
var trackers = []string{"gclid", "fbclid", "msclkid", "dclid", "yclid", "mc_cid", "mc_eid", "igshid", "_ga", "_gl", "ref", "ref_src", "replytocom", "hsctatracking"}

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

// key returns a string that is equal for the addresses of one page: without scheme,
// www, tracking parameters, index file and trailing slash.
func key(u *url.URL) string {
	normalized := normalize(u)
	dir, file := path.Split(normalized.Path)
	switch strings.ToLower(file) {
	case "index.html", "index.htm", "index.php", "index.asp", "index.aspx", "index.jsp", "index.shtml", "default.aspx", "default.html", "default.htm":
		file = ""
	}
	page := strings.TrimRight(dir+file, "/")
	if normalized.RawQuery != "" {
		page += "?" + normalized.RawQuery
	}
	return bareHost(normalized) + page
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
