package rewrite

import "bytes"

// push opens an element. False means that the rest of the document is passed on unread.
func (z *Writer) push(t *tag, s space) bool {
	f := &z.foreign
	if t.long || len(f.nodes) >= maxForeign {
		z.pass("foreign content nested too deep")
		return false
	}
	n := node{nameAt: int32(len(f.names)), space: s}
	switch s {
	case svgSpace:
		n.point = t.element.is(point)
	case mathSpace:
		n.mathText = t.element == elMathText
		n.annotation = t.element == elAnnotation
		n.point = n.annotation && z.isHTMLAnnotation(t)
	}
	f.names = append(f.names, t.name...)
	f.nodes = append(f.nodes, n)
	return true
}

// opensInBody tells the start tags that open an element in the middle of a document from void ones, and from those that
// are ignored there (HTML standard 13.2.6.4.7) or belong to a table, whose own tag is enough to go by.
func opensInBody(t *tag) bool {
	switch t.element {
	case elHTML, elHead, elFrame, elFrameset:
		return false
	case elBackground:
		return string(t.name) == "table"
	case plain:
		return string(t.name) != "caption"
	}
	return !t.element.is(noContent)
}

// startInPoint is for a start tag in HTML content that stands in foreign content. False means that the rest of the
// document is passed on unread: which of the HTML elements there have closed each other is not followed, and mglyph and
// malignmark are the tags to which it matters.
func (z *Writer) startInPoint(t *tag) bool {
	if t.element == elGlyph {
		z.pass(notNested)
		return false
	}
	return !opensInBody(t) || z.push(t, htmlSpace)
}

// startRoot is for an svg or math in HTML content.
func (z *Writer) startRoot(t *tag) {
	if z.inFrameset || (z.inSelect && z.foreign.inside()) {
		z.pass("foreign content in a select or frameset")
		return
	}
	if t.element == elSVG {
		z.startIn(t, svgSpace)
	} else {
		z.startIn(t, mathSpace)
	}
	// In a select, browsers have long ignored the tag and what is foreign in it, and newer ones do not.
	if z.inSelect && z.foreign.inside() {
		z.foreign.unsure = true
	}
}

func (z *Writer) startIn(t *tag, s space) {
	if t.closing || z.push(t, s) {
		z.look(t, true)
	}
}

// startForeign is for a start tag where the rules for foreign content apply.
func (z *Writer) startForeign(t *tag) {
	f := &z.foreign
	switch {
	case !t.whole && (t.element == elFont || t.element == elAnnotation):
		z.pass("a tag too long to read in foreign content")
	case t.element.is(breaks) || (t.element == elFont && z.isStyledFont(t)) || isBreakingBlock(t):
		if f.unsure {
			f.cut(0)
		} else {
			f.breakOut()
		}
		z.startHTML(t)
	case f.unsure:
		z.startUnsure(t)
	default:
		z.startIn(t, f.top().space)
	}
}

// startUnsure is for a start tag that is either foreign or not. What an element loads is the same in both cases, or
// nothing in one; what else it means may differ.
func (z *Writer) startUnsure(t *tag) {
	switch t.element {
	case elSVG, elMath, elTemplate, elBase, elSelect, elFrameset, elPoint, elMathText, elAnnotation:
		z.pass(notNested)
		return
	}
	if t.element.is(rawText) {
		z.pass(notNested)
		return
	}
	z.look(t, true)
}

// isBreakingBlock tells body and table, which end foreign content, from their parts, which do not.
func isBreakingBlock(t *tag) bool {
	return t.element == elBackground && (string(t.name) == "body" || string(t.name) == "table")
}

func (z *Writer) isStyledFont(t *tag) bool {
	tag := t.bytes(z)
	for _, a := range z.attributesOf(t) {
		if name := tag[a.name:a.nameEnd]; is(name, "color") || is(name, "face") || is(name, "size") {
			return true
		}
	}
	return false
}

func (z *Writer) isHTMLAnnotation(t *tag) bool {
	tag := t.bytes(z)
	for _, a := range z.attributesOf(t) {
		if is(tag[a.name:a.nameEnd], "encoding") {
			value := []byte(unescape(tag[a.value:a.valueEnd]))
			return is(value, "text/html") || is(value, "application/xhtml+xml")
		}
	}
	return false
}

