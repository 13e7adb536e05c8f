package rewrite

import (
	"bytes"
	"io"

	"github.com/segment-blocker/segment-blocker/blocker"
)

// piece is how much of a Write is read at once while something from an earlier one is held back.
const piece = 4 << 10

// none is a place that is not set.
const none = -1

// mode is what the next byte belongs to.
type mode uint8

const (
	// inBegin is before the first byte that tells what the body is.
	inBegin mode = iota
	inText
	inTag
	inComment
	inBogus
	inCDATA
	inRaw
	inScript
	// inRest passes everything on, to the end.
	inRest
)

// Writer rewrites the HTML written to it, in chunks of any size, and passes it on to another writer. Where the chunks
// are cut makes no difference to the result. It is not safe for concurrent use.
type Writer struct {
	out    io.Writer
	err    error
	report Report

	place   place
	present present
	renew   bool
	urls    addresses
	reader  scriptReader
	page    bool
	charset charset

	// data is what is in hand: the bytes held back, then the new ones. offset is the place of data[0] in the input.
	// data[:from] is handed on, data[:at] is read.
	data     []byte
	offset   int64
	from, at int
	held     []byte
	// tagAt, headAt and scriptAt are the places in data from which bytes are held back, or none: an unfinished tag, the
	// start of the head while a <meta charset> may follow, and the tag of an inline script that is being read.
	tagAt, headAt, scriptAt int

	mode mode
	// after is the mode behind the tag that is being read.
	after    mode
	scan     tagScan
	endTag   bool
	oversize bool
	// late is a tag too long to read for which something is to be done at its end, as isLate says.
	late   tag
	isLate bool
	name   [32]byte
	// textAt is where the text of the inline script starts.
	textAt int
	// rawName is the element whose end tag ends the raw text.
	rawName string
	dashes  dashes
	escape  escape
	inline  scriptKind

	foreign    foreign
	templates  templates
	inSelect   bool
	inFrameset bool
	sawTag     bool
	xml        bool

	attrs []attribute
	edits []edit
}

// NewWriter returns a Writer that passes the rewritten document on to w. Close must be called at the document's end.
func NewWriter(w io.Writer, o Options) *Writer {
	z := &Writer{}
	z.Reset(w, o)
	return z
}

// Reset makes the Writer as good as new for another document, and keeps its buffers.
func (z *Writer) Reset(w io.Writer, o Options) {
	z.clear()
	z.out = w
	z.tagAt, z.headAt, z.scriptAt, z.present.at = none, none, none, none
	z.page, z.renew, z.charset = o.Body == Page, o.Renew, charsetOf(o.Charset)
	if o.Gate == nil {
		o.Gate = blocker.New(blocker.Config{})
	}
	z.urls = newAddresses(o.Gate, o.URL)
	z.reader = newScriptReader(&z.urls)
	z.place.init(o)
	if z.charset == wide {
		z.pass("UTF-16")
	}
}

// clear forgets everything but the buffers, as long as those have not grown beyond what a page usually takes.
func (z *Writer) clear() {
	held, attrs, edits := z.held[:0], z.attrs[:0], z.edits[:0]
	if cap(held) > 2*MaxTag || cap(attrs) > 1<<10 || cap(edits) > 1<<10 {
		held, attrs, edits = nil, nil, nil
	}
	*z = Writer{held: held, attrs: attrs, edits: edits}
}

// Report says what was found so far.
func (z *Writer) Report() *Report { return &z.report }

// Write rewrites p and passes on what can be passed on. An error of the underlying writer is returned by every later
// call too.
func (z *Writer) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 && z.err == nil {
		n := len(p)
		if len(z.held) > 0 {
			n = min(n, piece)
		}
		z.feed(p[:n])
		p = p[n:]
		if z.err == nil {
			written += n
		}
	}
	return written, z.err
}

// Close ends the document: what was held back is passed on. It does not close the underlying writer.
func (z *Writer) Close() error {
	if z.err != nil {
		return z.err
	}
	z.data = z.held
	z.finish()
	z.handOn(len(z.data))
	z.offset += int64(len(z.data))
	z.data, z.held, z.mode = nil, z.held[:0], inRest
	z.from, z.at = 0, 0
	z.tagAt, z.headAt, z.scriptAt, z.present.at = none, none, none, none
	return z.err
}

// feed reads p, but stops for good at a byte that may switch a charset which nobody has declared.
func (z *Writer) feed(p []byte) {
	if z.charset != ascii && z.mode != inRest {
		if i := bytes.IndexByte(p, escapeByte); i >= 0 {
			z.chunk(p[:i])
			if z.charset != ascii {
				z.switched()
			}
			p = p[i:]
		}
	}
	z.chunk(p)
}

// switched gives up before an escape sequence. The tags so far were read as ASCII, so that the snippet may go there.
func (z *Writer) switched() {
	z.data = z.held
	if z.headAt >= 0 {
		z.insertHeld()
	}
	z.at = len(z.data)
	z.pass("an escape sequence, as in ISO-2022-JP")
	z.keep()
}

// chunk reads p after what is held back.
func (z *Writer) chunk(p []byte) {
	if len(p) == 0 {
		return
	}
	if len(z.held) > 0 {
		z.held = append(z.held, p...)
		z.data = z.held
	} else {
		z.data = p
	}
	for z.mode != inRest && z.err == nil && z.step() {
	}
	z.keep()
}

// step reads one thing; false means that it goes on in the next chunk.
func (z *Writer) step() bool {
	switch z.mode {
	case inBegin:
		return z.begin()
	case inText:
		return z.text()
	case inTag:
		return z.tag()
	case inComment:
		return z.comment()
	case inBogus:
		return z.until('>')
	case inCDATA:
		return z.cdata()
	case inRaw:
		return z.raw()
	case inScript:
		return z.script()
	}
	return false
}
