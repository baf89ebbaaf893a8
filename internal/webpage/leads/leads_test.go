package leads

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// from is the address of the pages.
func from(t *testing.T) *url.URL {
	t.Helper()
	address, err := url.Parse("https://example.com/a/b")
	require.NoError(t, err)
	return address
}

// nextOf returns where a page leads as a path, "" for nowhere.
func nextOf(t *testing.T, page, header string) string {
	t.Helper()
	next := Of([]byte(page), "text/html", from(t), header).Next
	if next == nil {
		return ""
	}
	return strings.TrimPrefix(next.String(), "https://example.com")
}

func TestRefreshes(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"0; url=/en/": "/en/", "0;URL=/en/": "/en/", "0;url='/en/'": "/en/", `0; url="/en/"`: "/en/", "0, url=/en/": "/en/",
		"0;/en/": "/en/", "0 /en/": "/en/", "0 url=/en/": "/en/", "0;url = /en/ ": "/en/", " 5 ; Url= en ": "/a/en",
		"1.5;url=/en/": "/en/", ".5;url=/en/": "/en/", "0;url=//example.com/en": "/en", "0;url='/en/' and more": "/en/",
		"0; url='/en/": "/en/", "0;url=/url=x": "/url=x", "0;url": "/a/url", "0;urlaub.html": "/a/urlaub.html",
		"0;url=https://other.example/": "https://other.example/", "60;url=/en/": "/en/",
		"0": "/a/b", "5;": "/a/b", "0;url=": "/a/b", "0;url=#part": "/a/b", "0;url=/a/b": "/a/b",
		"": "", "url=/en/": "", "now;url=/en/": "", "-1;url=/en/": "", "61;url=/en/": "", "0x;url=/en/": "",
		"99999999999999999999;url=/en/": "", "0;url=javascript:alert(1)": "", "0;url=mailto:a@b.example": "",
		"0;url=http://u:p@example.com/": "",
	} {
		t.Run(content, func(t *testing.T) {
			t.Parallel()
			quoted := `"` + strings.ReplaceAll(content, `"`, "&quot;") + `"`
			assert.Equal(t, want, nextOf(t, `<META HTTP-EQUIV="Refresh" CONTENT=`+quoted+`>`, ""))
			assert.Equal(t, want, nextOf(t, "<p>x", content), "as a header")
		})
	}
}

func TestWhereAPageLeads(t *testing.T) {
	t.Parallel()
	const refresh = `<meta http-equiv=refresh content="0;url=/meta">`
	for name, test := range map[string]struct{ page, want string }{
		"without quotes":              {`<META HTTP-EQUIV=REFRESH CONTENT=0;URL=/meta>`, "/meta"},
		"content first":               {`<meta content="0;url=/meta" http-equiv="refresh"/>`, "/meta"},
		"the first that leads on":     {`<meta http-equiv=refresh content=4>` + refresh, "/meta"},
		"from the base":               {`<base href="/c/"><meta http-equiv=refresh content="0;url=d">`, "/c/d"},
		"with references":             {`<meta http-equiv=refresh content="0;url=/d?x=1&amp;y=2">`, "/d?x=1&y=2"},
		"in a comment":                {`<!-- ` + refresh + ` -->`, ""},
		"in a text":                   {`<textarea>` + refresh + `</textarea>`, ""},
		"in a script":                 {`<script>w('` + refresh + `')</script>`, ""},
		"in noscript":                 {`<noscript>` + refresh + `</noscript>`, "/meta"},
		"in noscript, and a script":   {`<noscript>` + refresh + `</noscript><script>location="/script"</script>`, "/script"},
		"in noscript, another script": {`<noscript>` + refresh + `</noscript><script>location=l()</script>`, "/meta"},
		"meta before script":          {`<script>location="/script"</script>` + refresh, "/meta"},
		"on load":                     {`<body onload="location.href='/script'">`, "/script"},
		"on load, by name":            {`<script>function go() { location = "/script" }</script><body onload="go()">`, "/script"},
		"on a click":                  {`<script>function go() { location = "/script" }</script><button onclick="go()">`, ""},
		"a script of data":            {`<script type="application/json">location="/script"</script>`, ""},
		"a script of old":             {`<script type="text/javascript" language=JavaScript><!-- ` + "\nlocation='/script'\n//--></script>", "/script"},
		"XHTML":                       {"<script>//<![CDATA[\nlocation='/script'\n//]]></script>", "/script"},
		"two scripts that lead on":    {`<script>location="/1"</script><script>location="/2"</script>`, ""},
		"beside another script":       {`<script>var x = location.search;</script><script>location="/script"</script>`, "/script"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, nextOf(t, test.page, ""))
		})
	}
}

