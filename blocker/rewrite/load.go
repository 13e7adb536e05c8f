package rewrite

import (
	"bytes"
	"slices"
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/elements"
)

// edit replaces the bytes from at to end, counted from the start of a tag.
type edit struct {
	at, end int
	text    string
}

// load is an attribute that makes an element load something.
type load struct {
	attribute string
	kind      blocker.Kind
	// split takes a list of URLs apart; nil where there is one.
	split func(string) []string
}

// prefix stands before the name of an attribute that was made inert.
const prefix = "data-segment-blocker-"

// loads are the attributes that load as the document is parsed, by element.
var loads = loadsByElement()

func loadsByElement() (all [elementCount][]load) {
	for _, e := range elements.Table {
		for _, name := range e.Names {
			id := elementOf([]byte(strings.ToLower(name)))
			for _, a := range e.Attributes {
				all[id] = withLoad(all[id], a)
			}
		}
	}
	return all
}

// withLoad adds an attribute to those of elements that share a number.
func withLoad(list []load, a elements.Attribute) []load {
	l := load{attribute: a.Name, kind: a.Kind}
	switch a.Form {
	case elements.Candidates:
		l.split = candidates
	case elements.Values:
		l.split = values
	case elements.Refresh:
		l.split = refreshURL
	case elements.Spaced, elements.Document:
		// What loads later than its tag is read: that is for the gate in the page.
		return list
	case elements.URL:
	}
	if slices.ContainsFunc(list, func(has load) bool { return has.attribute == a.Name }) {
		return list
	}
	return append(list, l)
}

// fetching are the link types that make a browser fetch or connect (HTML standard 4.6.7; Resource Hints).
var fetching = map[string]bool{
	"stylesheet": true, "preload": true, "modulepreload": true, "prefetch": true, "preconnect": true,
	"dns-prefetch": true, "prerender": true, "icon": true, "apple-touch-icon": true,
	"apple-touch-icon-precomposed": true, "apple-touch-startup-image": true, "mask-icon": true, "manifest": true,
	"compression-dictionary": true,
}

// look makes a start tag inert if the gate does not allow what it loads.
func (z *Writer) look(t *tag, foreign bool) {
	if !t.whole || z.templates.inert > 0 || z.mode == inRest {
		return
	}
	switch {
	case t.element == elScript && foreign:
		z.lookAtSVGScript(t)
		return
	case t.element == elScript:
		z.lookAtScript(t)
		return
	}
	list := loads[t.element]
	if list == nil {
		return
	}
	tag, attrs := t.bytes(z), z.attributesOf(t)
	switch {
	case t.element == elLink && !fetches(tag, attrs), t.element == elInput && !hasWord(tag, attrs, "type", "image"),
		t.element == elMeta && !hasWord(tag, attrs, "http-equiv", "refresh"):
		return
	}
	for _, l := range list {
		if a := find(tag, attrs, l.attribute); a != nil {
			z.judgeLoad(t, l, tag[a.value:a.valueEnd])
		}
	}
	z.apply(t)
}

// find returns the first attribute of that name: the one that counts.
func find(tag []byte, attrs []attribute, name string) *attribute {
	for i := range attrs {
		if a := &attrs[i]; is(tag[a.name:a.nameEnd], name) {
			return a
		}
	}
	return nil
}

func fetches(tag []byte, attrs []attribute) bool {
	rel := find(tag, attrs, "rel")
	if rel == nil {
		return false
	}
	words := tag[rel.value:rel.valueEnd]
	if bytes.IndexByte(words, '&') >= 0 {
		words = []byte(unescape(words))
	}
	for len(words) > 0 {
		end := 0
		for end < len(words) && !isSpace(words[end]) {
			end++
		}
		var buffer [32]byte
		if end <= len(buffer) && fetching[string(lowerInto(buffer[:], words[:end]))] {
			return true
		}
		words = words[min(end+1, len(words)):]
	}
	return false
}

func isSpaceRune(r rune) bool { return r < 0x80 && isSpace(byte(r)) }

// hasWord reports whether an attribute is one word, which is lower-case, without regard to ASCII case.
func hasWord(tag []byte, attrs []attribute, name, word string) bool {
	a := find(tag, attrs, name)
	return a != nil && is([]byte(unescape(tag[a.value:a.valueEnd])), word)
}

