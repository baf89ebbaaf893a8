package website

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// maxRobots is how much of a robots.txt is read (RFC 9309, section 2.5).
	maxRobots = 512 << 10
	// maxCrawlDelay bounds the pause between two pages: a longer one would leave no
	// time for a second page.
	maxCrawlDelay = 2 * time.Second
)

// rules are the rules of one host's robots.txt for this crawler. The zero value
// allows everything.
type rules struct {
	// paths are the path rules in order of precedence.
	paths    []pathRule
	sitemaps []string
	delay    time.Duration
	// served reports whether there is a file.
	served bool
	// malformed reports whether the file has lines that could not be understood.
	malformed bool
}

// allow reports whether the address may be read.
func (r rules) allow(u *url.URL) bool {
	address := escapePath(u.RequestURI())
	for _, rule := range r.paths {
		if rule.matches(address) {
			return rule.allow
		}
	}
	return true
}

// readRobots fetches and reads the robots.txt for the address. One that does not exist
// allows everything; when the host can't answer at the moment, the error is temporary.
func (s *crawl) readRobots(ctx context.Context, u *url.URL) (rules, error) {
	address := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	got, err := s.crawler.follow(ctx, s.newVisit(), request{
		address: address, purpose: forRobots, limit: maxRobots, cut: true,
		acquire: s.request.Acquire, cookies: s.cookies,
	}, nil)
	if err != nil {
		var failure *onboarding.Failure
		if errors.As(err, &failure) &&
			(failure.Code == onboarding.FailureTooManyRedirects || failure.Code == onboarding.FailureRedirectForbidden) {
			return rules{}, nil // unreachable by redirects counts as absent (RFC 9309, section 2.3.1.2)
		}
		return rules{}, err
	}
	err = statusError(got)
	var failure *onboarding.Failure
	switch {
	case err == nil:
		found := parseRobots(got.body)
		found.served = true
		return found, nil
	case errors.As(err, &failure) && got.status >= 400 && got.status <= 499:
		return rules{}, nil
	}
	return rules{}, err
}

// maxRobotsLine is the longest line of a robots.txt that is read, in bytes: no
// requested address is longer.
const maxRobotsLine = 2 << 10

// robotsGroup holds the rules of the groups for one agent. Groups for the same
// agent add up (RFC 9309, section 2.2.1).
type robotsGroup struct {
	present bool
	paths   []pathRule
	delay   time.Duration
}

// robotsFile is the state of parsing one robots.txt.
type robotsFile struct {
	own, all robotsGroup
	// current are the groups that the next rule belongs to. named reports whether a
	// user-agent line came before, closed whether a rule followed it: the next
	// user-agent line starts another group.
	current       []*robotsGroup
	named, closed bool
	found         rules
}

// parseRobots returns the rules for this crawler, or those for "*" when the file does not
// name it (RFC 9309). It skips lines that it can't understand; a file that is not a
// robots.txt allows everything.
func parseRobots(body []byte) rules {
	var file robotsFile
	text := strings.ReplaceAll(strings.TrimPrefix(string(body), "\uFEFF"), "\r", "\n")
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) > maxRobotsLine {
			file.found.malformed = true
			continue
		}
		line, _, _ = strings.Cut(line, "#")
		key, value, _ := strings.Cut(line, ":")
		file.line(strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value))
	}
	group := file.all
	if file.own.present {
		group = file.own
	}
	// The longest match wins; of equal ones, allow wins.
	slices.SortStableFunc(group.paths, func(a, b pathRule) int {
		if order := cmp.Compare(b.length, a.length); order != 0 || a.allow == b.allow {
			return order
		}
		if a.allow {
			return -1
		}
		return 1
	})
	file.found.paths, file.found.delay = group.paths, group.delay
	return file.found
}

func (f *robotsFile) line(key, value string) {
	switch key {
	case "user-agent":
		f.group(value)
	case "allow", "disallow":
		f.found.malformed = f.found.malformed || !f.named
		f.closed = true
		for _, group := range f.current {
			if value != "" {
				group.paths = append(group.paths, newPathRule(value, key == "allow"))
			}
		}
	case "crawl-delay":
		seconds, err := strconv.ParseFloat(value, 64)
		f.found.malformed = f.found.malformed || !f.named || err != nil
		for _, group := range f.current {
			if err == nil && seconds > 0 {
				group.delay = time.Duration(min(seconds, maxCrawlDelay.Seconds()) * float64(time.Second))
			}
		}
	case "sitemap":
		if value != "" {
			f.found.sitemaps = append(f.found.sitemaps, value)
		}
	}
}

// group starts or extends the group of an agent. Names are compared without case and
// up to a slash or space.
func (f *robotsFile) group(named string) {
	if f.closed {
		f.current, f.closed = nil, false
	}
	f.named = true
	name, _, _ := strings.Cut(named, "/")
	name, _, _ = strings.Cut(name, " ")
	switch {
	case name == "*":
		f.join(&f.all)
	case strings.EqualFold(name, agent):
		f.join(&f.own)
	}
}

func (f *robotsFile) join(group *robotsGroup) {
	group.present = true
	if !slices.Contains(f.current, group) {
		f.current = append(f.current, group)
	}
}

// pathRule is one Allow or Disallow line.
type pathRule struct {
	allow bool
	// parts are the texts between the wildcards, the first one at the start of the
	// address; closed reports whether the last one must end it.
	parts  []string
	closed bool
	length int
}

// newPathRule parses a path in which "*" stands for any text and a final "$" for the
// end of the address (RFC 9309, section 2.2.3).
func newPathRule(path string, allow bool) pathRule {
	rule := pathRule{allow: allow, length: len(escapePath(path))}
	path, rule.closed = strings.CutSuffix(path, "$")
	for i, part := range strings.Split(path, "*") {
		if part = escapePath(part); part != "" || i == 0 {
			rule.parts = append(rule.parts, part)
		}
	}
	if strings.HasSuffix(path, "*") { // "*$" ends anywhere
		rule.closed = false
	}
	return rule
}

// matches reports whether the rule applies to an escaped address. The earliest match
// of each part leaves most for the next one, so that one pass is enough.
func (r pathRule) matches(address string) bool {
	last := len(r.parts) - 1
	rest, found := strings.CutPrefix(address, r.parts[0])
	for i := 1; found && i <= last; i++ {
		if i == last && r.closed {
			return strings.HasSuffix(rest, r.parts[i])
		}
		_, rest, found = strings.Cut(rest, r.parts[i])
	}
	return found && (last > 0 || !r.closed || rest == "")
}

// escapePath normalizes a path so that equal paths are equal strings (RFC 9309,
// section 2.2.2). It percent-encodes what is not printable ASCII and the characters
// with a meaning in rules, but neither letters, digits and "-._~" nor reserved
// characters that were not encoded.
func escapePath(path string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(path))
	for i := 0; i < len(path); i++ {
		c, encoded := path[i], false
		if c == '%' && i+2 < len(path) {
			if value, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil {
				c, encoded = byte(value), true
				i += 2
			}
		}
		switch {
		case unreserved(c), !encoded && c > ' ' && c < 0x7F && c != '%' && c != '*' && c != '$':
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// unreserved reports whether a character means the same encoded or not (RFC 3986,
// section 2.3).
func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
