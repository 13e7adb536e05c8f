package proxy

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"

	"github.com/segment-blocker/segment-blocker/web/server/segment"
)

// run is the world of one test: what it has written, and what was recorded for it. A browser still sends what it had in
// hand when its windows are closed; what comes through the entrance of an earlier run is answered and recorded there, where
// no one looks any more.
type run struct {
	log     *log
	segment *segment.Server
	pages   *pages
	faults  *faults
	via     *prefixes
	// entrance is a listener of this run alone, as host and port.
	entrance string
	server   *http.Server
}

// runKey is the key of the run in the context of a connection that belongs to one.
type runKey struct{}

// begin starts a run in place of the one before.
func (p *Proxy) begin() (*run, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	next := &run{
		log: newLog(), segment: p.segment.Anew(), pages: newPages(), faults: newFaults(), via: &prefixes{},
		entrance: l.Addr().String(),
	}
	next.server = p.outer(context.WithValue(context.Background(), runKey{}, next))
	go func() { _ = next.server.Serve(l) }()
	if before := p.current.Swap(next); before != nil {
		before.end()
	}
	return next, nil
}

// end lets go what hangs; nobody listens at the entrance afterwards.
func (n *run) end() {
	n.faults.release()
	_ = n.server.Close()
}

// of is the run that a request came to: that of its entrance, or else the current one.
func (p *Proxy) of(r *http.Request) *run {
	if came := entered(r.Context()); came != nil {
		return came
	}
	return p.current.Load()
}

// entered is the run whose entrance a connection came through, or nil.
func entered(ctx context.Context) *run {
	came, _ := ctx.Value(runKey{}).(*run)
	return came
}

// ofTunnel carries the run of a tunnel over to the connection within.
func ofTunnel(ctx context.Context, c net.Conn) context.Context {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	return context.WithValue(ctx, runKey{}, c.(*tunnel).run)
}
