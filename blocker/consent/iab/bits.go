package iab

// reader reads big-endian bits straight out of base64url text (RFC 4648 section 5, no padding), six from a character,
// so that no bytes need to be stored. Reading past the end gives zeros and sets bad.
type reader struct {
	text string
	at   int
	bad  bool
}

// open starts to read text. The reader is bad from the start if the text is empty or not base64url, so that what is
// skipped later has been looked at too.
func (r *reader) open(text string) {
	r.text, r.at = text, 0
	r.bad = text == ""
	for i := 0; i < len(text); i++ {
		r.bad = r.bad || sextet(text[i]) > 63
	}
}

// sextet is the value of a base64url character; above 63 for any other byte.
func sextet(c byte) uint32 {
	switch {
	case c >= 'a' && c <= 'z':
		return uint32(c) - 'a' + 26
	case c >= 'A' && c <= 'Z':
		return uint32(c) - 'A'
	case c >= '0' && c <= '9':
		return uint32(c) - '0' + 52
	case c == '-':
		return 62
	case c == '_':
		return 63
	}
	return 64
}

// skip moves on by n bits, n >= 0.
func (r *reader) skip(n int) {
	r.at += n
	r.bad = r.bad || r.at > 6*len(r.text)
}

// take reads n bits as a number, n <= 32.
func (r *reader) take(n int) uint32 {
	from := r.at
	r.skip(n)
	if r.bad {
		return 0
	}
	var v uint32
	for from < r.at {
		left := 6 - from%6
		v = v<<left | sextet(r.text[from/6])&(1<<left-1)
		from += left
	}
	return v >> (from - r.at)
}

// field reads n bits at a place of a text, n <= 32; 0 if the text ends before.
func field(text string, at, n int) uint32 {
	r := reader{text: text, at: at}
	return r.take(n)
}

// flags reads n bits as a set: the first bit, which stands for id 1, becomes bit 0.
func flags(text string, at, n int) (set uint32) {
	r := reader{text: text, at: at}
	for i := range n {
		set |= r.take(1) << i
	}
	return set
}

// deciseconds reads a point in time: tenths of seconds since 1970, 36 bits.
func deciseconds(text string, at int) uint64 {
	return uint64(field(text, at, 18))<<18 | uint64(field(text, at+18, 18))
}

// fibonacci reads a number in Fibonacci coding, which ends with two ones in a row. The limit is far above any section
// id: without it a long run of zeros could overflow.
func (r *reader) fibonacci() int {
	sum, last := 0, uint32(0)
	for a, b := 1, 2; a < 1<<16; a, b = b, a+b {
		bit := r.take(1)
		if bit&last == 1 {
			return sum
		}
		sum += a * int(bit)
		last = bit
	}
	r.bad = true
	return 0
}

// parts takes a text with separators apart. The zero parts has none left.
type parts struct {
	rest string
	more bool
}

// next returns the part up to the next separator.
func (p *parts) next(separator byte) string {
	s := p.rest
	for i := 0; i < len(s); i++ {
		if s[i] == separator {
			p.rest = s[i+1:]
			return s[:i]
		}
	}
	p.rest, p.more = "", false
	return s
}
