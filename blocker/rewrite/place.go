package rewrite

import "strings"

// place is where the snippet goes: what is known of it so far.
type place struct {
	state placeState
	// tag is the snippet, and snippet its text.
	tag     Snippet
	snippet string
	// part is true while the body may be a part of a page, which gets no snippet.
	part bool
}

type placeState uint8

const (
	// settled: the snippet is in, or none is wanted.
	settled placeState = iota
	// early: nothing but white space, comments, doctype and html tag so far.
	early
	// inHead: in the head, with nothing so far that loads or runs. The bytes since headAt are held back.
	inHead
	// afterCharset: right behind the <meta charset>.
	afterCharset
)

func (p *place) pending() bool { return p.state != settled }

func (p *place) init(o Options) {
	if o.Snippet.set() {
		p.state, p.snippet = early, o.Snippet.Tag(o.Nonce)
		p.part, p.tag = o.Body == Fragment, o.Snippet
	}
}

// settle puts the snippet where it belongs when something else than head's harmless start comes at the given place.
func (z *Writer) settle(at int) {
	if z.headAt >= 0 {
		at = z.headAt
	}
	z.insert(at)
}

// insert puts the snippet in before data[at], unless nothing so far has told that the body is a page.
func (z *Writer) insert(at int) {
	if z.place.part {
		z.place.state, z.headAt = settled, none
		return
	}
	z.handOn(at)
	z.put([]byte(z.place.snippet))
	z.place.state, z.headAt = settled, none
	z.report.Inserted = true
}

// insertHeld settles for the start of the head.
func (z *Writer) insertHeld() { z.insert(z.headAt) }

// placeTag moves the snippet's place along with a start tag, before anything else is done about the tag.
func (z *Writer) placeTag(t *tag) {
	z.sawTag = true
	if z.place.state == afterCharset || !t.whole {
		z.placeOther(t)
		return
	}
	switch t.element {
	case elHTML:
		z.place.part = false
		if z.place.state != early {
			z.placeOther(t)
		}
	case elHead:
		z.place.part = false
		if z.place.state == early {
			z.place.state, z.headAt = inHead, t.end
		}
	case elTitle:
		z.harmless(t)
	case elBase:
		if z.movesSnippet(t) {
			z.placeOther(t)
		} else {
			z.harmless(t)
		}
	case elMeta:
		z.placeMeta(t)
	default:
		z.placeOther(t)
	}
}

// harmless keeps looking for a <meta charset> behind a tag that neither loads nor runs anything, nor changes what the
// snippet loads.
func (z *Writer) harmless(t *tag) {
	if z.place.state == early {
		z.place.state, z.headAt = inHead, t.at
	}
}

// movesSnippet reports whether the snippet would be loaded from elsewhere behind a <base>.
func (z *Writer) movesSnippet(t *tag) bool {
	tag := t.bytes(z)
	a := find(tag, z.attributesOf(t), "href")
	if a == nil || z.place.tag.src == "" || z.urls.fixed {
		return false
	}
	base, err := z.urls.resolve(unescape(tag[a.value:a.valueEnd]))
	if err != nil {
		return false
	}
	own, err := z.urls.resolve(z.place.tag.src)
	if err != nil {
		return false
	}
	moved, err := base.Parse(z.place.tag.src)
	return err != nil || moved.Href(true) != own.Href(true)
}

func (z *Writer) placeMeta(t *tag) {
	label, acts := z.readMeta(t)
	switch {
	case acts:
		// A policy in the page must not come before the snippet: it could forbid it. A refresh loads something.
		z.placeOther(t)
	case label == "":
		z.harmless(t)
	case z.headAt >= 0 && t.end-z.headAt > maxHead:
		z.placeOther(t)
	default:
		z.place.state, z.headAt = afterCharset, t.end
	}
}

// placeOther puts the snippet in, unless the tag is the snippet.
func (z *Writer) placeOther(t *tag) {
	if z.isGate(t) {
		z.meetGate(t)
		return
	}
	z.settle(t.at)
}

// readMeta returns the encoding label that a meta element declares, and whether it does more: it holds a content security
// policy, or goes to another page.
func (z *Writer) readMeta(t *tag) (label string, acts bool) {
	var equiv, content string
	seen := 0
	tag := t.bytes(z)
	for _, a := range z.attributesOf(t) {
		name := tag[a.name:a.nameEnd]
		for bit, known := range [...]string{"charset", "http-equiv", "content"} {
			if !is(name, known) || seen&(1<<bit) != 0 {
				continue
			}
			seen |= 1 << bit
			value := strings.ToLower(unescape(tag[a.value:a.valueEnd]))
			switch bit {
			case 0:
				label = strings.Trim(value, " \t\n\f\r")
			case 1:
				equiv = value
			default:
				content = value
			}
		}
	}
	switch equiv {
	case "content-security-policy", "refresh":
		return label, true
	case "content-type":
		if label == "" {
			label = charsetIn(content)
		}
	}
	return label, false
}

// charsetIn extracts a label from a content attribute, which is lower-case (HTML standard, "extracting a character
// encoding from a meta element").
func charsetIn(content string) string {
	for {
		i := strings.Index(content, "charset")
		if i < 0 {
			return ""
		}
		content = strings.TrimLeft(content[i+len("charset"):], " \t\n\f\r")
		if rest, ok := strings.CutPrefix(content, "="); ok {
			content = strings.TrimLeft(rest, " \t\n\f\r")
			break
		}
	}
	if content == "" {
		return ""
	}
	if q := content[0]; q == '"' || q == '\'' {
		if end := strings.IndexByte(content[1:], q); end >= 0 {
			return content[1 : 1+end]
		}
		return ""
	}
	if end := strings.IndexAny(content, " \t\n\f\r;"); end >= 0 {
		return content[:end]
	}
	return content
}

// noteCharset takes a declaration in the page into account, when nothing stronger spoke.
func (z *Writer) noteCharset(t *tag) {
	if z.charset != undeclared {
		return
	}
	if label, _ := z.readMeta(t); label != "" {
		z.charset = metaCharset(label)
	}
}
