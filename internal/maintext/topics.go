package maintext

import (
	"strings"
	"unicode"
)

// topicWords are words and phrases, separated by commas, that say what a short text or a heading is about, in the
// languages of most websites. Each topic is a feature.
var topicWords = []string{ //nolint:gosec // no credentials, though words such as "password" are among them
	topicReviews: `review, reviews, rating, ratings, testimonial, testimonials, customers say, clients say, people say,
		customers think, avis, bewertung, bewertungen, rezensionen, kundenstimmen, reseñas, opiniones, recensioni,
		beoordelingen, avaliações`,
	topicRelated: `related, recommended, similar, recently viewed, frequently bought, customers also, more from, pairs well,
		complete the look, you may like, you might like, may also like, might also like, be interested, best sellers,
		bestsellers, popular, trending, inspired by, see also, also like, ähnliche, das könnte, vous aimerez, similaires,
		relacionado, relacionada, relacionados, relacionadas, también te, correlati, potrebbe, gerelateerd`,
	topicSpecification: `specification, specifications, spec, specs, technical, dimension, dimensions, measurement,
		measurements, features, details, material, materials, ingredients, what's included, in the box, care,
		technische daten, eigenschaften, caractéristiques, características, specifiche, kenmerken`,
	topicDescription: `description, overview, about this, about the, product details, product information, summary,
		beschreibung, descripción, descrizione, omschrijving, descrição`,
	topicComments: `comment, comments, reply, replies, leave a reply, leave a comment, join the discussion,
		join the conversation, kommentar, kommentare, commentaire, commentaires, comentario, comentarios, commenti, reacties`,
	topicNewsletter: `newsletter, subscribe, signup, sign up, stay up to date, in touch, stay connected, join our, join us,
		join the, follow us, mailing list, abonnieren, s'abonner, abonnez, suscríbete, suscribe, iscriviti, inscreva, assine`,
	topicFilters: `filter, filters, sort, sort by, refine, category, categories, brand, brands, price range, color, colors,
		colour, colours, size, sizes, availability, filtern, sortieren, trier, filtrer, ordenar, filtrar, clear all,
		show more, show less, apply`,
	topicShipping: `shipping, delivery, return, returns, refund, warranty, payment, pay with, checkout, versand, lieferung,
		rückgabe, livraison, retour, retours, envío, devoluciones, spedizione, resi, verzending`,
	topicCompany: `customer service, customer care, help, support, contact, contact us, about us, company, careers, legal,
		privacy, terms, quick links, my account, useful links, information, shop, navigation, menu, kontakt, impressum,
		datenschutz, aide, mentions légales, ayuda, azienda`,
	topicCookies: `cookie, cookies, consent, javascript, browser, gdpr, tracking, datenschutzeinstellungen, zustimmen,
		accepter, aceptar`,
	topicCart: `add to cart, add to bag, add to basket, add to wishlist, buy now, in stock, out of stock, sold out, quantity,
		qty, select a, select an, select your, select options, select size, choose, choose options, quick view, quick add,
		quick shop, in den warenkorb, ajouter au panier, añadir, aggiungi, in winkelwagen`,
	topicAccount: `sign in, log in, login, register, my account, forgot, password, create account, create an account,
		anmelden, connexion, iniciar sesión, accedi`,
	topicShare: `share, tweet, facebook, twitter, linkedin, pinterest, whatsapp, copy link, print, email this, teilen,
		partager, compartir`,
	topicPosts: `posted, joined, post, posts, member, members, view, views, like, likes, replied, quote, vote, votes, point,
		points, solved, report, permalink, thread, moderator, upvote, karma, member since, original poster, beiträge,
		antworten, répondre`,
	topicAgo: `hours ago, hour ago, days ago, day ago, years ago, year ago, months ago, month ago, weeks ago, week ago,
		minutes ago, mins ago, min read`,
	topicFirst:    `i, i'm, i've, i'd, my, me, ich, mein, meine, je, mon, yo, mi, io`,
	topicWe:       `we, our, us, wir, unser, unsere, nous, notre, nos, nosotros, nuestro, nuestra, noi, nostro, nostra, wij, onze`,
	topicYou:      `you, your, sie, ihr, ihre, vous, votre, usted, su, du, dein`,
	topicThird:    `he, she, said, told, says, according to`,
	topicFAQ:      `faq, faqs, frequently asked, questions, häufige fragen, preguntas, domande`,
	topicResults:  `result, results, showing, item, items, product, products, page, pages, load more, view all, next, previous, per page, ergebnisse, produkte, résultats, produits`,
	topicOffer:    `get a quote, free quote, free consultation, free estimate, free trial, free demo, book a, book an, book now, request a, schedule, call us, get started, talk to, jetzt anfragen, devis, our services, our team, our clients, our work, case study, case studies, why choose`,
	topicGuide:    `parameter, parameters, default, example, examples, install, version, syntax, function, method, class, command, configure, api, deprecated, note, string, boolean, documentation, reference, manual, tutorial, guide, how to`,
	topicDate:     `january, february, march, april, june, july, august, september, october, november, december, jan, feb, mar, apr, jun, jul, aug, sep, oct, nov, dec, published, updated, veröffentlicht, aktualisiert, publié, publicado, pubblicato`,
	topicCredits:  `photo, image credit, photo credit, picture, getty images, ap photo, afp, reuters, shutterstock, istock, handout, courtesy, screenshot, foto`,
	topicClosing:  `filed under, posted in, tagged, tags, tag, topics, labels, keywords, source, sources, via, about the author, written by, author, share this, read more, read next, up next, more on, advertisement, footnotes, originally published, first published, all rights reserved`,
	topicPromotes: `click here, download, app, tip, tips, reached at, terms of use, privacy policy, copyright, get the latest, breaking, free, offer, deal, deals, sale, discount, affiliate, commission, sponsored`,
}

