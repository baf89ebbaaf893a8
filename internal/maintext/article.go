package maintext

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// trimArticle removes from the kept blocks of an article what no label marks: repeated
// titles and dates before the text, links to other articles and picture credits within
// it, calls to subscribe and notes on the author after it.
func (s *Sheet) trimArticle(kept []int) []int {
	named := s.dropNamed(kept)
	if len(named) == 0 {
		return kept
	}
	trimmed := s.trimTail(s.trimHead(s.dropInserts(s.within(named))))
	if 2*s.proseWords(trimmed) < s.proseWords(named) {
		return named // the patterns match the subject of this page
	}
	return trimmed
}

// within drops the blocks before and after the article's text in the metadata, when that
// text agrees with the blocks.
func (s *Sheet) within(kept []int) []int {
	body := newShingles(s.Article, minArticle)
	agreed := 0
	for _, i := range kept {
		if body.share(s.Blocks[i].Text) >= 0.5 {
			agreed += s.Blocks[i].Words
		}
	}
	all := 0
	for _, i := range kept {
		all += s.Blocks[i].Words
	}
	if 10*agreed < 7*all || 10*agreed < 7*len(body) {
		return kept
	}
	for len(kept) > 0 && body.share(s.Blocks[kept[0]].Text) < 0.5 {
		kept = kept[1:]
	}
	for len(kept) > 0 && body.share(s.Blocks[kept[len(kept)-1]].Text) < 0.5 {
		kept = kept[:len(kept)-1]
	}
	return kept
}

// proseWords counts the words of the blocks that read like sentences.
func (s *Sheet) proseWords(kept []int) int {
	sum := 0
	for _, i := range kept {
		if b := &s.Blocks[i]; b.Words >= 15 && b.Linked < maxLinkedProse {
			sum += b.Words
		}
	}
	return sum
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

// dropNamed removes the captions of pictures, dates, comments, and small parts that are
// named as something beside an article.
func (s *Sheet) dropNamed(kept []int) []int {
	const small = 0.2
	return slices.DeleteFunc(slices.Clone(kept), func(i int) bool {
		for at := s.Blocks[i].Element; at > 0; at = s.Elements[at].Parent {
			n := &s.nodes[at]
			switch s.Elements[at].Tag {
			case atom.Figcaption, atom.Time:
				return true
			case atom.Html, atom.Body, atom.Main, atom.Article:
				return false
			}
			if isNamed(n.names, commentNames) || ratio(n.words, s.total.words) <= small && isNamed(n.names, articleNames) {
				return true
			}
		}
		return false
	})
}

// dropInserts removes links and credits from between the paragraphs of an article.
func (s *Sheet) dropInserts(kept []int) []int {
	links, all := 0, 0
	for _, i := range kept {
		b := &s.Blocks[i]
		all += b.Words
		if b.isLink() {
			links += b.Words
		}
	}
	dropLinks := 4*links < all // otherwise the links are the content
	return slices.DeleteFunc(slices.Clone(kept), func(i int) bool {
		b := &s.Blocks[i]
		return dropLinks && b.isLink() ||
			b.Words <= 25 && inserts.MatchString(b.Text) && (b.Words <= 8 || b.Linked >= 0.2) ||
			b.Words <= 45 && credits.MatchString(b.Text)
	})
}

// isLink reports whether the block is a paragraph that consists of a link.
func (b *Block) isLink() bool {
	return b.Linked > 0.9 && b.Kind == onboarding.BlockParagraph && b.Words >= 2
}

// trimHead drops leading blocks that repeat the metadata.
func (s *Sheet) trimHead(kept []int) []int {
	const reach = 8
	for tries := 0; tries < reach && len(kept) > 1 && s.isFrontMatter(kept[0], kept[1:]); tries++ {
		kept = kept[1:]
	}
	return kept
}

// isFrontMatter reports whether block i, before rest, is a title, standfirst, date or byline.
func (s *Sheet) isFrontMatter(i int, rest []int) bool {
	b := &s.Blocks[i]
	switch {
	case sameTitle(b.Text, s.Title) || sameTitle(b.Text, s.Heading):
		return true
	case s.Author != "" && b.Words <= 12 && strings.Contains(b.Text, s.Author):
		return true
	case b.Words <= 20 && dateline.MatchString(b.Text), b.Linked > 0.9 && b.Words <= 12:
		return true
	case b.Words <= 40 && promotions.MatchString(b.Text) && b.Linked > 0:
		return true
	}
	own, next := b.Element, s.Blocks[rest[0]].Element
	siblings := own == next || s.Elements[own].Parent == s.Elements[next].Parent
	return letters(b.Text) == letters(s.Description) && len(rest) > 2 && !siblings
}

// sameTitle reports whether two titles are equal: the same letters and digits, or the
// longer one only adds the site's name.
func sameTitle(a, b string) bool {
	a, b = letters(a), letters(b)
	return len(a) > 8 && len(b) > 8 && (a == b || strings.HasPrefix(b, a) && len(a) > len(b)/2)
}

// letters returns the letters and digits of s in lower case.
func letters(s string) string { return strings.Join(wordsOf(s), "") }

// trimTail drops what follows the end of an article.
func (s *Sheet) trimTail(kept []int) []int {
	for len(kept) > 1 && s.isEndMatter(&s.Blocks[kept[len(kept)-1]]) {
		kept = kept[:len(kept)-1]
	}
	return s.cutRelated(kept)
}

// isEndMatter reports whether b, the last block, comes after the end of the text.
func (s *Sheet) isEndMatter(b *Block) bool {
	switch {
	case b.Kind == onboarding.BlockHeading:
		return true
	case b.Linked > 0.8 && b.Words <= 40:
		return true
	case b.Words <= 20 && (dateline.MatchString(b.Text) || closings.MatchString(b.Text)):
		return true
	case b.Words <= 60 && (promotions.MatchString(b.Text) || agency.MatchString(b.Text)):
		return true
	}
	return s.Author != "" && b.Words <= 90 && strings.HasPrefix(b.Text, s.Author)
}

// cutRelated ends the article at a heading such as "You may also like" in its last
// third, when nothing but short or linked blocks follows.
func (s *Sheet) cutRelated(kept []int) []int {
	isProse := func(i int) bool { return s.Blocks[i].Linked < 0.3 && s.Blocks[i].Words > 25 }
	for n := max(1, len(kept)*2/3); n < len(kept); n++ {
		b := &s.Blocks[kept[n]]
		if b.Words <= 10 && closings.MatchString(b.Text) && !slices.ContainsFunc(kept[n+1:], isProse) {
			return kept[:n]
		}
	}
	return kept
}
