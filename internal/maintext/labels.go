package maintext

import (
	"math/bits"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// labelGroups are words of classes, ids and roles that say what an element is for. Each group is a feature, named by
// its first word.
var labelGroups = []string{
	"nav navigation navbar menu menus submenu menubar mainmenu " +
		"megamenu mega hamburger navlist navmenu navigationbar topnav sidenav",
	"header masthead topbar head hdr top",
	"footer foot bottom colophon",
	"sidebar side aside rail secondary complementary sidepanel leftcol rightcol",
	"breadcrumb breadcrumbs crumb crumbs",
	"cookie cookies consent gdpr cookiebanner onetrust cmp cookieconsent ccm cky cookiebot",
	"popup modal lightbox overlay dialog offcanvas drawer tooltip popover flyout",
	"newsletter subscribe subscription signup optin mailing mailchimp klaviyo",
	"share sharing social socials addtoany sharedaddy follow",
	"pagination pager paging next prev previous pages",
	"ad ads advert advertisement adsbygoogle sponsored sponsor " +
		"promo promotion promotions promoted taboola outbrain advertorial",
	"related recommended recommendations recommendation recommend similar more " +
		"also upsell upsells crosssell recirc suggested suggestions",
	"trending popular recent latest recently viewed bestsellers featured",
	"comment comments disqus respond reply replies commentlist",
	"author byline bio avatar profile",
	"meta date time dateline timestamp published info posted",
	"tag tags category categories cat cats topics labels",
	"caption credit credits figcaption",
	"content main maincontent body text copy prose richtext wysiwyg rte rich markdown contents",
	"article post entry story blog single hentry",
	"product pdp products sku",
	"price prices pricing amount sale cost currency",
	"description desc summary overview details detail intro lead teaser excerpt short long",
	"spec specs specification specifications attributes attribute features feature params properties technical data",
	"review reviews rating ratings stars testimonial testimonials customer bazaarvoice",
	"cart basket checkout buy add quantity qty wishlist compare stock availability shipping delivery",
	"filter filters facet facets refine refinement sort sorting sorter orderby refinements",
	"search searchbox autocomplete query searchform",
	"login signin account register user auth signin logout",
	"card cards tile tiles grid list listing listings results result items item collection catalog teasers",
	"message messages thread topic postbody postcontent forum " +
		"answer answers question questions votes discussion conversation",
	"signature sig userinfo poster member badge username userdetails reputation",
	"hero jumbotron slider carousel slide slides swiper slick",
	"faq faqs accordion collapse toggle collapsible expandable tab tabs tabpanel panel",
	"cta button btn action actions call",
	"form input field fields contact inquiry",
	"copyright legal disclaimer terms policy imprint",
	"toc tableofcontents outline onthispage",
	"code highlight codehilite example snippet pre sourcecode",
	"skip sr screenreader visually hidden offscreen sronly",
	"widget widgets module modules plugin",
	"section wrapper container row col",
	"title heading headline subtitle subheading",
	"image img gallery photo media video thumbnail thumb",
	"language lang locale country region currency selector switcher",
	"service services benefit benefits team about process step steps why",
	"note tip warning admonition callout alert notice",
	"edit permalink anchor headerlink toolbar tools vote print",
	"quote quoted blockquote",
	"banner announcement bar sticky fixed floating",
	"address location phone tel email hours map",
	"logo brand branding logos partners clients",
	"dropdown select options option",
}

// groupsOf holds the groups of each word as bits.
var groupsOf = func() map[string]uint64 {
	of := map[string]uint64{}
	for i, group := range labelGroups {
		for word := range strings.FieldsSeq(group) {
			of[word] |= 1 << i
		}
	}
	return of
}()

// role is what an element is by its name or its ARIA role.
type role int

const (
	roleMain role = iota
	roleArticle
	roleSection
	roleAside
	roleNav
	roleHeader
	roleFooter
	roleForm
	roleTable
	roleList
	roleTerms
	roleFigure
	roleQuote
	roleDetails
	roleLink
	roleButton
	roleLabel
	roleDialog
	roleSearch
	roleCell
	roleItem
	roleCode
	roleBody
	roleCustom
	roleParagraph
	roleHidden
	countRoles
)

var rolesOfTags = map[atom.Atom]role{
	atom.Main: roleMain, atom.Article: roleArticle, atom.Section: roleSection, atom.Aside: roleAside,
	atom.Nav: roleNav, atom.Header: roleHeader, atom.Footer: roleFooter, atom.Form: roleForm, atom.Table: roleTable,
	atom.Ul: roleList, atom.Ol: roleList, atom.Dl: roleTerms, atom.Figure: roleFigure, atom.Blockquote: roleQuote,
	atom.Details: roleDetails, atom.A: roleLink, atom.Button: roleButton, atom.Label: roleLabel,
	atom.Dialog: roleDialog, atom.Td: roleCell, atom.Th: roleCell, atom.Li: roleItem, atom.Pre: roleCode,
	atom.P: roleParagraph, 0: roleCustom,
}

var rolesOfARIA = map[string]role{
	"main": roleMain, "article": roleArticle, "complementary": roleAside, "navigation": roleNav, "menu": roleNav,
	"menubar": roleNav, "tablist": roleNav, "banner": roleHeader, "contentinfo": roleFooter, "search": roleSearch,
	"dialog": roleDialog, "alertdialog": roleDialog,
}

// bodyProperties are the microdata properties of main text.
var bodyProperties = []string{"articleBody", "text", "description", "reviewBody"}

// label is what the names of an element say.
type label struct {
	groups uint64
	roles  uint32
	// names are the words of its labels that have more than two letters.
	names []string
}

// labelOf returns the label of an element.
func labelOf(e *Element) label {
	var own label
	own.names = e.Labels
	for _, word := range e.Labels {
		own.groups |= groupsOf[word]
		if len(word) <= 2 {
			own.names = nil
		}
	}
	if own.names == nil {
		for _, word := range e.Labels {
			if len(word) > 2 {
				own.names = append(own.names, word)
			}
		}
	}
	if r, known := rolesOfTags[e.Tag]; known {
		own.roles |= 1 << r
	}
	if e.Hidden {
		own.roles |= 1 << roleHidden
	}
	for _, a := range e.Attr {
		switch a.Key {
		case "role":
			if r, known := rolesOfARIA[strings.ToLower(a.Val)]; known {
				own.roles |= 1 << r
			}
		case "itemprop":
			if slices.Contains(bodyProperties, a.Val) {
				own.roles |= 1 << roleBody
			}
		}
	}
	return own
}

// maxAttribute is how many bytes of an attribute are read.
const maxAttribute = 400

// eachBit calls do with the index of each bit that is set.
func eachBit(set uint64, do func(int)) {
	for ; set != 0; set &= set - 1 {
		do(bits.TrailingZeros64(set))
	}
}
