package sentences

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ends reports whether the marks from i to end, closed until closed, end the sentence before what follows.
func (c *cutter) ends(i, end, closed int, next following) bool {
	marks, word := c.text[i:end], wordBefore(c.text, i)
	switch first := firstRune(marks); {
	case next.kind == none:
		return false // the text ends here
	case strings.ContainsRune(wideMarks, first):
		return closed == end || next.spaced || !unicode.Is(unicode.Hiragana, firstRune(next.rest))
	case isBracketed(c.text, i, end):
		return false // [...], (!)
	case !next.spaced && !glued(c.text, word, closed, next):
		return false
	case next.brand:
		return !c.isAbbreviation(word)
	case next.opened:
		return !c.rules.isTitle(word)
	case first == '…' || strings.Count(marks, ".") > 1:
		return next.kind == upper && (!c.rules.english || !isI(next.word))
	case next.kind == lower:
		return c.writesSmall() && utf8.RuneCountInString(word) > 1 && !c.isAbbreviation(word)
	case strings.Trim(marks, ".") != "":
		return next.kind != upper || c.rules.starts(next.word) || !c.names[strings.ToLower(word)+marks]
	}
	return c.stopEnds(i, word, next)
}

// isBracketed reports whether the marks stand alone in brackets.
func isBracketed(text string, i, end int) bool {
	return i > 0 && end < len(text) && strings.IndexByte("([", text[i-1]) >= 0 && strings.IndexByte(")]", text[end]) >= 0
}

// isI reports whether a word is the English pronoun, whose capital says nothing.
func isI(word string) bool {
	return word == "I" || strings.HasPrefix(word, "I'") || strings.HasPrefix(word, "I’")
}

// writesSmall reports whether the sentence begins with a small letter: its writer uses no capitals.
func (c *cutter) writesSmall() bool { return after(c.text, c.start).kind == lower }

// isAbbreviation reports whether a point after the word is part of it.
func (c *cutter) isAbbreviation(word string) bool {
	w := strings.ToLower(word)
	return c.rules.isTitle(word) || c.rules.never[w] || c.rules.abbreviations[w] || c.rules.numbered[w] ||
		isLetter(w) || strings.Contains(w, ".")
}

// isLetter reports whether a word is a single letter.
func isLetter(word string) bool {
	r, size := utf8.DecodeRuneInString(word)
	return size == len(word) && unicode.IsLetter(r)
}

