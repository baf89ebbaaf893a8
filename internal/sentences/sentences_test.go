package sentences

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// In the cases a bar stands between sentences.
func check(t *testing.T, lang string, cases []string) {
	t.Helper()
	for _, text := range cases {
		s := New(lang)
		plain := strings.ReplaceAll(text, "|", "")
		s.Learn(plain)
		assert.Equal(t, strings.ReplaceAll(text, "| ", "|"), strings.Join(s.Split(plain), "|"), "%s", lang)
	}
}

func TestNumbersEndSentences(t *testing.T) {
	t.Parallel()
	check(t, "en", []string{
		"We open at 9.| We close at 18.| We bake bread.", "The shop was founded in 1987.| Since then we have sold 12.| Come in.",
		"She has $100.00.| It is in her bag.", "She has $100.00 in her bag.", "We have 3.5 metres.| 20 of them are blue.",
		"Please turn to p. 55.", "Read No. 5 first.| He said no.| Nobody else did.", "It is 7:30.| Come in.",
	})
	check(t, "es", []string{
		"Abrimos la tienda a las 9.| Cerramos la puerta a las 18.| Vendemos pan y dulces a los vecinos del barrio.| " +
			"En verano llegamos a ser 12.| Cada uno conoce su trabajo muy bien.| Hacemos 40.| Venga a vernos con sus hijos.",
		"Cuesta 3,50.| 20 personas lo compran.",
	})
	check(t, "fr", []string{"Nous ouvrons à 9.| Paul arrive à 8.| Il reste jusqu'à 18.| C'est tout."})
	check(t, "nl", []string{"Wij openen om 9.| Jan komt om 8.| In 2019 waren het er 12.| Nu zijn het er 40."})
	check(t, "ru", []string{"Мы открываемся в 9.| Иван приходит в 8.| Летом нас 12.| Приходите."})
	check(t, "it", []string{"Apriamo alle 9.| Mario arriva alle 8.| Siamo in 12."})
	check(t, "pt", []string{"Abrimos às 9.| João chega às 8.| Somos 12."})
	check(t, "sv", []string{"Vi öppnar klockan 9.| Karl kommer klockan 8.| Vi är 12."})
	check(t, "ca", []string{"Obrim a les 9.| Tanquem a les 18."})
	check(t, "uk", []string{"Ми відкриваємо о 9.| Іван приходить о 8."})
}

func TestOrdinalsEndNone(t *testing.T) {
	t.Parallel()
	check(t, "de", []string{
		"Er kommt am 3. Mai.| Sie kommt am 12. Juni.", "Der 2. Weltkrieg endete 1945.| Danach kam der Wiederaufbau.",
		"Wir öffnen um 9.| Wir schließen um 18.| Im Sommer sind wir 12.", "Das war 1987.| Paul kam 1988.",
		"Es kostet 9,50.| Paul kauft es.", "Paul kommt um 9.| Anna kommt um 18.| Sie ist 12.| Ihr Bruder ist 9.",
		"Ab 1. Mai und bis 3. Juni ist zu.", "Die Feier auf 5. Mai verlegt.", "Müller GmbH & Co. KG hilft.", "Was sind die Folgen der Abstimmung vom 12. Juni?", "Friedrich II. König war alt.",
	})
	check(t, "da", []string{
		"Vi holder lukket den 5. Juni.| Vi åbner igen den 6. juni.", "Vi åbner kl. 9.| Butikken lukker kl. 18.| Vi er 12.",
		"Christian 4. Museum ligger her.",
	})
	check(t, "no", []string{"Vi feirer 17. Mai med kake.| Vi åpner kl. 9.| Vi er 12."})
	check(t, "fi", []string{"Avaamme 5. Kerroksessa on kahvila.", "Avaamme kello 9.| Me suljemme kello 18."})
	check(t, "cs", []string{"Přijďte 5. května.| Otevíráme v 9.| V létě je nás 12.", "Karel 4. Lucemburský.", "Dne 12. 5. 2024 je zavřeno."})
	check(t, "sk", []string{"Príďte 5. mája.| Otvárame o 9.| V lete je nás 12."})
	check(t, "pl", []string{"To było 5. Maja tego roku.| Otwieramy o 9.| W lecie jest nas 12."})
	check(t, "hu", []string{"A 3. Kerületben lakunk.| Nyitunk 9.| A bolt zárva van.", "2019. május 5. volt a nap."})
	check(t, "hr", []string{"Radimo od 9.| U ljeto nas je 12.", "Otvoreno 1995. godine.| Naša kuća je stara."})
	check(t, "sr", []string{"Живимо у 3. Београдској улици."})
	check(t, "sl", []string{"Odpremo ob 9.| Poleti nas je 12.", "To je 3. Gimnazija v mestu."})
	check(t, "tr", []string{"Bu 2. Dünya Savaşı sırasında oldu.| Saat 9.| Biz 12 kişiyiz."})
	check(t, "et", []string{"See on 3. Tänav linnas.", "Avame kell 9.| Me oleme siin."})
	check(t, "lv", []string{"Tas ir 3. Ielas nams.", "Mēs atveram plkst. 9.| Mēs esam šeit."})
	check(t, "is", []string{"Það er 3. Flokkur hér.", "Við opnum kl. 9.| Við lokum kl. 18."})
}

