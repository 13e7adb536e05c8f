package rewrite

import "bytes"

// maxNoscriptTag is the longest tag in a noscript that is read, in bytes: it is searched anew with every Write.
const maxNoscriptTag = 8 << 10

// tagInNoscript reads a tag at hand in the text of a noscript. Without script it is a tag, and no gate will ever run:
// what it may not load must not be there. With script it is text, which ends at the first </noscript>, in a tag too; such
// a one is left alone. wait is true when more bytes are needed to tell. (HTML standard 4.12.2.)
func (z *Writer) tagInNoscript() (read, wait bool) {
	b := z.data[z.at:]
	if len(b) < 2 {
		return false, true
	}
	b = b[:min(len(b), maxNoscriptTag)]
	if !isLetter(b[1]) || z.templates.inert > 0 {
		return false, false
	}
	end, done := new(tagScan).run(b, 1)
	ends, open := endsNoscript(b[:end])
	switch {
	case ends || (!done && len(b) == maxNoscriptTag):
		return false, false
	case !done || open:
		return false, true
	}
	z.readInNoscript(end)
	return true, false
}

// endsNoscript reports whether there is an end tag of a noscript in a tag; open is true when one may have begun.
func endsNoscript(tag []byte) (ends, open bool) {
	for {
		i := bytes.Index(tag, []byte("</"))
		if i < 0 {
			return false, false
		}
		tag = tag[i:]
		if ends, open = tagHere(tag, "</", "noscript"); ends || open {
			return ends, open
		}
		tag = tag[1:]
	}
}

func (z *Writer) readInNoscript(length int) {
	t := tag{at: z.at, end: z.at + length, whole: true}
	nameEnd := t.at + 1
	for stops[z.data[nameEnd]]&endsName == 0 {
		nameEnd++
	}
	t.name = lowerInto(z.name[:], z.data[t.at+1:nameEnd])
	t.long = nameEnd-t.at-1 > len(t.name)
	// A script does not run there.
	if t.element = elementOf(t.name); t.element != elScript && !t.long {
		z.look(&t, false)
	}
	z.at = t.end
}
