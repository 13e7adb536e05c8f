package rewrite

import (
	"compress/gzip"
	"errors"
	"io"
	"iter"
	"sync"

	"github.com/andybalholm/brotli"
)

// Levels of compression: what servers use for pages they make on the fly. brotliWindow keeps an encoder's memory near
// that of gzip.
const (
	gzipLevel    = 5
	brotliLevel  = 4
	brotliWindow = 18
)

// maxRaw is how much of a compressed body is kept until it turns out to be what it says, in bytes.
const maxRaw = 64 << 10

// encoder is what gzip.Writer and brotli.Writer have in common.
type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// coding is a content coding that can be undone and done again.
type coding struct {
	encoders, decoders *sync.Pool
	// open makes a pooled decoder read from r.
	open func(pooled any, r io.Reader) (io.Reader, error)
}

var gzipCoding = &coding{
	encoders: &sync.Pool{New: func() any {
		// The level is a valid one.
		w, _ := gzip.NewWriterLevel(io.Discard, gzipLevel)
		return w
	}},
	decoders: &sync.Pool{New: func() any { return new(gzip.Reader) }},
	open: func(pooled any, r io.Reader) (io.Reader, error) {
		z := pooled.(*gzip.Reader)
		return z, z.Reset(r)
	},
}

var brotliCoding = &coding{
	encoders: &sync.Pool{New: func() any {
		return brotli.NewWriterOptions(io.Discard, brotli.WriterOptions{Quality: brotliLevel, LGWin: brotliWindow})
	}},
	decoders: &sync.Pool{New: func() any { return new(brotli.Reader) }},
	open: func(pooled any, r io.Reader) (io.Reader, error) {
		z := pooled.(*brotli.Reader)
		return z, z.Reset(r)
	},
}

// codings are those that are understood; nil needs no decoding.
var codings = map[string]*coding{
	"": nil, "identity": nil, "gzip": gzipCoding, "x-gzip": gzipCoding, "br": brotliCoding,
}

var (
	writers = sync.Pool{New: func() any { return new(Writer) }}
	buffers = sync.Pool{New: func() any { return new([32 << 10]byte) }}
)

// decoder turns a reader of compressed data, which asks for bytes when it wants them, into something that bytes are
// pushed into when they come. The reader runs as a coroutine: it and push take turns, nothing runs at the same time.
type decoder struct {
	coding *coding
	pooled any
	sink   io.Writer

	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool

	// input is what was pushed and not yet read; end is set when no more will come.
	input []byte
	end   bool
	// raw is what was pushed so far, until something was decoded (started). If nothing can be (fault), the original
	// bytes are passed on.
	raw     []byte
	started bool
	over    bool
	// fault is what is wrong with the data, err what went wrong with the sink.
	fault, err error
}

var errStopped = errors.New("rewrite: the response has ended")

func newDecoder(c *coding, sink io.Writer) *decoder {
	d := &decoder{coding: c, pooled: c.decoders.Get(), sink: sink}
	d.next, d.stop = iter.Pull(func(yield func(struct{}) bool) {
		d.yield = yield
		d.run()
	})
	return d
}

// push decodes p. raw is what must be passed on as it is, because it is not what it says.
func (d *decoder) push(p []byte) (raw []byte, err error) {
	if d.over {
		if d.started {
			// What follows the end of the data, or a fault in it, is dropped, as browsers do.
			return nil, d.err
		}
		return p, d.err
	}
	if !d.started {
		d.raw = append(d.raw, p...)
	}
	d.input = p
	d.turn()
	return d.rest(), d.err
}

// close decodes what is left after the last push.
func (d *decoder) close() (raw []byte, err error) {
	if d.over || (!d.started && len(d.raw) == 0) {
		return nil, d.err
	}
	d.end = true
	d.turn()
	return d.rest(), d.err
}

// turn lets the coroutine run until it wants more input than there is.
func (d *decoder) turn() {
	if _, more := d.next(); !more {
		d.over = true
	}
	if !d.over && !d.started && len(d.raw) > maxRaw {
		d.fault, d.over = errors.New("nothing could be decoded"), true
	}
}

// rest returns the original bytes, once, if they have to be passed on.
func (d *decoder) rest() []byte {
	raw := d.raw
	if d.started || d.over {
		d.raw = nil
	}
	if d.started || !d.over {
		return nil
	}
	return raw
}

// release ends the coroutine.
func (d *decoder) release() {
	d.stop()
	d.coding.decoders.Put(d.pooled)
	// The pooled reader goes on pointing here.
	d.raw, d.input, d.sink, d.yield = nil, nil, nil, nil
}

// run is the coroutine: it decodes from Read to sink.
func (d *decoder) run() {
	r, err := d.coding.open(d.pooled, d)
	if err != nil {
		d.fail(err)
		return
	}
	buffer := buffers.Get().(*[32 << 10]byte)
	defer buffers.Put(buffer)
	for {
		n, err := r.Read(buffer[:])
		if n > 0 {
			d.started = true
			if _, d.err = d.sink.Write(buffer[:n]); d.err != nil {
				return
			}
		}
		if err != nil {
			d.fail(err)
			return
		}
	}
}

func (d *decoder) fail(err error) {
	if err != io.EOF && err != errStopped {
		d.fault = err
	}
}

// Read waits for the next push.
func (d *decoder) Read(p []byte) (int, error) {
	for len(d.input) == 0 {
		if d.end {
			return 0, io.EOF
		}
		if !d.yield(struct{}{}) {
			return 0, errStopped
		}
	}
	n := copy(p, d.input)
	d.input = d.input[n:]
	return n, nil
}
