package rewrite

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheTypeBrowsersTakeFromTheHeaders(t *testing.T) {
	for lines, want := range map[string]string{
		"":                                     " ",
		"text/html":                            "text/html ",
		" Text/HTML ; Charset=UTF-8 ":          "text/html UTF-8",
		"text/html, text/html":                 "text/html ",
		"text/html|text/html":                  "text/html ",
		"text/html|text/plain":                 "text/plain ",
		"text/plain, text/html":                "text/html ",
		"text/html, */*":                       "text/html ",
		"text/html, nothing":                   "text/html ",
		"text/html, unknown/unknown":           " ",
		"application/unknown":                  " ",
		"*/*":                                  " ",
		"text":                                 " ",
		"text/":                                " ",
		"/html":                                " ",
		"text/ht ml":                           " ",
		"te xt/html":                           " ",
		"text/html;":                           "text/html ",
		"text/html;charset":                    "text/html ",
		"text/html;charset=;charset=a":         "text/html a",
		"text/html; charset=a; charset=b":      "text/html a",
		`text/html; charset="utf-16\"x"; b=c`:  `text/html utf-16"x`,
		`text/html; a="b;charset=c"`:           "text/html ",
		`text/html; a=", image/png"`:           "text/html ",
		"text/html; charset=a, text/html":      "text/html a",
		"text/html; charset=a|text/plain":      "text/plain ",
		"text/html;charset=a, text/html;x=y":   "text/html a",
		"text/html;charset=a, text/html; c; =": "text/html a",
	} {
		h := http.Header{}
		if lines != "" {
			h["Content-Type"] = strings.Split(lines, "|")
		}
		got := typeIn(h)
		assert.Equal(t, want, got.essence+" "+got.charset, lines)
	}
}

func TestWhoForbidsSniffing(t *testing.T) {
	for lines, want := range map[string]bool{
		"": false, "nosniff": true, " NoSniff ": true, "nosniff, x": true, "x, nosniff": false, "nosniff|x": true, "|nosniff": false,
	} {
		assert.Equal(t, want, forbidsSniffing(http.Header{"X-Content-Type-Options": strings.Split(lines, "|")}), lines)
	}
}

func TestWhatTheFirstBytesTell(t *testing.T) {
	long := strings.Repeat(" ", sniffLength)
	for text, want := range map[string][2]bool{
		"": {false, true}, "  ": {false, true}, "<": {false, true}, " <!doctype htm": {false, true}, "<!doctype html>": {true, false},
		"<p": {false, true}, "<p>": {true, false}, "<pre>": {false, true}, "text": {false, false}, " {}": {false, false}, "\x00": {false, false},
		long: {false, false}, long[1:] + "<!-- ": {false, false}, long[5:] + "<p>": {true, false}, "<x>" + long: {false, false},
	} {
		html, more := sniff([]byte(text), nil)
		assert.Equal(t, want, [2]bool{html, more}, "%q", text)
	}
}

// FuzzType: a type is a token, a slash and a token or nothing, and reading it again gives the same.
func FuzzType(f *testing.F) {
	for _, line := range []string{"text/html; charset=utf-8", `a/b;c="d\"e", */*`, "text", "", `"`, "a/b;charset=\"\\", "A/b ;x=y;charset=é"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		got := typeIn(http.Header{"Content-Type": {line}})
		if got.essence == "" {
			assert.Empty(t, got.charset)
			return
		}
		assert.Equal(t, strings.ToLower(got.essence), got.essence)
		assert.Equal(t, mediaType{essence: got.essence}, typeIn(http.Header{"Content-Type": {got.essence}}))
		assert.Equal(t, got, typeIn(http.Header{"Content-Type": {line, line}}), "twice is once")
	})
}