// judgeLoad notes the renaming of an attribute whose URL the gate does not allow. Its duplicates, which browsers ignore,
// are renamed too: otherwise the next of them would count.
func (z *Writer) judgeLoad(t *tag, l load, value []byte) {
	d, full := z.judgeValue(l, value)
	if d.Action == blocker.Allow {
		return
	}
	tag := t.bytes(z)
	for _, a := range z.attrs {
		if is(tag[a.name:a.nameEnd], l.attribute) {
			z.edits = append(z.edits, edit{at: a.name, end: a.nameEnd, text: prefix + l.attribute})
		}
	}
	z.report.tag(Tag{
		Offset: z.offset + int64(t.at), Element: string(t.name), Attribute: l.attribute, URL: full,
		WriteKey: writeKeyIn(full), Decision: d,
	})
}

func (z *Writer) judgeValue(l load, value []byte) (blocker.Decision, string) {
	if l.split == nil {
		return z.urls.judge(l.kind, value)
	}
	if !z.urls.known && allRelative(value) {
		return blocker.Decision{}, ""
	}
	for _, u := range l.split(unescape(value)) {
		if d, full := z.urls.judgePlain(l.kind, u); d.Action != blocker.Allow {
			return d, full
		}
	}
	return blocker.Decision{}, ""
}

// allRelative is the cheap look at a srcset: without a scheme or a host in it, all of it stays on the base's host.
func allRelative(set []byte) bool {
	slash := false
	for _, c := range set {
		if c == ':' || (c == '/' && slash) || (oddInURL[c] && !isSpace(c)) {
			return false
		}
		slash = c == '/'
	}
	return true
}

// values are those of an animation (SVG Animations 3.4): separated by semicolons, with white space around them.
func values(list string) []string {
	all := strings.Split(list, ";")
	for i := range all {
		all[i] = strings.TrimFunc(all[i], isSpaceRune)
	}
	return all
}

// refreshURL is the URL in a meta refresh, if there is one (HTML standard 4.2.5.3, "shared declarative refresh steps").
func refreshURL(content string) []string {
	skip := func(signs string) { content = strings.TrimLeft(content, signs) }
	skip(" \t\n\f\r")
	if content == "" || strings.IndexByte("0123456789.", content[0]) < 0 {
		return nil
	}
	skip("0123456789.")
	skip(" \t\n\f\r")
	if content != "" && (content[0] == ';' || content[0] == ',') {
		content = content[1:]
		skip(" \t\n\f\r")
	}
	if len(content) >= 3 && strings.EqualFold(content[:3], "url") {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(content[3:], " \t\n\f\r"), "="); ok {
			content = strings.TrimLeft(rest, " \t\n\f\r")
		}
	}
	if content != "" && (content[0] == '"' || content[0] == '\'') {
		content, _, _ = strings.Cut(content[1:], content[:1])
	}
	if content == "" {
		return nil
	}
	return []string{content}
}

// candidates are the URLs of a srcset (HTML standard, "parsing a srcset attribute").
func candidates(set string) []string {
	var urls []string
	for {
		set = strings.TrimLeftFunc(set, func(r rune) bool { return isSpaceRune(r) || r == ',' })
		if set == "" {
			return urls
		}
		end := strings.IndexFunc(set, isSpaceRune)
		if end < 0 {
			end = len(set)
		}
		u := strings.TrimRight(set[:end], ",")
		urls = append(urls, u)
		if len(u) == end {
			end += descriptors(set[end:])
		}
		set = set[end:]
	}
}

// descriptors is the length of what follows a URL, up to the comma that ends it: one that is not in parentheses.
func descriptors(s string) int {
	inside := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '(':
			inside = true
		case c == ')':
			inside = false
		case c == ',' && !inside:
			return i
		}
	}
	return len(s)
}

// apply hands the tag on with its edits.
func (z *Writer) apply(t *tag) {
	if len(z.edits) == 0 {
		return
	}
	slices.SortFunc(z.edits, func(a, b edit) int { return a.at - b.at })
	for _, e := range z.edits {
		z.handOn(t.at + e.at)
		z.put([]byte(e.text))
		z.from = t.at + e.end
	}
	z.edits = z.edits[:0]
}
