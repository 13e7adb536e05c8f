package rewrite

import "bytes"

const escapeByte = 0x1b

// begin looks at the first bytes: a byte order mark, white space, and the character that tells a page from other text.
func (z *Writer) begin() bool {
	b := z.data[z.at:]
	if z.offset == 0 && z.at == 0 {
		mark, wait := byteOrderMark(b)
		if wait {
			return false
		}
		switch mark {
		case utf8Mark:
			z.charset = ascii
			z.at += len(utf8Mark)
		case wideMarkBig, wideMarkLittle:
			z.pass("UTF-16")
			return false
		}
		b = z.data[z.at:]
	}
	for i, c := range b {
		if isSpace(c) {
			continue
		}
		z.at += i
		if c != '<' && !z.page {
			z.pass("does not start with a tag")
			return false
		}
		return z.beginAt(z.data[z.at:])
	}
	z.at = len(z.data)
	return false
}

// beginAt notes an XML declaration, after which the root element tells a page from a feed.
func (z *Writer) beginAt(b []byte) bool {
	const declaration = "<?xml"
	if len(b) < len(declaration) && string(b) == declaration[:len(b)] {
		return false
	}
	z.xml = !z.page && bytes.HasPrefix(b, []byte(declaration))
	z.mode = inText
	return true
}

// text reads up to the next tag or other markup, and what kind of markup that is.
func (z *Writer) text() bool {
	if z.place.pending() && !z.leading() {
		return false
	}
	i := bytes.IndexByte(z.data[z.at:], '<')
	if i < 0 {
		z.at = len(z.data)
		return false
	}
	z.at += i
	return z.markup()
}

// leading reads white space before the snippet's place is settled; any other text settles it.
func (z *Writer) leading() bool {
	for z.at < len(z.data) {
		c := z.data[z.at]
		if c == '<' {
			return true
		}
		if !isSpace(c) {
			z.settle(z.at)
			return true
		}
		z.at++
	}
	return false
}

// markup reads what follows a '<'.
func (z *Writer) markup() bool {
	b := z.data[z.at:]
	if len(b) < 2 {
		return false
	}
	c := b[1]
	switch {
	case isLetter(c):
		z.startScan(1, false)
	case c == '/':
		if len(b) < 3 {
			return false
		}
		switch {
		case isLetter(b[2]):
			z.startScan(2, true)
		case b[2] == '>':
			z.at += 3
		default:
			z.at += 2
			z.mode = inBogus
		}
	case c == '!':
		return z.declaration(b)
	case c == '?':
		z.at += 2
		z.mode = inBogus
	default:
		// A '<' that starts nothing is text.
		if z.place.pending() {
			z.settle(z.at)
		}
		z.at++
	}
	return true
}

func (z *Writer) startScan(skip int, end bool) {
	z.tagAt, z.endTag, z.oversize = z.at, end, false
	z.scan = tagScan{}
	z.at += skip
	z.mode = inTag
}

// declaration reads what follows "<!".
func (z *Writer) declaration(b []byte) bool {
	const comment, section, doctype = "<!--", "<![CDATA[", "<!doctype"
	for _, opening := range [...]string{comment, section} {
		if len(b) < len(opening) && string(b) == opening[:len(b)] {
			return false
		}
	}
	if z.place.part && z.place.pending() {
		n := min(len(b), len(doctype))
		switch known := is(b[:n], doctype[:n]); {
		case known && n < len(doctype):
			return false
		case known:
			z.place.part = false
		}
	}
	switch {
	case bytes.HasPrefix(b, []byte(comment)):
		z.at += len(comment)
		z.dashes = opened
		z.mode = inComment
	case bytes.HasPrefix(b, []byte(section)) && z.foreign.inside():
		// In HTML this would be a comment; how far elements close each other there is not followed.
		if z.foreign.unsure || !z.foreign.current() {
			z.pass("CDATA in foreign content that is not nested properly")
			return false
		}
		z.at += len(section)
		z.dashes = 0
		z.mode = inCDATA
	default:
		z.at += 2
		z.mode = inBogus
	}
	return true
}

// dashes counts what stands before a '>' that may end a comment (HTML standard 13.2.5.43 to 13.2.5.51).
type dashes uint8

const (
	// opened and openedOne are the comment's start, where "<!-->" and "<!--->" end it too.
	opened dashes = iota + 3
	openedOne
	// bang is "--!".
	bang
)

func (d dashes) next(c byte) dashes {
	switch {
	case c == '-' && d == opened:
		return openedOne
	case c == '-' && (d == openedOne || d == 2):
		return 2
	case c == '-' && d == 1:
		return 2
	case c == '-':
		return 1
	case c == '!' && d == 2:
		return bang
	}
	return 0
}

// comment reads up to the end of a comment.
func (z *Writer) comment() bool {
	for z.at < len(z.data) {
		if z.dashes == 0 {
			i := bytes.IndexByte(z.data[z.at:], '-')
			if i < 0 {
				z.at = len(z.data)
				break
			}
			z.at += i
		}
		c := z.data[z.at]
		z.at++
		if c == '>' && z.dashes > 1 {
			return z.ended()
		}
		z.dashes = z.dashes.next(c)
	}
	return false
}

// until reads up to the first c, which ends a bogus comment or a doctype.
func (z *Writer) until(c byte) bool {
	i := bytes.IndexByte(z.data[z.at:], c)
	if i < 0 {
		z.at = len(z.data)
		return false
	}
	z.at += i + 1
	return z.ended()
}

// cdata reads up to "]]>".
func (z *Writer) cdata() bool {
	for z.at < len(z.data) {
		c := z.data[z.at]
		z.at++
		switch {
		case c == ']':
			z.dashes = min(z.dashes+1, 2)
		case c == '>' && z.dashes == 2:
			return z.ended()
		default:
			z.dashes = 0
		}
	}
	return false
}

func (z *Writer) ended() bool {
	z.mode = inText
	return true
}
