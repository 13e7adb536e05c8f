package rewrite

import (
	"io"
	"net/http"
)

// body rewrites one response body: it is decoded, rewritten, and encoded again as it was.
type body struct {
	w http.ResponseWriter
	z *Writer
	// in and out are nil for a body that is not compressed.
	in  *decoder
	out encoder
	x   *response
}

func (x *response) newBody() *body {
	coding := codings[contentCoding(x.Header())]
	b := &body{w: x.w, x: x, z: writers.Get().(*Writer)}
	var sink io.Writer = x.w
	if coding != nil {
		b.out = coding.encoders.Get().(encoder)
		b.out.Reset(x.w)
		sink = b.out
	}
	b.z.Reset(sink, Options{
		Gate: x.gate, Snippet: x.m.o.Snippet, Nonce: x.nonce, URL: x.url,
		Charset: typeIn(x.Header()).charset, Body: x.use.body(),
	})
	if coding != nil {
		b.in = newDecoder(coding, b.z)
	}
	return b
}

func (b *body) write(p []byte) error {
	if b.in == nil {
		_, err := b.z.Write(p)
		return err
	}
	raw, err := b.in.push(p)
	if len(raw) > 0 {
		_, err = b.w.Write(raw)
	}
	return err
}

// flush sends what can be sent. Before the decoder has given anything there is nothing to end a block for, and the
// original bytes may have to follow.
func (b *body) flush() error {
	if b.out == nil || !b.in.started {
		return nil
	}
	return b.out.Flush()
}

func (b *body) close() error {
	if b.in != nil {
		raw, err := b.in.close()
		if fault := b.in.fault; fault != nil {
			b.x.m.o.Logger.Warn("body is not what its Content-Encoding says", "url", b.x.url, "error", fault)
		}
		if len(raw) > 0 {
			_, err = b.w.Write(raw)
		}
		if err != nil || !b.in.started {
			return err
		}
	}
	if err := b.z.Close(); err != nil || b.out == nil {
		return err
	}
	return b.out.Close()
}

// release gives everything back that is shared between responses.
func (b *body) release() {
	if b.in != nil {
		b.in.release()
		b.out.Reset(io.Discard)
		b.in.coding.encoders.Put(b.out)
	}
	b.z.clear()
	writers.Put(b.z)
}