func TestScriptsThatLeadOn(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{
		`location="/en/"`: "/en/", `location = '/en/';`: "/en/", `location.href="/en/"`: "/en/", "location=`/en/`": "/en/",
		`window.location="/en/"`: "/en/", `window.location.href = "/en/"`: "/en/", `document.location = "/en/"`: "/en/",
		`top.location="/en/"`: "/en/", `self.location.href="/en/"`: "/en/", `window.top.location="/en/"`: "/en/",
		`location.replace("/en/")`: "/en/", `window.location.replace( '/en/' );`: "/en/", `location.assign("/en/")`: "/en/",
		`location.pathname="/en/"`: "/en/", `window["location"]["href"]="/en/"`: "/en/", `location["replace"]("/en/")`: "/en/",
		`location="en"`: "/a/en", `location="https:\/\/example.com\/en\/"`: "/en/", `location="\u002Fen\x2f"`: "/en/",
		`location="/en/?a=1&b=2"`: "/en/?a=1&b=2", `var location = "/en/"`: "/en/",
		`"use strict"; location="/en/"`: "/en/", "// on\nlocation='/en/' // gone": "/en/", "/* if */ location='/en/'": "/en/",
		`document.cookie="a=1"; location="/en/"`:                              "/en/",
		`setTimeout(function(){ window.location.href = "/en/"; }, 3000);`:     "/en/",
		`setTimeout(() => { location.href = "/en/" }, 0)`:                     "/en/",
		`setTimeout("location.href='/en/'", 100)`:                             "/en/",
		`window.onload = function() { location.replace("/en/"); }`:            "/en/",
		`window.addEventListener("load", function(e){ location="/en/" })`:     "/en/",
		`$(document).ready(function(){ location="/en/" })`:                    "/en/",
		`(function(){ location="/en/" })()`:                                   "/en/",
		`function r(){ location="/en/" } setTimeout("r()", 10000)`:            "/en/",
		`console.log("if", location.href == "/x"); location.replace("/en/");`: "/en/",

		`location = "/en/" + x`: "", `location = x`: "", `location.href = l ? "/de/" : "/en/"`: "", "location=`/${l}/`": "",
		`if (l) location = "/de/"; else location = "/en/"`: "", `if (screen.width < 700) { location = "/m/" }`: "",
		`location.protocol = "https:"`: "", `location.hash = "#x"`: "", `location.search = "?x"`: "",
		`location == "/en/"`: "", `location.href === "/en/"`: "", `let location = "/en/"`: "", `const location="/en/"`: "",
		`map.location = "/en/"`: "", `mylocation = "/en/"`: "", `x = {location: "/en/"}`: "", `location.reload()`: "",
		`b.onclick = function(){ location="/en/" }`: "", `b.addEventListener("click", function(){ location="/en/" })`: "",
		`$("#b").click(function(){ location="/en/" })`: "", `function go(){ location="/en/" }`: "",
		`confirm("x") && location.replace("/en/")`: "", `location="/en/".concat(x)`: "", `location=""`: "",
		`location="javascript:alert(1)"`: "", `location.replace("/en/", x)`: "", `location="/de/"; location="/en/"`: "",
		`// location="/en/"`: "", `/* location="/en/" */`: "", `location.replace(x)`: "",
		`location="/en/"; location.protocol="https:"`: "",
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, want, nextOf(t, "<script>"+script+"</script>", ""))
		})
	}
}

func TestFrames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		page  string
		want  []string
		fills bool
	}{
		"a frameset":            {`<frameset cols="20%,80%"><frame src="nav.html"><frame src="/main.html"></frameset>`, []string{"/a/nav.html", "/main.html"}, false},
		"of one frame":          {`<frameset rows="100%,*"><frame src="https://other.example/"><frame src="about:blank"></frameset>`, []string{"https://other.example/"}, true},
		"an iframe":             {`<iframe src="/main.html"></iframe>`, []string{"/main.html"}, false},
		"that fills the page":   {`<iframe src="/main.html" width="100%" height="100%">`, []string{"/main.html"}, true},
		"that fills by style":   {`<iframe src="/main.html" style="border:0;height:100vh">`, []string{"/main.html"}, true},
		"HTML of its own":       {`<iframe srcdoc="&lt;p&gt;text&lt;/p&gt;" src="/x"></iframe>`, []string{"<p>text</p>"}, false},
		"an object":             {`<object type="text/html" data="/main.html"></object><object data="/x.swf"></object>`, []string{"/main.html"}, false},
		"from the base":         {`<base href="/c/"><iframe src="d">`, []string{"/c/d"}, false},
		"hidden ones":           {`<iframe src="/1" width=0 height=0></iframe><iframe src="/2" style="display:none"></iframe><iframe src="/3" hidden></iframe><iframe src="/4" height="1px"></iframe>`, nil, false},
		"in noscript":           {`<noscript><iframe src="/1"></iframe></noscript>`, nil, false},
		"no pages":              {`<iframe src="about:blank"></iframe><iframe src="javascript:x"></iframe><iframe></iframe>`, nil, false},
		"more than are counted": {strings.Repeat(`<iframe src="/1"></iframe>`, 20), []string{"/1", "/1", "/1", "/1", "/1", "/1", "/1", "/1"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			frames := Of([]byte(test.page), "text/html", from(t), "").Frames
			for _, frame := range frames {
				if frame.Address != nil {
					frame.Inner = strings.TrimPrefix(frame.Address.String(), "https://example.com")
				}
				got = append(got, frame.Inner)
			}
			assert.Equal(t, test.want, got)
			if test.fills {
				require.Len(t, frames, 1)
			}
			assert.Equal(t, test.fills, len(frames) == 1 && frames[0].Fills)
		})
	}
	lead := Of([]byte(`<frameset><frame src=x><noframes><p>Old</p></noframes></frameset>`), "", from(t), "")
	assert.Equal(t, "<p>Old</p>", lead.NoFrames)
}
