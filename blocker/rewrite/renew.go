package rewrite

import "strings"

// present is the gate's tag that a document has already, while its text is read.
type present struct {
	// at is how far the text in Writer.data was compared, or none; rest is what is still to come if it is the snippet's.
	at   int
	rest string
	// differs: it is not what would be put in. dropped: something else is put in for it.
	differs, dropped bool
}

// isGate reports whether a start tag is one of the gate's.
func (z *Writer) isGate(t *tag) bool {
	return t.whole && t.element == elScript && find(t.bytes(z), z.attributesOf(t), marker) != nil
}

// meetGate is for the gate's tag where the snippet would have been put in.
func (z *Writer) meetGate(t *tag) {
	z.report.Present = true
	z.place.state, z.headAt = settled, none
	nonce, own := z.gateNonce(t)
	text := z.place.tag.open(nonce)
	z.present = present{at: t.end, rest: z.place.tag.code, differs: text != string(t.bytes(z)), dropped: z.renew && own}
	if z.present.dropped {
		z.handOn(t.at)
		z.put([]byte(text + z.place.tag.code))
		z.from = t.end
	}
}

// gateNonce returns the nonce in a tag of the gate's as it is written there: it may be filled in by a template. own is
// false if the tag has attributes that the rewriter writes into none.
func (z *Writer) gateNonce(t *tag) (nonce string, own bool) {
	tag := t.bytes(z)
	own = true
	for _, a := range z.attributesOf(t) {
		switch name := tag[a.name:a.nameEnd]; {
		case is(name, "nonce"):
			nonce = " " + string(tag[a.name:a.end])
		case !is(name, marker) && !is(name, "src") && !is(name, "data-config"):
			own = false
		}
	}
	return nonce, own
}

// compareGate goes on with the text of the gate's tag, up to the given place.
func (z *Writer) compareGate(end int) {
	p := &z.present
	if p.at < 0 || end <= p.at {
		return
	}
	rest, same := strings.CutPrefix(p.rest, string(z.data[p.at:end]))
	p.rest, p.at, p.differs = rest, end, p.differs || !same
	if p.dropped {
		z.from = end
	}
}

// endGate is for the end of that text.
func (z *Writer) endGate(end int) {
	if z.present.at < 0 {
		return
	}
	z.compareGate(end)
	z.present.at = none
	z.report.Stale = z.present.differs || z.present.rest != ""
	z.report.Renewed = z.report.Stale && z.present.dropped
}
