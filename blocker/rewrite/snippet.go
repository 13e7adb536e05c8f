package rewrite

import (
	"errors"
	"strconv"
	"strings"
)

// marker is the attribute by which the snippet is known when it is met again.
const marker = "data-segment-gate"

// Faults of a snippet.
var (
	// ErrScriptText: the code holds "</script", "<script" or "<!--", which would end it early or never. Bundlers write
	// "<\/script".
	ErrScriptText = errors.New("rewrite: the gate's code must not hold </script, <script or <!--")
	// ErrNotASCII: the code holds a character that another encoding than UTF-8 would read differently. Bundlers have an
	// option for it (esbuild: --charset=ascii, its default).
	ErrNotASCII = errors.New("rewrite: the gate's code must be ASCII")
	// ErrNoSource: neither code nor an address was given.
	ErrNoSource = errors.New("rewrite: the gate's code or its address must not be empty")
)

// Snippet is the script tag that starts the gate in a page. The zero value stands for none.
type Snippet struct {
	attributes, code string
	// src is the code's address where it is not in the tag; hash is what a policy allows the code by where it is.
	src, hash string
}

// Inline returns a snippet that carries the gate's code. config is the gate's configuration as JSON, or empty.
func Inline(code, config string) (Snippet, error) {
	lower := strings.ToLower(code)
	switch {
	case strings.TrimSpace(code) == "":
		return Snippet{}, ErrNoSource
	case strings.Contains(lower, "</script") || strings.Contains(lower, "<script") || strings.Contains(lower, "<!--"):
		return Snippet{}, ErrScriptText
	case strings.IndexFunc(code, func(r rune) bool { return r >= 0x80 }) >= 0:
		return Snippet{}, ErrNotASCII
	}
	return Snippet{attributes: configAttribute(config), code: code, hash: hashSource(code)}, nil
}

// External returns a snippet that loads the gate's code from src, which a page must be able to reach without delay: best
// a path on its own host. config is the gate's configuration as JSON, or empty.
func External(src, config string) (Snippet, error) {
	if strings.TrimSpace(src) == "" {
		return Snippet{}, ErrNoSource
	}
	return Snippet{attributes: ` src="` + escapeAttribute(src) + `"` + configAttribute(config), src: src}, nil
}

func configAttribute(config string) string {
	if config == "" {
		return ""
	}
	return ` data-config="` + escapeAttribute(config) + `"`
}

func (s Snippet) set() bool { return s.attributes != "" || s.code != "" }

// Tag returns the snippet as HTML, with a nonce unless that is empty.
func (s Snippet) Tag(nonce string) string {
	if nonce != "" {
		nonce = ` nonce="` + escapeAttribute(nonce) + `"`
	}
	return s.open(nonce) + s.code + "</script>"
}

// open is the snippet's start tag; nonce is an attribute with the space before it, or empty.
func (s Snippet) open(nonce string) string { return "<script " + marker + nonce + s.attributes + ">" }

// escapeAttribute writes text for a double-quoted attribute, in ASCII, so that it reads the same in every encoding.
func escapeAttribute(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '&' || r == '<' || r == '>' || r == '"' || r == '\'' || r >= 0x7f || r < ' ':
			b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
