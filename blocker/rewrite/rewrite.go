package rewrite

import (
	"bytes"
	"io"
)

// Bytes rewrites a whole document.
func Bytes(html []byte, o Options) ([]byte, Report) {
	var out bytes.Buffer
	out.Grow(len(html) + 512)
	z := NewWriter(&out, o)
	// A buffer takes every write.
	_, _ = z.Write(html)
	_ = z.Close()
	return out.Bytes(), *z.Report()
}

// Copy rewrites a document from src to dst, in memory that does not depend on the document's length. The error is one
// of reading or writing; what was read before it has been passed on.
func Copy(dst io.Writer, src io.Reader, o Options) (Report, error) {
	z := NewWriter(dst, o)
	_, err := io.CopyBuffer(z, onlyReader{src}, make([]byte, 32<<10))
	if closed := z.Close(); err == nil {
		err = closed
	}
	return *z.Report(), err
}

// onlyReader hides src's WriteTo, which might write all of it at once.
type onlyReader struct{ io.Reader }
