package webpage

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// notices are what consent boxes say, with the text of a button, by language.
var notices = map[string][2]string{
	"en": {"This website uses cookies to improve your experience. You can opt out if you wish.", "Accept all"},
	"de": {"Wir verwenden Cookies, um Inhalte zu personalisieren. Ihre Einwilligung können Sie widerrufen.", "Alle akzeptieren"},
	"fr": {"Nous utilisons des cookies et des traceurs pour mesurer l'audience de ce site.", "Tout accepter"},
	"es": {"Utilizamos cookies propias y de terceros para analizar su navegación.", "Aceptar todas"},
	"it": {"Questo sito utilizza cookie tecnici e di terze parti, previo il tuo consenso.", "Accetta tutti"},
	"pt": {"Usamos cookies para melhorar a sua navegação e guardar as suas preferências.", "Aceitar"},
	"nl": {"Wij gebruiken cookies om uw bezoek te verbeteren. Lees meer over uw persoonsgegevens.", "Akkoord"},
	"pl": {"Ta strona używa plików cookie. Możesz wyrazić zgodę na ich użycie lub ją wycofać.", "Akceptuję"},
	"sv": {"Vi använder kakor för att förbättra webbplatsen. Du kan återkalla ditt samtycke.", "Godkänn alla"},
	"ru": {"Мы используем файлы cookie для персонализации. Вы даёте согласие на их обработку.", "Принять"},
}

func TestConsentBoxesAreNoText(t *testing.T) {
	t.Parallel()
	page := func(box string) string {
		return "<h1>Hadley</h1>" + box + paragraphs("Our shop is in the old town.", bread)
	}
	cases := map[string]readingCase{}
	for language, notice := range notices {
		long := "<p>" + strings.Repeat(notice[0]+" ", 5) + "</p>"
		button := "<button>" + notice[1] + "</button>"
		cases[language+", by what it says"] = readingCase{
			body: page("<div class=x1><div>" + long + "</div><div>" + button + "</div></div>"), not: []string{notice[0], notice[1]},
		}
		cases[language+", beside the text"] = readingCase{
			body: page("<section><h2>X</h2><p>" + flour + "</p></section><div><p>" + notice[0] + "</p><a href=#>" + notice[1] + "</a></div>"),
			want: []string{flour}, not: []string{notice[0]},
		}
		for _, name := range []string{
			"id=cookiebanner", "class=cookie-notice", `class="cookie-law-info-bar"`, `id=CybotCookiebotDialog`, "id=onetrust-banner-sdk",
			`class="cmplz-cookiebanner cmplz-hidden"`, "id=usercentrics-root", "id=didomi-host", `class="qc-cmp2-container"`,
			"id=sp_message_container_1", "id=iubenda-cs-banner", "id=BorlabsCookieBox", "class=klaro", "id=tarteaucitronRoot",
			`aria-label="Cookie banner"`, "class=gdprPopup", `id=js-consent_modal`,
		} {
			cases[language+", "+name] = readingCase{body: page("<div " + name + ">" + long + "</div>"), not: []string{notice[0]}}
		}
		cases[language+", in an element of its own"] = readingCase{
			body: page("<cookie-banner>" + long + "</cookie-banner>"), not: []string{notice[0]},
		}
	}
	for name, box := range map[string]string{
		"hidden": `<div id="cookie-modal" style="display:none"><p>` + strings.Repeat(notices["en"][0]+" ", 9) + "</p></div>",
		"in a shadow tree": "<x-cmp><template shadowrootmode=open><p>" + notices["en"][0] +
			"</p><button>Accept</button></template></x-cmp>",
		"without a button": "<div><p>We use cookies. By continuing to browse this site, you agree to our privacy policy.</p></div>",
		"of a video": `<div class="video"><p>This video is not shown due to your cookie preferences. Third parties set cookies.</p>` +
			"<button>Allow</button></div>",
		"with many choices": "<div id=onetrust-consent-sdk><h1>Privacy preference center</h1><p>" + notices["en"][0] + "</p>" +
			strings.Repeat("<div><h3>Marketing cookies</h3><p>They are set by our partners to build a profile.</p></div>", 60) + "</div>",
	} {
		cases[name] = readingCase{body: page(box), not: []string{"ookies"}}
	}
	for name, c := range cases {
		c.want = append(c.want, bread)
		cases[name] = c
	}
	testReading(t, cases)
}

// Boxes as real tools and themes write them, without a name that is known.
func TestConsentBoxesInTheWild(t *testing.T) {
	t.Parallel()
	for name, box := range map[string]string{
		"closing": `<p>This site uses cookies. By continuing to use this website, you agree to their use.</p>` +
			`<form><input type=submit value="Close and accept"></form>`,
		"settings": `<p>Wir benötigen Ihre Zustimmung. Wir verwenden Cookies auf unserer Website. Einige sind essenziell.</p>` +
			`<ul><li>Statistiken</li></ul><a role=button>Ich akzeptiere alle</a><a role=button>Speichern</a>`,
		"refusing": `<p>Avec votre accord, nos partenaires et nous utilisons des cookies.</p><button>Continuer sans accepter</button>`,
		"prefixed": `<p>Szanujemy Twoją prywatność. Strona korzysta z cookies.</p><button>Zaakceptuj wszystkie</button>`,
		"implied":  `<p>Мы используем файлы cookie. Продолжая пользоваться сайтом, вы соглашаетесь с обработкой данных.</p>`,
		"reading on": `<p>Um Ihnen die bestmögliche Nutzung zu bieten, setzen wir Cookies ein. Durch die weitere Nutzung der Seite ` +
			`stimmen Sie dem zu.</p>`,
		"fine":     `<p>We use cookies to personalise content.</p><button>I'm fine with this</button>`,
		"agreeing": `<p>Deze website maakt gebruik van cookies. Lees ons <a>cookiebeleid</a>.</p><a class=button>Ik ga akkoord</a>`,
		"choices": `<fieldset><legend>We value your privacy</legend><p>Choose which cookies you want to allow.</p>` +
			`<label><input type=checkbox> Analytics</label><button>Save my choices</button></fieldset>`,
		"dismissing": `<p>Usamos cookies.</p><button>Concordar e fechar</button>`,
		"spanish":    `<p>Utilizamos tecnologías como las cookies para acceder a la información.</p><button>Denegar</button>`,
	} {
		for place, page := range map[string]string{
			"before": "<div class=b>" + box + "</div><main>" + paragraphs(bread, crust) + "</main>",
			"behind": "<div><div>" + paragraphs(bread, crust) + "</div><div class=b>" + box + "</div></div>",
			"dialog": "<dialog open>" + box + "</dialog>" + paragraphs(bread, crust),
		} {
			root, err := parse(t.Context(), page)
			require.NoError(t, err)
			dropConsent(root)
			assert.Equal(t, bread+" "+crust, fold(nodeText(root)), "%s, %s", name, place)
		}
	}
}

