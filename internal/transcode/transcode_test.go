package transcode

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

func TestToUTF8(t *testing.T) {
	t.Parallel()
	utf16 := func(endian unicode.Endianness, bom unicode.BOMPolicy, text string) string {
		out, err := unicode.UTF16(endian, bom).NewEncoder().String(text)
		require.NoError(t, err)
		return out
	}
	latin := func(text string) string {
		out, err := charmap.Windows1252.NewEncoder().String(text)
		require.NoError(t, err)
		return out
	}
	const xml = `<?xml version="1.0" encoding="UTF-16"?><p>Grüße</p>`
	tests := map[string]struct{ body, contentType, text, name string }{
		"UTF-8 with a mark":            {"\xef\xbb\xbfGrüße", "", "Grüße", "utf-8"},
		"UTF-8 that nothing declares":  {"<p>Grüße", "text/html", "<p>Grüße", "utf-8"},
		"UTF-16 with a mark":           {utf16(unicode.LittleEndian, unicode.UseBOM, xml), "", xml, "utf-16le"},
		"UTF-16 XML without a mark":    {utf16(unicode.LittleEndian, unicode.IgnoreBOM, xml), "", xml, "utf-16le"},
		"big endian without a mark":    {utf16(unicode.BigEndian, unicode.IgnoreBOM, "<html>ü"), "", "<html>ü", "utf-16be"},
		"ASCII that says UTF-16":       {xml, "", xml, "utf-8"},
		"XML declaration":              {latin(`<?xml version="1.0" encoding='ISO-8859-1' ?>ü`), "", `<?xml version="1.0" encoding='ISO-8859-1' ?>ü`, "windows-1252"},
		"header before declaration":    {`<?xml version="1.0" encoding="latin1"?>ü`, "text/xml; charset=utf-8", `<?xml version="1.0" encoding="latin1"?>ü`, "utf-8"},
		"meta before XML declaration":  {`<?xml version="1.0" encoding="koi8-r"?><meta charset=utf-8>ü`, "", `<?xml version="1.0" encoding="koi8-r"?><meta charset=utf-8>ü`, "utf-8"},
		"a declaration of nothing":     {`<?xml version="1.0" encoding="wurst"?>ü`, "", `<?xml version="1.0" encoding="wurst"?>ü`, "utf-8"},
		"bytes that UTF-8 has not":     {"a\xffb", "text/plain; charset=utf-8", "a\uFFFDb", "utf-8"},
		"bytes that nothing declares":  {latin("Grüße"), "", "Grüße", "windows-1252"},
		"nothing":                      {"", "", "", "utf-8"},
		"a header that names nonsense": {"ü", "text/html; charset=wurst", "ü", "utf-8"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, encoding := ToUTF8([]byte(test.body), test.contentType)
			assert.Equal(t, test.text, text)
			assert.Equal(t, test.name, encoding)
		})
	}
}