const (
	topicReviews = iota
	topicRelated
	topicSpecification
	topicDescription
	topicComments
	topicNewsletter
	topicFilters
	topicShipping
	topicCompany
	topicCookies
	topicCart
	topicAccount
	topicShare
	topicPosts
	topicAgo
	topicFirst
	topicWe
	topicYou
	topicThird
	topicFAQ
	topicResults
	topicOffer
	topicGuide
	topicDate
	topicCredits
	topicClosing
	topicPromotes
	countTopics
)

// topics holds the topics of each word and phrase as bits. Words that begin a longer phrase have the bit phraseBit.
var topics = func() map[string]uint32 {
	of := map[string]uint32{}
	for i, list := range topicWords {
		for phrase := range strings.SplitSeq(list, ",") {
			words := strings.Fields(phrase)
			of[strings.Join(words, " ")] |= 1 << i
			for n := 1; n < len(words); n++ {
				of[strings.Join(words[:n], " ")] |= phraseBit
			}
		}
	}
	return of
}()

// phraseBit marks the beginning of a phrase.
const phraseBit uint32 = 1 << 31

// topicsOf counts the topics that the words name.
func topicsOf(words []string, counts *[countTopics]int) (set uint32) {
	for i, word := range words {
		found, known := topics[word]
		for n := i + 1; known; n++ {
			set |= found &^ phraseBit
			if counts != nil {
				eachBit(uint64(found&^phraseBit), func(topic int) { counts[topic]++ })
			}
			if found&phraseBit == 0 || n >= len(words) {
				break
			}
			word += " " + words[n]
			found, known = topics[word]
		}
	}
	return set
}

// wordsOf returns the words of s in lower case: runs of letters and digits, with apostrophes within.
func wordsOf(s string) []string {
	s = strings.ToLower(strings.ReplaceAll(s, "’", "'"))
	return strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
}
