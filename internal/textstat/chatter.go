package textstat

// chatter are words of forms, contacts, opening hours and furniture in several languages.
// They say nothing of what a site is about.
var chatter = NewWordSet([]string{
	"address", "call", "email", "e-mail", "mail", "phone", "telephone", "mobile", "fax", "contact", "menu", "message",
	"name", "submit", "send", "website", "web", "page", "click", "login", "cookie", "cookies", "google", "facebook",
	"instagram", "whatsapp", "linkedin", "youtube", "twitter", "srl", "gmbh", "llc", "ltd", "inc", "monday", "tuesday",
	"wednesday", "thursday", "friday", "saturday", "sunday", "mon", "fri", "sat", "sun", "skip", "form", "consult",
	"privacy", "policy", "faq", "blog", "image", "photo", "details", "info", "copyright", "logo", "icon", "map", "maps",
	"adresse", "telefon", "handy", "kontakt", "nachricht", "formular", "impressum", "datenschutz", "daten", "montag",
	"dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "uhr", "abs", "anrufen", "webseite",
	"öffnungszeiten", "startseite", "bild", "foto", "kunden", "ihnen", "anfrage", "herr", "frau", "gmb",
	"téléphone", "tél", "courriel", "message", "nom", "prénom", "accueil", "formulaire", "lundi", "mardi", "mercredi",
	"jeudi", "vendredi", "samedi", "dimanche", "mentions", "données", "envoyer", "réponse", "détails", "cliquez",
	"dirección", "teléfono", "correo", "contacto", "mensaje", "nombre", "formulario", "inicio", "lunes", "martes",
	"miércoles", "jueves", "viernes", "sábado", "domingo", "enviar", "horario", "datos", "electrónico", "anterior",
	"siguiente", "clic", "haga", "indirizzo", "telefono", "contatti", "messaggio", "nome", "cognome", "modulo", "lunedì",
	"martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica", "dati", "invia", "orari", "clicca", "rispondi",
	"endereço", "telefone", "contato", "mensagem", "formulário", "início", "segunda-feira", "terça-feira", "dados",
	"quarta-feira", "quinta-feira", "sexta-feira", "horário", "clique", "junho", "julho",
})