func TestMarksInNames(t *testing.T) {
	t.Parallel()
	check(t, "en", []string{
		"Yahoo! is a company that many people know.| We sell Jeopardy! games and Guess Who? boards to schools.| They sell well.",
		"She works at Yahoo! in the accounting department.", "Is it good?| Yes!| It is.", "Yahoo! is old.| Yahoo! Finance is newer.",
		"We use Yahoo! in class.| He likes Yahoo!| It is old.", "are you ready?| we are.| Let us go.", "“Are you there?” she asked.",
		"He sold the iPad.| iPhone sales rose.", "It runs forums.| phpBB is old.| monday.com is new.", "We read Oliver! aloud.| Then we sang.",
	})
	check(t, "de", []string{"Die Zeitschrift Freundin! erscheint oft.| Wir lesen Hallo! und mehr.| Kommen Sie?| Ja!"})
	check(t, "fr", []string{"Le magasin Oh! est ouvert.| Venez !| Nous avons Qui? en stock."})
	check(t, "es", []string{"La revista ¡Hola! sale hoy.| ¿Viene usted?| ¡Sí!"})
	check(t, "nl", []string{"De winkel Jippie! is open.| Komt u?| Ja!"})
}

func TestAbbreviations(t *testing.T) {
	t.Parallel()
	check(t, "en", []string{
		"My name is Jonas E. Smith.| Dr. Smith met Mrs. Jones.", "Were Jane and co. at the party?",
		"They closed the deal with Pitt, Briggs & Co. at noon.", "They closed the deal with Pitt, Briggs & Co.| It closed yesterday.",
		"I can see Mt. Fuji from here.", "St. Michael's Church is on 5th st. near the light.", "That is JFK Jr.'s book.",
		"I visited the U.S.A. last year.", "I live in the E.U.| How about you?", "I live in the U.S.| How about you?",
		"I work for the U.S. Government in Virginia.", "I have lived in the U.S. for 20 years.",
		"At 5 a.m. Mr. Smith went to the bank.| He left the bank at 6 P.M.| Mr. Smith then went to the store.",
		"We open at 8 a.m.| The bakery smells good.", "It starts at 6 p.m. Monday and ends at 7 p.m. EST.",
		"We make a good team, you and I.| Did you see Albert I. Jones yesterday?", "You can find it at N°. 1026.253.553.| That is it.",
		"We sell bread, cakes, etc.| Come in.", "Take vitamin C.| The rest follows.", "He was born on Jan. 5 in Ohio.",
		"Nuts (e.g. Brazil nuts) are good.", "He works for Apple Inc. CEO Tim Cook.", "Fig. 3 shows it.| See Sect. 2 below.", "Ask Sammy Davis Jr.| He knows.",
		"We are at 12 Main St.| We open daily.", "I came in.| Bob talked.| He felt ill.| Ann left.", "Ask a sales rep.| Bob is one.",
		"Wait 20 min.| Bob comes.", "It weighs 5 oz.| Bottles weigh more.", "In Washington, D.C. Mayor Bowser spoke.", "J.R.R. Tolkien wrote.",
		"Open 24/7.| Call 555-1234.| Bob answers.", "We are No. 1!| Come and see.", "Come from Mon.-Fri. 9–5.| Bob waits.",
		"I got an A.| She got a B.", "Version 2.0.| It is new.", "Bread, e.g., rye.| It is 9 a.m. to 5 p.m.| Bob works.",
	})
	check(t, "de", []string{
		"Das kostet z. B. ca. 20 Euro.| Dr. Meier kommt am 3. Mai.| Wirklich?", "Er kauft Brot, Käse usw.| Die Butter fehlt.",
		"Die Müller e.V. Bonn hilft.", "Haus Nr. 5 ist rot, d. h. Die Farbe ist neu.", "Frau Prof. Dr. phil. Meier spricht.",
		"Der Verein Haus e.V.| Wir helfen gern.", "Siehe Abs. 3 und Art. 5.", "Es liegt in der Hauptstr. 5 und der Langstr. 7.", "Das ist so.| Peter kam.| Was ich mag.| Anna auch.", "Das macht 3 Mio. Euro.",
	})
	check(t, "fr", []string{"M. Dupont habite av. Foch.| Il arrive demain !", "Voir p. 12 et art. 5.| C'est clair.", "Du pain, etc.| Venez.", "Ouvert de 9 h à 18 h.| Fermé le lundi."})
	check(t, "es", []string{"El Sr. López llega hoy.| ¿Viene usted?", "Vive en EE. UU. desde 2010.| Le gusta."})
	check(t, "it", []string{"Il sig. Rossi e la dott.ssa Bianchi.| Vedi pag. 12.", "Pane, dolci, ecc.| Venite."})
	check(t, "pt", []string{"O Sr. Silva e a Dra. Costa.| Veja pág. 12.", "C. A. Da Silva chegou.", "Somos dez.| João chegou do mar.| Ana também."})
	check(t, "nl", []string{"Kom om 9 uur.| Jan wacht.| Ik zag Jan.| Piet niet.", "Dhr. Jansen koopt bijv. Gouda.| Zie blz. 12.", "Brood, kaas, enz.| Kom binnen."})
	check(t, "pl", []string{"Dr Nowak, ul. Długa 5, tel. 123, i kupuje np. Chleb.", "Mieszka m.in. w Łodzi itd.| To wszystko."})
	check(t, "ru", []string{"Он живёт на ул. Ленина.| Это далеко!", "Хлеб, сыр и т. д.| Приходите.", "А. С. Пушкин писал.| Он поэт."})
	check(t, "sv", []string{"Vi säljer t.ex. Bröd och bl.a. Ost.| Se s. 12.", "Bröd, ost osv.| Kom in."})
	check(t, "da", []string{"Vi sælger f.eks. Brød og bl.a. Ost.| Se s. 12.", "Ring til dr. Jensen.", "Det koster 100 kr.| Butikken er åben."})
	check(t, "no", []string{"Vi selger f.eks. Brød og bl.a. Ost.| Se s. 12."})
	check(t, "xx", []string{"One.| Two.", "Dr. Xyz ab.| Cd."})
}

