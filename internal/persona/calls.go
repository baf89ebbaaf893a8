package persona

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// quoted finds the calls that an analysis quotes.
var quoted = regexp.MustCompile(`“([^”]+)”`)

// formWords begin or make up the labels of forms, menus and pagers, which call for nothing in a post. They are compared
// with the label in small letters.
var formWords = strings.Fields(`send submit search login sign log subscribe register next previous close open menu more
read learn view see continue ok accept download share reply post comment apply_filter back skip cookie
absenden senden suchen anmelden einloggen registrieren weiter zurück schließen mehr weiterlesen akzeptieren abonnieren
envoyer rechercher connexion connecter suivant précédent fermer plus lire voir accepter valider inscrire abonner
enviar buscar pesquisar entrar iniciar siguiente anterior cerrar fechar próximo leer ler ver más mais aceptar aceitar
suscribir inscrever cadastrar invia invio cerca accedi avanti indietro chiudi leggi vedi scopri accetta iscriviti altro`)

// maxCallRunes is the longest label that can close a post.
const maxCallRunes = 60

// fittingCall is the first call of the site that can close a post: no label of a form or a menu, two words at least.
func (s *source) fittingCall() string {
	call := s.style.ContentType.CallToAction
	for _, found := range quoted.FindAllStringSubmatch(call.Text(), -1) {
		label := strings.TrimSpace(found[1])
		words := strings.Fields(strings.ToLower(label))
		if len(words) < 2 || utf8.RuneCountInString(label) > maxCallRunes || isFormLabel(words) {
			continue
		}
		return label
	}
	return ""
}

// isFormLabel reports whether the label of a call belongs to a form, a menu or a pager.
func isFormLabel(words []string) bool {
	first := strings.Trim(words[0], ".,:!?…»›→")
	for _, word := range formWords {
		if first == word {
			return true
		}
	}
	return false
}
