// Package json is a pull reader for JSON text (RFC 8259) that costs little in a wasm module: no reflection, no
// tree. The caller asks for the type it expects; what it does not ask for is skipped.
//
// It accepts what the standard accepts, with two limits: text nested deeper than 64 levels is refused, and the bytes
// of a string are passed on without a look at whether they are UTF-8.
package json

// Type is the sort of the next value.
type Type uint8

// The value types; Invalid also stands for the end of the text.
const (
	Invalid Type = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// maxDepth bounds nesting, so that hostile text cannot exhaust the stack.
const maxDepth = 64

// Reader reads one JSON text from start to end. After a syntax error every method fails and Failed is true.
type Reader struct {
	text   string
	at     int
	depth  int
	first  bool
	failed bool
}

// NewReader returns a reader at the start of text.
func NewReader(text string) *Reader { return &Reader{text: text} }

// Reset puts the reader at the start of another text.
func (r *Reader) Reset(text string) { *r = Reader{text: text} }

// Failed reports whether the text turned out not to be JSON.
func (r *Reader) Failed() bool { return r.failed }

// Offset is the reader's place in the text, in bytes.
func (r *Reader) Offset() int { return r.at }

// End reports whether nothing but white space is left; anything else is a failure.
func (r *Reader) End() bool {
	r.space()
	if r.at < len(r.text) {
		r.failed = true
	}
	return !r.failed
}

// Peek returns the type of the next value without reading it.
func (r *Reader) Peek() Type {
	r.space()
	if r.failed || r.at >= len(r.text) {
		return Invalid
	}
	switch c := r.text[r.at]; {
	case c == '{':
		return Object
	case c == '[':
		return Array
	case c == '"':
		return String
	case c == 't' || c == 'f':
		return Bool
	case c == 'n':
		return Null
	case c == '-' || (c >= '0' && c <= '9'):
		return Number
	}
	return Invalid
}

// Object reads an object and calls each for every member, in order. each must read or skip the value.
func (r *Reader) Object(each func(key string)) {
	for r.Open('{'); r.More('}'); {
		if key := r.Key(); !r.failed {
			each(key)
		}
	}
}

// Array reads an array and calls each for every element, which it must read or skip.
func (r *Reader) Array(each func()) {
	for r.Open('['); r.More(']'); {
		each()
	}
}

// Open, More and Key read an object or an array without a function to call:
//
//	for r.Open('{'); r.More('}'); {
//		key := r.Key()
//		// read or skip the value
//	}
func (r *Reader) Open(bracket byte) {
	r.space()
	r.depth++
	if r.depth > maxDepth {
		r.failed = true
	}
	r.first = r.expect(bracket)
}

// More reports whether there is another member or element, and reads on to it or past the end.
func (r *Reader) More(bracket byte) bool {
	first := r.first
	r.first = false
	r.space()
	if r.take(bracket) {
		r.depth--
		return false
	}
	if !first {
		r.expect(',')
	}
	r.space()
	return !r.failed
}

// Key reads the key of a member.
func (r *Reader) Key() string {
	key := r.Str()
	r.space()
	r.expect(':')
	return key
}

// Bool reads true or false.
func (r *Reader) Bool() bool {
	r.space()
	if r.word("true") {
		return true
	}
	if !r.word("false") {
		r.failed = true
	}
	return false
}

// Int reads a number that is a whole one of at most nine digits, written plainly (no fraction, no exponent), so that it
// fits an int of 32 bits. Any other number is read too, and answered with 0.
func (r *Reader) Int() int {
	raw := r.number()
	digits := raw
	if raw != "" && raw[0] == '-' {
		digits = raw[1:]
	}
	if len(digits) > 9 {
		return 0
	}
	n := 0
	for i := 0; i < len(digits); i++ {
		if digits[i] < '0' || digits[i] > '9' {
			return 0
		}
		n = n*10 + int(digits[i]-'0')
	}
	if len(digits) < len(raw) {
		return -n
	}
	return n
}

// Skip reads one value of any type and drops it.
func (r *Reader) Skip() {
	switch r.Peek() {
	case Object:
		for r.Open('{'); r.More('}'); {
			// Not Key, which would make a text of one with escapes.
			r.raw()
			r.space()
			r.expect(':')
			r.Skip()
		}
	case Array:
		for r.Open('['); r.More(']'); {
			r.Skip()
		}
	case String:
		r.raw()
	case Number:
		r.number()
	case Bool:
		r.Bool()
	case Null:
		if !r.word("null") {
			r.failed = true
		}
	default:
		r.failed = true
	}
}

func (r *Reader) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

func (r *Reader) expect(c byte) bool {
	if r.failed || r.at >= len(r.text) || r.text[r.at] != c {
		r.failed = true
		return false
	}
	r.at++
	return true
}

func (r *Reader) word(w string) bool {
	if r.failed || len(r.text)-r.at < len(w) || r.text[r.at:r.at+len(w)] != w {
		return false
	}
	r.at += len(w)
	return true
}

// number reads a number by the standard's grammar and returns its text.
func (r *Reader) number() string {
	r.space()
	start := r.at
	r.take('-')
	if !r.take('0') {
		r.digits()
	}
	if r.take('.') {
		r.digits()
	}
	if r.take('e') || r.take('E') {
		if !r.take('+') {
			r.take('-')
		}
		r.digits()
	}
	return r.text[start:r.at]
}

// digits reads one digit or more.
func (r *Reader) digits() {
	start := r.at
	for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
		r.at++
	}
	if r.at == start {
		r.failed = true
	}
}

// take reads c if it comes next.
func (r *Reader) take(c byte) bool {
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}
