package textstat

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// addressIn looks at the run of visible characters that begins at i and ends at token: an address, a mail address, a
// handle, a hashtag or a file name is in start to end, without the marks around it; start is end if it is none.
func addressIn(text string, i int) (start, end, token int) {
	token = i + strings.IndexFunc(text[i:], unicode.IsSpace)
	if token < i {
		token = len(text)
	}
	if !strings.ContainsAny(text[i:token], "@#./\\") {
		return i, i, token
	}
	start = i + len(text[i:token]) - len(strings.TrimLeft(text[i:token], ",;|([{<\"'“‘«‹„‚¿¡"))
	end = token
	if separator := strings.IndexAny(text[start:end], ",;|<>()"); separator > 0 &&
		!strings.Contains(text[start:end], "://") {
		end = start + separator
	}
	end = start + len(strings.TrimRight(text[start:end], ".,;:!?)]}>\"'”’»›“‘…–—*"))
	if bare := withoutPossessive(text[start:end]); bare != "" && (isAddress(bare) || isProgram(bare)) {
		return start, end, end
	}
	return i, i, token
}

func withoutPossessive(s string) string {
	return strings.TrimSuffix(strings.TrimSuffix(s, "'s"), "’s")
}

// addressWord is the word of what addressIn found.
func addressWord(text string, gap bool) Word {
	return Word{text: text, Lower: strings.ToLower(text), gap: gap, address: !isProgram(text)}
}

// isProgram reports whether s is a name of a program that looks like a file or a host: Node.js, ASP.NET.
func isProgram(s string) bool {
	name, js := strings.CutSuffix(s, ".js")
	if !js {
		var net bool
		if name, net = strings.CutSuffix(s, ".NET"); !net || len(name) > 3 {
			return false
		}
	}
	isOther := func(r rune) bool { return !isWordRune(r) }
	return name != "" && unicode.IsUpper(rune(name[0])) && !strings.ContainsFunc(name, isOther)
}

// isAddress reports whether a run of characters is an address, a handle, a hashtag, a path or a file name.
func isAddress(s string) bool {
	first, size := utf8.DecodeRuneInString(s)
	switch {
	case isWordRune(first) && strings.Contains(s, "://"), len(s) > 4 && strings.EqualFold(s[:4], "www."):
		return true
	case first == '@' || first == '#':
		return len(s) > 2 && strings.ContainsFunc(s, unicode.IsLetter) && isName(s[size:])
	case strings.Contains(s, "@"):
		name, host, _ := strings.Cut(strings.TrimPrefix(s, "mailto:"), "@")
		return name != "" && strings.Contains(host, ".") && isName(host)
	case isPath(s):
		return true
	}
	host := s
	if end := strings.IndexAny(s, "/?#"); end >= 0 {
		host = s[:end]
	}
	bare := strings.TrimRight(host, "0123456789")
	return isHostOrFile(strings.TrimSuffix(bare, ":"), len(host) < len(s)) || isHostOrFile(host, false)
}

// isName reports whether s consists of what handles and hosts are written with.
func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !isWordRune(r) && !unicode.IsMark(r) && !strings.ContainsRune("_.-:", r)
	})
}

// isPath reports whether s is the path of a file.
func isPath(s string) bool {
	rooted := slices.ContainsFunc([]string{"/", "./", "../", "~/"}, func(p string) bool { return strings.HasPrefix(s, p) })
	return rooted && strings.Count(s, "/") > 1 && strings.ContainsFunc(s, unicode.IsLetter) ||
		len(s) > 3 && s[1] == ':' && s[2] == '\\'
}

// isHostOrFile reports whether s is a host or a file by its ending.
func isHostOrFile(s string, hasPath bool) bool {
	dot := strings.LastIndexByte(s, '.')
	if dot < 2 || !isName(s) || !strings.ContainsFunc(s[:dot], unicode.IsLetter) {
		return false
	}
	ending := strings.ToLower(s[dot+1:])
	return endings[ending] || hasPath && len(ending) > 1 && !strings.ContainsFunc(ending, unicode.IsDigit)
}

// endings are those of hosts and files that no word of a sentence has after a point without a space.
var endings = NewWordSet(strings.Fields(`
	com net org info biz edu gov mil io dev app shop store online site blog cloud tech xyz eu
	de at ch fr es pl nl ru se dk fi cz sk hu uk ca jp cn kr br mx pt gr tr ua ro bg hr rs lt lv ee ie lu au nz za in ai tv
	example test local localhost
	pdf doc docx odt xls xlsx ods ppt pptx txt rtf csv tsv json xml yaml yml toml md log ini conf cfg sql db html htm php
	css js mjs ts tsx jsx py go rs rb java kt swift cpp hpp cs sh bat exe dll msi dmg apk zip gz tgz bz2 xz tar rar iso
	jpg jpeg png gif svg webp bmp tiff ico mp3 mp4 m4a wav ogg flac mov avi mkv webm psd eps epub mobi ttf woff
`))

// asciiEnd returns where the run of visible ASCII that text begins with ends.
func asciiEnd(text string) int {
	end := strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
	if end < 0 {
		return len(text)
	}
	return end
}
