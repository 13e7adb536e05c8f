package json

// Editor reads a JSON text and copies it, without some members and with some more. What it is not told to change it
// copies byte for byte. It is used as a Reader; objects and arrays that may change are read by Enter and Next.
type Editor struct {
	Reader
	// Out is the copy so far.
	Out []byte
	// Changed is true once something was left out or added.
	Changed bool
	copied  int
}

// NewEditor returns an editor at the start of text that appends to out.
func NewEditor(out []byte, text string) Editor {
	return Editor{Reader: Reader{text: text}, Out: out}
}

// List is the editor's place in one object or array.
type List struct {
	// Key is the current member's key; empty in an array.
	Key string
	// Drop leaves the current member out.
	Drop  bool
	end   byte
	begun bool
	kept  bool
	mark  int
}

// Enter starts an object or array.
func (e *Editor) Enter(l *List) {
	open := byte('[')
	*l = List{end: ']'}
	if e.Peek() == Object {
		open, l.end = '{', '}'
	}
	e.Open(open)
	e.copy(e.at)
}

// Next ends the current member, whose value must have been read, and goes to the next one.
func (e *Editor) Next(l *List) bool {
	if l.begun {
		e.space()
		if l.Drop {
			e.Out = e.Out[:l.mark]
			e.copied = e.at
			e.Changed = true
		} else {
			e.copy(e.at)
			l.kept = true
		}
	}
	e.first = !l.begun
	if !e.More(l.end) {
		return false
	}
	if l.begun {
		// The comma is written before a member that is kept, not behind one that may be left out.
		e.copied++
	}
	l.begun, l.Drop, l.mark = true, false, len(e.Out)
	if l.kept {
		e.Put(",")
	}
	if l.end == '}' {
		l.Key = e.Key()
	}
	return !e.failed
}

// Add puts a member after the last one: the caller appends it to Out. To be called after Next has answered false.
func (e *Editor) Add(l *List) {
	if l.kept {
		e.Put(",")
	}
	l.kept = true
	e.Changed = true
}

// Put appends text to Out. It is one function for the module's size.
//
//go:noinline
func (e *Editor) Put(text string) { e.Out = append(e.Out, text...) }

// PutString appends a text as a JSON string.
func (e *Editor) PutString(text string) {
	const hex = "0123456789abcdef"
	e.Put("\"")
	from := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		e.Put(text[from:i])
		from = i + 1
		e.Put("\\u00")
		e.Put(hex[c>>4 : c>>4+1])
		e.Put(hex[c&15 : c&15+1])
	}
	e.Put(text[from:])
	e.Put("\"")
}

// Finish copies what is left, and reports whether the text was JSON.
func (e *Editor) Finish() bool {
	if !e.End() {
		return false
	}
	e.copy(len(e.text))
	return true
}

func (e *Editor) copy(to int) {
	if !e.failed {
		e.Put(e.text[e.copied:to])
		e.copied = to
	}
}
