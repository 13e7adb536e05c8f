package proxy

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
)

// tlsHandshake is the first byte of every TLS connection (RFC 8446, 5.1).
const tlsHandshake = 22

// tunnel is a browser's connection after CONNECT.
type tunnel struct {
	net.Conn
	in   *bufio.Reader
	host string
	// run is the run whose entrance it came through, or nil.
	run *run
}

func (t *tunnel) Read(p []byte) (int, error) { return t.in.Read(p) }

// serveConnect records the attempt and hands the tunnel to the server that fits its first byte: browsers tunnel ws:// as
// well as https://.
func (p *Proxy) serveConnect(w http.ResponseWriter, r *http.Request) {
	p.of(r).log.add(Record{Kind: "connect", Method: r.Method, URL: r.Host, Host: hostname(r.Host), Headers: flat(r.Header)})
	conn, in, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection Established\r\n\r\n")); err != nil {
		_ = conn.Close()
		return
	}
	// The server's own reader ends with this function; what it has read ahead does not.
	ahead, _ := in.Peek(in.Reader.Buffered())
	whole := io.MultiReader(bytes.NewReader(bytes.Clone(ahead)), conn)
	t := &tunnel{Conn: conn, in: bufio.NewReader(whole), host: hostname(r.Host), run: entered(r.Context())}
	first, err := t.in.Peek(1)
	switch {
	case err != nil:
		_ = conn.Close()
	case first[0] == tlsHandshake:
		p.tls.push(t)
	default:
		p.plain.push(t)
	}
}

func hostname(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		return hostport
	}
	return host
}

// queue is a listener whose connections are pushed.
type queue struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newQueue() *queue { return &queue{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (q *queue) push(c net.Conn) {
	select {
	case q.conns <- c:
	case <-q.closed:
		_ = c.Close()
	}
}

// Accept returns the next connection pushed.
func (q *queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept. It is called once, by the server.
func (q *queue) Close() error {
	close(q.closed)
	return nil
}

// Addr is of no use here.
func (q *queue) Addr() net.Addr { return &net.TCPAddr{} }
