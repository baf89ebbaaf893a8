package webpage

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// askingWords are the first words of texts that ask the reader to do something, in lower case.
var askingWords = listed(`
	get, start, try, buy, shop, order, book, schedule, reserve, request, call, email, message, chat, talk,
	speak, let's, sign, join, subscribe, register, enrol, enroll, apply, learn, discover, explore, see, view, watch, read,
	find, claim, donate, give, add, hire, visit, take, meet, browse, compare, upgrade, create, build, make, plan, submit,
	send, enquire, inquire,
	jetzt, kontaktieren, bestellen, kaufen, buchen, angebot, anrufen, beratung, nachricht, zur kasse, hier finden, rufen,
	schreiben, besuchen,
	réserver, réservez, commander, commandez, essayer, essayez, acheter, découvrir, découvrez, prendre, prenez,
	nous contacter, me contacter,
	prueba, empieza, comienza, pide, pedir, fale, saiba, compre, comece, experimente, assine, peça, ligue, chame, entre em,
	baixe, scopri, acquista, ordina, inizia, telefona, invia, scarica, iscriviti, vieni, neem, bel, vraag, offerte,
	заказать, купить, связаться, записаться, оставить, узнать, скачать, подписаться, попробовать`)

// askingStems are the beginnings of such words.
var askingStems = prefixes(`contact download kostenlos termin anfrage unverbindlich inscri demande appele obten écri envoye
	télécharge reserva compra descubr solicit suscr agend llam escríb habl consult cotiz envi enví descarg inscreva
	cadastre contatta prenota richied chiam scriv prevent bestel boek
	お問い合わせ お問合せ ご予約 予約 お申し込み 購入 資料請求 ご相談 اتصل احجز اطلب تواصل سجل اشترك`)

// asks reports whether a text asks the reader to do something, by its first word or two.
func asks(text string) bool {
	text = strings.ToLower(text)
	if askingStems.of(text) != "" {
		return true
	}
	first := wordEnd(text, 0)
	return askingWords[text[:first]] ||
		first < len(text) && text[first] == ' ' && askingWords[text[:wordEnd(text, first+1)]]
}

// wordEnd returns where the word that begins at i ends.
func wordEnd(text string, i int) int {
	if end := strings.IndexAny(text[i:], " !:,→»>"); end >= 0 {
		return i + end
	}
	return len(text)
}

// buttonLabels are class words of links that look like buttons.
var buttonLabels = newLabels("btn button cta wp+button")

// controls are the texts of buttons that only operate the page itself, in lower case, and beginnings of such texts.
var (
	controls = listed(`menu, close, open, open menu, open navigation, search, next, prev, previous, back, ok, accept,
		accept all, accept cookies, accept all cookies, reject, reject all, decline, allow, allow all, manage cookies,
		manage preferences, show more, show less, play, pause, x, ×, ✕, ☰, share, like, reply, read more, more`)
	controlBeginnings = []string{"toggle", "cookie", "skip", "back to "}
)

// operates reports whether the text of a button says that it only operates the page itself.
func operates(text string) bool {
	text = strings.ToLower(text)
	return controls[text] || slices.ContainsFunc(controlBeginnings, func(beginning string) bool {
		return strings.HasPrefix(text, beginning)
	})
}

// listed returns the set of texts that commas separate.
func listed(list string) map[string]bool {
	set := map[string]bool{}
	for text := range strings.SplitSeq(list, ",") {
		set[strings.TrimSpace(text)] = true
	}
	return set
}

// readActions lists the buttons and links that ask the reader to do something.
func readActions(page *onboarding.Page, doc *document) {
	seen := map[string]bool{}
	for _, e := range doc.elements {
		if !isControl(e.Node) || len(page.CallsToAction) >= maxActions {
			continue
		}
		text := cmp.Or(linkText(e.Node), foldCut(dom.GetAttribute(e.Node, "value"), maxLinkText))
		key := strings.ToLower(text)
		if text == "" || seen[key] || !callsToAction(e, text) {
			continue
		}
		seen[key] = true
		page.CallsToAction = append(page.CallsToAction, onboarding.Link{Text: text, Href: actionAddress(e.Node, doc.base)})
	}
}

// isControl reports whether n is a link or a button.
func isControl(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A:
		return dom.HasAttribute(n, "href") || dom.GetAttribute(n, "role") == "button"
	case atom.Button:
		return true
	case atom.Input:
		kind := dom.GetAttribute(n, "type")
		return kind == "submit" || kind == "button" || dom.GetAttribute(n, "role") == "button"
	}
	return dom.GetAttribute(n, "role") == "button"
}

// callsToAction reports whether the element with that text is a call to action: it
// looks like a button, or it is a link outside navigation that starts with an
// imperative such as "book".
func callsToAction(e element, text string) bool {
	n := e.Node
	if e.is(inHidden) || len(text) > 80 || Words(text) > 8 || operates(text) || opens(n) ||
		asideLabels.matches(n) {
		return false
	}
	if n.Data != "a" || buttonLabels.matches(n) {
		return Words(text) > 0
	}
	return asks(text) && !e.is(inFrame)
}

// opens reports whether an element only opens or switches a part of the page: an
// accordion, a menu or a tab.
func opens(n *html.Node) bool {
	role := dom.GetAttribute(n, "role")
	return role == "tab" || role == "menuitem" || dom.HasAttribute(n, "aria-expanded") ||
		dom.HasAttribute(n, "data-bs-target") || dom.HasAttribute(n, "data-toggle") && n.Data == "button"
}

// actionAddress returns where an action leads: an address, a mailto or tel link, or ""
// for a button.
func actionAddress(n *html.Node, base *url.URL) string {
	href := strings.TrimSpace(dom.GetAttribute(n, "href"))
	if target := Absolute(base, href); target != nil {
		return target.String()
	}
	lower := strings.ToLower(href)
	if (strings.HasPrefix(lower, "mailto:") || strings.HasPrefix(lower, "tel:")) && len(href) < maxLinkText {
		return fold(href)
	}
	return ""
}
