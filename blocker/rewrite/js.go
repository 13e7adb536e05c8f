package rewrite

import (
	"io"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"

	"github.com/segment-blocker/segment-blocker/blocker"
)

// maxURLs bounds the URLs reported of one script, maxText the length of a string that is looked at.
const (
	maxURLs = 16
	maxText = 2048
	// maxFaults is after how many errors of the lexer a text is taken for no script. Each costs a look back over all of
	// it, and a browser runs no script with even one; some are only the lexer's.
	maxFaults = 16
)

// token is a significant token of a script: no white space, no comment.
type token struct {
	kind js.TokenType
	text []byte
}

// walker goes through a script's tokens with the last few in mind.
type walker struct {
	reader *scriptReader
	found  finding
	// last are the tokens before the one at hand, nearest first.
	last [4]token
	// call is how many brackets are open since that of an import().
	call int
	// factory, methods and load are marks of the official snippet, version its version.
	factory, methods, load bool
	version                string
	// ranked says how sure the write key is.
	ranked int
}

// walk reads the tokens. A script that the lexer cannot read is left at what was found so far: on some broken texts it
// panics ("0#" is one in v2.8.20), and no script in a page may take the page down.
func (w *walker) walk(text []byte) {
	defer func() { _ = recover() }()
	lexer := js.NewLexer(parse.NewInputBytes(append(make([]byte, 0, len(text)+1), text...)))
	for faults := 0; faults < maxFaults; {
		kind, data := lexer.Next()
		if (kind == js.DivToken || kind == js.DivEqToken) && !w.afterOperand() {
			kind, data = lexer.RegExp()
		}
		switch kind {
		case js.ErrorToken:
			if lexer.Err() == io.EOF {
				return
			}
			faults++
			continue
		case js.WhitespaceToken, js.LineTerminatorToken, js.CommentToken, js.CommentLineTerminatorToken:
			continue
		}
		w.token(token{kind, data})
	}
}

// afterOperand reports whether a slash here divides; otherwise it starts a regular expression. Only a parser can tell
// in every case: after a ')' it is taken for a division, after a '}' for an expression.
func (w *walker) afterOperand() bool {
	switch kind := w.last[0].kind; kind {
	case js.StringToken, js.TemplateToken, js.TemplateEndToken, js.RegExpToken, js.PrivateIdentifierToken,
		js.CloseParenToken, js.CloseBracketToken, js.ThisToken, js.SuperToken, js.NullToken, js.TrueToken,
		js.FalseToken, js.IncrToken, js.DecrToken:
		return true
	default:
		return js.IsNumeric(kind) || js.IsIdentifier(kind)
	}
}

func (w *walker) token(t token) {
	switch t.kind {
	case js.StringToken, js.TemplateToken, js.TemplateStartToken:
		if len(t.text) <= maxText {
			w.text(unquote(t))
		}
	case js.IdentifierToken:
		if w.last[0].kind == js.DotToken {
			w.member(t.text)
		}
	case js.OpenParenToken:
		if w.call > 0 || w.imports() {
			w.call++
		}
	case js.CloseParenToken:
		w.call = max(0, w.call-1)
	}
	copy(w.last[1:], w.last[:])
	w.last[0] = t
}

// imports reports whether a bracket here begins an import(), or one by phase: import.source(), import.defer()
// (ECMAScript proposals).
func (w *walker) imports() bool {
	if w.last[1].kind == js.DotToken && w.last[2].kind == js.ImportToken {
		return string(w.last[0].text) == "source" || string(w.last[0].text) == "defer"
	}
	return w.last[0].kind == js.ImportToken
}

// member notes the properties that the official snippet sets.
func (w *walker) member(name []byte) {
	switch string(name) {
	case "factory":
		w.factory = true
	case "methods":
		w.methods = true
	case "load":
		w.load = true
	}
}

// text looks at a string or template, by what stands before it.
func (w *walker) text(s string) {
	before, name := w.last[0].kind, w.last[1]
	switch {
	case before == js.ImportToken, before == js.FromToken, w.call > 0:
		w.imported(s)
		return
	case before == js.OpenParenToken && string(name.text) == "load" && w.last[2].kind == js.DotToken:
		if receiver := string(w.last[3].text); receiver == "analytics" || receiver == "AnalyticsBrowser" {
			w.key(s, 3)
		} else {
			w.key(s, 1)
		}
	case before == js.EqToken && string(name.text) == "_writeKey", before == js.ColonToken && string(name.text) == "writeKey":
		w.key(s, 2)
	case before == js.EqToken && string(name.text) == "SNIPPET_VERSION":
		w.version = clip(s)
	}
	w.address(s)
}

func (w *walker) key(s string, rank int) {
	if rank > w.ranked && isWriteKey(s) {
		w.found.script.WriteKey, w.ranked = s, rank
	}
}

// imported judges a module's name (HTML standard, "resolve a module specifier").
func (w *walker) imported(name string) {
	if w.found.held.Action != blocker.Allow {
		return
	}
	if d, full := w.reader.judgeModule(name); d.Action != blocker.Allow {
		w.found.held, w.found.heldURL = d, full
	}
}

// address notes a text that is, or starts, a URL the gate does not allow now. Scripts often put the scheme in front of
// the host later.
func (w *walker) address(s string) {
	switch {
	case len(s) < 3 || len(w.found.script.URLs) >= maxURLs:
		return
	case s[0] == '/':
	case strings.HasPrefix(s, "https:") || strings.HasPrefix(s, "http:"):
	case strings.IndexByte(s, '.') > 0:
		s = "https://" + s
	default:
		return
	}
	if d, full := w.reader.urls.judgePlain(blocker.Script, s); d.Action != blocker.Allow {
		w.addURL(full)
		w.key(writeKeyIn(full), 1)
	}
}

func (w *walker) addURL(u string) {
	u = clip(u)
	for _, known := range w.found.script.URLs {
		if known == u {
			return
		}
	}
	w.found.script.URLs = append(w.found.script.URLs, u)
}

// official returns the version of the script if it is Segment's own snippet, of which versions 2 to 5 are known: it
// makes a factory of stubs from a list of methods, and a load function, and says its version.
func (w *walker) official() string {
	if w.factory && w.methods && w.load && len(w.version) > 1 && w.version[0] >= '2' && w.version[0] <= '5' &&
		w.version[1] == '.' {
		return w.version
	}
	return ""
}
