package rewrite

import "bytes"

// tagScan finds the end of a tag. It follows the tokenizer of the HTML standard from "tag name state" (13.2.5.8) to
// "self-closing start tag state" (13.2.5.40) and can stop after any byte.
type tagScan struct {
	state tagState
	// closing is true when the last thing before '>' was the slash of <br/>.
	closing bool
}

type tagState uint8

const (
	inName tagState = iota
	beforeAttribute
	inAttribute
	afterAttribute
	beforeValue
	inDouble
	inSingle
	inUnquoted
	afterQuoted
	afterSlash
)

// run reads b from i. It returns the place after the tag's '>' and true, or len(b) and false when the tag goes on.
func (t *tagScan) run(b []byte, i int) (int, bool) {
	for i < len(b) {
		i = t.skip(b, i)
		if i == len(b) {
			break
		}
		c := b[i]
		i++
		if c == '>' && t.state != inDouble && t.state != inSingle {
			t.closing = t.state == afterSlash
			return i, true
		}
		t.state = t.next(c)
	}
	return i, false
}

// skip goes over bytes that leave the state as it is.
func (t *tagScan) skip(b []byte, i int) int {
	var stop byte
	switch t.state {
	case inName:
		stop = endsName
	case inAttribute:
		stop = endsAttribute
	case inUnquoted:
		stop = endsUnquoted
	case inDouble, inSingle:
		quote := byte('"')
		if t.state == inSingle {
			quote = '\''
		}
		n := bytes.IndexByte(b[i:], quote)
		if n < 0 {
			return len(b)
		}
		return i + n
	default:
		return i
	}
	for i < len(b) && stops[b[i]]&stop == 0 {
		i++
	}
	return i
}

const (
	endsName = 1 << iota
	endsAttribute
	endsUnquoted
)

// stops marks the bytes that end a name or an unquoted value.
var stops = func() (table [256]byte) {
	for _, c := range []byte(" \n\t\r\f>") {
		table[c] = endsName | endsAttribute | endsUnquoted
	}
	table['/'] = endsName | endsAttribute
	table['='] = endsAttribute
	return table
}()

// next is the state after c.
func (t *tagScan) next(c byte) tagState {
	switch t.state {
	case inDouble, inSingle:
		return afterQuoted
	case inUnquoted:
		return beforeAttribute
	case beforeValue:
		switch {
		case isSpace(c):
			return beforeValue
		case c == '"':
			return inDouble
		case c == '\'':
			return inSingle
		}
		return inUnquoted
	}
	switch {
	case c == '/':
		return afterSlash
	case isSpace(c):
		if t.state == inAttribute || t.state == afterAttribute {
			return afterAttribute
		}
		return beforeAttribute
	case c == '=' && (t.state == inAttribute || t.state == afterAttribute):
		return beforeValue
	}
	return inAttribute
}

// attribute is one attribute of a tag, as places in the tag's bytes.
type attribute struct {
	// name and nameEnd span the name, value and valueEnd the value without its quotes, end is after the closing quote.
	name, nameEnd, value, valueEnd, end int
	// quote is '"', '\'' or 0.
	quote byte
}

// attributes appends the attributes of a whole tag to list. at is where the tag's name ends.
func attributes(list []attribute, tag []byte, at int) []attribute {
	i, last := at, len(tag)-1
	for {
		for i < last && (isSpace(tag[i]) || tag[i] == '/') {
			i++
		}
		if i >= last {
			return list
		}
		a := attribute{name: i}
		// The first byte belongs to the name even if it is '='.
		for i++; i < last && !isSpace(tag[i]) && tag[i] != '/' && tag[i] != '='; {
			i++
		}
		a.nameEnd, a.end = i, i
		for i < last && isSpace(tag[i]) {
			i++
		}
		if i < last && tag[i] == '=' {
			i = a.readValue(tag, i+1, last)
		}
		list = append(list, a)
	}
}

// readValue reads what stands after '=' and returns the place after it.
func (a *attribute) readValue(tag []byte, i, last int) int {
	for i < last && isSpace(tag[i]) {
		i++
	}
	if i < last && (tag[i] == '"' || tag[i] == '\'') {
		a.quote = tag[i]
		a.value = i + 1
		a.valueEnd = a.value + bytes.IndexByte(tag[a.value:], a.quote)
		a.end = a.valueEnd + 1
		return a.end
	}
	a.value = i
	for i < last && !isSpace(tag[i]) {
		i++
	}
	a.valueEnd, a.end = i, i
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

func isLetter(c byte) bool { return c|32 >= 'a' && c|32 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// lowerInto writes the lower-case form of name to buffer and returns it, cut to the buffer's length.
func lowerInto(buffer, name []byte) []byte {
	n := min(len(buffer), len(name))
	for i, c := range name[:n] {
		if c >= 'A' && c <= 'Z' {
			c |= 32
		}
		buffer[i] = c
	}
	return buffer[:n]
}

// is reports whether a name equals want, which is lower-case, without regard to ASCII case.
func is(name []byte, want string) bool {
	if len(name) != len(want) {
		return false
	}
	for i, c := range name {
		if c >= 'A' && c <= 'Z' {
			c |= 32
		}
		if c != want[i] {
			return false
		}
	}
	return true
}