// glued reports whether a sentence ends at a mark without a space after it: before a capital word, and not inside an
// address, a file name or code.
func glued(text, word string, closed int, next following) bool {
	second, _ := utf8.DecodeRuneInString(next.word[len(string(firstRune(next.word))):])
	if next.kind != upper || closed+len(next.rest) != len(text) ||
		!unicode.IsLower(second) && !isI(next.word) && next.word != "A" {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(word)
	token := wordBefore(text, closed) + next.rest[:tokenEnd(next.rest)]
	switch {
	case !unicode.IsLower(before) && !unicode.IsDigit(before), strings.Contains(word, "."),
		strings.ContainsAny(token, "@_\\") || strings.Contains(token, "://") || strings.HasPrefix(token, "www."):
		return false
	case slices.Contains(extensions, strings.ToLower(next.word)):
		return false
	}
	rest := next.rest[len(next.word):]
	return !strings.HasPrefix(rest, "(") && !isHost(rest)
}

func tokenEnd(text string) int {
	if end := strings.IndexFunc(text, unicode.IsSpace); end >= 0 {
		return end
	}
	return len(text)
}

// extensions end names of hosts and files that some write with a capital.
var extensions = strings.Fields(
	"com net org de io js ts py go pdf doc docx txt html htm php jpg png csv xls xlsx zip exe")

// stopEnds reports whether a single point after the word ends the sentence. What follows is a capital, a number or a
// letter without case.
func (c *cutter) stopEnds(i int, word string, next following) bool {
	w, starts := strings.ToLower(word), c.rules.starts(next.word)
	switch joined := c.joined(i, w); {
	case len(w) <= 3+2*strings.Count(w, ".") && c.isItem(i, word):
		return false
	case isNumeric(w):
		return !c.rules.ordinals || starts || strings.ContainsAny(w, ",:") || isNumber(w) && len(w) > 3 ||
			c.afterCardinal(i-len(word)) && !slices.Contains(months, strings.ToLower(next.word))
	case c.rules.ordinals && isRoman(word):
		return starts
	case next.kind == digit && (c.rules.numbered[w] || c.rules.abbreviations[w] || strings.HasSuffix(w, "str")):
		return false
	case c.rules.isTitle(word), c.rules.never[w], c.rules.never[joined]:
		return false
	case c.rules.final[w], c.rules.final[joined]:
		return true
	case w == "a.m" || w == "p.m":
		return c.timeEnds(i, next)
	case isLetter(w):
		isUnit := !c.rules.nounsCapital && unicode.IsLower(firstRune(word)) && c.afterNumber(i-len(word))
		return isUnit || starts && (unicode.IsLower(firstRune(word)) || c.afterSmall(i-len(word)))
	case strings.Contains(w, "."), c.rules.abbreviations[w]:
		return starts || next.kind == caseless
	}
	return true
}

// joined is a single letter with the letter before it that has a point too: "z. B" is z.b.
func (c *cutter) joined(i int, w string) string {
	before := strings.TrimRight(c.text[:i-min(i, len(lastToken(c.text[:i])))], " ")
	letters := strings.ToLower(lastToken(strings.TrimSuffix(before, ".")))
	if isLetter(w) && strings.HasSuffix(before, ".") &&
		(isLetter(letters) || strings.Contains(letters, ".")) {
		return letters + "." + w
	}
	return w
}

func lastToken(text string) string { return text[strings.LastIndexByte(text, ' ')+1:] }

// afterSmall reports whether the word before i begins with a small letter: "vitamin C", not "John F".
func (c *cutter) afterSmall(i int) bool {
	before := strings.TrimRight(c.text[:i], " ")
	return unicode.IsLower(firstRune(lastToken(before)))
}

// isNumeric reports whether a word is a number, a time, a price or a date. In languages with ordinals only a time, a
// price or a year surely ends a sentence.
func isNumeric(w string) bool {
	last, _ := utf8.DecodeLastRuneInString(w)
	return unicode.IsDigit(last) && strings.IndexFunc(w, unicode.IsLetter) < 0
}

// isItem reports whether the word before i is all of the sentence so far and may be the number or letter of an item.
func (c *cutter) isItem(i int, word string) bool {
	isAll := strings.TrimLeftFunc(c.text[c.start:i], func(r rune) bool { return !isWordRune(r) }) == word
	return isAll && (strings.Trim(word, "0123456789.") == "" || isLetter(word))
}

// afterNumber reports whether the word before i is a number.
func (c *cutter) afterNumber(i int) bool {
	return isNumeric(lastToken(strings.TrimRight(c.text[:i], " ")))
}

// afterCardinal reports whether the word before i shows that a number after it counts something or is a time.
func (c *cutter) afterCardinal(i int) bool {
	before := strings.ToLower(strings.Trim(lastToken(strings.TrimRight(c.text[:i], " ")), ".("))
	return c.rules.cardinal[before]
}

// months are those that have a capital after an ordinal: the German ones, and by mistake the Scandinavian.
var months = strings.Fields("januar jänner februar märz april mai juni juli august september oktober november " +
	"dezember " +
	"marts mars maj december desember")

// isRoman reports whether a word is a Roman number.
func isRoman(word string) bool { return word != "" && strings.Trim(word, "IVX") == "" }

// timeEnds reports whether a.m. or p.m. ends the sentence: not before a day, a month or a time zone, and not in a time
// that begins the sentence.
func (c *cutter) timeEnds(i int, next following) bool {
	zone := strings.ToUpper(next.word) == next.word && len(next.word) > 1 && len(next.word) < 5
	return len(strings.Fields(c.text[c.start:i])) > 3 && (next.kind != upper || !zone) &&
		!slices.Contains(afterTime, strings.ToLower(next.word))
}

// afterTime are the words that belong to a time before them.
var afterTime = strings.Fields("monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays " +
	"thursdays fridays saturdays sundays january february march april may june july august september october november " +
	"december eastern pacific central mountain greenwich")
