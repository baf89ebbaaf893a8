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
