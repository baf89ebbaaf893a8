package maintext

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// furnitureRoles are those of elements around the text.
var furnitureRoles = rolesOf(roleNav, roleDialog, roleSearch, roleLabel, roleHidden)

// Names of furniture, alone or joined with the next ("screen reader"): on any page, around the text of articles, and of
// what readers have added to one.
var (
	furnitureNames = namesOf("cookie, cookies, consent, gdpr, popup, modal, lightbox, newsletter, breadcrumb, " +
		"breadcrumbs, skip link, screen reader, visually hidden, offcanvas, off canvas, mobile menu, main menu, navbar, " +
		"share, sharing, sharedaddy, addtoany, pagination, advert, advertisement, adsbygoogle")
	articleNames = namesOf("newsletters, pager, related articles, related posts, related links, related content, " +
		"related stories, recirc, outbrain, taboola, wp caption, image caption, photo caption, photo credit, image credit, " +
		"byline, dateline, author bio, author box, author info, about author, read more, readmore, read next, see also, " +
		"also like, tag list, post meta, entry meta, article meta, paywall")
	// linkNames name furniture where they are around links.
	linkNames = namesOf("related, recommended, recommendations, trending, popular, social, tags, toolbar, promo, " +
		"sponsored, advertorial, author")
	commentNames = namesOf("disqus, comments, comment form, comment list, respond")
)

func namesOf(list string) map[string]bool {
	set := map[string]bool{}
	for name := range strings.SplitSeq(list, ", ") {
		set[name] = true
	}
	return set
}

func rolesOf(roles ...role) (set uint32) {
	for _, r := range roles {
		set |= 1 << r
	}
	return set
}

// findFurniture marks the blocks that stand in furniture by simple rules, which hold on pages that are unlike those
// that the models were trained on: hidden elements, navigation, footers, form controls, runs of links, and what is
// named so and holds nothing that argues for it.
func (s *Sheet) findFurniture() {
	inside, furniture := make([]uint32, len(s.nodes)), make([]bool, len(s.nodes))
	for i := 1; i < len(s.nodes); i++ {
		up := s.Elements[i].Parent
		inside[i] = inside[up] | s.nodes[up].roles
		furniture[i] = furniture[up] || s.isFurniture(i, inside[i])
	}
	run := 0
	for i := range s.Blocks {
		b := &s.Blocks[i]
		s.facts[i].furniture = furniture[b.Element]
		if b.Linked > 0.9 && b.Words <= 4 && b.Level == 0 {
			if run++; run == minMenu {
				for j := i - minMenu + 1; j < i; j++ {
					s.facts[j].furniture = true
				}
			}
			s.facts[i].furniture = s.facts[i].furniture || run >= minMenu
		} else {
			run = 0
		}
	}
}

// minMenu is the least number of short links in a row that are a menu.
const minMenu = 4

// isFurniture reports whether element i, in elements of the roles inside, is furniture by itself.
func (s *Sheet) isFurniture(i int, inside uint32) bool {
	n := &s.nodes[i]
	switch s.Elements[i].Tag {
	case atom.Menu:
		return true
	case atom.Aside:
		return s.total.prose > n.prose
	case atom.Footer:
		return inside&rolesOf(roleQuote) == 0
	case atom.Header:
		return n.headings == 0 && n.prose == 0 && inside&rolesOf(roleArticle, roleSection) == 0
	case atom.Button:
		return inside&rolesOf(roleDetails, roleTerms) == 0
	case atom.Html, atom.Body, atom.Main, atom.Article, atom.P, atom.A:
		return n.roles&rolesOf(roleHidden, roleNav) != 0
	}
	return n.roles&furnitureRoles != 0 || 10*n.words <= 3*s.total.words && !isSection(n) &&
		(isNamed(n.names, furnitureNames) || ratio(n.linked, n.words) >= 0.4 && isNamed(n.names, linkNames))
}

// isSection reports whether an element is built like a section of the text, whatever its name: it holds a heading,
// as much prose as two sentences, and no field of a form.
func isSection(n *node) bool { return n.headings > 0 && n.prose >= 25 && n.fields == 0 }

func isNamed(names []string, set map[string]bool) bool {
	for i, name := range names {
		if set[name] || i+1 < len(names) && set[name+" "+names[i+1]] {
			return true
		}
	}
	return false
}
