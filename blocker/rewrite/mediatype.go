package rewrite

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker/internal/header"
)

// mediaType is what browsers read from a response's Content-Type.
type mediaType struct {
	// essence is type and subtype, in lower case; empty when the lines say nothing.
	essence, charset string
}

// typeIn is the last type that is one, of all lines and lists; a charset stays in force as long as the essence does
// (Fetch standard, "extract a MIME type"). Types that only say that the type is not known are none (MIME Sniffing
// standard, section 7).
func typeIn(h http.Header) (t mediaType) {
	for _, line := range h["Content-Type"] {
		for _, text := range header.Split(line, ',') {
			next := parseType(text)
			if next.essence == "" || next.essence == "*/*" {
				continue
			}
			if next.charset == "" && next.essence == t.essence {
				next.charset = t.charset
			}
			t = next
		}
	}
	if t.essence == "unknown/unknown" || t.essence == "application/unknown" {
		return mediaType{}
	}
	return t
}

// parseType reads one type (MIME Sniffing standard, "parse a MIME type"); the first charset counts.
func parseType(text string) (t mediaType) {
	parts := header.Split(text, ';')
	kind, subtype, ok := strings.Cut(strings.Trim(parts[0], httpSpace), "/")
	if !ok || !isToken(kind) || !isToken(subtype) {
		return t
	}
	t.essence = strings.ToLower(kind + "/" + subtype)
	for _, part := range parts[1:] {
		name, value, ok := strings.Cut(part, "=")
		if !ok || !strings.EqualFold(strings.TrimLeft(name, httpSpace), "charset") {
			continue
		}
		if value = parameterValue(value); value != "" {
			t.charset = value
			break
		}
	}
	return t
}

const httpSpace = " \t\r\n"

// parameterValue is a parameter's value: what stands between quotes, or all of it.
func parameterValue(value string) string {
	text, quoted := strings.CutPrefix(value, `"`)
	if !quoted {
		return strings.TrimRight(value, httpSpace)
	}
	var b strings.Builder
	for i := 0; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// isToken reports whether a text is a token (RFC 9110 section 5.6.2).
func isToken(text string) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return text != ""
}

// forbidsSniffing reports whether browsers may not look into a body for its type (Fetch standard, "determine nosniff").
func forbidsSniffing(h http.Header) bool {
	first, _, _ := strings.Cut(strings.Join(h["X-Content-Type-Options"], ","), ",")
	return strings.EqualFold(strings.Trim(first, httpSpace), "nosniff")
}

// sniffLength is how much of a body tells its type, in bytes.
const sniffLength = 512

const sniffedHTML = "text/html; charset=utf-8"

// sniff reports whether browsers find HTML in a body whose first bytes these are; more is true while more of them could
// change that. (MIME Sniffing standard, section 7.1, as http.DetectContentType knows it.)
func sniff(first []byte, coding *coding) (html, more bool) {
	long := len(first) >= sniffLength
	if coding != nil {
		first = coding.start(first)
	}
	if http.DetectContentType(first) == sniffedHTML {
		return true, false
	}
	text := bytes.TrimLeft(first, " \t\n\f\r")
	return false, !long && (len(text) == 0 || text[0] == '<')
}

// start decodes the first bytes of a body as far as that goes.
func (c *coding) start(encoded []byte) []byte {
	pooled := c.decoders.Get()
	defer c.decoders.Put(pooled)
	r, err := c.open(pooled, bytes.NewReader(encoded))
	if err != nil {
		return nil
	}
	// An error only says that this is not all of it.
	decoded, _ := io.ReadAll(io.LimitReader(r, sniffLength))
	return decoded
}
