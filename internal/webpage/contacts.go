package webpage

import (
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/figures"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// maxContacts is the most entries of each kind of contact.
const maxContacts = 10

var (
	emails = regexp.MustCompile(
		`[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}`,
	)
	// phones matches numbers that are written as telephone numbers: international with a
	// plus sign, in the groups of a country, or behind a word that says so. Between two
	// groups stands one mark at most, so that a number that follows is not taken along.
	phones = []*regexp.Regexp{
		regexp.MustCompile(`(?:^|[^\w+])(\+\d{1,3}(?:` + phoneGap + `\(?\d{1,8}\)?){1,7})(?:$|[^\w@])`),
		regexp.MustCompile(
			`(?:^|[^\w.+-])(\(\d{3}\)[ .\-]?\d{3}[ .\-]\d{4}|\d{3}-\d{3}-\d{4}|\d{3}\.\d{3}\.\d{4}|` + // North America
				`0[1-9](?:[ .-]\d\d){4}|` + // France
				`\(\d\d\) ?9?[ .]?\d{4}-\d{4}` + // Brazil
				`)(?:$|[^\w-])`),
		regexp.MustCompile(
			`(?i)(?:^|[^\p{L}])(?:tel|telephone|phone|call us(?: at)?|mobile?|cell|fax|whatsapp|telefon|handy|mobil|rufnummer|tél|téléphone|portable|teléfono|móvil|celular|` +
				`telefone|telemóvel|telefono|cellulare|cell|telefoon|тел|телефон|電話|هاتف)\.?\s*[:：]?\s*((?:\+|00|\()?\d{1,6}\)?(?:` + phoneGap + `\(?\d{1,8}\)?){1,7})(?:$|[^\w@])`,
		),
	}
	// nationalPhones are groups of digits that are numbers of a telephone only on pages in
	// the language.
	nationalPhones = map[string]*regexp.Regexp{
		"es": regexp.MustCompile(`(?:^|[^\w.+-])([6789]\d\d[ .]\d{3}[ .]\d{3}|[6789]\d\d(?:[ .]\d\d){3})(?:$|[^\w-])`),
		"it": regexp.MustCompile(`(?:^|[^\w.+-])(3\d\d[ .]\d{3}[ .]\d{3,4})(?:$|[^\w-])`),
	}
	// lastDigit is a single digit behind a space at the end of a long number: it belongs to
	// what follows.
	lastDigit = regexp.MustCompile(`^(.*\d{2})[ \x{00A0}]\d$`)
	// fileNames are endings that make an address-like text the name of a file.
	fileNames = regexp.MustCompile(`(?i)\.(png|jpe?g|gif|webp|svg|css|js|avif|ico|pdf|mp4)$`)
	// examples are addresses that templates show and forms suggest.
	examples = regexp.MustCompile(`(?i)@(?:[a-z0-9-]+\.)*(?:ex[ae]mple|ejemplo|exemplo|esempio|beispiel|voorbeeld|domain|yourdomain|your-domain|` +
		`mydomain|yoursite|yourcompany|yourwebsite|company|website|email|mail|entreprise|empresa|azienda|firma|muster|test|sentry|wixpress|sentry-next)\.[a-z.]+$|` +
		`^(?:your|yourname|your[._-]?e?mail|name|you|vous|votre|votre[._-]?email|nom|prenom|tu|tucorreo|tu[._-]?email|correo|nombre|ihre|ihre[._-]?email|deine|max\.mustermann|` +
		`mustermann|mario\.rossi|la-?tua-?email|tuaemail|nome|seu|seuemail|seu[._-]?email|john\.?doe|jane\.?doe|user|username|someone)@`)
	// makers matches the words before who made a page.
	makers = regexp.MustCompile(`(?i)(?:web ?-?design|design(?:ed)?|site|website|webseite|made|powered|built|developed|created|hosted|hosting|umsetzung|gestaltung|realisierung|` +
		`mit unterstützung|réalis(?:é|ation)|conçu|création|diseñ(?:o|ado)|desarrollad[oa]|realizzat[oa]|realizzazione|sviluppat[oa]|desenvolvid[oa]|criad[oa]|feito|erstellt|créé)` +
		`(?:(?:\s+\pL+){0,2}\s*(?:by|von|durch|par|por|da|di|with|:)?\s*|` +
		`\s+(?:by|von|durch|par|por|da|di)\s.{2,50}[,;–(|·-]\s*(?:kontakt|conta[ct]to?|contact|e-?mail|mail)\s*:?\s*)$`) // "by A. Smith, contact: "
)

// city matches the name of a town: words with a capital, short ones between them.
const city = `\p{Lu}[\pL'’]+(?:[ -](?:\p{Ll}{1,4}[ -])?\p{Lu}[\pL'’]+){0,3}`

// addresses match postal addresses in running text: a street with its number, then a code
// and a town, as in Europe, and a town with its state and code, as in North America.
var addresses = []*regexp.Regexp{
	regexp.MustCompile(`(\p{Lu}[\pL.'’ -]{3,40}?,? ?\d{1,4} ?[a-zA-Z]?[,–|· -]{1,4}(?:[A-Z]{1,2}-)?(?:\d{5}|[13-9]\d{3}) ` + city + `)`),
	regexp.MustCompile(`(\d{1,4}(?: ?bis| ?ter)?,? \pL[\pL.'’ -]{3,40}?[,–|· -]{1,4}\d{5} ` + city + `)`),
	regexp.MustCompile(`(` + city + `, ?(?:[A-Z]{2}|Ontario|Quebec|Québec|British Columbia|Alberta|Manitoba)[, ]{1,2}` +
		`(?:\d{5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d))(?:$|[^\w-])`),
	regexp.MustCompile(`(` + city + ` ?[-/,–] ?(?:AC|AL|AM|AP|BA|CE|DF|ES|GO|MA|MG|MS|MT|PA|PB|PE|PI|PR|RJ|RN|RO|RR|RS|SC|SE|SP|TO)` +
		`[, ·-]{1,3}(?:CEP:? ?)?\d{5}-?\d{3})`),
}

// invented matches the addresses of templates.
var invented = regexp.MustCompile(`(?i)muster|beispiel|anytown|your city|12345|lorem|sample street|example`)

const (
	// The least and the most digits of a telephone number (ITU E.164).
	minPhoneDigits, maxPhoneDigits = 7, 15
	// phoneReach is how far before the digits the words stand that say what they are, in bytes.
	phoneReach = 48
)

// phoneGap is what may stand between two groups of digits.
const phoneGap = `(?:[ .\-/\x{00A0}]| [-–/] |\) ?)?`

// readContacts gathers the ways to reach the owner from links, structured data,
// address elements and the visible text.
func readContacts(page *onboarding.Page, doc *document) {
	visible := ends(fold(nodeText(doc.root)))
	c := &page.Contacts
	credited := map[string]bool{}
	for _, link := range doc.links {
		scheme, _, _ := strings.Cut(strings.TrimSpace(link.ref), ":")
		switch {
		case link.DataAtom != atom.A, !strings.EqualFold(scheme, "mailto") && !strings.EqualFold(scheme, "tel"):
		case isCredit(link.Node):
			credited[emailIn(link.ref)] = true
		default:
			addLinkContact(c, link.ref)
		}
	}
	for _, t := range doc.things {
		addThingContact(c, t, 0)
	}
	addEmails(c, visible)
	c.Emails = slices.DeleteFunc(c.Emails, func(email string) bool { return credited[email] })
	apart := strings.ReplaceAll(figures.Around(visible, minPhoneDigits, phoneReach), "+", "  +") // numbers may touch
	patterns := slices.Clone(phones)
	if national := nationalPhones[page.Lang[:min(2, len(page.Lang))]]; national != nil {
		patterns = append(patterns, national)
	}
	for _, pattern := range patterns {
		for number := range numbersIn(apart, pattern) {
			addPhone(c, number)
		}
	}
	for _, e := range doc.elements {
		if e.DataAtom == atom.Address || dom.GetAttribute(e.Node, "itemprop") == "address" {
			addAddress(c, labelText(e.Node, maxTitle))
		}
	}
	addWritten(c, aroundCodes(visible))
}

// numbersIn yields what the pattern's group matches. Two numbers may share the mark between them.
func numbersIn(text string, pattern *regexp.Regexp) iter.Seq[string] {
	return func(yield func(string) bool) {
		for from := 0; ; {
			match := pattern.FindStringSubmatchIndex(text[from:])
			if len(match) < 4 || !yield(text[from+match[2]:from+match[3]]) {
				return
			}
			from += match[3]
		}
	}
}

// isCredit reports whether a link stands behind words that credit who made the page.
func isCredit(n *html.Node) bool {
	before := ""
	for prev := n.PrevSibling; prev != nil && len(before) < maxLinkText; prev = prev.PrevSibling {
		before = nodeText(prev) + before
	}
	before = fold(before)
	return makers.MatchString(before[max(0, len(before)-maxLinkText):])
}

// emailIn is the address of a mailto link, in lower case, or "".
func emailIn(href string) string {
	if rest, found := strings.CutPrefix(strings.ToLower(strings.TrimSpace(Cut(href, maxLinkText))), "mailto:"); found {
		return emails.FindString(rest)
	}
	return ""
}

// addWritten adds the addresses that stand in running text.
func addWritten(c *onboarding.Contacts, visible string) {
	for _, pattern := range addresses {
		for _, match := range pattern.FindAllStringSubmatch(visible, maxContacts) {
			if !invented.MatchString(match[1]) {
				addAddress(c, strings.TrimSpace(afterTown.ReplaceAllString(match[1], "")))
			}
		}
	}
}

// aroundCodes returns the parts of a text that hold a number like a postal code, each with room for an address.
func aroundCodes(text string) string {
	const before, after = 200, 120
	parts := figures.Excerpts{Text: text}
	for start, end := range figures.Runs(text) {
		if isPostalCode(text, start, end) {
			parts.Add(start-before, end+after)
		}
	}
	return parts.String()
}

// isPostalCode reports whether the digits from start to end may be (part of) a postal code as addresses match it:
// four digits only with a street number before and a name behind them.
func isPostalCode(text string, start, end int) bool {
	const nearStreet = 20
	switch end - start {
	case 1: // Canada
		return start > 0 && isCapital(text[start-1]) && end < len(text) && isCapital(text[end])
	case 4:
		return text[start] != '0' && text[start] != '2' && end+1 < len(text) && text[end] == ' ' && text[end+1] >= 'A' &&
			strings.ContainsAny(text[max(0, start-nearStreet):start], "0123456789")
	case 5, 8:
		return true
	}
	return false
}

func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }

