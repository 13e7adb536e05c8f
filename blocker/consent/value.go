package consent

import "github.com/segment-blocker/segment-blocker/blocker/internal/json"

// choice is what a Reader knows of the choice that it is reading.
type choice struct {
	own      string // the CMP's words
	places   items
	now      uint32
	path     []byte
	depth    int    // of values within values
	word     string // the last one found by '^'
	held     int    // the rules that were there, each as its distance from the end: one that is there twice is not two
	marks    marks
	closed   bool   // what is not in the list was refused
	standard Source // whose string it is
	bad      bool   // a rule does not hold, or a value is not whole
	jar      items
	said     Signal
	scratch  []byte
	used     int
	json     json.Reader
}

// begin makes ready for the values of some places.
func (r *Reader) begin() {
	r.used, r.depth, r.word, r.held, r.marks, r.closed, r.bad, r.standard = 0, 0, "", 0, 0, false, false, NoSource
}

// end returns what the values together mark: nothing if a rule does not hold. A rule that must be there has one of three
// signs, which stand for nothing else.
func (r *Reader) end() marks {
	for i := range len(r.places) {
		if index("=?@", r.places[i]) >= 0 {
			r.held -= len(r.places) - i
		}
	}
	if r.bad || r.held != 0 {
		return 0
	}
	if r.closed {
		r.marks |= closed &^ (r.marks << refused)
	}
	return r.marks
}

// maxDepth bounds values within values: an encoded query string of pairs takes four.
const maxDepth = 6

// value takes in a value at the path that is the first n bytes of r.path, and whatever it holds. Which form it has, it
// shows: JSON; a query string; percent-encoded text; base64 of JSON; or pairs and lists of any of the separators that
// CMPs use. So it may hold more than its CMP meant it to, but under other paths.
func (r *Reader) value(n int, v string) {
	if r.depth++; r.depth <= maxDepth {
		switch {
		case len(v) > 1 && (v[0] == '[' || v[0] == '{' && v[1] == '"'):
			outer := r.json
			r.json.Reset(v)
			r.node(n, v)
			r.bad = r.bad || !r.json.End()
			r.json = outer
		case index(v, '&') >= 0:
			r.parts(n, v, "&")
		case index(v, '%') >= 0:
			r.value(n, r.plain(v))
		case len(v) > 2 && v[:3] == "eyJ": // {"
			r.value(n, r.unbase64(v))
		default:
			r.leaf(n, v)
			r.parts(n, v, ",!|")
		}
	}
	r.depth--
}

// parts takes in the pairs or the elements of a list.
func (r *Reader) parts(n int, v, separators string) {
	rest := items(v)
	for rest != "" {
		value := items(rest.part(separators))
		item := string(value)
		if key := value.part("=:"); len(key) < len(item) {
			r.value(r.under(n, key), string(value))
		} else if len(item) < len(v) {
			r.leaf(n, item)
		}
	}
}

// under makes the path of a key in what stands at the path of n bytes.
func (r *Reader) under(n int, key string) int {
	r.path = append(append(r.path[:n], '.'), key...)
	return len(r.path)
}

// node takes in the next value of a JSON text at the path of n bytes. The elements of a list stand at its own path.
func (r *Reader) node(n int, text string) {
	switch r.json.Peek() {
	case json.Object:
		r.word = ""
		for r.json.Open('{'); r.json.More('}'); {
			r.node(r.under(n, r.json.Key()), text)
		}
		r.word = ""
	case json.Array:
		r.leaf(n, "")
		for r.json.Open('['); r.json.More(']'); {
			r.node(n, text)
		}
	case json.String:
		r.value(n, r.json.Str())
	default:
		start := r.json.Offset()
		r.json.Skip()
		r.leaf(n, text[start:r.json.Offset()])
	}
}

// leaf takes in a text at a path, for every place that it is at.
func (r *Reader) leaf(n int, v string) {
	places := r.places
	for places != "" {
		rule := len(places)
		want := items(places.next(' '))
		pattern := want.next(':')
		sign := pattern[0]
		pattern = pattern[1:]
		word, ok := glob(pattern, view(r.path[:n]))
		if !ok {
			continue
		}
		state := stateOf(v)
		switch sign {
		case '=':
			ok = listed(string(want), v)
			r.held += rule
		case '!':
			ok = listed(string(want), v)
		case '@':
			ok = fresh(instant(v), r.now)
			r.held += rule
		case '>':
			ok = instant(v) > r.now
		case '?':
			r.held += rule
		case '^':
			r.word = v
		case '%':
			r.string(v)
		case '~':
			if state == Denied {
				r.mark(word, state)
			}
		case '$':
			r.mark(word, state)
			if r.word != "" {
				r.mark(r.word, state)
			}
		default: // + < &
			r.closed = r.closed || sign == '&'
			if index(pattern, '*') < 0 {
				word = v
			} else if v == "" || state == Denied {
				continue
			}
			state = Granted
			if sign == '<' {
				state = Denied
			}
			r.mark(word, state)
		}
		r.bad = r.bad || !ok
	}
}