func TestQuotationsBracketsAndEllipses(t *testing.T) {
	t.Parallel()
	check(t, "en", []string{
		"She turned to him, \"This is great.\" she said.", "She turned to him, \"This is great.\"| She held the book out.",
		"“Stop.”| He left … and came back.", "(We are open.)| Come in.", "He teaches science (He worked for 5 years.) at the school.",
		"Wait...| What?", "Wait... what is it?", "I never meant that....| She left the store.",
		"I wasn’t really ... well, what I mean...see . . . what I'm saying, the thing is . . . I didn’t mean it.",
		"Indicate the end of the sentence with a period . . . .| Next sentence.", "“Bohr [...] used it [...]” (Smith 55).",
		"Hello!!| Long time no see.", "Hello!?| Is that you?", "It is true.[1]| It is known.[12]| See there.", "Really (!) good.",
		"He said: “Come.”| “Why?” she asked.| “I don't know.”",
	})
	check(t, "de", []string{"„Komm herein.“| Wir kamen.", "»Komm!«| Er kam.", "„Wirklich?“, fragte sie.| „Ja.“", "So …| Nun weiter.", "»Nein.«| »Doch.«"})
	check(t, "fr", []string{"« Il vient. »| Puis il part.", "Il dit : « Viens ! »| Elle vient."})
	check(t, "ja", []string{"今日は晴れです。|明日は雨でしょう。", "「はい。」と言った。|終わり。"})
	check(t, "zh", []string{"我们修理自行车。|您可以等候！|好吗？", "你好！|“真的吗？”|他问。"})
	check(t, "hi", []string{"हम साइकिल ठीक करते हैं।| आप रुक सकते हैं।"})
	check(t, "ar", []string{"نحن نصلح الدراجات.| هل تنتظر؟| نعم."})
	check(t, "el", []string{"Ανοίγουμε;| Ναι."})
	check(t, "hy", []string{"Մենք բաց ենք։| Եկեք։"})
}