// afterTown is what often follows a town without a mark between.
var afterTown = regexp.MustCompile(` (?:Tel|Telefon|Tél|Phone|Mobil|Fax|E-Mail|Email|Kontakt|Copyright|Impressum|P|T|M)$`)

// maxContactText is how much of each end of a page's text is searched for contacts.
const maxContactText = 100_000

// ends returns the beginning and the end of a long text.
func ends(text string) string {
	if len(text) <= 2*maxContactText {
		return text
	}
	return Cut(text, maxContactText) + " " + strings.ToValidUTF8(text[len(text)-maxContactText:], "")
}

// addEmails adds the mail addresses in text, looking only around each at sign.
func addEmails(c *onboarding.Contacts, text string) {
	for from := 0; len(c.Emails) < maxContacts; {
		at := strings.IndexByte(text[from:], '@')
		if at < 0 {
			return
		}
		at += from
		addEmail(c, emails.FindString(text[max(from, at-64):min(len(text), at+120)]))
		from = at + 1
	}
}

// addLinkContact adds what a mailto or tel link names.
func addLinkContact(c *onboarding.Contacts, href string) {
	scheme, rest, found := strings.Cut(strings.TrimSpace(Cut(href, maxLinkText)), ":")
	if !found {
		return
	}
	rest, _, _ = strings.Cut(rest, "?")
	if plain, err := url.PathUnescape(rest); err == nil {
		rest = plain
	}
	switch strings.ToLower(scheme) {
	case "mailto":
		addEmail(c, emails.FindString(rest))
	case "tel":
		addPhone(c, rest)
	}
}

