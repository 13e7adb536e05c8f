package rewrite

import (
	"bytes"
	"strings"

	"github.com/nlnwa/whatwg-url/url"
	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
)

// scriptReader reads the inline scripts of one document.
type scriptReader struct {
	urls *addresses
	// words are texts of which a script that names something known holds at least one.
	words [][]byte
	// mapped are the module names that an import map leads to a URL that is not allowed now.
	mapped []mapped
}

type mapped struct {
	name, url string
	decision  blocker.Decision
}

// builtIn are the words of Segment's own hosts, of npm packages and of the official snippet.
var builtIn = func() [][]byte {
	words := [][]byte{[]byte("segment"), []byte("import"), []byte("SNIPPET_VERSION")}
	for _, h := range catalog.Hosts {
		if !strings.Contains(h.Name+h.Path, "segment") {
			words = append(words, []byte(h.Name))
		}
	}
	return words
}()

func newScriptReader(urls *addresses) scriptReader {
	r := scriptReader{urls: urls, words: builtIn}
	config := urls.gate.Config()
	if len(config.Hosts)+len(config.Rules) == 0 {
		return r
	}
	r.words = append([][]byte(nil), builtIn...)
	for i := range config.Hosts {
		r.words = append(r.words, []byte(catalog.Hostname(config.Hosts[i].Host)), []byte(config.Hosts[i].Prefix))
	}
	for i := range config.Rules {
		r.words = append(r.words, []byte(catalog.Hostname(config.Rules[i].Host)))
	}
	return r
}

// finding is what one inline script is about.
type finding struct {
	script Script
	// held and heldURL are the decision about the first module it imports that is not allowed now.
	held    blocker.Decision
	heldURL string
}

// read reads a script; ok is false when it is about nothing the gate knows.
func (r *scriptReader) read(text []byte) (f finding, ok bool) {
	if !r.worthwhile(text) {
		return finding{}, false
	}
	w := walker{reader: r}
	w.walk(text)
	w.found.script.Snippet = w.official()
	if w.found.held.Action != blocker.Allow {
		w.addURL(w.found.heldURL)
	}
	return w.found, w.found.script.Snippet != "" || len(w.found.script.URLs) > 0
}

// worthwhile is the cheap first look.
func (r *scriptReader) worthwhile(text []byte) bool {
	for _, word := range r.words {
		if len(word) > 0 && bytes.Contains(text, word) {
			return true
		}
	}
	for _, m := range r.mapped {
		if bytes.Contains(text, []byte(m.name)) {
			return true
		}
	}
	return false
}

// judgeModule asks the gate about the module that a name stands for.
func (r *scriptReader) judgeModule(name string) (blocker.Decision, string) {
	for _, m := range r.mapped {
		if name == m.name || (strings.HasSuffix(m.name, "/") && strings.HasPrefix(name, m.name)) {
			return m.decision, m.url
		}
	}
	return r.judgeSpecifier(name)
}

// judgeSpecifier asks the gate about a module specifier that is a URL: unlike elsewhere only what begins with a path is
// relative (HTML standard 8.1.6.5, "resolve a URL-like module specifier").
func (r *scriptReader) judgeSpecifier(name string) (blocker.Decision, string) {
	if !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, "./") && !strings.HasPrefix(name, "../") {
		u, err := url.Parse(shorten(name))
		if err != nil {
			return blocker.Decision{}, ""
		}
		name = u.Href(true)
	}
	return r.urls.judgePlain(blocker.Import, name)
}
