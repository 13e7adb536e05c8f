package rewrite

import (
	"bytes"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// unescape decodes an attribute's value as browsers do (HTML standard 13.2.5.72 to 13.2.5.80), missing semicolons
// included. A NUL becomes U+FFFD.
func unescape(value []byte) string {
	if bytes.IndexByte(value, '&') < 0 && bytes.IndexByte(value, 0) < 0 {
		return string(value)
	}
	text := strings.ReplaceAll(string(value), "\x00", "\uFFFD")
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '&')
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		text = text[i:]
		decoded, n := reference(text)
		b.WriteString(decoded)
		text = text[n:]
	}
}

// reference decodes the character reference that text, which starts with '&', starts with. n is the length of what it
// stands for; without a reference that is the '&' alone.
func reference(text string) (decoded string, n int) {
	if len(text) > 1 && text[1] == '#' {
		return numeric(text)
	}
	end := 1
	for end < len(text) && (isLetter(text[end]) || isDigit(text[end])) {
		end++
	}
	if end == 1 {
		return "&", 1
	}
	if end < len(text) && text[end] == ';' {
		if decoded, ok := named(text[:end+1]); ok {
			return decoded, end + 1
		}
		return "&", 1
	}
	// In an attribute, a name without its semicolon counts only if nothing follows that could go on with it. Those that
	// may lack it stand for one character each.
	if end < len(text) && text[end] == '=' {
		return "&", 1
	}
	if decoded := html.UnescapeString(text[:end]); decoded[0] != '&' && utf8.RuneCountInString(decoded) == 1 {
		return decoded, end
	} else if decoded == "&" {
		return decoded, end
	}
	return "&", 1
}

// named decodes "&name;". The standard library also decodes the start of a longer name, which leaves the semicolon.
func named(reference string) (string, bool) {
	decoded := html.UnescapeString(reference)
	if decoded == reference || (strings.HasSuffix(decoded, ";") && reference != "&semi;") {
		return "", false
	}
	return decoded, true
}

// numeric decodes "&#...". Numbers that are no characters become U+FFFD or what Windows-1252 has there, as the standard
// library does it; it must only be kept from overflowing.
func numeric(text string) (decoded string, n int) {
	i, base := 2, rune(10)
	if i < len(text) && text[i]|32 == 'x' {
		i, base = 3, 16
	}
	value, start := rune(0), i
	for ; i < len(text); i++ {
		digit, ok := digitOf(text[i], base)
		if !ok {
			break
		}
		value = min(value*base+digit, utf8.MaxRune+1)
	}
	if i == start {
		return "&", 1
	}
	if i < len(text) && text[i] == ';' {
		i++
	}
	return html.UnescapeString("&#" + strconv.Itoa(int(value)) + ";"), i
}

func digitOf(c byte, base rune) (rune, bool) {
	switch {
	case isDigit(c):
		return rune(c - '0'), true
	case base == 16 && c|32 >= 'a' && c|32 <= 'f':
		return rune(c|32-'a') + 10, true
	}
	return 0, false
}
