package webpage

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits of what is judged as a consent box.
const (
	// maxBoxes is how many elements of a page are judged.
	maxBoxes = 60
	// maxBoxText is how many bytes of the text of an element are read.
	maxBoxText = 4000
	// longBox is more than boxes without a name say; longNotice more than those without
	// a button to answer say.
	longBox    = 3000
	longNotice = 1000
	// maxBoxDepth is how far around its text the button of a box is looked for.
	maxBoxDepth = 6
)

// consentTools begin the classes and ids of consent tools, without marks and capitals.
var consentTools = prefixes(`amgdprcookie appconsent axeptio bemycookie borlabscookie brlbs catapultcookie cccmodule
	ccm19 ccmroot ccmmodal ccmwidget ccrevoke ccwindow cckwindow ccbanner civiccookie ckyconsent ckymodal ckyoverlay
	ckyprefer ckybtn climodal clibar clisettings clipopup cmplzblocked cmplzconsent cmplzcookiebanner cmplzmanage cmpbox
	coimodal coioverlay coibanner cookiebotwidget cookiefirst cookielawinfo cookieman
	cookiescriptinjected cookieyes cybotcookiebot didomi ensmodal ensnotify eucookie eupopup evidon fccconsent fcconsent
	fidesbanner fidesoverlay fidesmodal fscc gdprcookie gravito hseucookie iubendacs iubcs iqitcookie ketch klaro
	lgcookieslaw metomic moovegdpr onetrust optanon osanocm peacook ppmscm qccmp realcookiebanner rcbbanner sdcmp
	secureprivacy shopifypc slidingpopup spmessage sqscookie tarteaucitron tcprivacy termlyconsent truste trustarc
	trustcommander ucbanner ucembedding usercentrics waconcookie wscrcookie wtcli`)

var (
	// consentNames are parts of the names of consent boxes, and of cookies to eat.
	consentNames = []string{"cookie", "consent", "gdpr", "dsgvo", "rgpd", "ccpa", "lgpd", "privacy"}
	// boxNames say, in a name with one of those, that it is a box.
	boxNames = regexp.MustCompile(`bann|bar\b|notice|notif|law|popup|modal|messag|msg|alert|overlay|warning|hint|hinweis|` +
		`disclaimer|dialog|complian|info|box|layer|wall|consent|manage|permission|accept|opt-?(in|out)|prompt|toast|` +
		`bandeau|avis|avviso|melding|komunikat`)
	// documentNames say that it is a text about cookies.
	documentNames = regexp.MustCompile(`policy|policies|declaration|statement|document|richtlinie|erkl|politi|polityk|beleid`)

	// cookieWords begin the words for what every consent box speaks of.
	cookieWords = prefixes(`cookie kakor куки ciastec`)
	// useWords begin, close to one of those, what says that the site uses them.
	useWords = prefixes(`use using usage verwend nutz benutz setz einsatz speicher utilis utiliz usa uso usiamo almacen
		armazen gebruik plaats używ korzyst wykorzyst stosuj zapis använd lagra использ применя сохраня`)
	// purposeWords begin, behind one of those, what the site uses them for.
	purposeWords = prefixes(`improve ensure enhance personali analy provide help deliver understand`)
	// consentWords begin words of questions for consent, in ten languages.
	consentWords = prefixes(`consent privacy withdraw tracking browsing accept reject decline refus preference analytics
		personali einwillig datenschutz akzeptier ablehn zustimm einverstanden personenbezogen drittanbieter widerruf
		essenziell confidentialit traceur partenaire paramétr audience privacidad acepta rechaz tercero navegación
		consens accett rifiut terze navigazione aceit rejeit recus navegação preferência toestemming akkoord weiger
		persoonsgegevens derden voorkeur zgod prywatno akcept odrzuc osobow samtyck integritet godkänn avvisa
		personuppgift соглас соглаш конфиденциальн отклон персональн принима приня обработк`)
	// implies matches the sentence that who reads on agrees.
	implies = regexp.MustCompile(`(?i)(^|\P{L})(by (continu|us|brows|visit|access|navigat)\p{L}+|` +
		`(if you )?continue (to|using|brows)|` +
		`(mit|durch) (der|die|dem) (weiteren? )?(nutz|besuch|verwend)\p{L}+|weitersurf|wenn sie (weiter|fortfahren)|` +
		`en (poursuivant|continuant|navigant)|si (continúa|continua|sigue)|al (continuar|navegar|utilizar)|` +
		`(proseguendo|continuando|navigando)|ao (continuar|navegar|utilizar)|door (verder|gebruik|deze|onze)|` +
		`(dalsze |pozostając|kontynuując)|genom att|продолжая|используя)`)
	// answers matches what the buttons of consent boxes say: words of an answer, or nothing
	// but a word that closes the box.
	answers = regexp.MustCompile(`(?i)(^|\P{L})(accept|agree(\P{L}|$)|allow|reject|decline|deny|got it|ok(ay)?(\P{L}|$)|` +
		`understood|i understand|fine (with|by)|that.s fine|only (necess|essent)|` +
		`save (my |and |your )?(choices|preferences|settings|selection)|akzept|annehm|zulass|erlaub|zustimm|stimme|` +
		`einverstanden|verstanden|ablehn|nur (notw|ess|techn)|auswahl (speich|best|erl)|refuser|j.ai compris|d.accord|` +
		`autoriser|aceptar|acepto|rechaz|denegar|entendido|de acuerdo|permitir|accett|rifiut|ho capito|acconsento|` +
		`aceit|rejeit|recus|entendi|concord(o|ar)|akkoord|weiger|begrepen|toestaan|akcept|zaakcept|zgadzam|zgoda|odrzu|` +
		`rozumiem|zezw|godkänn|avvisa|neka|förstår|tillåt|приня|принима|согласен|согласна|соглашаюсь|отклон|понятно|` +
		`разреш)|^\P{L}*(continue|dismiss|close|weiter|schließen|fermer|cerrar|chiudi|prosseguir|fechar|sluiten|zamknij|` +
		`przejdź do serwisu|stäng|хорошо|ок|закрыть)\P{L}*$`)
)

