package rewrite

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/net/html"
)

var attributeValues = []string{
	"", "plain", "&", "&&", "&;", "&#", "&#;", "&#x", "&#x;", "&#X3a;", "&#58", "&#58;", "&#0058x", "&#x3Ag", "&#0;", "&#128;",
	"&#x80", "&#xD800;", "&#x110000;", "&#4294967354;", "&#99999999999999999999;", "&#xfffffffff3a;", "&amp;", "&amp", "&AMP;", "&Amp;",
	"&ampx", "&amp=", "&amp;=", "&amp1", "&amp ", "&amp&amp;", "a&amp;amp;b", "&lt", "&ltx", "&lt;x", "&notit;", "&not;it", "&not", "&not-x",
	"&copy=1", "&copy&x=1", "&copy1", "&semi;", "&semi", "&sol;", "&sol", "&colon;&sol;&sol;", "&period;", "&NotEqualTilde;",
	"&CounterClockwiseContourIntegral;", "&unknown;", "&unknown", "?a=1&b=2&section=3&lt=4", "&quot;&apos;&nbsp", "\x00", "a\x00&amp;\x00", "&Tab;&NewLine;",
	"&fjlig;", "&ThickSpace;", "&frac12", "&frac12x", "&frac12;", "&sup1", "&there4", "&there4;", "&para", "&parallel", "&parallel;", "&times", "&timesb",
}

// checkUnescape holds the decoding against the tokenizer of golang.org/x/net/html.
func checkUnescape(t *testing.T, value string) {
	if strings.ContainsAny(value, "\"\r") {
		return
	}
	tokens := html.NewTokenizer(strings.NewReader(`<a x="` + value + `">`))
	if !assert.Equal(t, html.StartTagToken, tokens.Next()) {
		return
	}
	tokens.TagName()
	_, want, _ := tokens.TagAttr()
	assert.Equal(t, strings.ReplaceAll(string(want), "\x00", "\uFFFD"), unescape([]byte(value)), "%q", value)
}

func TestCharacterReferencesAreDecodedAsInBrowsers(t *testing.T) {
	// Where the other decoder is not what the standard says (13.2.5.76 and 13.2.5.80).
	known := map[string]string{"&#4294967354;": "\uFFFD", "&#x;": "&#x;"}
	for _, value := range attributeValues {
		if want, ok := known[value]; ok {
			assert.Equal(t, want, unescape([]byte(value)))
			continue
		}
		checkUnescape(t, value)
	}
}

var usualNumber = regexp.MustCompile(`^([xX][0-9a-fA-F]{2,5}|[0-9]{2,6})([^0-9a-fA-F]|$)`)

func FuzzUnescape(f *testing.F) {
	for _, value := range attributeValues {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		// Numbers of many digits overflow in the other decoder, and those of one or none are read differently.
		for _, part := range strings.Split(value, "&#")[1:] {
			if !usualNumber.MatchString(part) {
				return
			}
		}
		checkUnescape(t, value)
	})
}

func TestCharsetInAContentAttribute(t *testing.T) {
	for content, want := range map[string]string{
		"text/html; charset=utf-8": "utf-8", "charset=utf-8;x": "utf-8", "charset = 'a b'": "a b", `charset="x`: "", "charset": "",
		"charset charset=x": "x", "charset=": "", "": "", "xcharset=y z": "y", `charset=""`: "",
	} {
		assert.Equal(t, want, charsetIn(content), content)
	}
}

func TestCandidatesOfASrcset(t *testing.T) {
	for set, want := range map[string][]string{
		"":                      nil,
		" , ,":                  nil,
		"a":                     {"a"},
		"a 1x":                  {"a"},
		"a, b":                  {"a", "b"},
		"a,b":                   {"a,b"},
		"a,, b 2x":              {"a", "b"},
		"a 1x,b 2x":             {"a", "b"},
		"a 1x , b 2x":           {"a", "b"},
		"a (1x, 2x) 3x, b":      {"a", "b"},
		"data:,a 1x, b":         {"data:,a", "b"},
		"\n\ta\n1x\n,\nb\f2x  ": {"a", "b"},
		"a 1x (":                {"a"},
	} {
		assert.Equal(t, want, candidates(set), "%q", set)
	}
}
