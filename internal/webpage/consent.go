package webpage

import (
	"regexp"
	"strings"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits of what is judged as a consent box.
const (
	// maxBoxes is how many elements of a page are judged.
	maxBoxes = 200
	// maxBoxText is how many bytes of the text of an element are read.
	maxBoxText = 6000
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

// prefixes groups words by their first three letters.
func prefixes(list string) map[string][]string {
	groups := map[string][]string{}
	for _, word := range strings.Fields(list) {
		groups[word[:3]] = append(groups[word[:3]], word)
	}
	return groups
}

var (
	// consentNames are parts of the names of consent boxes, and of cookies to eat.
	consentNames = regexp.MustCompile(`cookie|consent|gdpr|dsgvo|rgpd|ccpa|lgpd|privacy`)
	// boxNames say, in a name with one of those, that it is a box.
	boxNames = regexp.MustCompile(`bann|bar\b|notice|notif|law|popup|modal|messag|msg|alert|overlay|warning|hint|hinweis|` +
		`disclaimer|dialog|complian|info|box|layer|wall|consent|manage|permission|accept|opt-?(in|out)|prompt|toast|bandeau|` +
		`avis|avviso|melding|komunikat`)
	// documentNames say that it is a text about cookies.
	documentNames = regexp.MustCompile(`policy|policies|declaration|statement|document|richtlinie|erkl|politi|polityk|beleid`)

	// cookieNouns are what every consent box speaks of.
	cookieNouns = regexp.MustCompile(`(?i)cookie|kakor|куки|ciasteczk`)
	// usesCookies matches the sentence that a site uses cookies, in both orders of words.
	usesCookies = regexp.MustCompile(`(?i)(^|\P{L})(us(e|es|ing)|stor(e|es|ing)|sets?|plac(e|es|ing)|verwende\p{L}*|` +
		`verwendung|nutz\p{L}*|benutz\p{L}*|setz\p{L}*|einsatz|speicher\p{L}*|utilis\p{L}*|usage|d[ée]pos\p{L}*|` +
		`utiliz\p{L}*|usa\p{L}*|uso|usiamo|us[io]|almacen\p{L}*|armazen\p{L}*|gebruik\p{L}*|plaats\p{L}*|używa\p{L}*|` +
		`korzysta\p{L}*|wykorzyst\p{L}*|stosuj\p{L}*|zapisuj\p{L}*|använd\p{L}*|lagra\p{L}*|использ\p{L}*|` +
		`применя\p{L}*|сохраня\p{L}*)(\P{L}+\p{L}+){0,6}?\P{L}+(cookie|kakor|куки|ciastecz)` +
		`|(cookies?|kakor|куки)(\P{L}+\p{L}+){0,4}?\P{L}+(verwende|nutz|einsetz|eingesetzt|benutz|gebruik|plaats|använd|` +
		`to (improve|ensure|enhance|give|personali|analy|provide|offer|make|help|deliver|understand)|help us|are used)`)
	// consentWords are stems that consent boxes use, in ten languages.
	consentWords = regexp.MustCompile(`(?i)consent|privacy|opt(ing)?[ -]?out|personal (data|information)|third[ -]part|` +
		`brows(e|ing)\b|withdraw|tracking|(accept|reject|decline|refus)\w*|preferences|analytics|personali[sz]e|` +
		`einwillig|datenschutz|akzeptier|ablehn|zustimm|einverstanden|personenbezogen|drittanbieter|widerruf|essenziell|` +
		`confidentialit|vie priv|donn[ée]es personnelles|traceur|mesure d.audience|partenaires|param[ée]tr|` +
		`privacidad|acepta|rechaz|datos personales|de terceros|navegaci[óo]n|an[áa]lisis|` +
		`consens|accett|rifiut|dati personali|terze parti|navigazione|` +
		`aceit|rejeit|recus|dados pessoais|navega[çr]|` +
		`toestemming|akkoord|weiger|persoonsgegevens|derden|voorkeuren|` +
		`zgod[ayęzn]|prywatno|akcept|odrzu|danych osobowych|` +
		`samtyck|integritet|godkänn|avvisa|personuppgift|tredje part|` +
		`соглас|конфиденциальн|отклон|персональн|принима`)
	// implies matches the sentence that who reads on agrees.
	implies = regexp.MustCompile(`(?i)(^|\P{L})(by (continu|us|brows|visit|access|navigat)\p{L}+|` +
		`(if you )?continue (to|using|brows)|` +
		`(mit|durch) (der|die|dem) (weiteren? )?(nutz|besuch|verwend)\p{L}+|weitersurf|wenn sie (weiter|fortfahren)|` +
		`en (poursuivant|continuant|navigant)|si (continúa|continua|sigue)|al (continuar|navegar|utilizar)|` +
		`(proseguendo|continuando|navigando)|ao (continuar|navegar|utilizar)|door (verder|gebruik|deze|onze)|` +
		`(dalsze |pozostając|kontynuując)|genom att|продолжая|используя)`)
	// answers matches what the buttons of consent boxes say.
	answers = regexp.MustCompile(`(?i)^\W{0,3}(yes,? |i |ja,? |alle |alles |tout |todas? |tutt[io] )?(accept|agree|allow|consent|` +
		`reject|decline|deny|got it|ok\b|okay|understood|understand|continue|dismiss|close|only (necess|essent)|` +
		`akzeptier|annehmen|zulassen|erlauben|zustimm|stimme|einverstanden|verstanden|ablehnen|nur (notw|ess|techn)|` +
		`cookies? (akzept|zul|erl)|refuser|j.accepte|j.ai compris|d.accord|continuer sans|autoriser|` +
		`acept|rechaz|entendido|de acuerdo|permitir|accett|rifiut|ho capito|consenti|acconsent|` +
		`aceit|rejeit|recus|entendi|concord|akkoord|weiger|begrepen|toestaan|` +
		`akcept|zgadzam|zgoda|odrzu|rozumiem|zezw|acceptera|godkänn|avvisa|neka|förstår|tillåt|` +
		`приня|принима|соглас|отклон|понятно|хорошо|ок(\P{L}|$)|разреш)`)
)

// dropConsent removes consent boxes: what consent tools add, and what says that the page
// uses cookies and asks for an answer. A text about cookies, of either sort, stays.
func dropConsent(root *html.Node) {
	c := consent{left: maxBoxes}
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
	case s.cookies == 0 && name != consentBox, !s.uses && s.words == 0:
		return false
	case s.answered:
		return s.uses || s.words >= 2 || name == consentBox
	case name == consentBox:
		return s.size < longNotice || !inText && s.size < longBox
	}
	return name == consentWord && !inText && s.size < longNotice && s.uses
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
	switch {
	case !consentNames.MatchString(value):
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
	if len(plain) < 4 {
		return false
	}
	for _, tool := range consentTools[string(plain[:3])] {
		if strings.HasPrefix(string(plain), tool) {
			return true
		}
	}
	return false
}

// wraps reports whether n holds the page rather than a box.
func wraps(n *html.Node) bool {
	for under := range n.Descendants() {
		switch under.DataAtom {
		case atom.Main, atom.Article, atom.Footer:
			return true
		case atom.H1:
			if heading := labelText(under, maxTitle); !mentionsCookies(heading) && !consentWords.MatchString(heading) {
				return true
			}
		}
	}
	return false
}

// statement is what an element says about cookies and consent.
type statement struct {
	// size is the length of the text in bytes; cookies and words count the mentions of
	// cookies and of different words of consent.
	size, cookies, words int
	// uses reports whether it says that cookies are used, implied that reading on is
	// consent, answered whether a button answers it.
	uses, implied, answered bool
}

func readStatement(n *html.Node) statement {
	t := textUnder{bytes: maxBoxText, nodes: 4 * maxLabelNodes}
	t.add(n)
	text := t.text.String()
	different := map[string]bool{}
	for _, word := range consentWords.FindAllString(text, -1) {
		different[strings.ToLower(word)] = true
	}
	return statement{
		size: len(strings.TrimSpace(text)), cookies: len(cookieNouns.FindAllString(text, -1)), words: len(different),
		uses: usesCookies.MatchString(text), implied: implies.MatchString(text), answered: holdsAnswer(n),
	}
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
		if depth++; depth > maxBoxDepth || c.left <= 0 || up.Parent == nil || neverBox(up) {
			return
		}
		if _, isBlock := kindOf(up, ""); !isBlock && up.DataAtom != atom.P {
			continue
		}
		c.left--
		s := readStatement(up)
		switch {
		case s.size > longBox || wraps(up):
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
	dense := s.size < 150*(s.cookies+s.words)
	switch {
	case s.cookies == 0 || !dense:
		return false
	case s.answered:
		return s.uses || s.words >= 3
	}
	return !inText && s.uses && s.implied && s.size < longNotice
}
