package rewrite

import "bytes"

// raw reads text without tags up to the end tag that ends it (RCDATA and RAWTEXT).
func (z *Writer) raw() bool {
	for {
		if !z.toAngle() {
			return false
		}
		end, wait := z.endTagHere(z.rawName)
		if wait {
			return false
		}
		if end {
			z.mode = inText
			return true
		}
		if z.rawName == "noscript" {
			read, wait := z.tagInNoscript()
			if wait {
				return false
			}
			if read {
				continue
			}
		}
		z.at++
	}
}

// toAngle goes to the next '<'.
func (z *Writer) toAngle() bool {
	i := bytes.IndexByte(z.data[z.at:], '<')
	if i < 0 {
		z.at = len(z.data)
		return false
	}
	z.at += i
	return true
}

// endTagHere reports whether the '<' at hand starts the end tag of name; wait is true when more bytes are needed to
// tell.
func (z *Writer) endTagHere(name string) (end, wait bool) {
	return tagHere(z.data[z.at:], "</", name)
}

// tagHere reports whether b starts with opening and name, and a byte that ends a tag name.
func tagHere(b []byte, opening, name string) (found, wait bool) {
	n := min(len(opening), len(b))
	if string(b[:n]) != opening[:n] {
		return false, false
	}
	b = b[n:]
	n = min(len(name), len(b))
	if !is(b[:n], name[:n]) {
		return false, false
	}
	if len(b) <= len(name) {
		return false, true
	}
	c := b[len(name)]
	return isSpace(c) || c == '/' || c == '>', false
}

// escape is how deep a script is in the states that "<!--" starts (HTML standard 13.2.5.18 to 13.2.5.31).
type escape uint8

const (
	plainScript escape = iota
	escaped
	doubleEscaped
)

// script reads a script's text up to its end tag.
func (z *Writer) script() bool {
	for {
		if z.escape != plainScript {
			if !z.toDashOrAngle() {
				return false
			}
			if z.data[z.at] != '<' {
				z.leaveEscape(z.data[z.at])
				continue
			}
		} else if !z.toAngle() {
			return false
		}
		end, wait := z.angleInScript()
		if wait {
			return false
		}
		if end {
			z.mode = inText
			z.endScript(z.at)
			return true
		}
	}
}

// toDashOrAngle goes to the next byte that matters in an escaped script.
func (z *Writer) toDashOrAngle() bool {
	for ; z.at < len(z.data); z.at++ {
		switch c := z.data[z.at]; {
		case c == '<' || c == '-' || (c == '>' && z.dashes >= 2):
			return true
		default:
			z.dashes = 0
		}
	}
	return false
}

// leaveEscape reads a '-', or a '>' after two of them, which ends the escape.
func (z *Writer) leaveEscape(c byte) {
	if c == '>' {
		z.escape = plainScript
	} else {
		z.dashes = min(z.dashes+1, 2)
	}
	z.at++
}

// angleInScript reads a '<' in a script; end is true when it starts the script's end tag.
func (z *Writer) angleInScript() (end, wait bool) {
	b := z.data[z.at:]
	end, wait = tagHere(b, "</", "script")
	if wait || (end && z.escape != doubleEscaped) {
		return end, wait
	}
	skip := 1
	switch {
	case end:
		z.escape, skip = escaped, len("</script>")
	case z.escape == plainScript:
		const opening = "<!--"
		if n := min(len(b), len(opening)); n < len(opening) && string(b[:n]) == opening[:n] {
			return false, true
		}
		if bytes.HasPrefix(b, []byte(opening)) {
			z.escape, z.dashes, skip = escaped, 2, len(opening)
			z.at += skip
			return false, false
		}
	case z.escape == escaped:
		begin, wait := tagHere(b, "<", "script")
		if wait {
			return false, true
		}
		if begin {
			z.escape, skip = doubleEscaped, len("<script>")
			// Browsers disagree with themselves over the years here: the script is not read.
			z.scriptAt = none
		}
	}
	z.dashes = 0
	z.at += skip
	return false, false
}
