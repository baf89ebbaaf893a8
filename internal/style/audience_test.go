package style

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/styletest"
)

// Whom the pages serve is the audience, not who occurs in them.
func TestAudience(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lang, text string
		want       []string
		not        []string
	}{
		"English": {
			"en", "We keep the books for small business owners, and we help landlords with their taxes. " +
				"Our services for small business owners begin in May. We help landlords every day. " +
				"There are schools and restaurants near the office, and a plumber works next door to us.",
			[]string{"small business owners", "landlords"},
			[]string{"schools", "restaurants", "plumber"},
		},
		"German": {
			"de", "Wir unterstützen pflegende Angehörige und Menschen mit Pflegegrad im Alltag. Für Senioren kochen " +
				"wir jeden Tag, und wir putzen für Senioren auch die Fenster. Unser Unternehmen liegt neben der Schule. " +
				"Wir helfen Menschen mit Pflegegrad gern. Unser Team freut sich auf Sie und auf Ihren Anruf.",
			[]string{"Senioren", "Menschen mit Pflegegrad"},
			[]string{"Unternehmen", "Team"},
		},
		"the reader's own": {
			"de", "Wir reinigen jeden Tag für Ihr Unternehmen, und wir reinigen auch am Abend für Ihr Unternehmen. Wer bei uns " +
				"anruft, spricht mit dem Chef, und der kommt am nächsten Tag vorbei und sieht sich alles an. Das kostet nichts, " +
				"und Sie können danach in Ruhe entscheiden.",
			[]string{"Unternehmen"},
			[]string{"Ihr Unternehmen"},
		},
		"French": {
			"fr", "Nous accompagnons les entrepreneurs, les PME et les particuliers dans leurs démarches. " +
				"Notre cabinet est situé près des écoles et des commerces. Pour les particuliers, nous proposons un bilan. " +
				"Nous aidons les entrepreneurs et les PME à tenir leurs comptes, chaque mois de l'année.",
			[]string{"entrepreneurs", "particuliers", "pme"},
			[]string{"écoles", "commerces"},
		},
		"Spanish": {
			"es", "Asesoramos a pequeñas empresas y ayudamos a trabajadores y familias con sus trámites. " +
				"Ofrecemos planes para familias y para trabajadores de toda la región. El colegio está al lado de la oficina. " +
				"Trabajamos con pequeñas empresas desde hace años y conocemos bien el barrio.",
			[]string{"pequeñas empresas", "familias", "trabajadores"},
			[]string{"colegio"},
		},
		"Italian": {
			"it", "La nostra casa è pensata per anziani autosufficienti e per le famiglie che cercano un aiuto. " +
				"Accogliamo anziani autosufficienti tutto l'anno e siamo vicini alle famiglie ogni giorno. " +
				"Il personale abita nel paese, vicino alla scuola e alla chiesa.",
			[]string{"anziani autosufficienti", "famiglie"},
			[]string{"personale"},
		},
		"Portuguese": {
			"pt", "Oferecemos pulverização com drones para produtores rurais e ajudamos agricultores da região. " +
				"Atendemos produtores rurais em todo o estado e ajudamos agricultores a economizar água. " +
				"O nosso piloto mora perto da escola da cidade.",
			[]string{"produtores rurais", "agricultores"},
			[]string{"piloto", "escola"},
		},
	} {
		page := styletest.Page(host, "Titel", test.text)
		page.Lang = test.lang
		got := analyze(t, onboarding.Site{URL: host, Pages: []onboarding.Page{page}})
		groups := got.Style.TargetAudience.Demographics
		assert.Subset(t, groups, test.want, name)
		for _, unwanted := range test.not {
			assert.NotContains(t, groups, unwanted, name)
		}
	}
}