// addThingContact adds what a JSON-LD object and the objects in it name.
func addThingContact(c *onboarding.Contacts, t thing, depth int) {
	addEmail(c, emails.FindString(t.text("email", maxLinkText)))
	for _, phone := range t.texts("telephone", 40) {
		addPhone(c, phone)
	}
	if written := t.text("address", maxTitle); written != "" {
		addAddress(c, written)
	}
	if place := t.part("address"); place != nil {
		addAddress(c, postal(place))
	}
	if depth > 2 {
		return
	}
	for _, key := range []string{"contactPoint", "publisher", "location", "author", "department"} {
		if part := t.part(key); part != nil {
			addThingContact(c, part, depth+1)
		}
	}
}

// postal writes a schema.org PostalAddress in one line.
func postal(place thing) string {
	var parts []string
	for _, key := range []string{
		"streetAddress", "postOfficeBoxNumber", "addressLocality", "addressRegion", "postalCode",
		"addressCountry",
	} {
		part := place.text(key, 120)
		if country := place.part(key); part == "" && country != nil {
			part = country.text("name", 120)
		}
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

func addEmail(c *onboarding.Contacts, email string) {
	email = strings.ToLower(email)
	if email != "" && !fileNames.MatchString(email) && !strings.Contains(email, "..") && !examples.MatchString(email) {
		c.Emails = addNew(c.Emails, email, strings.ToLower)
	}
}

// addPhone adds a number as it is written.
func addPhone(c *onboarding.Contacts, phone string) {
	phone = strings.Trim(foldCut(phone, 40), " .-/")
	if len(digits(phone)) > 9 {
		phone = lastDigit.ReplaceAllString(phone, "$1")
	}
	if strings.Count(phone, "(") != strings.Count(phone, ")") {
		phone = strings.Trim(strings.NewReplacer("(", "", ")", "").Replace(phone), " ")
	}
	count := len(digits(phone))
	known := slices.ContainsFunc(c.Phones, func(old string) bool { return samePhone(old, phone) })
	if !known && count >= minPhoneDigits && count <= maxPhoneDigits && !isInvented(digits(phone)) {
		c.Phones = addNew(c.Phones, phone, nationalDigits)
	}
}

// samePhone reports whether two numbers end in the same eight digits: one may have a zero between the codes of country
// and area.
func samePhone(a, b string) bool {
	const same = 8
	x, y := digits(a), digits(b)
	return len(x) >= same && len(y) >= same && x[len(x)-same:] == y[len(y)-same:]
}

// isInvented reports whether digits are those of a template: in order or all the same.
func isInvented(digits string) bool {
	inOrder, same := 0, 0
	for i := 1; i < len(digits); i++ {
		switch digits[i] {
		case digits[i-1] + 1:
			inOrder++
		case digits[i-1]:
			same++
		}
	}
	return strings.Contains(digits, "1234567") || inOrder >= 6 || same >= 6
}

// nationalDigits are the digits of a number without the zeros that stand before an area
// code or for the plus sign.
func nationalDigits(phone string) string {
	return strings.TrimLeft(digits(strings.ReplaceAll(phone, "(0)", "")), "0")
}

func addAddress(c *onboarding.Contacts, address string) {
	if len(address) >= 8 && Words(address) >= 2 && strings.ContainsFunc(address, unicode.IsDigit) {
		c.Addresses = addNew(c.Addresses, address, letters)
	}
}

// addNew appends value unless the list is full or has one with the same key; of two
// numbers that end alike the first stays.
func addNew(list []string, value string, key func(string) string) []string {
	k := key(value)
	known := slices.ContainsFunc(list, func(old string) bool {
		o := key(old)
		return k == o || len(k) > 6 && (strings.HasSuffix(o, k) || strings.HasSuffix(k, o))
	})
	if known || len(list) >= maxContacts {
		return list
	}
	return append(list, value)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