func TestGluedSentencesAndAddresses(t *testing.T) {
	t.Parallel()
	check(t, "en", []string{
		"We bake bread.|Then we sell it.", "Is it good?|Yes, it is!|We know.", "Her email is Jane.Doe@example.com.| I sent her an email.",
		"The site is: https://www.example.50.com/new-site/awesome_content.html.| Please check it out.", "We use Node.js and ASP.NET here.",
		"Open Report.Pdf or Booking.Com today.", "Call strings.Split(text) first.", "It costs 20.|We pay.", "He came at 9.|Then he left.",
		"See www.spokes.com.| It is new.", "Visit St.Gallen soon.",
	})
	check(t, "de", []string{"Wir backen Brot.|Dann verkaufen wir es.", "Am 3.Mai ist zu.", "Dr.Meier kommt.", "Wir öffnen um 9.|Wir schließen um 18."})
	check(t, "fr", []string{"Nous ouvrons.|Venez vite."})
	check(t, "ru", []string{"Мы открыты.|Приходите."})
}

func TestEmoji(t *testing.T) {
	t.Parallel()
	check(t, "en", []string{
		"Love it so much 😍| Will buy again", "Great service! 🙂| We come again 👍🏽", "I ❤ New York and you.", "Best bread in town 🥐🥐| Thank you",
		"We bake 🍞 every day.", "Great place to be :)| We come again ;-)| Thanks", "See :) it.",
	})
	check(t, "de", []string{"Tolle Beratung hier 👍| Wir kommen wieder", "Wir lieben 🍞 Brot."})
	check(t, "es", []string{"Me encanta este pan 😍| Volveré pronto"})
}

func TestEnumerations(t *testing.T) {
	t.Parallel()
	check(t, "en", []string{
		"1. Wash the pan.| 2. Dry it.", "1.) The first item| 2.) The second item", "1) The first item.| 2) The second item.",
		"1. The first item| 2. The second item",
		"5.7. More on it.", "P.S. I like it (see \"a\" ).| This is fine.", "a. The first item| b. The second item| c. The third list item", "3. Go.",
	})
	check(t, "de", []string{"1. Topf spülen.| 2. Topf trocknen.", "a) Kommen b) Gehen"[:11]})
}

func TestEdges(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "…", "!!!", " . ", "\U0001F642", "((("} {
		assert.Empty(t, New("en").Split(text), "%q", text)
	}
	assert.Equal(t, []string{"a ."}, New("en").Split("a ."))
	for lang := range allRules() {
		for _, text := range []string{"\xff.\xfe", "1.", "A.", strings.Repeat(". ", 500), strings.Repeat("a.", 500), "¿", "a. . .", ".A", "«»"} {
			New(lang).Split(text)
		}
	}
}

func TestLast(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]rune{
		"It is.": '.', "Is it? 🙂": '?', "“It is!” ": '!', "(Is it?)": '?', "„Ja!“": '!', "« Oui ! »": '!', "好吗？": '？',
		"It is": 0, "": 0, "🙂": 0, "a;": ';',
	} {
		assert.Equal(t, string(want), string(Last(text)), text)
	}
	assert.True(t, EndsSentence('।'))
	assert.False(t, EndsSentence(0))
}

// Each list is read, and has what every language has.
func TestLists(t *testing.T) {
	t.Parallel()
	for name, r := range allRules() {
		assert.NotEmpty(t, r.titles, name)
		assert.NotEmpty(t, r.abbreviations, name)
		assert.NotEmpty(t, r.numbered, name)
		assert.NotEmpty(t, r.final, name)
		if name != undetermined {
			assert.Greater(t, len(r.starters), 50, name)
		}
	}
}

func BenchmarkSplit(b *testing.B) {
	text := strings.Repeat("Dr. Smith met Mrs. Jones at 5 p.m. on Monday. They spoke, e.g. about St. Ives, and left. ", 50)
	for b.Loop() {
		New("en").Split(text)
	}
}
