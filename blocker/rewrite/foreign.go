package rewrite

const notNested = "foreign content that is not nested properly"

// maxForeign bounds how deep foreign content is followed.
const maxForeign = 512

// space is an element's namespace.
type space uint8

const (
	htmlSpace space = iota
	svgSpace
	mathSpace
)

// node is an open element since the outermost svg or math.
type node struct {
	// nameAt is where its name starts in foreign.names.
	nameAt int32
	space  space
	// point: what starts in it is HTML. mathText: it is, but for mglyph and malignmark. annotation: an svg in it is SVG.
	point, mathText, annotation bool
}

// foreign follows SVG and MathML closely enough to know where tags are tags (HTML standard 13.2.6.5): there is no raw
// text in foreign content, but there are CDATA sections, and there are ways back to HTML.
type foreign struct {
	nodes []node
	names []byte
	// unsure is set where it depends on the elements outside whether foreign content has ended.
	unsure bool
	// strays are the names of elements in HTML content that are not HTML's: their end tags may end foreign content.
	strays nameSet
}

func (f *foreign) inside() bool { return len(f.nodes) > 0 }

func (f *foreign) top() *node { return &f.nodes[len(f.nodes)-1] }

// current reports whether the current node is a foreign one.
func (f *foreign) current() bool { return f.inside() && f.top().space != htmlSpace }

// htmlRules reports whether a start tag is read by the rules for HTML content.
func (f *foreign) htmlRules(t *tag) bool {
	top := f.top()
	switch {
	case f.unsure:
		return false
	case top.space == htmlSpace, top.point:
		return true
	case top.mathText:
		return t.element != elGlyph
	case top.annotation:
		return t.element == elSVG
	}
	return false
}

// cut closes the elements from the i-th on.
func (f *foreign) cut(i int) {
	if i < len(f.nodes) {
		f.names = f.names[:f.nodes[i].nameAt]
		f.nodes = f.nodes[:i]
	}
	if i == 0 {
		f.unsure = false
	}
}

func (f *foreign) name(i int) []byte {
	end := len(f.names)
	if i+1 < len(f.nodes) {
		end = int(f.nodes[i+1].nameAt)
	}
	return f.names[f.nodes[i].nameAt:end]
}

// breakOut closes foreign elements up to one in which HTML may stand.
func (f *foreign) breakOut() {
	i := len(f.nodes)
	for i > 0 && f.nodes[i-1].space != htmlSpace && !f.nodes[i-1].point && !f.nodes[i-1].mathText {
		i--
	}
	f.cut(i)
}

// nameSet is a set of names that may hold more than was put in, never less.
type nameSet uint64

func (s *nameSet) add(name []byte) { *s |= 1 << nameBit(name) }

func (s nameSet) has(name []byte) bool { return s&(1<<nameBit(name)) != 0 }

func nameBit(name []byte) uint {
	h := uint(len(name))
	for _, c := range name {
		h = h*31 + uint(c)
	}
	return h % 64
}