// endForeign is for an end tag inside of svg or math.
func (z *Writer) endForeign(t *tag) {
	f := &z.foreign
	i := len(f.nodes) - 1
	switch {
	case f.unsure:
		z.endUnsure(t)
		return
	case f.nodes[i].space == htmlSpace:
		z.endInPoint(t)
		return
	case t.element == elP || t.element == elBr:
		f.breakOut()
		if f.inside() {
			z.endInPoint(t)
		}
		return
	}
	for ; i >= 0 && f.nodes[i].space != htmlSpace; i-- {
		if bytes.Equal(f.name(i), t.name) {
			f.cut(i)
			return
		}
	}
	z.endOutside(t)
}

// endUnsure is for an end tag where foreign content may have ended already; some end it in any case.
func (z *Writer) endUnsure(t *tag) {
	f := &z.foreign
	switch {
	case t.element == elP, t.element == elBr, bytes.Equal(f.name(0), t.name):
		f.cut(0)
	case t.element == elTemplate && z.templates != (templates{}):
		for i := range f.nodes {
			if bytes.Equal(f.name(i), t.name) {
				z.pass(notNested)
				return
			}
		}
		f.cut(0)
		z.templates.pop()
	}
}

// endInPoint is for an end tag in HTML content that stands in foreign content.
func (z *Writer) endInPoint(t *tag) {
	f := &z.foreign
	top := len(f.nodes) - 1
	outside := false
	for i := top; i >= 0; i-- {
		outside = outside || f.nodes[i].space != htmlSpace
		if !bytes.Equal(f.name(i), t.name) {
			continue
		}
		// The standard ignores the end of a foreign element from within HTML; not every parser does.
		if outside || (i < top && !f.impliesEnds(i)) {
			z.pass("HTML in foreign content that is not nested properly")
			return
		}
		switch t.element {
		case elTemplate:
			z.templates.pop()
		case elSelect:
			z.inSelect = false
		}
		f.cut(i)
		return
	}
	if t.element == elTemplate && z.templates != (templates{}) {
		z.pass("a template that ends in foreign content")
	}
}

// impliesEnds reports whether the end of the i-th element, one of HTML's, closes all that is open in it: elements whose
// end tags may be left out (HTML standard 13.2.6.3), some of which a start tag may have closed before. Which, makes no
// difference as long as they stand in an element that is open for certain, whose end closes them all.
func (f *foreign) impliesEnds(i int) bool {
	if name := f.name(i); !keptOpen[string(name)] && !impliedEnd[string(name)] && !closers[string(name)] {
		return false
	}
	for j := i + 1; j < len(f.nodes); j++ {
		if !impliedEnd[string(f.name(j))] {
			return false
		}
	}
	for i > 0 && f.nodes[i-1].space == htmlSpace {
		i--
	}
	return keptOpen[string(f.name(i))]
}

// keptOpen are elements that, in no other of HTML's, only their own end tag closes.
var keptOpen = setOf("address", "article", "aside", "blockquote", "center", "details", "dialog", "dir", "div", "dl",
	"fieldset", "figcaption", "figure", "footer", "header", "hgroup", "main", "menu", "nav", "ol", "pre", "search",
	"section", "summary", "ul")

// closers are others whose end closes what is open in them.
var closers = setOf("button", "select", "table")

var impliedEnd = setOf("dd", "dt", "li", "optgroup", "option", "p", "rb", "rp", "rt", "rtc")

func setOf(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// isForeignName reports whether an element by that name is no HTML element.
func isForeignName(e element) bool {
	switch e {
	case unknown, elUse, elAnimation, elImage, elPoint, elMathText, elAnnotation, elGlyph, elSVG, elMath:
		return true
	}
	return false
}

// endOutside is for an end tag in foreign content that no foreign element matches: an element outside may.
func (z *Writer) endOutside(t *tag) {
	f := &z.foreign
	if t.element.is(rawText) || t.element.is(noContent) || (isForeignName(t.element) && !f.strays.has(t.name)) {
		return
	}
	for i := range f.nodes {
		if n := &f.nodes[i]; n.space == htmlSpace || n.point || n.mathText {
			z.pass(notNested)
			return
		}
	}
	if t.element == elTemplate {
		if z.templates != (templates{}) {
			f.cut(0)
			z.templates.pop()
		}
		return
	}
	f.unsure = true
}
