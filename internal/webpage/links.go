package webpage

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Limits of what a digest lists, in entries, and of their texts in bytes.
const (
	maxLinks    = 500
	maxImages   = 200
	maxHeadings = 200
	maxActions  = 40
	maxLinkText = 200
	maxAlt      = 300
)

// readHeadings lists the visible headings in reading order.
func readHeadings(page *onboarding.Page, doc *document) {
	for _, e := range doc.elements {
		switch e.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		default:
			continue
		}
		if e.is(inHidden) || len(page.Headings) >= maxHeadings {
			continue
		}
		if text := labelText(e.Node, maxTitle); text != "" {
			page.Headings = append(page.Headings, onboarding.Heading{Level: int(e.Data[1] - '0'), Text: text})
		}
	}
}

// readLinks lists the links of the page, each address once with its first text.
func readLinks(page *onboarding.Page, doc *document) {
	places := map[string]int{}
	for _, link := range doc.links {
		if link.target == nil {
			continue
		}
		if len(page.Links) >= maxLinks {
			return
		}
		target := *link.target
		target.Fragment, target.RawFragment = "", ""
		href := target.String()
		at, known := places[href]
		if !known {
			at, places[href] = len(page.Links), len(page.Links)
			page.Links = append(page.Links, onboarding.Link{Href: href})
		}
		if page.Links[at].Text == "" {
			page.Links[at].Text = linkText(link.Node)
		}
	}
}

// linkText returns the text of a link as a reader or a screen reader finds it.
func linkText(n *html.Node) string {
	if text := labelText(n, maxLinkText); text != "" {
		return text
	}
	return cmp.Or(
		foldCut(dom.GetAttribute(n, "aria-label"), maxLinkText),
		foldCut(dom.GetAttribute(n, "title"), maxLinkText),
		foldCut(imageText(n), maxLinkText),
	)
}

// imageText returns the alternative text of the first image under n that has one.
func imageText(n *html.Node) string {
	looked := 0
	for under := range n.Descendants() {
		if alt := dom.GetAttribute(under, "alt"); alt != "" && under.DataAtom == atom.Img {
			return alt
		}
		if looked++; looked >= maxLabelNodes {
			break
		}
	}
	return ""
}

// readImages lists the images of the page, each address once, without tracking pixels
// and embedded data.
func readImages(page *onboarding.Page, doc *document) {
	seen := map[string]bool{}
	for _, e := range doc.elements {
		if e.DataAtom != atom.Img || len(page.Images) >= maxImages {
			continue
		}
		n := e.Node
		source := imageAddress(n, doc.base)
		if source == "" || seen[source] || dom.GetAttribute(n, "width") == "1" || dom.GetAttribute(n, "height") == "1" {
			continue
		}
		seen[source] = true
		page.Images = append(page.Images, onboarding.Image{Alt: foldCut(dom.GetAttribute(n, "alt"), maxAlt), Src: source})
	}
}

// imageAddress returns the address of an image, also of a lazily loaded one.
func imageAddress(n *html.Node, base *url.URL) string {
	for _, name := range []string{"src", "data-src", "data-lazy-src", "data-original", "srcset", "data-srcset"} {
		ref := strings.TrimSpace(dom.GetAttribute(n, name))
		if strings.HasSuffix(name, "srcset") {
			ref, _, _ = strings.Cut(ref, " ")
		}
		if target := Absolute(base, ref); target != nil {
			return target.String()
		}
	}
	return ""
}

// asking matches the start of a text that asks the reader to do something.
var asking = regexp.MustCompile(`(?i)^(get|start|try|buy|shop|order|book|schedule|reserve|request|contact|call|email|message|chat|talk|speak|let's|sign|join|subscribe|register|enrol|enroll|apply|` +
	`download|learn|discover|explore|see|view|watch|read|find|claim|donate|give|add|hire|visit|take|meet|browse|compare|upgrade|create|build|make|plan|submit|send|enquire|inquire|` +
	`jetzt|kontaktieren|kostenlos\S*|bestellen|kaufen|buchen|termin\S*|angebot|anfrage\S*|anrufen|beratung|unverbindlich\S*|nachricht|zur kasse|hier finden|rufen|schreiben|besuchen|` +
	`réserver|réservez|contact\S*|commander|commandez|essayer|essayez|acheter|découvrir|découvrez|inscri\S*|demande\S*|appele\S*|obten\S*|prendre|prenez|nous contacter|me contacter|écri\S*|envoye\S*|télécharge\S*|` +
	`reserva\S*|compra\S*|prueba|empieza|comienza|descubr\S*|solicit\S*|suscr\S*|agend\S*|pide|pedir|llam\S*|escríb\S*|habl\S*|consult\S*|cotiz\S*|env[ií]\S*|descarg\S*|` +
	`fale|saiba|compre|comece|experimente|assine|peça|ligue|chame|entre em|baixe|inscreva\S*|cadastre\S*|` +
	`scopri|contatta\S*|prenota\S*|acquista|ordina|inizia|richied\S*|chiam\S*|scriv\S*|telefona|invia|scarica|iscriviti|prevent\S*|vieni|` +
	`neem|bel|bestel\S*|boek\S*|vraag|offerte|download\S*|` +
	`заказать|купить|связаться|записаться|оставить|узнать|скачать|подписаться|попробовать)($|[\s!:,→»>])|` +
	`^(お問い合わせ|お問合せ|ご予約|予約|お申し込み|購入|資料請求|ご相談|اتصل|احجز|اطلب|تواصل|سجل|اشترك)`)