func TestIndustriesByTheirWords(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ lang, title, text, jsonLD, want string }{
		"care at home, declared as a builder": {
			"de", "Alltagshilfe Nord", "Wir entlasten Angehörige und helfen Menschen mit " +
				"Pflegegrad im Haushalt. Die Pflegekasse zahlt den Entlastungsbetrag, und unsere Alltagsbegleiter kommen jede Woche.",
			`{"@type":"HomeAndConstructionBusiness","name":"Alltagshilfe Nord"}`, "care and social services",
		},
		"cleaning": {"de", "Gebäudereinigung Weiß", "Wir übernehmen Unterhaltsreinigung, Glasreinigung und Treppenhausreinigung " +
			"für Büros in der ganzen Stadt, auch am Wochenende.", "", "cleaning and facility services"},
		"law": {"es", "Estudio Ruiz", "Nuestros abogados le asesoran en derecho laboral, divorcios y sucesiones. Presentamos " +
			"la demanda y le acompañamos en el juicio.", "", "law and legal services"},
		"well drilling": {"fr", "Forages du Midi", "Nous réalisons des forages d'eau et des puits, avec pose de pompe immergée. " +
			"Le foreur étudie la nappe phréatique avant de commencer.", "", "well drilling and water supply"},
		"farming": {"pt", "Drones do Campo", "Pulverização agrícola para a sua lavoura de soja e milho. O produtor rural economiza " +
			"defensivos e água em cada safra.", "", "agriculture and farming"},
		"training": {"it", "Formazione Oggi", "I nostri corsi di formazione preparano gli studenti all'esame. Le lezioni sono tenute " +
			"da docenti esperti e gli allievi ricevono certificazioni.", "", "education and training"},
		"electronics": {"en", "Byte Barn", "We sell laptops, smartphones and printers, and our phone repair desk fixes tablets " +
			"while you wait. Refurbished computers come with accessories.", "", "electronics and computer retail"},
		"real estate": {"en", "Hill Realty", "Our listings show homes for sale in every neighborhood. A realtor meets buyers and " +
			"sellers for a free home value report.", "", "real estate"},
		"software": {"en", "Stack Works", "We build mobile apps, websites and APIs for startups. Our developers also do UI design, " +
			"cloud hosting and WordPress.", "", "software and technology"},
		"too little": {
			"en", "Blue", "We are open every day from nine to five, and the door is always open to you and to your friends.",
			"", "",
		},
	} {
		page := styletest.Page(host, test.title, test.text)
		page.Lang = test.lang
		if test.jsonLD != "" {
			page.JSONLD = append(page.JSONLD, []byte(test.jsonLD))
		}
		got := analyze(t, onboarding.Site{URL: host, Pages: []onboarding.Page{page}})
		assert.Equal(t, test.want, got.Style.TargetAudience.IndustryFocus.Label(), name)
	}
}

// The mood and the manner of six languages.
func TestToneInSixLanguages(t *testing.T) {
	t.Parallel()
	for lang, test := range map[string]struct{ text, tone, appeal string }{
		"de": {
			"Wir freuen uns auf Sie und beraten Sie gern. Vertrauen und Qualität sind uns wichtig. Unsere erfahrenen " +
				"Mitarbeiter helfen Ihnen zuverlässig und freundlich. Rufen Sie uns einfach an, wir finden eine gute Lösung. " +
				"Bei uns fühlen Sie sich wohl, und Ihre Zufriedenheit liegt uns am Herzen, heute und morgen und in vielen Jahren.",
			"formal and warm", "positive",
		},
		"fr": {
			"Nous sommes heureux de vous accueillir. Notre équipe vous accompagne avec passion et sérieux. Vous profitez " +
				"d'un service de qualité et de conseils personnalisés. Votre confiance est notre plus belle réussite. Nous vous " +
				"aidons à trouver la meilleure solution, simple et rapide, pour votre maison et pour votre jardin.",
			"formal and warm", "positive",
		},
		"es": {
			"Estamos felices de ayudarte. Nuestro equipo te acompaña con pasión y profesionalidad. Disfruta de un trato " +
				"cercano y de la mejor calidad. Tu tranquilidad es nuestro compromiso. Te ofrecemos soluciones sencillas y " +
				"seguras para tu casa y para tu negocio, con una garantía de satisfacción total. Llámanos hoy y conoce a todo el equipo.",
			"neutral and warm", "positive",
		},
		"it": {
			"Siamo felici di aiutarti. Il nostro team ti accompagna con gioia e professionalità. Goditi un servizio di " +
				"qualità e consigli personalizzati. La tua fiducia è il nostro successo. Ti offriamo soluzioni semplici e sicure " +
				"per la tua casa e per la tua attività, con la garanzia di un buon risultato.",
			"neutral and warm", "positive",
		},
		"pt": {
			"Estamos felizes em ajudar você. A nossa equipe acompanha cada cliente com paixão e profissionalismo. Aproveite " +
				"um atendimento de qualidade e soluções personalizadas. A sua confiança é o nosso sucesso. Oferecemos segurança " +
				"e economia para a sua casa e para o seu negócio, com resultados que duram. Fale com a nossa equipe hoje.",
			"neutral and warm", "positive",
		},
	} {
		page := styletest.Page(host, "Titel", test.text)
		page.Lang = lang
		got := analyze(t, onboarding.Site{URL: host, Pages: []onboarding.Page{page}}).Style.WritingStyle
		assert.Equal(t, test.tone, got.Tone.Label(), lang)
		assert.Equal(t, test.appeal, got.EmotionalAppeal.Label(), lang)
	}
}
