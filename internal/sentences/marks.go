package sentences

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wideMarks end a sentence wherever they stand: the scripts that have them know no abbreviations with them.
const wideMarks = "。！？｡．।॥۔؟።፧။៕։"

// isMark reports whether r may end a sentence.
func (r *rules) isMark(c rune) bool {
	switch c {
	case '.', '!', '?', '…', '‼', '⁉', '⁈', '⁇':
		return true
	case ';':
		return r.greek
	}
	return c >= 0x500 && strings.ContainsRune(wideMarks, c)
}

// marksEnd returns where the marks that begin at i end; spaced points are one ellipsis.
func (r *rules) marksEnd(text string, i int) int {
	for i < len(text) {
		c, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r.isMark(c):
			i += size
		case strings.HasPrefix(text[i:], " .") && !strings.HasPrefix(text[i:], " ..") && spacedPoint(text, i+1):
			i += 2
		default:
			return i
		}
	}
	return i
}

// spacedPoint reports whether the point at i stands alone, as in "word . . . word".
func spacedPoint(text string, i int) bool {
	next, _ := utf8.DecodeRuneInString(text[i+1:])
	return !isWordRune(next)
}

// Last returns the mark at the end of a sentence, aside from what closes quotations and brackets and from emoji; 0 if
// there is none.
func Last(sentence string) rune {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRightFunc(sentence, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(closers, r) || closing(r) != 0 || unicode.Is(unicode.So, r) ||
			unicode.Is(unicode.Sk, r) || unicode.Is(unicode.Cf, r)
	}))
	if isWordRune(last) || last == utf8.RuneError {
		return 0
	}
	return last
}

// EndsSentence reports whether a mark ends a sentence in some language.
func EndsSentence(mark rune) bool { return strings.ContainsRune(".!?…"+wideMarks, mark) }

const (
	closers = ")]}\"'”’»›」』）】〉》"
	openers = "([{\"'“‘«‹„‚»「『（【〈《"
)

// closing returns the mark that opens what c closes in some languages only, 0 if c is no such mark: „ab“, »ab«.
func closing(c rune) rune {
	switch c {
	case '“':
		return '„'
	case '‘':
		return '‚'
	case '«':
		return '»'
	case '‹':
		return '›'
	}
	return 0
}

// closersEnd returns where the closing quotation marks, brackets and footnotes after a mark at i end, in a sentence
// that begins at start.
func closersEnd(text string, start, i int) int {
	for i < len(text) {
		c, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case strings.ContainsRune(closers, c), closing(c) != 0 && strings.ContainsRune(text[start:i], closing(c)):
			i += size
		case strings.HasPrefix(text[i:], " »") && !isWordRune(firstRune(text[i+len(" »"):])):
			i += len(" »")
		case strings.HasPrefix(text[i:], "[") && footnoteEnd(text, i) > i:
			i = footnoteEnd(text, i)
		default:
			return i
		}
	}
	return i
}

// footnoteEnd returns where a reference such as [1] ends, i if none begins there.
func footnoteEnd(text string, i int) int {
	length := strings.IndexByte(text[i:], ']')
	if length > 1 && isNumber(text[i+1:i+length]) {
		return i + length + 1
	}
	return i
}

// kind is how the text after a mark begins.
type kind int

const (
	none kind = iota
	lower
	upper
	digit
	// caseless is a letter of a script without capitals.
	caseless
)

// following is what follows a mark.
type following struct {
	kind kind
	// word is the first word, as written.
	word string
	// rest is the text from the word on.
	rest string
	// spaced reports whether white space stands before it, opened whether ¿ or ¡ does.
	spaced, opened bool
	// brand reports whether a small letter is that of a name such as iPhone or monday.com.
	brand bool
}

// after reads what follows at i: past white space, opening marks, dashes and symbols.
func after(text string, i int) following {
	var f following
	for i < len(text) {
		c, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case isWordRune(c):
			f.rest = text[i:]
			f.word = wordOf(f.rest)
			f.kind = kindOf(c)
			f.brand = f.kind == lower && (strings.ContainsFunc(f.word, unicode.IsUpper) || isHost(f.rest[len(f.word):]))
			return f
		case unicode.IsSpace(c):
			f.spaced = true
		case c == '¿' || c == '¡':
			f.opened = true
		}
		i += size
	}
	return f
}

// isHost reports whether the text after a word makes it a name with points in it.
func isHost(text string) bool {
	return strings.HasPrefix(text, ".") && unicode.IsLetter(firstRune(text[1:]))
}

func kindOf(c rune) kind {
	switch {
	case unicode.IsDigit(c):
		return digit
	case unicode.IsUpper(c) || unicode.IsTitle(c):
		return upper
	case unicode.IsLower(c):
		return lower
	}
	return caseless
}

// wordOf is the word that text begins with.
func wordOf(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool {
		return !isWordRune(r) && !unicode.IsMark(r) && r != '\'' && r != '’'
	})
	if end < 0 {
		return text
	}
	return text[:end]
}

// wordBefore is what stands before i, back to white space or an opening mark.
func wordBefore(text string, i int) string {
	start := strings.LastIndexFunc(text[:i], func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(openers+"¿¡/–—", r)
	})
	if start < 0 {
		return text[:i]
	}
	_, size := utf8.DecodeRuneInString(text[start:])
	return text[start+size : i]
}

// isEmoji reports whether r is a pictograph, not a bullet or check mark.
func isEmoji(r rune) bool {
	return r >= 0x1F300 && r <= 0x1FAFF || r >= 0x2600 && r <= 0x26FF && r != '★' && r != '☆' && r != '☎' ||
		slices.Contains([]rune{'❤', '✨', '⭐', '♥', '✌', '❣', '⚡'}, r)
}

// emoticonEnd returns where an emoticon such as :-) ends that begins at i, i if none does.
func emoticonEnd(text string, i int) int {
	eyes := text[i:]
	if eyes == "" || strings.IndexByte(":;=", eyes[0]) < 0 || i > 0 && text[i-1] != ' ' {
		return i
	}
	mouth := strings.TrimPrefix(eyes[1:], "-")
	if mouth == "" || strings.IndexByte(")D(P", mouth[0]) < 0 || len(mouth) > 1 && mouth[1] != ' ' {
		return i
	}
	return i + len(eyes) - len(mouth) + 1
}

// emojiEnd returns where emoji and emoticons end that begin at i or after a space there, i if none do.
func emojiEnd(text string, i int) int {
	end := i
	for at := i; at < len(text); {
		c, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case isEmoji(c) || at > i && (c == 0x200D || c == 0xFE0F):
			at += size
			end = at
		case emoticonEnd(text, at) > at:
			at = emoticonEnd(text, at)
			end = at
		case c == ' ':
			at++
		default:
			return end
		}
	}
	return end
}

func firstRune(text string) rune {
	r, _ := utf8.DecodeRuneInString(text)
	return r
}

func isUpper(r rune) bool { return unicode.IsUpper(r) }

// isNumber reports whether text consists of digits.
func isNumber(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

func increment(number string) string {
	n, _ := strconv.Atoi(number)
	return strconv.Itoa(n + 1)
}