// buttonLabels are class words of links that look like buttons.
var buttonLabels = newLabels("btn button cta wp+button")

// controls matches the texts of buttons that only operate the page itself.
var controls = regexp.MustCompile(
	`(?i)^(menu|close|open( menu| navigation)?|search|toggle.*|next|prev(ious)?|back|ok|accept( all)?( cookies)?|reject( all)?|decline|allow( all)?|cookie.*|manage (cookies|preferences)|show (more|less)|play|pause|x|×|✕|☰|share|like|reply|skip.*|back to .*|read more|more)$`,
)

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
	if e.is(inHidden) || len(text) > 80 || Words(text) > 8 || controls.MatchString(text) || opens(n) ||
		asideLabels.matches(n) {
		return false
	}
	if n.Data != "a" || buttonLabels.matches(n) {
		return Words(text) > 0
	}
	return asking.MatchString(text) && !e.is(inFrame)
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

// platforms maps the hosts of social networks to their names.
var platforms = map[string]string{
	"facebook.com": "facebook", "fb.com": "facebook", "instagram.com": "instagram", "twitter.com": "x", "x.com": "x",
	"linkedin.com": "linkedin", "youtube.com": "youtube", "tiktok.com": "tiktok", "pinterest.com": "pinterest",
	"threads.net": "threads", "threads.com": "threads", "bsky.app": "bluesky", "github.com": "github",
	"medium.com": "medium",
	"vimeo.com":  "vimeo", "t.me": "telegram", "telegram.me": "telegram", "wa.me": "whatsapp",
	"api.whatsapp.com": "whatsapp",
	"line.me":          "line", "vk.com": "vk",
	"xing.com": "xing", "reddit.com": "reddit", "discord.gg": "discord", "discord.com": "discord",
	"snapchat.com": "snapchat",
	"yelp.com":     "yelp", "tumblr.com": "tumblr", "soundcloud.com": "soundcloud", "open.spotify.com": "spotify",
}

// notProfiles are first path segments of addresses on social networks that share,
// log in or show one post.
var notProfiles = []string{
	"share", "sharer", "sharer.php", "sharearticle", "share.php", "intent", "home", "login", "dialog",
	"plugins", "tr", "pin",
	"watch", "embed", "hashtag", "search", "submit", "sharing", "privacy", "policies", "legal", "settings", "p", "reel",
	"status", "widgets",
}

// readSocials records the first profile on each platform that the page links to or
// its structured data name.
func readSocials(page *onboarding.Page, doc *document) {
	page.Socials = map[string]string{}
	for _, t := range doc.things {
		for _, ref := range stringsOf(t["sameAs"]) {
			addSocial(page.Socials, Absolute(doc.base, ref))
		}
	}
	for _, link := range doc.links {
		if link.target != nil && link.DataAtom == atom.A && platformOf(link.target) != "" && !isQuoted(link.Node) &&
			!isCredit(link.Node) {
			addSocial(page.Socials, link.target)
		}
	}
}

// othersLabels name what other people say on a page, or what belongs to them.
var othersLabels = newLabels("testimonial testimonials review reviews quote comment comments author partner partners")

// isQuoted reports whether a link stands in what somebody else says or shows.
func isQuoted(n *html.Node) bool {
	for up := range n.Ancestors() {
		if up.Type == html.ElementNode && (up.DataAtom == atom.Blockquote || othersLabels.matches(up)) {
			return true
		}
	}
	return false
}

func addSocial(socials map[string]string, target *url.URL) {
	if target == nil {
		return
	}
	platform := platformOf(target)
	first, _, _ := strings.Cut(strings.Trim(strings.ToLower(target.Path), "/"), "/")
	if platform == "" || socials[platform] != "" || slices.Contains(notProfiles, first) ||
		first == "" && target.RawQuery == "" || first == "send" && digits(target.Query().Get("phone")) == "" {
		return
	}
	socials[platform] = target.String()
}

// platformOf returns the platform of an address, or "".
func platformOf(target *url.URL) string {
	host := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(target.Hostname()), "www."), "m.")
	if platform := platforms[host]; platform != "" {
		return platform
	}
	if _, short, found := strings.Cut(host, "."); found && len(host)-len(short) == 3 {
		return platforms[short] // a country's subdomain such as uk.linkedin.com
	}
	return ""
}
