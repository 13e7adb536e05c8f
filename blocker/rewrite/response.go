package rewrite

import (
	"bufio"
	"io"
	"net"
	"net/http"

	"github.com/segment-blocker/segment-blocker/blocker"
)

// stage is how far a response has come.
type stage uint8

const (
	// pending: the headers are the handler's still.
	pending stage = iota
	// passing: the headers are out, and the body is left alone.
	passing
	// gating: the headers are out, and the body is rewritten.
	gating
	// muted: the request is a HEAD for a body that would be rewritten. net/http must not count its bytes.
	muted
	// done: there is nothing more to write; hijacked connections count as such.
	done
)

// response stands between a handler and its ResponseWriter.
type response struct {
	w    http.ResponseWriter
	r    *http.Request
	m    *middleware
	gate *blocker.Gate
	url  string
	use  use
	// restored are the entity tags that were given back to the handler in their own form.
	restored []string

	stage  stage
	status int
	body   *body
	// first are the first bytes of a body while its type is not known; sniffed, that they turned out to be HTML.
	first   []byte
	sniffed bool
	// nonce is for the snippet's tag.
	nonce string
}

// Unwrap is for http.ResponseController.
func (x *response) Unwrap() http.ResponseWriter { return x.w }

func (x *response) Header() http.Header { return x.w.Header() }

// WriteHeader sends the headers, unless it takes the first bytes of the body to know what they must say.
func (x *response) WriteHeader(status int) {
	if status >= 100 && status < 200 && status != http.StatusSwitchingProtocols {
		x.cleanHeaders()
		x.w.WriteHeader(status)
		return
	}
	if x.status != 0 || x.stage != pending {
		return
	}
	x.status = status
	if !x.needsBytes() {
		x.decide()
	}
}

// decide settles what happens to the body, now that its type is known or that there is none, and sends the headers.
func (x *response) decide() {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	x.cleanHeaders()
	kind := x.judgeBody()
	if kind != notHTML {
		x.gateHeaders(kind)
	}
	x.stage = passing
	switch {
	case kind == gated && x.r.Method == http.MethodHead:
		x.stage = muted
	case kind == gated:
		x.body = x.newBody()
		x.stage = gating
	}
	x.w.WriteHeader(x.status)
}

func (x *response) Write(p []byte) (int, error) {
	if len(p) == 0 && x.stage == pending {
		// net/http takes the status from it, but not yet the type.
		x.WriteHeader(http.StatusOK)
		return 0, nil
	}
	if x.stage != pending {
		return x.send(p)
	}
	first := p
	if len(x.first) > 0 {
		first = append(x.first, p...)
	}
	if x.typeBody(first) {
		x.first = append(x.first[:0], first...)
		return len(p), nil
	}
	x.first = nil
	x.decide()
	if _, err := x.send(first); err != nil {
		return 0, err
	}
	return len(p), nil
}

// send passes a part of the body on when the headers are out.
func (x *response) send(p []byte) (int, error) {
	switch x.stage {
	case gating:
		if err := x.body.write(p); err != nil {
			return 0, err
		}
		return len(p), nil
	case muted:
		return len(p), nil
	default:
		return x.w.Write(p)
	}
}

// ReadFrom lets bodies that are left alone take the short way from file to network.
func (x *response) ReadFrom(src io.Reader) (int64, error) {
	if to, ok := x.w.(io.ReaderFrom); ok && x.stage == passing {
		return to.ReadFrom(src)
	}
	return io.Copy(struct{ io.Writer }{x}, src)
}

// Flush is FlushError for callers that do not ask.
func (x *response) Flush() { _ = x.FlushError() }

// FlushError sends all that was written so far, but for what may not be sent before more is known: an unfinished tag,
// and a body's start that does not tell yet whether it is HTML.
func (x *response) FlushError() error {
	if x.stage == pending {
		if x.needsBytes() {
			return nil
		}
		x.decide()
	}
	if x.stage == gating {
		if err := x.body.flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(x.w).Flush()
}

// Hijack hands the connection over, as it is.
func (x *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffer, err := http.NewResponseController(x.w).Hijack()
	if err == nil {
		x.stage = done
	}
	return conn, buffer, err
}

// finish ends the body of a handler that returned.
func (x *response) finish() {
	if x.stage == pending {
		x.decide()
		if len(x.first) > 0 {
			// An error here is the client's: it has gone.
			_, _ = x.send(x.first)
		}
	}
	if x.stage != gating {
		return
	}
	x.stage = done
	// An error here is the client's: it has gone.
	_ = x.body.close()
	report := *x.body.z.Report()
	if report.Unread != "" {
		x.m.o.Logger.Info("HTML passed on unread", "url", x.url, "reason", report.Unread, "offset", report.UnreadAt)
	}
	x.report(report)
}

func (x *response) report(r Report) {
	if x.m.o.Report != nil {
		x.m.o.Report(x.r, r)
	}
}

// release gives buffers back, also after a panic.
func (x *response) release() {
	if x.body != nil {
		x.body.release()
		x.body = nil
	}
}

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}
