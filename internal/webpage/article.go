package webpage

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// trimArticle removes the boilerplate that readability leaves in an article: repeated
// titles and dates before the text, links to other articles and picture credits
// within it, calls to subscribe and notes on the author after it.
func trimArticle(pieces []piece, about outline) []piece {
	pieces = about.within(pieces)
	trimmed := trimTail(trimHead(dropInserts(pieces), about), about)
	if 2*proseWords(trimmed) < proseWords(pieces) {
		return pieces // the patterns match the subject of this page
	}
	return trimmed
}

// Patterns of boilerplate that no class name marks. They are matched against whole
// short pieces only. Each stands for a publishing convention, not for one site.
var (
	inserts = regexp.MustCompile(`(?i)^[\[(]?(` +
		`advert(isement)?|sponsored( content)?|continue reading( below)?|story continues( below)?|(article )?continues (after|below) advertisement|` +
		`(related|read more|read also|also read|see also|read next|recommended|more on|also on|watch|watch also|watch now|listen|don't miss|must read|trending)( \w+){0,2} ?[:|>»].*|` +
		`(read|see) more( stories)?( on| at| about| from)? .*|related( (post|article|storie|video|link)s?)?|` +
		`(lesen sie auch|mehr zum thema|siehe auch|lire aussi|à lire aussi|voir aussi|leia (também|mais)|veja também|lea también|leer más|ver también|leggi anche|читайте также|lees ook) ?:?.*|` +
		`(loading|please wait)\W*|skip (to|past) .*|this slideshow requires javascript\W*|(click|tap) (here )?to (enlarge|expand|view|watch|play).*` +
		`)[\])]?$`)
	credits = regexp.MustCompile(`(?i)(^(file )?(photo|image|picture|photograph|video|screenshot|foto|фото|bild|fotó|crédit|credit|source|courtesy|illustration|graphic)s?\s?(credits?|by|courtesy)?\s?[:|/©]` +
		`|\b(getty images|ap photo|afp photo|reuters/|shutterstock|istock(photo)?|via getty|file photo|/\s?afp|/\s?ap\)|handout)\b)`)
	promotions = regexp.MustCompile(`(?i)(\b(subscribe|sign up|newsletter|follow us|like us on|join (us|the conversation|our)|download (the|our) app|all rights reserved|terms of (use|service)|privacy policy|` +
		`click here|free trial|get (more|the latest|breaking)|have a tip|send (us )?(a )?tips?|may be reached at|can be reached at|contact the (author|writer|reporter)|` +
		`leave a (comment|reply)|post (a )?comment|share this|share (it|the story) with|tell us what you think|comments (are|policy)|first published|` +
		`inscrivez-vous|abonnez-vous|abonnieren|melden sie sich|assine|inscreva-se|suscríbe|iscriviti|подпис\p{L}+)\b|©|^copyright\b)`)
	closings = regexp.MustCompile(`(?i)^(` +
		`filed under|posted in|tagged( with| in)?|tags?|categor(y|ies)|topics?|labels?|keywords?|source|sources|via|` +
		`related|you (may|might) (also )?(like|enjoy|be interested)|more (from|great|stories|on|in|like)|recommended|recent (articles|posts|stories)|latest( news)?|most (read|popular)|popular|trending|up next|read next|` +
		`comments?|responses?|\d+ (comments?|responses?|replies)|about the author|author|share|print|email|advert(isement)?|footnotes?` +
		`)\b[^.!?]{0,60}$`)
	agency   = regexp.MustCompile(`(?i)^\(?(additional )?(reporting|writing|compiled|edited|editing) by\b`)
	dateline = regexp.MustCompile(`(?i)^(` +
		`(first )?(published|posted|updated|last (updated|modified)|created|modified|date|publicado|publié|veröffentlicht|aktualisiert|pubblicato|posted on|опубликовано)\b.*\d.*|` +
		`by:? [^.!?]{2,80}|(written|words|text|reporting|report|story) by:? [^.!?]{2,80}|view author archive.*|email the author.*|` +
		`.{0,30}\b(19|20)\d\d\b.{0,40}|\d+ (min(ute)?s?|hours?|days?|weeks?)( ago| read)?\W*|.{0,24}\d+ min(ute|uto|uten|uti)?s?( read| de lectura| de leitura)?\W*|` +
		`skip to .*|home( [>»/|] .*)?|https?://\S+|(breaking|latest) news|opinion|news` +
		`)$`)
)

