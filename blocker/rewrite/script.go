package rewrite

import (
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker"
)

// inertType is a type no browser fetches or runs; ownType holds the script's own.
const (
	inertType = "text/plain"
	ownType   = "data-segment-blocker"
)

// scriptKind is what a browser does with a script element.
type scriptKind uint8

const (
	// dataBlock is neither fetched nor run.
	dataBlock scriptKind = iota
	classic
	module
	importMap
	speculation
	webBundle
)

// javaScript are the types a browser runs (MIME Sniffing standard 4.6, "JavaScript MIME type essence match").
var javaScript = map[string]bool{
	"application/ecmascript": true, "application/javascript": true, "application/x-ecmascript": true,
	"application/x-javascript": true, "text/ecmascript": true, "text/javascript": true, "text/javascript1.0": true,
	"text/javascript1.1": true, "text/javascript1.2": true, "text/javascript1.3": true, "text/javascript1.4": true,
	"text/javascript1.5": true, "text/jscript": true, "text/livescript": true, "text/x-ecmascript": true,
	"text/x-javascript": true,
}

// kindOf reads a script's type (HTML standard 4.12.1.1, "prepare the script element", steps 8 to 12).
func kindOf(tag []byte, attrs []attribute) scriptKind {
	var word string
	if a := find(tag, attrs, "type"); a != nil {
		if a.value == a.valueEnd {
			return classic
		}
		word = strings.Trim(unescape(tag[a.value:a.valueEnd]), " \t\n\f\r")
	} else if a := find(tag, attrs, "language"); a != nil && a.value < a.valueEnd {
		word = "text/" + unescape(tag[a.value:a.valueEnd])
	} else {
		return classic
	}
	switch word = strings.ToLower(word); word {
	case "module":
		return module
	case "importmap":
		return importMap
	case "speculationrules":
		return speculation
	case "webbundle":
		return webBundle
	}
	if javaScript[word] {
		return classic
	}
	return dataBlock
}

// lookAtScript makes a script with a held URL inert, and starts to read one without a URL.
func (z *Writer) lookAtScript(t *tag) {
	tag, attrs := t.bytes(z), z.attributesOf(t)
	kind := kindOf(tag, attrs)
	if kind == dataBlock || find(tag, attrs, marker) != nil {
		return
	}
	a := find(tag, attrs, "src")
	switch {
	case a == nil:
		z.scriptAt, z.textAt, z.inline = t.at, t.end, kind
	case kind == classic || kind == module:
		if z.judgeSource(t, a) {
			z.makeInert(t)
		}
	}
}

// svgScriptLoads are what an SVG script loads by.
var svgScriptLoads = []load{{attribute: "href", kind: blocker.Script}, {attribute: "xlink:href", kind: blocker.Script}}

// lookAtSVGScript makes an SVG script inert. Chromium 156 fetches its URL whatever its type is, so that the attribute is
// renamed too; and preload scanners know no namespaces, so that a src counts as well.
func (z *Writer) lookAtSVGScript(t *tag) {
	tag, attrs := t.bytes(z), z.attributesOf(t)
	kind := kindOf(tag, attrs)
	for _, l := range svgScriptLoads {
		if a := find(tag, attrs, l.attribute); a != nil {
			z.judgeLoad(t, l, tag[a.value:a.valueEnd])
		}
	}
	held := len(z.edits) > 0
	if a := find(tag, attrs, "src"); a != nil && kind != dataBlock && z.judgeSource(t, a) {
		held = true
	}
	if held && kind != dataBlock {
		z.makeInert(t)
	}
	z.apply(t)
}

// judgeSource reports whether the gate does not allow a script's URL now.
func (z *Writer) judgeSource(t *tag, a *attribute) bool {
	d, full := z.urls.judge(blocker.Script, t.bytes(z)[a.value:a.valueEnd])
	if d.Action == blocker.Allow {
		return false
	}
	z.report.tag(Tag{
		Offset: z.offset + int64(t.at), Element: "script", Attribute: "src", URL: full, WriteKey: writeKeyIn(full),
		Decision: d,
	})
	return true
}

// makeInert gives a script a type that does not run. The first attribute of a name counts, so that the own type is
// replaced where it stands, and one that was missing is put first.
func (z *Writer) makeInert(t *tag) {
	tag, attrs := t.bytes(z), z.attributesOf(t)
	text := `type="` + inertType + `" ` + ownType + `="`
	if a := find(tag, attrs, "type"); a != nil {
		own := strings.ReplaceAll(string(tag[a.value:a.valueEnd]), `"`, "&quot;")
		z.edits = append(z.edits, edit{at: a.name, end: a.end, text: text + own + `"`})
	} else {
		at := 1 + len(t.name)
		z.edits = append(z.edits, edit{at: at, end: at, text: " " + text + `"`})
	}
	z.apply(t)
}

// endScript reads the inline script that ends at the given place, and decides about its tag.
func (z *Writer) endScript(end int) {
	z.endGate(end)
	if z.scriptAt < 0 {
		return
	}
	t := tag{element: elScript, name: []byte("script"), at: z.scriptAt, end: z.textAt, whole: true}
	z.scriptAt = none
	text := z.data[z.textAt:end]
	if len(text) > MaxScript {
		return
	}
	offset := z.offset + int64(t.at)
	switch z.inline {
	case speculation:
		z.lookAtList(&t, speculated(text), offset)
	case webBundle:
		z.lookAtList(&t, bundled(text), offset)
	case importMap:
		z.reader.importMap(text)
	default:
		z.inlineScript(&t, text, offset)
	}
}

// lookAtList makes a script inert that lists a URL which is not allowed now.
func (z *Writer) lookAtList(t *tag, refs []string, offset int64) {
	for _, ref := range refs {
		if d, full := z.urls.judgePlain(blocker.Link, ref); d.Action != blocker.Allow {
			z.report.tag(Tag{Offset: offset, Element: "script", URL: full, Decision: d})
			z.makeInert(t)
			return
		}
	}
}

func (z *Writer) inlineScript(t *tag, text []byte, offset int64) {
	found, ok := z.reader.read(text)
	if !ok {
		return
	}
	found.script.Offset = offset
	if found.held.Action != blocker.Allow {
		found.script.Inert = true
		z.report.tag(Tag{Offset: offset, Element: "script", URL: found.heldURL, Decision: found.held})
		z.makeInert(t)
	}
	z.report.script(found.script)
}

// writeKeyIn returns the write key in the address of Analytics.js or of its settings.
func writeKeyIn(address string) string {
	for _, before := range [...]string{"/analytics.js/v1/", "/v1/projects/"} {
		_, rest, ok := strings.Cut(address, before)
		if !ok {
			continue
		}
		key, _, _ := strings.Cut(rest, "/")
		if isWriteKey(key) {
			return key
		}
	}
	return ""
}

func isWriteKey(key string) bool {
	if key == "" || len(key) > 64 {
		return false
	}
	for i := 0; i < len(key); i++ {
		if c := key[i]; !isLetter(c) && !isDigit(c) && c != '_' && c != '-' {
			return false
		}
	}
	return true
}
