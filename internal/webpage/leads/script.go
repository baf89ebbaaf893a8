package leads

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The patterns of scripts that go to another page. Scripts are not run: one counts only if
// it assigns one literal, whatever else is the case.
var (
	// assigned matches what sends the browser to another page. The literal, in one of three
	// kinds of quotes, is missing where something else is assigned.
	assigned = regexp.MustCompile(`(?:^|[^\w.$])(var\s+|let\s+|const\s+)?` +
		`(?:(?:window|document|top|self|parent|globalThis|this)\s*\.\s*)*` +
		`location\s*(?:(?:\.\s*(?:href|pathname)\s*)?=|\.\s*(?:replace|assign)\s*\()\s*(?:` +
		`"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|` + "`([^`$\\\\]*)`" + `)?` +
		`(\s*\)?[ \t]*(?:[;})\r\n"']|//|/\*))?`)
	// compared matches "location == x", which assigns nothing.
	compared = regexp.MustCompile(`location\s*(?:\.\s*\w+\s*)?={2,3}`)
	// otherParts are parts of an address that are assigned by themselves.
	otherParts = regexp.MustCompile(`\blocation\s*\.\s*(?:search|host|hostname|protocol|port)\s*=[^=]`)
	// bracketed matches window["location"]["href"].
	bracketed = regexp.MustCompile(`\[\s*["'](location|href|replace|assign)["']\s*\]`)
	// comments, and the marks that hid scripts from old browsers.
	comments = regexp.MustCompile(`(?m)^\s*//.*$|/\*(?s:.*?)\*/|<!--|-->|(?:<!\[CDATA\[|\]\]>)`)
	literals = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`)
	// wrapped matches the begin of a function that runs when the page is loaded, or after a while.
	wrapped = regexp.MustCompile(`(?:\bonload\s*=|\baddEventListener\s*\(\s*["'](?:load|DOMContentLoaded)["']\s*,|` +
		`\bsetTimeout\s*\(|(?:\$|\bjQuery)\s*\(\s*(?:document\s*\)\s*\.\s*ready\s*\()?|(?:^|[;{}\s])[(!+])\s*` +
		`(?:function\s*\w*\s*\(\s*\w*\s*\)|\(?\s*\w*\s*\)?\s*=>)`)
	// named matches the begin of a function with a name.
	named = regexp.MustCompile(`function\s+(\w+)\s*\(\s*\)`)
	// branches are what makes an assignment depend on something.
	branches = regexp.MustCompile(`\b(?:if|else|for|while|switch|case|function|return|catch|confirm|prompt)\b|=>|\?|&&|\|\|`)
	// scriptEscapes are those of strings.
	scriptEscapes = regexp.MustCompile(`\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)`)
)

// scriptTarget returns the address that the scripts of a page go to, if they assign exactly
// one and that is a literal.
func scriptTarget(scripts []string) (string, bool) {
	target, in, count := "", "", 0
	for _, script := range scripts {
		script = bracketed.ReplaceAllString(comments.ReplaceAllString(script, " "), ".$1") + "\n"
		count += len(otherParts.FindAllString(script, 2))
		for _, found := range assigned.FindAllStringSubmatch(compared.ReplaceAllString(script, ""), 3) {
			if strings.HasPrefix(found[1], "let") || strings.HasPrefix(found[1], "const") {
				continue // a variable of that name
			}
			count++
			target, in = "", ""
			if found[5] != "" {
				target, in = found[2]+found[3]+found[4], script
			}
		}
	}
	if count != 1 || target == "" || depends(in, scripts) {
		return "", false
	}
	return scriptEscapes.ReplaceAllStringFunc(target, unescapeScript), true
}

// depends reports whether a script does something only in some cases, or when it is asked to.
func depends(script string, scripts []string) bool {
	all := strings.Join(scripts, "\n")
	for _, found := range named.FindAllStringSubmatch(script, -1) {
		calls := regexp.MustCompile(`\b` + regexp.QuoteMeta(found[1]) + `\b`)
		if len(calls.FindAllString(all, 2)) == 2 {
			script = strings.Replace(script, found[0], "", 1)
		}
	}
	script = wrapped.ReplaceAllString(strings.TrimSpace(script), " ")
	return branches.MatchString(literals.ReplaceAllString(script, `""`))
}

// unescapeScript returns the character that an escape of a string stands for.
func unescapeScript(escape string) string {
	if slices.Contains([]byte{'u', 'x'}, escape[1]) && len(escape) > 2 {
		if code, err := strconv.ParseInt(escape[2:], 16, 32); err == nil {
			return string(rune(code))
		}
	}
	return escape[1:]
}
