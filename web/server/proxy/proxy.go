// Package proxy is a forward proxy for browsers under test that lets nothing out: it ends TLS itself, records every
// request that leaves the browser, and answers all of them from this machine. What it recorded is the judge of a leak.
//
// It is written on net/http alone, because a proxy that hands decrypted connections to an http.Server gets HTTP/2,
// streaming and protocol upgrades for free.
//
// A request without a scheme in its request line, or for the host "control.test", speaks to the proxy itself (control.go)
// and is not recorded.
package proxy

import (
	"context"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/segment-blocker/segment-blocker/web/server/segment"
)

// controlHost is under a top-level domain that no site can have (RFC 6761).
const controlHost = "control.test"

// quiet swallows complaints about handshakes, which browsers break off all the time: they say nothing about a test.
var quiet = stdlog.New(io.Discard, "", 0)

// Options of a proxy.
type Options struct {
	// WebDir is the project's web folder: its dist/segment-blocker.js is served as /gate.js of every host.
	WebDir string
	// TestData is the folder whose pages/NAME/FILE is served as /pages/NAME/FILE of every host.
	TestData string
}

// Proxy records and answers. Make it by New.
type Proxy struct {
	options Options
	ca      *authority
	segment *segment.Server
	current atomic.Pointer[run]
	loop    http.Handler
	control http.Handler
	tls     *queue
	plain   *queue
}

// New fails when Analytics.js is not installed under WebDir.
func New(o Options) (*Proxy, error) {
	s, err := segment.New(o.WebDir)
	if err != nil {
		return nil, err
	}
	ca, err := newAuthority()
	if err != nil {
		return nil, err
	}
	p := &Proxy{
		options: o, ca: ca, segment: s,
		loop: &httputil.ReverseProxy{Rewrite: toLoopback}, tls: newQueue(), plain: newQueue(),
	}
	p.control = p.controls()
	if _, err := p.begin(); err != nil {
		return nil, err
	}
	return p, nil
}

// Serve answers until the listener is closed.
func (p *Proxy) Serve(l net.Listener) error {
	tunnelled := http.HandlerFunc(p.serveTunnelled)
	secure := &http.Server{Handler: tunnelled, TLSConfig: p.ca.config(), ErrorLog: quiet, ConnContext: ofTunnel}
	plain := &http.Server{Handler: tunnelled, ErrorLog: quiet, ConnContext: ofTunnel}
	defer secure.Close()
	defer plain.Close()
	defer func() { p.current.Load().end() }()
	go func() { _ = secure.ServeTLS(p.tls, "", "") }()
	go func() { _ = plain.Serve(p.plain) }()
	return p.outer(context.Background()).Serve(l)
}

// outer serves the browser's connections to the proxy itself.
func (p *Proxy) outer(base context.Context) *http.Server {
	return &http.Server{
		Handler: http.HandlerFunc(p.serveOuter), ErrorLog: quiet,
		BaseContext: func(net.Listener) context.Context { return base },
	}
}

// serveOuter is what the browser's connection to the proxy carries: tunnels, plain requests, and requests to the proxy.
func (p *Proxy) serveOuter(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodConnect:
		p.serveConnect(w, r)
	case r.URL.IsAbs():
		p.serve(w, r)
	default:
		p.control.ServeHTTP(w, r)
	}
}

// serveTunnelled gives a request that came through a tunnel its whole URL back.
func (p *Proxy) serveTunnelled(w http.ResponseWriter, r *http.Request) {
	r.URL.Host = r.Host
	r.URL.Scheme = "http"
	if r.TLS != nil {
		r.URL.Scheme = "https"
	}
	p.serve(w, r)
}

func (p *Proxy) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Hostname() == controlHost {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		p.control.ServeHTTP(w, r)
		return
	}
	now := p.of(r)
	if err := now.record(r); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if now.faults.apply(w, r) {
		return
	}
	p.answer(now, w, r)
}

// toLoopback passes a request for this machine on: only a server of the test itself can be meant.
func toLoopback(r *httputil.ProxyRequest) {
	r.SetURL(&url.URL{Scheme: r.In.URL.Scheme, Host: r.In.URL.Host})
	r.Out.Host = r.In.Host
}

func isLoopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
