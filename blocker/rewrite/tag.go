package rewrite

// tag is a start or end tag, as places in Writer.data.
type tag struct {
	element element
	// name is lower-case and cut to the size of Writer.name; long says that it was cut.
	name []byte
	long bool
	// at is the tag's '<', end is after its '>'.
	at, end int
	// closing is true for <br/>.
	closing bool
	// whole is false when the tag is longer than MaxTag: only its name is known then.
	whole bool
}

func (t *tag) bytes(z *Writer) []byte { return z.data[t.at:t.end] }

func (z *Writer) attributesOf(t *tag) []attribute {
	z.attrs = attributes(z.attrs[:0], t.bytes(z), 1+len(t.name))
	return z.attrs
}

// tag reads a tag to its end and then does what it asks for.
func (z *Writer) tag() bool {
	end, done := z.scan.run(z.data, z.at)
	z.at = end
	if !z.oversize && z.at-z.tagAt > MaxTag {
		z.tooLong()
	}
	if !done || z.mode == inRest {
		return false
	}
	if z.oversize {
		z.mode = z.after
		if z.isLate {
			z.startLate()
		}
		return true
	}
	t := z.current()
	t.whole, t.closing = true, z.scan.closing
	z.act(&t)
	return true
}

// tooLong goes by the tag's name alone, and stops holding it back. What depends on the tag's end waits for that.
func (z *Writer) tooLong() {
	t := z.current()
	z.oversize = true
	z.act(&t)
	if z.mode != inRest {
		z.after, z.mode = z.mode, inTag
	}
}

// current is the tag from tagAt on, as far as it was read.
func (z *Writer) current() tag {
	start := z.tagAt + 1
	if z.endTag {
		start++
	}
	end := start
	for end < z.at && end-start <= len(z.name) && stops[z.data[end]]&endsName == 0 {
		end++
	}
	name := lowerInto(z.name[:], z.data[start:end])
	return tag{element: elementOf(name), name: name, long: end-start > len(name), at: z.tagAt, end: z.at}
}

func (z *Writer) act(t *tag) {
	z.tagAt = none
	z.mode = inText
	if z.endTag {
		z.end(t)
	} else {
		z.start(t)
	}
}

func (z *Writer) start(t *tag) {
	if z.xml && t.element != elHTML {
		z.at = t.at
		z.pass("XML that is not XHTML")
		return
	}
	z.xml = false
	if z.place.pending() {
		z.placeTag(t)
	}
	if !t.whole && z.startsForeign(t) {
		z.late, z.isLate = *t, true
		return
	}
	z.open(t)
}

// startsForeign reports whether a start tag opens a foreign element, unless it closes itself.
func (z *Writer) startsForeign(t *tag) bool {
	return t.element == elSVG || t.element == elMath || (z.foreign.inside() && !z.foreign.htmlRules(t))
}

// startLate is for a start tag whose end has come after all of it was passed on.
func (z *Writer) startLate() {
	t := z.late
	z.isLate = false
	t.at, t.end, t.closing = z.at, z.at, z.scan.closing
	z.open(&t)
}

func (z *Writer) open(t *tag) {
	if z.foreign.inside() && !z.foreign.htmlRules(t) {
		z.startForeign(t)
		return
	}
	z.startHTML(t)
}

func (z *Writer) end(t *tag) {
	if z.place.pending() && endsHead(t) {
		z.settle(t.at)
	}
	if z.foreign.inside() {
		z.endForeign(t)
		return
	}
	switch t.element {
	case elSelect:
		z.inSelect = false
	case elTemplate:
		z.templates.pop()
	}
}

// endsHead tells the end tags that matter before there is a body from those that browsers ignore.
func endsHead(t *tag) bool {
	switch t.element {
	case elHTML, elHead, elBr:
		return true
	}
	return string(t.name) == "body"
}

// startHTML is for a start tag where the rules of HTML content apply.
func (z *Writer) startHTML(t *tag) {
	if t.element == elSVG || t.element == elMath {
		z.startRoot(t)
		return
	}
	if z.foreign.inside() && !z.startInPoint(t) {
		return
	}
	if isForeignName(t.element) {
		z.foreign.strays.add(t.name)
	}
	switch t.element {
	case elTemplate:
		if z.inFrameset {
			z.pass("a template after a frameset")
			return
		}
		z.templates.push(z.isShadow(t))
	case elSelect:
		z.inSelect = true
	case elInput, elTextarea:
		z.inSelect = false
	case elFrameset:
		z.inFrameset = true
	case elBase:
		if t.whole && z.templates.inert == 0 {
			z.readBase(t)
		}
	case elMeta:
		if t.whole {
			z.noteCharset(t)
		}
	}
	z.look(t, false)
	if t.element.is(rawText) {
		z.startRaw(t)
	}
}

// startRaw switches to the state in which the element's content is text.
func (z *Writer) startRaw(t *tag) {
	switch {
	case t.element == elPlaintext:
		z.pass("plaintext")
	case t.element == elScript:
		z.mode, z.escape, z.dashes = inScript, plainScript, 0
	case z.inSelect, z.inFrameset && t.element != elNoframes:
		// Browsers ignore these tags there, or did: with the tag goes the switch to text.
		z.pass("raw text in a select or frameset")
	default:
		z.mode, z.rawName = inRaw, string(t.name)
	}
}

// templates counts the open templates. What is in one is inert, unless it declares a shadow root.
type templates struct{ inert, live int }

func (n *templates) push(shadow bool) {
	if n.inert > 0 || !shadow {
		n.inert++
	} else {
		n.live++
	}
}

func (n *templates) pop() {
	switch {
	case n.inert > 0:
		n.inert--
	case n.live > 0:
		n.live--
	}
}

func (z *Writer) isShadow(t *tag) bool {
	if !t.whole {
		return false
	}
	tag := t.bytes(z)
	for _, a := range z.attributesOf(t) {
		if is(tag[a.name:a.nameEnd], "shadowrootmode") {
			value := unescape(tag[a.value:a.valueEnd])
			return is([]byte(value), "open") || is([]byte(value), "closed")
		}
	}
	return false
}