// stems are beginnings of words, by their first three bytes.
type stems map[string][]string

func prefixes(list string) stems {
	groups := stems{}
	for _, word := range strings.Fields(list) {
		groups[word[:3]] = append(groups[word[:3]], word)
	}
	return groups
}

// of returns the stem that the word begins with, "" if there is none.
func (s stems) of(word string) string {
	if len(word) < 3 {
		return ""
	}
	for _, stem := range s[word[:3]] {
		if strings.HasPrefix(word, stem) {
			return stem
		}
	}
	return ""
}

// dropConsent removes consent boxes: what consent tools add, and what says that the page
// uses cookies and asks for an answer. A text about cookies, of either sort, stays.
func dropConsent(root *html.Node) {
	c := consent{left: maxBoxes, judged: map[*html.Node]bool{}}
	c.walk(root, false)
	for _, text := range c.mentions {
		c.dropAround(text)
	}
}

// consent is the state of one call of dropConsent.
type consent struct {
	// left is how many more elements are judged.
	left int
	// mentions are the texts that speak of cookies.
	mentions []*html.Node
	// judged are the elements around mentions that are no boxes.
	judged map[*html.Node]bool
}

// walk removes the boxes that have the name of one, and notes the texts that may be in others.
func (c *consent) walk(n *html.Node, inText bool) {
	switch n.Type {
	case html.TextNode:
		if mentionsCookies(n.Data) && len(c.mentions) < maxBoxes {
			c.mentions = append(c.mentions, n)
		}
		return
	case html.ElementNode:
		inText = inText || n.DataAtom == atom.Main || n.DataAtom == atom.Article
		if !neverLabelled[n.DataAtom] && !silent[n.DataAtom] && c.isNamedBox(n, inText) {
			n.Parent.RemoveChild(n)
			return
		}
	}
	for child := n.FirstChild; child != nil; {
		next := child.NextSibling
		c.walk(child, inText)
		child = next
	}
}

// mentionsCookies reports quickly whether cookieNouns may match.
func mentionsCookies(s string) bool {
	return len(s) > 4 && (strings.Contains(s, "ookie") || strings.Contains(s, "OOKIE") || strings.Contains(s, "уки") ||
		strings.Contains(s, "akor") || strings.Contains(s, "iasteczk"))
}

// isNamedBox reports whether n has the name of a consent box and is one. inText reports
// whether it stands within the text of the page.
func (c *consent) isNamedBox(n *html.Node, inText bool) bool {
	name := consentName(n)
	if name == notConsent || c.left <= 0 || wraps(n) {
		return false
	}
	c.left--
	s := readStatement(n)
	switch {
	case name == consentTool:
		return s.cookies+s.words > 0
	case s.cookies+s.words == 0, s.cookies == 0 && name != consentBox:
		return false
	case name == consentBox && (s.uses || s.words > 0) && (len(s.text) < longNotice || !inText && len(s.text) < longBox):
		return true
	case name == consentWord && !inText && len(s.text) < longNotice && s.uses && s.words >= 2:
		return true
	}
	return (name == consentBox || len(s.text) < longBox) && s.asks() && s.answered()
}

// naming is what the names of an element say of it.
type naming int

const (
	notConsent naming = iota
	// consentTool is a part of a known tool.
	consentTool
	// consentBox is "cookie-banner" and the like.
	consentBox
	// consentWord is "cookies" or "consent", without a word for a box.
	consentWord
	// consentText is "cookie-policy" and the like.
	consentText
)

func consentName(n *html.Node) naming {
	found := notConsent
	if strings.Contains(n.Data, "-") {
		found = nameOf(n.Data)
	}
	for _, a := range n.Attr {
		if a.Key != "class" && a.Key != "id" && a.Key != "aria-label" {
			continue
		}
		if name := nameOf(strings.ToLower(Cut(a.Val, 400))); found == notConsent || name != notConsent && name < found {
			found = name
		}
	}
	return found
}