func TestTextsAboutCookiesStay(t *testing.T) {
	t.Parallel()
	const (
		oats = "Our oat cookies are baked twice a day and sold while they are warm. The dough rests for a night so that " +
			"the butter can set."
		policy = "We use cookies to remember your settings and to measure how our website is used. You can withdraw your " +
			"consent at any time, and reject cookies of third parties."
	)
	testReading(t, map[string]readingCase{
		"a section of a bakery": {
			body: paragraphs(bread) + `<section id=cookies class=menu-cookies><h2>Cookies</h2><p>` + oats + "</p></section>",
			want: []string{bread, "Cookies", oats},
		},
		"a box of cookies": {
			body: paragraphs(bread) + `<div class=cookie-box><h2>Cookie box</h2><p>` + oats + "</p><a class=btn>Order</a></div>",
			want: []string{bread, oats},
		},
		"ketchup": {
			body: paragraphs(bread) + `<div class=ketchup-bottles><h2>Ketchup</h2><p>` + flour + "</p></div>",
			want: []string{bread, flour},
		},
		"a policy": {
			body: "<main><h1>Cookie policy</h1>" + paragraphs(policy, policy+" "+crust) + "<h2>Your choices</h2>" +
				paragraphs(policy) + "<button>Cookie settings</button></main>",
			want: []string{"Cookie policy", policy, crust, "Your choices"},
		},
		"a policy with a name, without main": {
			body: `<div class="cookie-policy"><h1>Privacy</h1>` + paragraphs(policy, policy) + "</div>", want: []string{policy},
		},
		"a policy beside a box": {
			body: "<div class=text><h1>Cookies</h1>" + paragraphs(policy, crust) + "</div><div id=cookie-bar><p>" + notices["en"][0] +
				"</p><button>OK</button></div>",
			want: []string{policy, crust}, not: []string{notices["en"][0]},
		},
		"a section on privacy": {
			body: "<main>" + paragraphs(bread) + `<section id=privacy><h2>Privacy</h2><p>` + policy + "</p></section></main>",
			want: []string{bread, policy},
		},
		"a policy with a button": {
			body: "<div><h1>Cookie policy</h1>" + paragraphs(policy) + "<button>Accept cookies</button></div>",
			want: []string{policy},
		},
		"links on law": {
			body: paragraphs(bread) + "<p>" + flour + "</p><div><p>How we use cookies on Oklahoma's best site: " +
				"<a href=/a>User Agreement</a> <a href=/p>Privacy</a> <a href=/c>Consent preferences</a></p></div>",
			want: []string{bread, flour, "Oklahoma"},
		},
		"an article": {
			body: "<article><h1>Cookie banners</h1>" + paragraphs("Most banners say: "+notices["en"][0], crust, flour) + "</article>",
			want: []string{notices["en"][0], crust, flour},
		},
		"a page whose class is a tool's": {
			body: `<div class="klaro-enabled onetrust-page"><main>` + paragraphs(bread, oats) + "</main></div>", want: []string{bread, oats},
		},
	})
}

func TestLabelsOfSectionsAndPosts(t *testing.T) {
	t.Parallel()
	section := func(attrs string) string {
		return "<div " + attrs + "><h2>Of the old town</h2><p>" + crust + "</p></div>"
	}
	cases := map[string]readingCase{}
	for _, attrs := range []string{
		"id=cookies", `class="popup-store"`, "class=newsletter", "id=share", `class="modal-verbs"`, "class=breadcrumbs",
		`class="post-12 tag-newsletter category-share type-post hentry"`, `class="product_cat-cookies post-7 status-publish"`,
		`class="has-popup comments-open"`, `class="with-share-buttons"`,
	} {
		cases[attrs] = readingCase{
			body: "<main><h1>Hadley</h1>" + paragraphs(bread, flour) + section(attrs) + "</main>", want: []string{bread, crust, flour},
		}
	}
	cases["a form"] = readingCase{
		body: "<main><h1>Hadley</h1>" + paragraphs(bread, flour, "We close at six.", flour) +
			"<div class=newsletter><h2>News</h2><p>" + crust + "</p><input type=email></div></main>",
		want: []string{bread, flour}, not: []string{crust},
	}
	testReading(t, cases)
	post, err := parse(t.Context(), `<div id=main class="post-3 tag-comments has-sidebar comments-open tags-list"></div>`)
	assert.NoError(t, err)
	for n := range post.Descendants() {
		if len(n.Attr) > 0 {
			assert.Equal(t, []string{"main", "post", "tags", "list"}, labels(n))
		}
	}
}