// short reports whether the patterns apply to a piece: a longer one is text,
// whatever it mentions.
func (p piece) short(limit int) bool { return p.words <= limit }

// dropInserts removes links and credits from between the paragraphs of an article.
func dropInserts(pieces []piece) []piece {
	links, all := 0, 0
	for _, p := range pieces {
		all += p.words
		if p.isLink() {
			links += p.words
		}
	}
	dropLinks := 4*links < all // otherwise the links are the content
	var kept []piece
	for _, p := range pieces {
		switch {
		case dropLinks && p.isLink():
		case p.short(25) && inserts.MatchString(p.Text) && !(p.words > 8 && p.linked < 0.2):
		case p.short(45) && credits.MatchString(p.Text):
		default:
			kept = append(kept, p)
		}
	}
	return kept
}

// isLink reports whether the piece is a paragraph that consists of a link.
func (p piece) isLink() bool {
	return p.linked > 0.9 && p.Kind == onboarding.BlockParagraph && p.words >= 2
}

// trimHead drops leading pieces that repeat the metadata.
func trimHead(pieces []piece, about outline) []piece {
	const reach = 8
	for tries := 0; tries < reach && len(pieces) > 1 && about.isFrontMatter(pieces[0], pieces[1:]); tries++ {
		pieces = pieces[1:]
	}
	return pieces
}

// isFrontMatter reports whether p, before rest, is a title, standfirst, date or byline.
func (o outline) isFrontMatter(p piece, rest []piece) bool {
	switch {
	case same(p.Text, o.title) || same(p.Text, o.heading):
		return true
	case o.author != "" && p.short(12) && strings.Contains(p.Text, o.author):
		return true
	case p.short(20) && dateline.MatchString(p.Text), p.linked > 0.9 && p.short(12):
		return true
	case p.short(40) && (promotions.MatchString(p.Text) && p.linked > 0):
		return true
	}
	return letters(p.Text) == letters(o.description) && len(rest) > 2 && !siblings(p.holder, rest[0].holder)
}

// same reports whether two titles are equal: the same letters and digits, or the
// longer one only adds the site's name.
func same(a, b string) bool {
	a, b = letters(a), letters(b)
	return len(a) > 8 && len(b) > 8 && (a == b || strings.HasPrefix(b, a) && len(a) > len(b)/2)
}

// siblings reports whether a and b have the same parent.
func siblings(a, b *html.Node) bool {
	return a != nil && b != nil && (a == b || a.Parent != nil && a.Parent == b.Parent)
}

// trimTail drops what follows the end of an article.
func trimTail(pieces []piece, about outline) []piece {
	for len(pieces) > 1 && about.isEndMatter(pieces[len(pieces)-1]) {
		pieces = pieces[:len(pieces)-1]
	}
	return about.cutRelated(pieces)
}

// isEndMatter reports whether p, the last piece, comes after the end of the text.
func (o outline) isEndMatter(p piece) bool {
	switch {
	case p.Kind == onboarding.BlockHeading:
		return true
	case p.linked > 0.8 && p.short(40):
		return true
	case p.short(20) && (dateline.MatchString(p.Text) || closings.MatchString(p.Text)):
		return true
	case p.short(60) && (promotions.MatchString(p.Text) || agency.MatchString(p.Text)):
		return true
	}
	return o.author != "" && p.short(90) && strings.HasPrefix(p.Text, o.author)
}

// cutRelated ends the article at a heading such as "You may also like" in its last
// third, when nothing but short or linked pieces follows.
func (o outline) cutRelated(pieces []piece) []piece {
	isProse := func(p piece) bool { return p.linked < 0.3 && p.words > 25 }
	for i := max(1, len(pieces)*2/3); i < len(pieces); i++ {
		closing := pieces[i].short(10) && closings.MatchString(pieces[i].Text)
		if closing && !slices.ContainsFunc(pieces[i+1:], isProse) {
			return pieces[:i]
		}
	}
	return pieces
}