// nameOf judges a class, id or label in lower case.
func nameOf(value string) naming {
	for token := range strings.FieldsSeq(value) {
		if isToolName(token) {
			return consentTool
		}
	}
	has := func(part string) bool { return strings.Contains(value, part) }
	switch {
	case !slices.ContainsFunc(consentNames, has):
		return notConsent
	case documentNames.MatchString(value):
		return consentText
	case boxNames.MatchString(value):
		return consentBox
	}
	return consentWord
}

// isToolName reports whether a class or id in lower case begins as those of consent tools do.
func isToolName(token string) bool {
	var buf [24]byte
	plain := buf[:0]
	for i := 0; i < len(token) && len(plain) < len(buf); i++ {
		if token[i] != '-' && token[i] != '_' {
			plain = append(plain, token[i])
		}
	}
	return consentTools.of(string(plain)) != ""
}

// wraps reports whether n holds the page rather than a box.
func wraps(n *html.Node) bool {
	for under := range n.Descendants() {
		switch under.DataAtom {
		case atom.Main, atom.Article, atom.Footer:
			return true
		case atom.H1:
			if heading := labelText(under, maxTitle); stated(heading).cookies+stated(heading).words == 0 {
				return true
			}
		}
	}
	return false
}

// holdsTitle reports whether the title of a page is under n.
func holdsTitle(n *html.Node) bool {
	for under := range n.Descendants() {
		if under.DataAtom == atom.H1 {
			return true
		}
	}
	return false
}

// statement is what an element says about cookies and consent.
type statement struct {
	node *html.Node
	text string
	// cookies and words count the mentions of cookies and of different words of consent.
	cookies, words int
	// uses reports whether it says that cookies are used.
	uses bool
}

func readStatement(n *html.Node) statement {
	t := textUnder{bytes: maxBoxText, nodes: 4 * maxLabelNodes}
	t.add(n)
	s := stated(t.text.String())
	s.node = n
	return s
}

// stated reads a text.
func stated(text string) statement {
	const before, after = 7, 5 // words between cookies and what is said of them, and one
	s := statement{text: strings.TrimSpace(text)}
	var seen []string
	at, cookie, use := 0, -after, -before
	for word := range strings.FieldsFuncSeq(strings.ToLower(s.text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		at++
		uses := useWords.of(word) != ""
		switch stem := consentWords.of(word); {
		case cookieWords.of(word) != "":
			s.cookies++
			cookie = at
			s.uses = s.uses || at-use < before
		case stem != "" && !slices.Contains(seen, stem):
			seen = append(seen, stem)
		}
		if uses {
			use = at
		}
		s.uses = s.uses || (uses || purposeWords.of(word) != "") && at-cookie < after
	}
	s.words = len(seen)
	return s
}

// answered reports whether a button answers the statement.
func (s statement) answered() bool { return holdsAnswer(s.node) }

// asks reports whether the statement, with a button to answer, asks for consent.
func (s statement) asks() bool {
	const short = 300
	return s.uses && s.words > 0 || s.words >= 3 ||
		len(s.text) < short && (s.uses || s.words > 0 && s.cookies+s.words >= 3)
}

// holdsAnswer reports whether a button or link under n answers a question for consent.
func holdsAnswer(n *html.Node) bool {
	looked := 0
	for under := range n.Descendants() {
		if looked++; looked > 4*maxLabelNodes {
			break
		}
		switch {
		case under.DataAtom == atom.Input && answers.MatchString(dom.GetAttribute(under, "value")),
			isButton(under) && answers.MatchString(labelText(under, 60)):
			return true
		}
	}
	return false
}

func isButton(n *html.Node) bool {
	return n.DataAtom == atom.Button || n.DataAtom == atom.A || dom.GetAttribute(n, "role") == "button" ||
		n.Type == html.ElementNode && buttonLabels.matches(n)
}

// dropAround removes the box around a text that mentions cookies, if it is in one.
func (c *consent) dropAround(text *html.Node) {
	inText := inside(text, atom.Main, atom.Article)
	depth := 0
	for up := range text.Ancestors() {
		if depth++; depth > maxBoxDepth || c.left <= 0 || up.Parent == nil || neverBox(up) || c.judged[up] {
			return
		}
		if _, isBlock := kindOf(up, ""); !isBlock && up.DataAtom != atom.P {
			continue
		}
		c.left--
		c.judged[up] = true
		s := readStatement(up)
		switch {
		case len(s.text) > longBox || wraps(up) || holdsTitle(up):
			return
		case s.isBox(inText):
			up.Parent.RemoveChild(up)
			return
		}
	}
}

// neverBox reports whether n is too central to be a box.
func neverBox(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Html, atom.Body, atom.Main, atom.Article:
		return true
	}
	return false
}

// isBox reports whether the statement, without a name, is that of a consent box.
func (s statement) isBox(inText bool) bool {
	const sparse = 200 // more bytes for each word of consent are about something else
	switch {
	case s.cookies == 0 || len(s.text) > sparse*(s.cookies+s.words):
		return false
	case s.asks() && s.answered():
		return true
	}
	return !inText && s.uses && len(s.text) < longNotice && implies.MatchString(s.text)
}
