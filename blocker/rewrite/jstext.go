package rewrite

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tdewolff/parse/v2/js"
)

// unquote returns the value of a string literal or of the first part of a template (ECMAScript 12.9.4, 12.9.6).
func unquote(t token) string {
	text := t.text[1:]
	if t.kind == js.TemplateStartToken {
		text = text[:len(text)-2]
	} else if len(text) > 0 {
		text = text[:len(text)-1]
	}
	s := string(text)
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	var b strings.Builder
	for ; i >= 0; i = strings.IndexByte(s, '\\') {
		b.WriteString(s[:i])
		s = s[i+1:]
		decoded, n := unescapeJS(s)
		b.WriteString(decoded)
		s = s[n:]
	}
	b.WriteString(s)
	return b.String()
}

// unescapeJS decodes the escape that s holds the rest of, behind its backslash, and says how much of s that is.
func unescapeJS(s string) (decoded string, n int) {
	if s == "" {
		return "", 0
	}
	switch c := s[0]; c {
	case 'n', 't', 'r', 'b', 'f', 'v', '0':
		return string("\n\t\r\b\f\v\x00"[strings.IndexByte("ntrbfv0", c)]), 1
	case 'x':
		return hexRune(s, 1, 3)
	case 'u':
		if len(s) > 1 && s[1] == '{' {
			end := strings.IndexByte(s, '}')
			if end < 0 {
				return "", 1
			}
			decoded, _ = hexRune(s, 2, end)
			return decoded, end + 1
		}
		return hexRune(s, 1, 5)
	case '\r':
		if strings.HasPrefix(s, "\r\n") {
			return "", 2
		}
		return "", 1
	case '\n':
		return "", 1
	}
	_, n = utf8.DecodeRuneInString(s)
	if line := s[:n]; line == "\u2028" || line == "\u2029" {
		return "", n
	}
	return s[:n], n
}

// hexRune decodes the digits s[from:to]; without them it gives nothing and goes on behind the first character.
func hexRune(s string, from, to int) (decoded string, n int) {
	if to > len(s) || from >= to {
		return "", 1
	}
	value, err := strconv.ParseUint(s[from:to], 16, 32)
	if err != nil {
		return "", 1
	}
	return string(rune(value)), to
}
