package style

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/webpage"
)

// unlisted are texts of an invented bicycle shop in languages without word lists.
var unlisted = map[string]string{
	"da": "Vi er en lille cykelbutik midt i byen, og vi har repareret cykler siden 1987. Hos os får du altid en ærlig " +
		"snak om, hvad din cykel trænger til, og hvad det kommer til at koste. Hvis en reparation ikke kan betale sig, " +
		"siger vi det lige ud. Du kan komme forbi uden at bestille tid. Mens du venter, kan du drikke en kop kaffe.",
	"no": "Vi er en liten sykkelbutikk midt i byen, og vi har reparert sykler siden 1987. Hos oss får du alltid en ærlig " +
		"prat om hva sykkelen din trenger og hva det kommer til å koste. Hvis en reparasjon ikke lønner seg, sier vi det " +
		"rett ut. Du kan komme innom uten å bestille time. Mens du venter, kan du drikke en kopp kaffe.",
	"nn": "Me er ein liten sykkelbutikk midt i byen, og me har reparert syklar sidan 1987. Hjå oss får du alltid ein ærleg " +
		"prat om kva sykkelen din treng og kva det kjem til å koste. Dersom ein reparasjon ikkje løner seg, seier me det " +
		"rett ut. Du kan koma innom utan å tinga time. Medan du ventar, kan du drikka ein kopp kaffi.",
	"fi": "Olemme pieni polkupyöräliike keskellä kaupunkia, ja olemme korjanneet pyöriä vuodesta 1987. Meiltä saat aina " +
		"rehellisen arvion siitä, mitä pyöräsi tarvitsee ja mitä se maksaa. Jos korjaus ei kannata, sanomme sen suoraan. " +
		"Voit tulla käymään ilman ajanvarausta. Kun odotat, voit juoda kupin kahvia ja katsella vanhoja pyöriä rauhassa.",
	"cs": "Jsme malý obchod s jízdními koly uprostřed města a kola opravujeme od roku 1987. U nás vždy dostanete upřímnou " +
		"radu, co vaše kolo potřebuje a kolik to bude stát. Pokud se oprava nevyplatí, řekneme to rovnou. Můžete přijít " +
		"bez objednání. Než bude hotovo, můžete si dát šálek kávy a prohlédnout si starší kola, která jsme opravili.",
	"sk": "Sme malý obchod s bicyklami uprostred mesta a bicykle opravujeme od roku 1987. U nás vždy dostanete úprimnú " +
		"radu, čo váš bicykel potrebuje a koľko to bude stáť. Ak sa oprava neoplatí, povieme to rovno. Môžete prísť bez " +
		"objednania. Kým bude hotovo, môžete si dať šálku kávy a pozrieť si staršie bicykle, ktoré sme opravili.",
	"ca": "Som una petita botiga de bicicletes al mig de la ciutat i reparem bicicletes des del 1987. A casa nostra sempre " +
		"trobareu un consell honest sobre què necessita la vostra bicicleta i quant costarà. Si una reparació no val la " +
		"pena, ho diem clarament. Podeu venir sense demanar hora. Mentre espereu, podeu prendre una tassa de cafè.",
	"gl": "Somos unha pequena tenda de bicicletas no medio da cidade e arranxamos bicicletas desde 1987. Na nosa casa " +
		"sempre atoparás un consello honesto sobre o que precisa a túa bicicleta e canto vai custar. Se un arranxo non " +
		"paga a pena, dicímolo claramente. Podes vir sen pedir hora. Mentres agardas, podes tomar unha cunca de café.",
	"tr": "Şehrin ortasında küçük bir bisiklet dükkânıyız ve 1987 yılından beri bisiklet tamir ediyoruz. Bizde her zaman " +
		"bisikletinizin neye ihtiyacı olduğu ve bunun ne kadar tutacağı konusunda dürüst bir bilgi alırsınız. Bir tamir " +
		"buna değmiyorsa, bunu açıkça söyleriz. Randevu almadan gelebilirsiniz. Beklerken bir fincan kahve içebilirsiniz.",
	"uk": "Ми невелика веломайстерня в центрі міста і ремонтуємо велосипеди з 1987 року. У нас ви завжди почуєте чесну " +
		"пораду, чого потребує ваш велосипед і скільки це коштуватиме. Якщо ремонт не вартий того, ми скажемо про це " +
		"прямо. Можна прийти без запису. Поки чекаєте, можете випити чашку кави і подивитися на старі велосипеди.",
	"hr": "Mi smo mala trgovina bicikala usred grada i bicikle popravljamo od 1987. godine. Kod nas ćete uvijek dobiti " +
		"iskren savjet o tome što vašem biciklu treba i koliko će to stajati. Ako se popravak ne isplati, reći ćemo to " +
		"otvoreno. Možete doći bez najave. Dok čekate, možete popiti šalicu kave i pogledati starije bicikle.",
	"id": "Kami adalah toko sepeda kecil di tengah kota dan telah memperbaiki sepeda sejak tahun 1987. Di tempat kami Anda " +
		"selalu mendapat saran yang jujur tentang apa yang dibutuhkan sepeda Anda dan berapa biayanya. Jika perbaikan " +
		"tidak sepadan, kami akan mengatakannya dengan jelas. Anda bisa datang tanpa janji sambil minum kopi.",
}

// A text in a language without lists is in that language, or not surely in another one, whatever it declares, and no
// list of another language measures it.
func TestNoRulesOfAnotherLanguage(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	for name, text := range unlisted {
		for _, declared := range []string{"", name, "en", "sv-SE", "es", "de"} {
			site := webpage.FromText(onboarding.WebsiteInput{TextSample: text}, time.Unix(0, 0))
			site.Pages[0].Lang = declared
			analysis, err := a.Analyze(t.Context(), site)
			require.NoError(t, err)
			m, style := analysis.Measured, analysis.Style
			want := map[string]string{"nn": "no"}[name]
			if want == "" {
				want = name
			}
			if m.Language.Reliable || declared == name {
				assert.Equal(t, want, m.Language.Code, "%s declared %s", name, declared)
			}
			assert.Nil(t, m.Person.Second, "%s declared %s: %v", name, declared, m.Language)
			assert.Nil(t, m.Vocabulary.ContentWordShare)
			assert.Nil(t, m.Readability.FleschReadingEase)
			assert.Nil(t, m.Formality)
			assert.Empty(t, m.Keywords)
			assert.Empty(t, m.Transitions)
			assert.Empty(t, m.FunctionWords)
			assert.Nil(t, style.WritingStyle.Voice)
			assert.Nil(t, style.WritingStyle.FormalityLevel)
			assert.NotEmpty(t, style.Meta.Uncertainty.Reasons["writing_style.voice"])
			assert.NotNil(t, m.Readability.LIX, "LIX counts letters alone")
		}
	}
}
