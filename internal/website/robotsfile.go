package website

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxRobotsLine is the longest line of a robots.txt that is read, in bytes: no
// address that is asked for is longer.
const maxRobotsLine = 2 << 10

// robotsGroup holds the rules of the groups for one agent. Groups for the same
// agent add up (RFC 9309, section 2.2.1).
type robotsGroup struct {
	present bool
	paths   []pathRule
	delay   time.Duration
}

// robotsFile is the state of reading one robots.txt.
type robotsFile struct {
	agent     string
	ours, all robotsGroup
	// current are the groups that the line belongs to, named tells that agents were
	// named before it, and closed that a rule followed them: the next agent begins
	// another group.
	current       []*robotsGroup
	named, closed bool
	found         rules
}

// parseRobots reads the rules for an agent, those for "*" when it is not named
// (RFC 9309). Lines that can't be understood are left out; a file that is no
// robots.txt at all allows everything.
func parseRobots(body []byte, agent string) rules {
	file := robotsFile{agent: agent}
	for line := range strings.FieldsFuncSeq(strings.TrimPrefix(string(body), "\uFEFF"), func(r rune) bool { return r == '\n' || r == '\r' }) {
		if len(line) > maxRobotsLine {
			file.found.malformed = true
			continue
		}
		line, _, _ = strings.Cut(line, "#")
		key, value, _ := strings.Cut(line, ":")
		file.line(strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value))
	}
	group := file.all
	if file.ours.present {
		group = file.ours
	}
	// The longest rule counts, of equal ones the one that allows.
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

// line reads one line.
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

// group notes that the rules that follow are for an agent. Names are compared
// without regard to case, and without what follows a slash or a space.
func (f *robotsFile) group(agent string) {
	if f.closed {
		f.current, f.closed = nil, false
	}
	f.named = true
	name, _, _ := strings.Cut(agent, "/")
	name, _, _ = strings.Cut(name, " ")
	switch {
	case name == "*":
		f.join(&f.all)
	case strings.EqualFold(name, f.agent):
		f.join(&f.ours)
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
	// parts are the texts between the wildcards, the first one at the beginning of
	// the address; closed tells that the last one ends it.
	parts  []string
	closed bool
	length int
}

// newPathRule reads a path in which "*" stands for any text and a last "$" for the
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

// matches tells whether the rule applies to an escaped address. The earliest place
// of each part leaves most for the next, so that one pass is enough.
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

// escapePath writes a path so that equal paths are equal texts (RFC 9309, section
// 2.2.2): what is not printable ASCII is percent-encoded, letters, digits and
// "-._~" are not, and neither is a reserved character that stands for itself. The
// characters that are special in rules are encoded.
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

// unreserved tells whether a character means the same encoded or not (RFC 3986,
// section 2.3).
func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
